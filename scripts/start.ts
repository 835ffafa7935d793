// `npm start`: the sandbox and a Node-RED with the example flows, for trying things out by hand. Sends nothing by itself.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './lib/child';
import { freePort } from './lib/ports';
import { startRuntime } from './lib/runtime';
import { startSandbox } from './lib/sandbox';

const root = path.resolve(__dirname, '..');
const local = process.env.CORE_SIGNATURE_START_FOLDER ?? path.join(root, '.local', 'start');
const wanted = { editor: 1880, sandbox: 4010 };

/** What the sandbox takes everywhere. No export has a password in it, so those of the examples are filled in here. */
const sandboxUser = { user: 'sandbox-user', password: 'sandbox-password' };

async function main(): Promise<void> {
  const sandboxPort = await freePort(wanted.sandbox);
  const editorPort = await freePort(wanted.editor);
  const sandbox = await startSandbox({ port: sandboxPort, data: path.join(local, 'sandbox') });
  const runtime = await startRuntime({
    userDir: path.join(local, 'node-red'),
    port: editorPort,
    ...exampleFlows(sandbox.url),
    env: {
      CORE_SIGNATURE_SANDBOX_URL: sandbox.url,
      CORE_SIGNATURE_PUBLIC_URL: `http://127.0.0.1:${editorPort}`,
    },
  });
  await until('the editor', async () => (await fetch(runtime.url)).ok, { child: runtime });

  for (const [name, port, got] of [
    ['editor', wanted.editor, editorPort],
    ['sandbox', wanted.sandbox, sandboxPort],
  ] as const) {
    if (port !== got) console.log(`Port ${port} is busy, so the ${name} listens on ${got}.`);
  }
  console.log(greeting(runtime.url, sandbox.url));

  const end = async (): Promise<void> => {
    await Promise.all([runtime.end(), sandbox.end()]);
    process.exit(0);
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
  for (const [name, child] of [
    ['Node-RED', runtime],
    ['The sandbox', sandbox],
  ] as const) {
    child.process.once('exit', () => {
      console.error(`${name} has ended:\n${child.log().slice(-2000)}`);
      process.exit(1);
    });
  }
}

/** All example flows in one flow file; configuration nodes they share are taken once. */
function exampleFlows(sandboxUrl: string): { flows: object[]; credentials: Record<string, object> } {
  const folder = path.join(root, 'examples');
  const byId = new Map<string, { id: string; type: string; authType?: string; auth?: string }>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8').replaceAll(
      `http://127.0.0.1:${wanted.sandbox}`,
      sandboxUrl,
    );
    for (const node of JSON.parse(text)) byId.set(node.id, node);
  }
  const flows = [...byId.values()];
  const asking = flows.filter(
    ({ type, auth, authType }) =>
      (type === 'ecm-repository' && auth !== 'none') || (type === 'http request' && authType === 'basic'),
  );
  return { flows, credentials: Object.fromEntries(asking.map(({ id }) => [id, sandboxUser])) };
}

const greeting = (editor: string, sandbox: string): string => `
  Core Signature nodes are running against the sandbox. Nothing leaves this machine.

  Editor           ${editor}
  Send a contract  curl --data-binary @examples/documents/contract.pdf -H 'Content-Type: application/pdf' '${editor}/contracts?name=Service%20agreement&key=C-1&signer=anna@example.com&signer=ben@example.com'
  Signers' inbox   ${sandbox}/

  Send the contract, open the inbox, follow the link in the mail and sign. The debug sidebar of the editor shows each
  event, and the outcome once both have signed. Ctrl-C ends everything.
`;

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
