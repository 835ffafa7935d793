import type { ErrorCode } from '../errors';
import type { Migration } from './migrations';
import type { EpochMs } from './types';
import type { VerbName } from './verbs';

/** What the worker thread is started with. */
export type WorkerTask =
  | {
      task: 'serve';
      file: string;
      busyTimeoutMs: number;
      maxBytes: number | null;
      readWholeUpTo: number;
      /** Steps of the schema, when they are not the built-in ones. */
      migrations: Migration[] | null;
    }
  | { task: 'backup'; file: string; target: string };

/** One call of a verb. */
export interface Call {
  id: number;
  verb: VerbName;
  input: unknown;
  /** The time of the call, when the ledger has a clock of its own. */
  now: EpochMs | null;
}

/** An error on its way out of the worker, where classes do not survive. */
export interface Refusal {
  /** null for a programming error. */
  code: ErrorCode | null;
  message: string;
  field: string | null;
  stack: string | null;
}

export type Answer = { id: number; value: unknown } | { id: number; refusal: Refusal };

export type ToWorker = { kind: 'calls'; calls: Call[] } | { kind: 'close' };

export type FromWorker =
  /** Opened, or copied; `verbs` is what can be called. */
  | { kind: 'ready'; verbs: readonly VerbName[] }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'answers'; answers: Answer[]; changed: boolean };
