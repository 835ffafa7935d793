import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { account, node, type Store } from './stores';

const script = (body: string): string => `
  const { openLedger } = require(${JSON.stringify(path.resolve(__dirname, '../../../dist/lib/ledger/ledger.js'))});
  const { options, now, account, node, more } = JSON.parse(process.env.TEST_INPUT);
  const say = (text) => require('node:fs').writeSync(1, text + '\\n');
  openLedger({ ...options, clock: () => now }).then(async (ledger) => { ${body} });`;

/**
 * Another process at work on the store's ledger, which is open as `ledger` there.
 *
 * @param body JavaScript; `say(text)` writes a line
 * @param more is there under that name
 */
export function start(store: Store, body: string, more: unknown = null): ChildProcess {
  const { clock: _, ...options } = store.options;
  const input = JSON.stringify({ options, now: store.now, account, node, more });
  return spawn(process.execPath, ['-e', script(body)], {
    env: { ...process.env, TEST_INPUT: input },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills the process once it has said so many lines. Returns its signal. */
export async function killAfter(child: ChildProcess, lines: number): Promise<unknown> {
  const ended = once(child, 'exit');
  let seen = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString().split('\n').length - 1;
    if (seen >= lines) child.kill('SIGKILL');
  });
  return (await ended)[1];
}

/** Several processes that run the same to its end, each with something of its own. Answers what each has said last. */
export async function together(store: Store, body: string, each: unknown[]): Promise<unknown[]> {
  return Promise.all(
    each.map(async (more) => {
      const child = start(store, `${body}; await ledger.close();`, more);
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`a process ended with ${code}: ${text}`);
      return JSON.parse(text.trim().split('\n').at(-1) ?? 'null');
    }),
  );
}
