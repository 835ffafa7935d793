import { expect } from 'chai';
import { until } from '../support/house';
import { anna, ben, carl, type LadderHouse, ladderFlows, meg, openLadderHouse, step } from './escalate-house';
import { api, decline, sent, sign, state } from './steps';

const hour = 3_600_000;
const day = 24 * hour;
const emit = (when: object, more: object = {}): Record<string, unknown> => ({ when, action: { do: 'emit' }, ...more });

describe('escalate', () => {
  let ladders: LadderHouse;

  before(async () => {
    ladders = await openLadderHouse('escalate');
  });
  after(() => ladders.house.close());
  afterEach(() => ladders.house.faults({}));

  const send = (...signers: (string | object)[]): Promise<string> =>
    sent(ladders.house, {
      signers: (signers.length > 0 ? signers : [anna]).map((one) => (typeof one === 'string' ? { email: one } : one)),
      expireDays: 60,
    });
  const now = async (): Promise<number> => Date.parse((await state(ladders.house)).clock.now);
  const statusOf = async (envelope: string): Promise<string> =>
    (await state(ladders.house)).documents.find(({ uuid }) => uuid === envelope)?.status ?? '';

  describe('fires', () => {
    it('S11: each row when it says: clock, calendar days, working time, time of day, share of the time, before the due date', async () => {
      const envelope = await send();
      const due = (await now()) + 40 * day;
      const calendar = {
        zone: 'Europe/Berlin',
        hours: Object.fromEntries(
          ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name, index) => [
            name,
            index < 5 ? [['09:00', '17:00']] : [],
          ]),
        ),
      };
      const mark = await ladders.start(
        envelope,
        [
          emit(
            { amount: { unit: 'clock', length: '90m' } },
            { id: 'clock', repeat: { times: 2, every: { unit: 'clock', length: '1h' } } },
          ),
          emit({ amount: { unit: 'working', length: '10h' } }, { id: 'working' }),
          emit({ amount: { unit: 'workingDays', days: 2 }, timeOfDay: '09:30', days: 'working' }, { id: 'morning' }),
          emit({ basis: 'start', amount: { unit: 'percent', percent: 50 } }, { id: 'half' }),
          emit({ kind: 'before', basis: 'due', amount: { unit: 'clock', length: '5d' } }, { id: 'before' }),
          emit({ kind: 'before', basis: 'due', amount: { unit: 'percent', percent: 5 } }, { id: 'last' }),
        ],
        { due: new Date(due).toISOString(), calendar },
      );
      await ladders.advance('41d');
      const steps = await ladders.fired(mark, 8);
      expect(steps.map(({ step }) => step)).to.deep.equal([
        ...['clock', 'clock', 'clock', 'working', 'morning', 'half', 'before', 'last'],
      ]);
      expect(steps.map(({ level }) => level)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
      const at = steps.map(({ plannedAt }) => Date.parse(plannedAt));
      const [one = 0, two = 0, three = 0, four = 0, five = 0, six = 0, seven = 0, eight = 0] = at;
      const start = one - 1.5 * hour;
      expect([two - one, three - two], 'every hour').to.deep.equal([hour, hour]);
      expect(four - three, 'ten working hours are more than a day').to.be.at.least(18 * hour);
      expect(berlin(five), 'time of day').to.match(/^(Mon|Tue|Wed|Thu|Fri) 09:30$/);
      expect(six, 'half of the time').to.be.closeTo(start + (due - start) / 2, 1);
      expect(seven).to.equal(due - 5 * day);
      expect(eight).to.be.closeTo(due - 0.05 * (due - start), 1);
      for (const { plannedAt, firedAt, lateMs } of steps) {
        expect(Date.parse(firedAt) - Date.parse(plannedAt), 'never early')
          .to.equal(lateMs)
          .and.at.least(0);
      }
      expect((await ladders.ended(mark)).port, 'exhausted').to.equal(2);
    });

    it('S8: not a minute before its time, also after a restart', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('2d', 'emit')]);
      await ladders.advance('47h');
      await ladders.crash();
      await ladders.advance('59m');
      expect(ladders.lines(mark)).to.deep.equal([]);
      await ladders.advance('1m');
      await ladders.fired(mark, 1);
    });

    it('a step at a time only, and says who, why and what is next', async () => {
      const envelope = await send({ email: anna, name: 'Anna Alpha' });
      const mark = await ladders.start(envelope, [
        step('1d', 'notify', { label: 'first' }),
        step('2d', 'emit', { to: carl }),
      ]);
      await ladders.advance('25h');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired).to.deep.include({
        ...{ step: 'notify', label: 'first', level: 1, action: 'notify', outcome: 'notified' },
        signers: [{ email: anna, name: 'Anna Alpha' }],
        to: [{ email: meg, name: 'Meg Manager' }],
      });
      expect(fired?.next?.step).to.equal('emitr1');
      expect(Date.parse(fired?.next?.at ?? '') - Date.parse(fired?.plannedAt ?? '')).to.equal(2 * day);
      expect(ladders.lines(mark)[0]).to.include({ envelope, status: 'sent' });
      await ladders.advance('2d');
      const [, second] = await ladders.fired(mark, 2);
      expect(second).to.deep.include({ action: 'emit', to: [{ email: carl }], next: null });
      expect(await ladders.ended(mark)).to.include({ port: 2, envelope });
    });
  });

  describe('reminds', () => {
    it('only those whose turn it is and who have not signed', async () => {
      const envelope = await send(anna, ben, { email: carl, order: 2 });
      await sign(ladders.house, envelope, anna);
      const mark = await ladders.start(envelope, [step('1d', 'remind')]);
      await ladders.advance('1d');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired).to.include({ outcome: 'reminded' });
      expect(fired?.signers.map(({ email }) => email)).to.deep.equal([ben]);
      expect(await ladders.mails(envelope)).to.deep.equal([ben]);
    });

    it('not twice within ten minutes: the second one waits, and is a mail of its own', async () => {
      const envelope = await send();
      const first = await ladders.start(envelope, [step('1d', 'remind')]);
      const second = await ladders.start(envelope, [step('1d', 'remind')]);
      await ladders.advance('25h');
      await until('one of them', () => ladders.steps(first).length + ladders.steps(second).length > 0);
      await ladders.advance('9m');
      expect(ladders.steps(first).length + ladders.steps(second).length).to.equal(1);
      expect(await ladders.mails(envelope)).to.deep.equal([anna]);
      await ladders.advance('2m');
      const [one] = await ladders.fired(first, 1);
      const [other] = await ladders.fired(second, 1);
      expect(Math.abs(Date.parse(one?.firedAt ?? '') - Date.parse(other?.firedAt ?? ''))).to.be.at.least(10 * 60_000);
      expect(await ladders.mails(envelope)).to.deep.equal([anna, anna]);
    });

    it('S12: nobody after the last signature, although nobody was told of it and the step is due', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind'), step('1d', 'emit')]);
      await ladders.house.faults({ callbacks: { drop: true } });
      await sign(ladders.house, envelope);
      await ladders.advance('3d');
      const end = await ladders.ended(mark);
      expect(end).to.include({ port: 1, status: 'signed' });
      expect(end.escalation).to.deep.equal({ why: 'signed' });
      expect(ladders.steps(mark)).to.deep.equal([]);
      expect(await ladders.mails(envelope)).to.deep.equal([]);
    });
  });

  describe('closes by itself', () => {
    it('also when its steps are used up before: exhausted first, closed when the envelope ends', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'emit')]);
      const left = await ladders.start(envelope, [step('1d', 'emit')]);
      await ladders.advance('25h');
      for (const one of [mark, left])
        expect(await ladders.ended(one)).to.include({ port: 2, envelope, status: 'sent' });
      await ladders.crash();
      await sign(ladders.house, envelope);
      const ports = (of: string) => ladders.lines(of).map(({ port }) => port);
      await until('the end to be told', () => [mark, left].every((one) => ports(one).includes(1)));
      for (const one of [mark, left]) {
        // What left just before the crash may have left again.
        expect([...new Set(ports(one))].toSorted()).to.deep.equal([0, 1, 2]);
        expect(ports(one).filter((port) => port === 1)).to.have.length(1);
        expect(ladders.lines(one).at(-1)).to.deep.include({ port: 1, status: 'signed', escalation: { why: 'signed' } });
      }
    });

    it('but says nothing of it after it was stopped, with or without steps left', async () => {
      const envelope = await send();
      const exhausted = await ladders.start(envelope, [step('1d', 'emit')]);
      const running = await ladders.start(envelope, [step('1d', 'emit'), { ...step('9d', 'emit'), id: 'later' }]);
      await ladders.advance('25h');
      await ladders.ended(exhausted);
      await ladders.fired(running, 1);
      await ladders.steer(envelope, 'stop');
      const later = await ladders.start(envelope, [step('9d', 'emit')]);
      await sign(ladders.house, envelope);
      expect(await ladders.ended(later)).to.include({ port: 1, status: 'signed' });
      expect(
        ladders
          .lines(exhausted)
          .map(({ port }) => port)
          .toSorted(),
      ).to.deep.equal([0, 2]);
      expect(ladders.lines(running).map(({ port }) => port)).to.deep.equal([0]);
    });

    it('when the envelope is signed, declined, cancelled by hand or expired', async () => {
      const endings: Record<string, (envelope: string) => Promise<void>> = {
        signed: (envelope) => sign(ladders.house, envelope),
        declined: (envelope) => decline(ladders.house, envelope),
        cancelled: async (envelope) => {
          const { signrequest } = await api<{ signrequest: { uuid: string } }>(ladders.house, `documents/${envelope}/`);
          await api(ladders.house, `signrequests/${signrequest.uuid}/cancel_signrequest/`, {
            method: 'POST',
            body: {},
          });
        },
        expired: () => ladders.advance('61d'),
      };
      for (const [why, end] of Object.entries(endings)) {
        const envelope = await send();
        const mark = await ladders.start(envelope, [step('59d', 'emit')]);
        await end(envelope);
        const { port, escalation } = await ladders.ended(mark);
        expect({ port, escalation }).to.deep.equal({ port: 1, escalation: { why } });
        expect(ladders.lines(mark), why).to.have.length(1);
      }
    });

    it('at once, when it had ended before the ladder was started', async () => {
      const envelope = await send();
      await sign(ladders.house, envelope);
      const mark = await ladders.start(envelope, [step('1d', 'remind')]);
      expect(await ladders.ended(mark)).to.include({ port: 1, status: 'signed' });
    });

    it('S12: when the end comes during a step: no step leaves after it', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind')]);
      await ladders.fault('POST */resend*', 'delay', { delayMs: 600 });
      await ladders.house.advance('25h');
      await ladders.struck();
      await sign(ladders.house, envelope);
      expect(await ladders.ended(mark)).to.include({ port: 1, status: 'signed' });
      await ladders.settled(envelope);
      expect(ladders.steps(mark), 'steps that left').to.deep.equal([]);
      expect(await ladders.mails(envelope), 'reminders after the signature').to.deep.equal([]);
    });
  });

  describe('forwards', () => {
    it('the turn of who is late to the alternate; earlier signatures stay, and the wait behind ends as signed', async () => {
      const envelope = await send(anna, { email: ben, order: 2 });
      await sign(ladders.house, envelope, anna);
      const mark = await ladders.start(envelope, [step('1d', 'forward', { reason: 'On leave' })]);
      const waiting = await ladders.park(envelope);
      await ladders.advance('25h');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired).to.deep.include({ outcome: 'forwarded', to: [{ email: carl }] });
      expect(fired?.signers.map(({ email }) => email)).to.deep.equal([ben]);
      expect(ladders.lines(mark)[0]?.turn, 'whose turn it is in the message').to.deep.equal([carl]);
      await sign(ladders.house, envelope, carl);
      expect(await ladders.ended(waiting)).to.include({ outcome: 'reached', status: 'signed', envelope });
      const { documents } = await state(ladders.house);
      const signers = documents.find(({ uuid }) => uuid === envelope)?.signers ?? [];
      expect(signers.filter((one) => one.state === 'signed').map(({ email }) => email)).to.deep.equal([anna, carl]);
    });

    for (const [at, outcome] of [
      ['/ladder', 'notified'],
      ['/ladder-none', 'refused'],
      ['/ladder-replace', 'replaced'],
    ] as const) {
      it(`where the account refuses it: ${outcome}`, async () => {
        const envelope = await send();
        const mark = await ladders.start(envelope, [step('1d', 'forward'), step('9d', 'emit')], {}, at);
        await ladders.house.faults({ api: [{ match: 'POST */forward*', kind: 'status', status: 403 }] });
        await ladders.advance('25h');
        const [fired] = await ladders.fired(mark, 1);
        expect(fired).to.deep.include({ outcome, to: [{ email: carl }] });
        const now = ladders.lines(mark)[0]?.envelope;
        if (outcome !== 'replaced') expect(now).to.equal(envelope);
        else
          await until('the invitation of the alternate', async () =>
            (await ladders.mails(now ?? '', 'invitation')).includes(carl),
          );
      });
    }

    it('nobody, when there is no alternate', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'forward')], {
        directory: { [ben]: { alternate: carl } },
      });
      await ladders.advance('25h');
      expect((await ladders.fired(mark, 1))[0]).to.deep.include({ outcome: 'noAlternate', to: [] });
    });

    it('two signers who are late to one alternate: that one signs for the first, the other keeps the turn', async () => {
      const envelope = await send(anna, ben);
      const mark = await ladders.start(envelope, [step('1d', 'forward')]);
      await ladders.advance('25h');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired?.outcome).to.equal('forwarded');
      expect(ladders.lines(mark)[0]?.turn).to.have.members([carl, ben]);
    });

    it('nobody who signs at that moment: the race ends as signed', async () => {
      const envelope = await send();
      const waiting = await ladders.park(envelope);
      const mark = await ladders.start(envelope, [step('1d', 'forward'), step('1d', 'emit')]);
      await ladders.fault('POST */forward*', 'delay', { delayMs: 600 });
      await ladders.house.advance('25h');
      await ladders.struck();
      await sign(ladders.house, envelope);
      expect(await ladders.ended(waiting)).to.include({ outcome: 'reached', status: 'signed', envelope });
      expect(await ladders.ended(mark)).to.include({ port: 1, status: 'signed' });
      await ladders.settled(envelope);
      expect(ladders.steps(mark)).to.deep.equal([]);
      expect(await ladders.mails(envelope, 'invitation')).to.deep.equal([anna]);
    });
  });

  it('cancels: once at the service, the step leaves, then the ladder is closed', async () => {
    for (const rest of [[], [step('1d', 'emit')]]) {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'cancel'), ...rest]);
      const waiting = await ladders.park(envelope);
      await ladders.advance('25h');
      expect((await ladders.fired(mark, 1))[0]).to.include({ action: 'cancel', outcome: 'cancelled' });
      expect(await ladders.ended(mark)).to.include({ port: 1, status: 'cancelled' });
      expect(await ladders.ended(waiting)).to.include({ outcome: 'ended', status: 'cancelled' });
      expect(ladders.lines(mark)).to.have.length(2);
      expect(await statusOf(envelope)).to.equal('ca');
    }
  });

  describe('is steered by message:', () => {
    it('stop ends it for good, and nothing leaves', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind')]);
      await ladders.steer(envelope, 'stop');
      await ladders.steer(envelope, 'stop');
      await ladders.advance('2d');
      await ladders.steer(envelope, 'resume');
      await sign(ladders.house, envelope);
      await ladders.advance('1m');
      expect(ladders.lines(mark)).to.deep.equal([]);
      expect(await ladders.mails(envelope)).to.deep.equal([]);
    });

    it('a paused one does nothing, and catches up when it is resumed', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind'), step('5d', 'emit')]);
      await ladders.steer(envelope, 'pause');
      await ladders.advance('2d');
      await ladders.crash();
      expect(ladders.lines(mark)).to.deep.equal([]);
      await ladders.steer(envelope, 'resume');
      const [fired] = await ladders.fired(mark, 1);
      expect(fired?.lateMs).to.be.at.least(day);
      await ladders.advance('1h');
      expect(ladders.steps(mark)).to.have.length(1);
    });

    it('skip leaves the next firing out', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind'), step('1d', 'emit')]);
      await ladders.steer(envelope, 'skip');
      await ladders.advance('49h');
      expect((await ladders.fired(mark, 1)).map(({ action }) => action)).to.deep.equal(['emit']);
      expect((await ladders.ended(mark)).port).to.equal(2);
      expect(await ladders.mails(envelope)).to.deep.equal([]);
    });

    it('jump fires a step now, by its id or number; what has fired does not fire again', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind'), step('1d', 'notify'), step('1d', 'emit')]);
      await until('the invitation', async () => (await ladders.mails(envelope, 'invitation')).length > 0);
      await ladders.steer(envelope, 'jump', 'notify');
      await ladders.fired(mark, 1);
      await ladders.steer(envelope, 'jump', 1);
      await ladders.fired(mark, 2);
      await ladders.advance('73h');
      expect((await ladders.fired(mark, 3)).map(({ action }) => action)).to.deep.equal(['notify', 'remind', 'emit']);
      expect((await ladders.ended(mark)).port).to.equal(2);
      expect(await ladders.mails(envelope)).to.deep.equal([anna]);
    });

    it('not while a step takes the envelope back: IN_PROGRESS, and the step comes to its end', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'cancel'), step('1d', 'emit')]);
      const waiting = await ladders.park(envelope);
      await ladders.fault('POST */cancel*', 'delay', { delayMs: 600 });
      await ladders.house.advance('25h');
      await ladders.struck();
      for (const command of ['stop', 'skip']) {
        const refused = await ladders.steer(envelope, command).catch(String);
        expect(refused).to.match(/IN_PROGRESS/);
      }
      await ladders.steer(envelope, 'pause');
      expect(await ladders.ended(waiting)).to.include({ outcome: 'ended', status: 'cancelled' });
      expect(await ladders.ended(mark)).to.include({ port: 1, status: 'cancelled' });
    });

    it('a command during a step is not lost', async () => {
      const envelope = await send();
      const mark = await ladders.start(envelope, [step('1d', 'remind'), step('1d', 'emit')]);
      await ladders.fault('POST */resend*', 'delay', { delayMs: 600 });
      await ladders.house.advance('25h');
      await ladders.struck();
      await ladders.steer(envelope, 'stop');
      await ladders.settled(envelope);
      await ladders.advance('3d');
      expect(ladders.steps(mark).filter(({ action }) => action === 'emit')).to.deep.equal([]);
    });
  });

  it('S17: redeploys, edits of the node and its removal for a while change nothing', async () => {
    const envelope = await send();
    const mark = await ladders.start(envelope, [step('1d', 'remind'), step('1d', 'emit')]);
    await ladders.house.deploy(ladderFlows(), 'full');
    await ladders.house.deploy(
      ladderFlows().map((node) => (node.id === 'ladder' ? { ...node, name: 'new' } : node)),
      'nodes',
    );
    await ladders.house.deploy(
      ladderFlows().filter(({ id }) => id !== 'ladder'),
      'full',
    );
    await ladders.house.advance('25h');
    await ladders.house.deploy(ladderFlows(), 'full');
    await ladders.fired(mark, 1);
    await ladders.advance('24h');
    await ladders.fired(mark, 2);
    expect(await ladders.mails(envelope)).to.deep.equal([anna]);
    expect((await ladders.ended(mark)).port).to.equal(2);
  });

  it('a repeated message starts one ladder', async () => {
    const envelope = await send();
    const again = { deliveryId: 'the same delivery' };
    const mark = await ladders.start(envelope, [step('1d', 'remind')], again);
    await ladders.start(envelope, [step('1d', 'remind')], again);
    await ladders.advance('26h');
    await ladders.fired(mark, 1);
    await ladders.advance('1h');
    expect(await ladders.mails(envelope)).to.deep.equal([anna]);
  });
});

const berlin = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', weekday: 'short', hour: '2-digit', minute: '2-digit' })
    .format(at)
    .replace(',', '');
