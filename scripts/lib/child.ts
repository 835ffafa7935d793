import { type ChildProcess, spawn } from 'node:child_process';

/** A process of ours with what it printed. */
export interface Child {
  process: ChildProcess;
  /** Everything it has printed so far. */
  log(): string;
  /** Ends it the given way and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a Node.js program as a child that is ended with us and whose output is kept. */
export function startChild(
  node: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Child {
  const child = spawn(node, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  return {
    process: child,
    log: () => log,
    async end(signal = 'SIGTERM') {
      process.off('exit', endWithUs);
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await gone;
    },
  };
}

/**
 * Asks again and again until there is an answer.
 *
 * @param what what is waited for, for the error
 * @throws Error after `timeoutMs`, or at once when `child` is gone
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 30_000, child }: { timeoutMs?: number; child?: Child } = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    let problem = '';
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (thrown) {
      problem = thrown instanceof Error ? thrown.message : String(thrown);
    }
    const dead = child && (child.process.exitCode !== null || child.process.signalCode !== null);
    if (dead || performance.now() > end) {
      const log = child ? `\n${child.log().slice(-3000)}` : '';
      throw new Error(`Waited in vain for ${what}${dead ? ' (its process is gone)' : ''}. ${problem}${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
