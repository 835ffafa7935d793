import type { PoolClient } from 'pg';
import { type Cell, cell, lockMarker, type Row, type Tx } from './sql';
import { type VerbName, verbs } from './verbs';
import { type Delta, writeCounters } from './verbs/counters';

export interface PgCall {
  verb: VerbName;
  input: unknown;
}

export interface Outcome {
  value: unknown;
  /** Something may be due. */
  changed: boolean;
}

export interface Connection {
  connect(): Promise<PoolClient>;
  /** Begins a transaction and returns its time. */
  begin(client: PoolClient): Promise<number>;
  /** Channel and payload of the hint to other runtimes. */
  notify: { channel: string; payload: string };
}

const maxTries = 6;
/** serialization_failure, deadlock_detected: the transaction left no trace and may simply be run again. */
const retryable = new Set(['40001', '40P01']);

/** Runs one call in a transaction of its own; it is run again when another transaction got in its way. */
export function commitCall(call: PgCall, connection: Connection): Promise<Outcome> {
  return withRetries(() => commitOnce(call, connection));
}

async function withRetries<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (thrown) {
      const beforeBegin = thrown instanceof NotBegun;
      if (attempt >= maxTries || !(beforeBegin ? attempt < 2 : retryable.has(codeOf(thrown)))) {
        throw beforeBegin ? thrown.reason : thrown;
      }
      // A little apart, so that the same transactions do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
    }
  }
}

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | null)?.code ?? '');

/** Without a SQLSTATE it was not the server that spoke. */
const isLostConnection = (thrown: unknown): boolean =>
  !/^[0-9A-Z]{5}$/.test(codeOf(thrown)) || /^(08|57)/.test(codeOf(thrown));

/** A pooled connection that turns out to be dead before anything was done on it: another one may do. */
class NotBegun extends Error {
  constructor(readonly reason: unknown) {
    super('the transaction was not begun');
  }
}

async function commitOnce(call: PgCall, connection: Connection): Promise<Outcome> {
  const client = await connection.connect();
  let broken: Error | undefined;
  try {
    const now = await connection.begin(client).catch((thrown: unknown) => {
      throw isLostConnection(thrown) ? new NotBegun(thrown) : thrown;
    });
    const tx = new PgTx(client, now);
    const value = await perform(tx, call);
    await writeCounters((text, params) => tx.query(text, params), tx.deltas, 'many');
    const { channel, payload } = connection.notify;
    if (tx.hasChanged) await client.query('select pg_notify($1, $2)', [channel, payload]);
    await client.query('commit');
    return { value, changed: tx.hasChanged };
  } catch (thrown) {
    await client.query('rollback').catch((error: Error) => {
      broken = error;
    });
    throw thrown;
  } finally {
    client.release(broken);
  }
}

const perform = (tx: Tx, call: PgCall): Promise<unknown> =>
  (verbs[call.verb] as (tx: Tx, input: unknown) => Promise<unknown>)(tx, call.input);

/** The transaction as one call sees it. */
class PgTx implements Tx {
  readonly deltas: Delta[] = [];
  hasChanged = false;
  readonly #client: PoolClient;

  constructor(
    client: PoolClient,
    readonly now: number,
  ) {
    this.#client = client;
  }

  async query<R extends object = Row>(text: string, params: readonly Cell[] = []): Promise<R[]> {
    const { rows } = await this.#client.query(text.replace(lockMarker, 'for update skip locked'), params.map(cell));
    return rows as R[];
  }

  count(scope: string, name: string, by: number): void {
    if (by !== 0) this.deltas.push({ scope, name, by });
  }

  changed(): void {
    this.hasChanged = true;
  }
}
