import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SignatureError, toError } from '../errors';
import { Damage, type Engine, Hints, type LedgerInfo } from './engine';
import { closed } from './errors';
import { takeTogether, type Waiting } from './intake-batch';
import type { Migration } from './migrations';
import type { SqliteOptions } from './options';
import { checkFile } from './sqlite-check';
import type { Call, FromWorker, Refusal, ToWorker, WorkerTask } from './sqlite-protocol';
import type { VerbName } from './verbs';

const script = path.join(__dirname, 'sqlite-worker.js');

const startWorker = (task: WorkerTask): Worker => new Worker(script, { workerData: task, execArgv: [] });

const fromRefusal = ({ code, message, field, stack }: Refusal): Error => {
  if (code !== null) return new SignatureError(code, message, field === null ? {} : { field });
  const error = new Error(message);
  if (stack !== null) error.stack = stack;
  return error;
};

/**
 * Opens the embedded ledger in a worker thread.
 *
 * @param migrations steps of the schema, when not the built-in ones (tests of upgrades)
 * @throws SignatureError `LEDGER_*`
 */
export async function openSqlite(options: SqliteOptions, migrations: Migration[] | null = null): Promise<Engine> {
  const file = path.resolve(options.file);
  const { busyTimeoutMs, maxBytes = null, readWholeUpTo } = options;
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const worker = startWorker({ task: 'serve', file, busyTimeoutMs, maxBytes, readWholeUpTo, migrations });
  const verbs = await firstAnswer(worker, file);
  return new SqliteEngine(worker, file, verbs, { clock: options.clock, wasReadWhole: size <= readWholeUpTo });
}

/** Waits for `ready` and gives what can be called; on a refusal the thread is ended first, so that nothing is left open. */
async function firstAnswer(worker: Worker, where: string): Promise<readonly VerbName[]> {
  const answer = await new Promise<FromWorker | Error>((resolve) => {
    const settle = (result: FromWorker | Error) => {
      worker.off('message', settle).off('error', failed).off('exit', ended);
      resolve(result);
    };
    const failed = (error: unknown) => settle(toError(error));
    const ended = () => settle(closed(where));
    worker.on('message', settle).on('error', failed).on('exit', ended);
  });
  if (!(answer instanceof Error) && answer.kind === 'ready') return answer.verbs;
  await worker.terminate();
  if (answer instanceof Error) throw answer;
  throw answer.kind === 'refused' ? fromRefusal(answer.refusal) : closed(where);
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

class SqliteEngine implements Engine {
  readonly verbs: readonly VerbName[];
  readonly #worker: Worker;
  readonly #file: string;
  readonly #clock: (() => number) | undefined;
  readonly #wasReadWhole: boolean;
  readonly #hints = new Hints();
  readonly #damage = new Damage();
  readonly #closing = new AbortController();
  readonly #pending = new Map<number, Waiting>();
  readonly #outgoing: Waiting[] = [];
  #lastId = 0;
  #end: Error | null = null;
  readonly #exited: Promise<void>;

  constructor(
    worker: Worker,
    file: string,
    verbs: readonly VerbName[],
    { clock, wasReadWhole }: { clock: (() => number) | undefined; wasReadWhole: boolean },
  ) {
    this.verbs = verbs;
    this.#worker = worker;
    this.#file = file;
    this.#clock = clock;
    this.#wasReadWhole = wasReadWhole;
    worker.on('message', (message: FromWorker) => this.#take(message));
    worker.on('error', (error) => this.#stop(toError(error)));
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#stop(closed(file));
        resolve();
      });
    });
  }

  call(verb: VerbName, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) return reject(this.#end);
      this.#outgoing.push({ verb, input, resolve, reject });
      if (this.#outgoing.length === 1) setImmediate(() => this.#flush());
    });
  }

  onChange(listener: () => void): () => void {
    return this.#hints.add(listener);
  }

  /** In a thread of its own, beside the work; under another name until it is complete. */
  async backup({ file }: { file: string }): Promise<void> {
    const target = path.resolve(file);
    const draft = `${target}.part`;
    const worker = startWorker({ task: 'backup', file: this.#file, target: draft });
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    try {
      await firstAnswer(worker, target);
      await exited;
      syncFile(draft);
      renameSync(draft, target);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  async check(): Promise<boolean> {
    if (this.#wasReadWhole) return false;
    try {
      return await checkFile(this.#file, this.#closing.signal);
    } catch (thrown) {
      this.#damage.meet(thrown);
      throw thrown;
    }
  }

  onDamage(listener: (error: SignatureError) => void): () => void {
    return this.#damage.add(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#end === null) {
      this.#flush();
      this.#end = closed(this.#file);
      this.#post({ kind: 'close' });
    }
    await this.#exited;
  }

  info(): LedgerInfo {
    return { engine: 'sqlite', where: this.#file, durable: true, shared: false, skewMs: 0 };
  }

  /** Everything called in one turn of the event loop goes over as one message. */
  #flush(): void {
    const now = this.#clock?.() ?? null;
    const calls: Call[] = [];
    for (let waiting = takeTogether(this.#outgoing); waiting; waiting = takeTogether(this.#outgoing)) {
      this.#lastId += 1;
      this.#pending.set(this.#lastId, waiting);
      calls.push({ id: this.#lastId, verb: waiting.verb, input: waiting.input, now });
    }
    if (calls.length > 0) this.#post({ kind: 'calls', calls });
  }

  #post(message: ToWorker): void {
    try {
      this.#worker.postMessage(message);
    } catch (thrown) {
      // An input that cannot be copied to the thread is the fault of one call: find out which.
      if (message.kind !== 'calls') throw thrown;
      const [first, ...others] = message.calls;
      if (others.length === 0 && first !== undefined) this.#settle(first.id, toError(thrown));
      else for (const call of message.calls) this.#post({ kind: 'calls', calls: [call] });
    }
  }

  #take(message: FromWorker): void {
    if (message.kind !== 'answers') return;
    for (const answer of message.answers) {
      if ('refusal' in answer) this.#settle(answer.id, fromRefusal(answer.refusal));
      else this.#settle(answer.id, null, answer.value);
    }
    if (message.changed) this.#hints.tell();
  }

  #settle(id: number, error: Error | null, value?: unknown): void {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === null) call?.resolve(value);
    else {
      this.#damage.meet(error);
      call?.reject(error);
    }
  }

  #stop(error: Error): void {
    this.#end ??= error;
    for (const id of [...this.#pending.keys()]) this.#settle(id, error);
    for (const { reject } of this.#outgoing.splice(0)) reject(error);
  }
}
