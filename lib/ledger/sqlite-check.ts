import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SignatureError, toError } from '../errors';
import { damagedAtWork } from './errors';

/** What the thread is started with. */
export interface CheckerTask {
  file: string;
  /** One 32-bit number; not 0: stop at the next table. */
  stop: SharedArrayBuffer;
}

export type FromChecker =
  | { verdict: 'sound' | 'stopped' }
  | { verdict: 'damaged'; detail: string }
  | { verdict: 'failed'; reason: Error };

const script = path.join(__dirname, 'sqlite-checker.js');

/**
 * Reads a whole ledger file in a thread of its own while others work with it.
 *
 * @param signal ends it early: the answer comes at once, the thread follows when it is through with the table it is at
 * @returns false when it was ended early
 * @throws SignatureError `LEDGER_DAMAGED`; `LEDGER_UNAVAILABLE` when the file cannot be read
 */
export async function checkFile(file: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const stop = new SharedArrayBuffer(4);
  const task: CheckerTask = { file, stop };
  const worker = new Worker(script, { workerData: task, execArgv: [] });
  // A process that ends does not wait for it.
  worker.unref();
  const answer = await new Promise<FromChecker>((resolve) => {
    const failed = (thrown: unknown) => resolve({ verdict: 'failed', reason: toError(thrown) });
    worker.once('message', resolve).once('error', failed);
    worker.once('exit', () => failed(new Error(`The check of the ledger ${file} ended without an answer.`)));
    signal.addEventListener(
      'abort',
      () => {
        Atomics.store(new Int32Array(stop), 0, 1);
        resolve({ verdict: 'stopped' });
      },
      { once: true },
    );
  });
  switch (answer.verdict) {
    case 'sound':
      return true;
    case 'stopped':
      return false;
    case 'damaged':
      throw damagedAtWork(file, answer.detail);
    case 'failed':
      throw new SignatureError(
        'LEDGER_UNAVAILABLE',
        `The ledger file ${file} could not be checked: ${answer.reason.message}`,
      );
  }
}
