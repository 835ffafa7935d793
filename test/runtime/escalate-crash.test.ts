import { expect } from 'chai';
import { until } from '../support/house';
import { anna, ben, carl, type LadderHouse, openLadderHouse, step } from './escalate-house';
import { sent, sign, state } from './steps';

const seed = Number(process.env.SEED ?? Date.now() % 100_000);

/** Mulberry32, so that a failure can be repeated with its seed. */
function dice(start: number): () => number {
  let value = start;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let t = Math.imul(value ^ (value >>> 15), value | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('escalate survives kill -9', () => {
  let ladders: LadderHouse;

  before(async () => {
    ladders = await openLadderHouse('escalate-crash');
  });
  after(() => ladders.house.close());
  afterEach(() => ladders.house.faults({}));

  const send = (): Promise<string> =>
    sent(ladders.house, { signers: [{ email: anna }, { email: ben, order: 2 }], expireDays: 60 });

  /** Each step has left once; a repeat of a message says so, and has the same id. */
  const once = (mark: string, actions: string[]): void => {
    const lines = ladders.lines(mark).filter(({ port }) => port === 0);
    const first = lines.filter(({ redelivered }) => redelivered !== true);
    const ids = new Set(lines.map(({ deliveryId }) => deliveryId));
    expect(
      [...ids].map((id) => lines.find(({ deliveryId }) => deliveryId === id)?.escalation?.action),
      'steps',
    ).to.deep.equal(actions);
    expect(first.length, 'messages that are no repeats').to.be.at.most(ids.size);
  };

  it(`between any two steps: each fires once, in its order, never early (SEED=${seed})`, async () => {
    const random = dice(seed);
    const actions = ['remind', 'remind', 'notify', 'emit', 'forward', 'remind', 'cancel'];
    const envelope = await send();
    const mark = await ladders.start(
      envelope,
      actions.map((what, index) => ({ ...step('1d', what), id: `s${index}` })),
    );
    for (let count = 1; count <= actions.length; count += 1) {
      if (random() < 0.5) await ladders.crash();
      await ladders.house.advance('24h');
      // At any moment: before the step is noticed, under way, or just done.
      await until('the moment of the crash', () => random() < 0.3 || ladders.steps(mark).length >= count);
      if (random() < 0.7) await ladders.crash();
      await ladders.fired(mark, count);
    }
    expect(await ladders.ended(mark)).to.include({ port: 1, status: 'cancelled' });
    once(mark, actions);
    const steps = ladders.steps(mark);
    for (const { lateMs, outcome } of steps) {
      expect(lateMs).to.be.at.least(0);
      expect(outcome).to.be.oneOf(['reminded', 'notified', 'emitted', 'forwarded', 'cancelled']);
    }
    expect(await ladders.mails(envelope), 'reminders').to.deep.equal([anna, anna, carl]);
    expect(await ladders.mails(envelope, 'invitation')).to.deep.equal([anna, carl]);
  });

  const actions = {
    remind: { match: 'POST */resend*', outcome: 'reminded' },
    forward: { match: 'POST */forward*', outcome: 'forwarded' },
    cancel: { match: 'POST */cancel*', outcome: 'cancelled' },
  };

  for (const [action, { match, outcome }] of Object.entries(actions)) {
    for (const [when, kind] of [
      ['before the service has done it', 'delay'],
      ['when the service has done it', 'lostAnswer'],
    ] as const) {
      it(`during ${action}, ${when}: the step fires once, and the service has done it once`, async () => {
        const envelope = await send();
        // With a stand-in for everybody, also for the one who has taken over.
        const mark = await ladders.start(envelope, [step('1d', action), step('9d', 'emit')]);
        await ladders.fault(match, kind, { delayMs: 300 });
        await ladders.house.advance('25h');
        await ladders.struck();
        await ladders.crash();
        const [fired] = await ladders.fired(mark, 1);
        expect(fired).to.include({ action, outcome });
        expect(fired?.signers.map(({ email }) => email)).to.deep.equal([anna]);
        once(mark, [action]);
        if (action === 'remind') expect(await ladders.mails(envelope)).to.deep.equal([anna]);
        if (action === 'cancel') expect(await ladders.ended(mark)).to.include({ port: 1, status: 'cancelled' });
        if (action !== 'forward') return;
        await sign(ladders.house, envelope, carl, ben);
        expect(await ladders.ended(mark)).to.include({ port: 1, status: 'signed' });
        const { documents } = await state(ladders.house);
        const line = documents.filter(({ uuid, status }) => uuid === envelope || status === 'ca');
        expect(line.find(({ uuid }) => uuid === envelope)?.status).to.equal('si');
      });
    }

    it(`an outage during ${action}: it is done when the service is back, once`, async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', action), step('9d', 'emit')]);
      await ladders.fault(match, 'status', { status: 503 });
      await ladders.house.advance('25h');
      await ladders.struck();
      await ladders.house.advance('1h');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired).to.include({ action, outcome });
      once(mark, [action]);
      if (action === 'remind') expect(await ladders.mails(envelope)).to.deep.equal([anna]);
    });
  }
});
