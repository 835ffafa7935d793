import { until } from '../lib/child';
import { linkFor, sandboxState, signAs } from '../lib/signer';
import { onStage, type Stage, say, seconds } from './stage';

const anna = 'anna.alpha@example.com';
const carl = 'carl.caretaker@example.com';
const meg = 'meg.manager@example.com';

interface Line {
  envelope: string;
  status: string;
  outcome?: string;
  escalation?: {
    step?: string;
    label?: string;
    outcome?: string;
    why?: string;
    plannedAt?: string;
    firedAt?: string;
    to?: { email: string }[];
  };
}

/**
 * A signer does not answer: two reminders, the manager is told, the alternate takes over and signs. Node-RED is killed
 * between two steps, and the time of two weeks passes on the sandbox's clock.
 */
export const escalation = (): Promise<boolean> =>
  onStage('02 - Remind and escalate', async (stage) => {
    const { envelope } = await stage.post('/offers', [
      ['name', 'Offer of employment'],
      ['key', 'DEMO-2'],
      ['signer', anna],
      ['alternate', carl],
      ['manager', meg],
    ]);
    say(`the offer is out: envelope ${envelope}, waiting for ${anna}`);

    await stepAfter(stage, '2d', 1);
    await stage.runtime.end('SIGKILL');
    say('Node-RED is killed (SIGKILL) between two steps');
    await stage.advance('2d');
    await stage.boot();
    say('two days later Node-RED is up again');
    await stepAfter(stage, '1m', 2);
    await stepAfter(stage, '1d', 3);
    await stepAfter(stage, '2d', 4);

    await signAs(await linkFor(stage.sandbox.url, carl, envelope), 'Carl Caretaker');
    say(`${carl} has signed`);
    const end = await until('the ladder to be closed', () => lines(stage).find(({ escalation }) => escalation?.why));
    await until('the waiting message', () => lines(stage).find(({ outcome }) => outcome === 'reached'));
    say(`the ladder is closed: ${end.escalation?.why}`);
    await stage.advance('14d');
    const state = await sandboxState(stage.sandbox.url);
    say('two more weeks pass in silence');

    const fired = lines(stage).flatMap(({ escalation }) => (escalation?.step ? [escalation] : []));
    const reminders = state.mails.filter(({ kind }) => kind === 'reminder').length;
    const result = {
      envelope,
      steps: fired.map(({ label, outcome, plannedAt, firedAt }) => ({ step: label, outcome, plannedAt, firedAt })),
      early: fired.filter(({ plannedAt = '', firedAt = '' }) => firedAt < plannedAt).length,
      afterSigned: fired.length - 4,
      lost: Math.max(0, 4 - fired.length) + Math.max(0, 2 - reminders),
      duplicates: fired.length - new Set(fired.map(({ plannedAt }) => plannedAt)).size + Math.max(0, reminders - 2),
      seconds: seconds(),
    };
    console.log(JSON.stringify(result));
    return result.early + result.afterSigned + result.lost + result.duplicates === 0;
  });

const lines = (stage: Stage): Line[] => stage.lines<Line>('escalations.jsonl');

/** Lets time pass and waits for the step that is due then. */
async function stepAfter(stage: Stage, time: string, count: number): Promise<void> {
  await stage.advance(time);
  const steps = (): Line[] => lines(stage).filter(({ escalation }) => escalation?.step);
  await until(`step ${count}`, () => steps().length >= count, { child: stage.runtime });
  const { label, outcome, plannedAt, to } = steps()[count - 1]?.escalation ?? {};
  const who = to?.length ? ` (${to.map(({ email }) => email).join(', ')})` : '';
  say(`${time} later, step ${count}: ${label} → ${outcome}${who}; planned for ${plannedAt}`);
}
