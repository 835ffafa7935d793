import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';

/** A program of `bench/lib` in a process of its own that does one task at a time and answers each. */
export interface Helper {
  process: ChildProcess;
  ask<T>(task: object): Promise<T>;
  end(): Promise<void>;
}

/**
 * Starts a helper and waits for its first word.
 *
 * @param program file name in this folder without extension
 * @param task handed over as its argument
 */
export async function startHelper<T>(program: string, task: object = {}): Promise<Helper & { first: T }> {
  const child = fork(path.join(__dirname, `${program}.ts`), [JSON.stringify(task)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answer = <A>(): Promise<A> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`The helper "${program}" ended.`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message as A);
      });
    });
  return {
    process: child,
    first: await answer<T>(),
    ask<A>(next: object) {
      child.send(next);
      return answer<A>();
    },
    async end() {
      process.off('exit', endWithUs);
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The helper's side: says that it is ready, then answers each task. */
export function serveTasks<T>(ready: object, work: (task: T) => Promise<object>): void {
  process.on('message', (task: T) => {
    work(task).then(
      (answer) => process.send?.(answer),
      (thrown: unknown) => {
        console.error(thrown);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit());
  process.send?.(ready);
}

/** What the helper was started with. */
export const startTask = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;
