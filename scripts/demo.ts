// `npm run demo`: the main path without a person. A contract goes out through the example flow, two signers sign in order,
// Node-RED is killed while the message is parked, every webhook comes twice; then what came out is checked.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './lib/child';
import { anyPort } from './lib/ports';
import { startRuntime } from './lib/runtime';
import { startSandbox } from './lib/sandbox';
import { linkFor, sandboxState, signAs } from './lib/signer';

const root = path.resolve(__dirname, '..');
const signers = ['anna.alpha@example.com', 'ben.beta@example.com'];
const began = performance.now();

const say = (what: string): void =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);

async function main(): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-demo-'));
  const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
  const flow = JSON.parse(readFileSync(path.join(root, 'examples', '01 - Sign a contract.json'), 'utf8'));
  const port = await anyPort();
  const boot = () =>
    startRuntime({
      userDir: path.join(folder, 'node-red'),
      port,
      flows: flow,
      env: { CORE_SIGNATURE_SANDBOX_URL: sandbox.url, CORE_SIGNATURE_PUBLIC_URL: `http://127.0.0.1:${port}` },
    });
  let runtime = await boot();
  try {
    say(`Node-RED and the sandbox are up`);
    await fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ callbacks: { duplicate: 1 } }),
    });
    say('from now on the sandbox sends every webhook twice');

    const query = new URLSearchParams([
      ['name', 'Service agreement'],
      ['key', 'DEMO-1'],
      ...signers.map((email) => ['signer', email]),
    ]);
    const posted = await fetch(`${runtime.url}/contracts?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: readFileSync(path.join(root, 'examples', 'documents', 'contract.pdf')),
      signal: AbortSignal.timeout(30_000),
    });
    const accepted = (await posted.json()) as { envelope: string; status: string };
    if (posted.status !== 202) throw new Error(`the flow answered ${posted.status}: ${JSON.stringify(accepted)}`);
    const { envelope } = accepted;
    say(`the flow sent the contract: envelope ${envelope}, ${accepted.status}`);

    await signAs(sandbox.url, await linkFor(sandbox.url, signers[0] ?? '', envelope), 'Anna Alpha');
    say(`${signers[0]} has signed; the message is parked until ${signers[1]} has, too`);

    await runtime.end('SIGKILL');
    say('Node-RED is killed (SIGKILL)');
    await signAs(sandbox.url, await linkFor(sandbox.url, signers[1] ?? '', envelope), 'Ben Beta');
    say(`${signers[1]} has signed while nobody was listening; the webhooks run into the void`);
    runtime = await boot();
    say('Node-RED is up again');

    const outcomes = path.join(folder, 'node-red', 'outcomes.jsonl');
    const lines = (): Outcome[] =>
      existsSync(outcomes)
        ? readFileSync(outcomes, 'utf8')
            .trim()
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [];
    const first = await until('the parked message to continue', () => lines()[0], {
      child: runtime,
      timeoutMs: 60_000,
    });
    say(`the message continued: ${first.outcome}, ${first.status}, ${first.signers} signatures`);

    await fetch(`${sandbox.url}/sandbox/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance: '3h' }),
    });
    const state = await until('the late webhooks', async () => {
      const now = await sandboxState(sandbox.url);
      const arrived = new Set(now.deliveries.filter(({ status }) => status === 200).map(({ event }) => event));
      return now.deliveries.every(({ event }) => arrived.has(event)) && now;
    });
    const delivered = state.deliveries.filter((delivery) => delivery.status === 200).length;
    say(
      `three hours later (on the sandbox's clock) the service has repeated all lost webhooks; ${delivered} arrived in all`,
    );

    const emitted = lines().filter((line) => line.envelope === envelope);
    const sent = state.documents.filter((document) => document.externalId === 'DEMO-1').length;
    const mails = state.mails.filter((mail) => mail.kind === 'invitation').length;
    const result = {
      envelope,
      status: first.status,
      signers: first.signers,
      restarts: 1,
      emitted: emitted.length,
      duplicates:
        emitted.length - new Set(emitted.map((line) => line.envelope)).size + (sent - 1) + (mails - signers.length),
      lost: emitted.length === 0 ? 1 : 0,
      seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    };
    console.log(JSON.stringify(result));
    return (
      result.status === 'signed' &&
      result.signers === 2 &&
      result.emitted === 1 &&
      result.duplicates === 0 &&
      result.lost === 0
    );
  } catch (thrown) {
    console.error(`Node-RED said:\n${runtime.log().slice(-3000)}\nThe sandbox said:\n${sandbox.log().slice(-1500)}`);
    throw thrown;
  } finally {
    await Promise.all([runtime.end(), sandbox.end()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Outcome {
  envelope: string;
  outcome: string;
  status: string;
  signers: number;
}

main().then(
  (right) => process.exit(right ? 0 : 1),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
