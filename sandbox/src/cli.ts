import { parseArgs } from 'node:util';
import { startSandbox } from './server';

const usage = `Usage: core-signature-sandbox --port N --data DIR [--host H] [--record FILE]

  --port    TCP port, 0 for a free one
  --data    folder in which everything is kept
  --host    address to listen on (default 127.0.0.1)
  --record  append every exchange to this file as a JSON line`;

/**
 * Runs the sandbox until the process is told to stop. Prints one line with the base URL when it is ready.
 *
 * @param args command line without the program
 */
export async function main(args: string[]): Promise<void> {
  const options = read(args);
  if (options === undefined) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const sandbox = await startSandbox(options);
  console.log(sandbox.url);
  const stop = () => void sandbox.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function read(args: string[]) {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args, options: { port: text, data: text, host: text, record: text } });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port ?? '') || port > 65535 || !values.data) return undefined;
    return { port, data: values.data, record: values.record, ...(values.host ? { host: values.host } : {}) };
  } catch {
    return undefined;
  }
}
