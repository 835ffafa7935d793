import { until } from '../lib/child';
import { linkFor, sandboxState, signAs } from '../lib/signer';
import { onStage, say, seconds } from './stage';

const signers = ['anna.alpha@example.com', 'ben.beta@example.com'] as const;

interface Outcome {
  envelope: string;
  outcome: string;
  status: string;
  signers: number;
}

/**
 * The main path: a contract goes out through the example flow, two signers sign in order, Node-RED is killed while the
 * message is parked, every webhook comes twice; then what came out is checked.
 */
export const contract = (): Promise<boolean> =>
  onStage('01 - Sign a contract', async (stage) => {
    const { sandbox } = stage;
    await stage.faults({ callbacks: { duplicate: 1 } });
    say('from now on the sandbox sends every webhook twice');

    const { envelope, status } = await stage.post('/contracts', [
      ['name', 'Service agreement'],
      ['key', 'DEMO-1'],
      ...signers.map((email): [string, string] => ['signer', email]),
    ]);
    say(`the flow sent the contract: envelope ${envelope}, ${status}`);

    await signAs(await linkFor(sandbox.url, signers[0], envelope), 'Anna Alpha');
    say(`${signers[0]} has signed; the message is parked until ${signers[1]} has, too`);

    await stage.runtime.end('SIGKILL');
    say('Node-RED is killed (SIGKILL)');
    await signAs(await linkFor(sandbox.url, signers[1], envelope), 'Ben Beta');
    say(`${signers[1]} has signed while nobody was listening; the webhooks run into the void`);
    await stage.boot();
    say('Node-RED is up again');

    const outcomes = (): Outcome[] =>
      stage.lines<Outcome>('outcomes.jsonl').filter((line) => line.envelope === envelope);
    const first = await until('the parked message to continue', () => outcomes()[0], {
      child: stage.runtime,
      timeoutMs: 60_000,
    });
    say(`the message continued: ${first.outcome}, ${first.status}, ${first.signers} signatures`);

    await stage.advance('3h');
    const state = await until('the late webhooks', async () => {
      const now = await sandboxState(sandbox.url);
      const arrived = new Set(now.deliveries.filter((delivery) => delivery.status === 200).map(({ event }) => event));
      return now.deliveries.every(({ event }) => arrived.has(event)) && now;
    });
    const delivered = state.deliveries.filter((delivery) => delivery.status === 200).length;
    say(
      `three hours later (on the sandbox's clock) the service has repeated all lost webhooks; ${delivered} arrived in all`,
    );

    const sent = state.documents.filter((document) => document.externalId === 'DEMO-1').length;
    const mails = state.mails.filter((mail) => mail.kind === 'invitation').length;
    const emitted = outcomes().length;
    const result = {
      envelope,
      status: first.status,
      signers: first.signers,
      restarts: 1,
      emitted,
      duplicates: Math.max(0, emitted - 1) + (sent - 1) + (mails - signers.length),
      lost: emitted === 0 ? 1 : 0,
      seconds: seconds(),
    };
    console.log(JSON.stringify(result));
    const { signers: signed, duplicates, lost } = result;
    return result.status === 'signed' && signed === 2 && emitted === 1 && duplicates === 0 && lost === 0;
  });
