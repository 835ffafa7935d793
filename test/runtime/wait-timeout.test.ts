import { expect } from 'chai';
import {
  change,
  eventLines,
  eventsIn,
  type FlowNode,
  httpIn,
  httpResponse,
  outcomeLines,
  refusals,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { type House, openHouse, until } from '../support/house';
import { api, decline, eventsOf, inLedger, order, post, sent, sign, state } from './steps';

interface Line {
  mark: string;
  outcome: string;
  status: string;
  envelope: string;
  lateMs: number;
}

const to: [string[], string[], string[]] = [['port 0'], ['port 1'], ['port 2']];
const fortnight = { timeoutKind: 'duration', timeout: '14', timeoutType: 'num', timeoutUnit: 'days' };

/** Every order is sent, and its message is parked at each of the nodes. */
const flows = (nodes: string[]): FlowNode[] => [
  tab(),
  sandboxAccount(),
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer', ...nodes]),
  waitFor('leaves', to, fortnight),
  waitFor('cancels', to, { ...fortnight, atTimeout: 'cancel' }),
  waitFor('patient', to),
  ...[0, 1, 2].map((port) => change(`port ${port}`, [['mark', `"${port}"`]], ['line of outcomes.jsonl'])),
  ...outcomeLines('outcomes.jsonl'),
  httpResponse(),
  ...refusals(['send', 'leaves', 'cancels', 'patient']),
];

/** Where the service is asked to cancel. */
const cancelling = 'POST *cancel*';

describe('the time of wait-for-status is up', () => {
  let house: House;

  before(async () => {
    house = await openHouse({ name: 'wait-timeout', flows: flows(['cancels']) });
  });
  after(() => house.close());
  afterEach(() => house.faults({}));

  const parked = async (): Promise<string> => {
    const envelope = await sent(house);
    await until('the message to be parked', () =>
      inLedger(house, async (ledger) =>
        (await ledger.listWaits({ envelope, state: 'waiting', limit: 9 })).some(({ node }) => node === 'cancels'),
      ),
    );
    return envelope;
  };
  const lines = (envelope: string): Line[] =>
    house.lines<Line>('outcomes.jsonl').filter((line) => line.envelope === envelope);
  const out = (envelope: string): Promise<Line> =>
    until('the message to leave', () => lines(envelope)[0], { child: house.runtime });
  const atService = async (envelope: string): Promise<string> =>
    (await api<{ status: string }>(house, `documents/${envelope}/`)).status;
  /** Another envelope goes through the whole chain: what was to happen before has happened by then. */
  const untilQuiet = async (): Promise<void> => {
    const envelope = await parked();
    await decline(house, envelope);
    await out(envelope);
  };
  const cancellations = async (envelope: string): Promise<number> =>
    (await eventsOf(house, envelope)).filter(({ event_type }) => event_type === 'cancelled').length;

  it('S14: the envelope is cancelled at the service, and then the message leaves as timed out', async () => {
    const envelope = await parked();
    await house.advance('335h');
    await untilQuiet();
    expect(lines(envelope), 'an hour before').to.deep.equal([]);
    await house.advance('61m');
    expect(await out(envelope)).to.include({ mark: '2', outcome: 'timeout', status: 'cancelled' });
    expect(await atService(envelope)).to.equal('ca');
    const { documents } = await state(house);
    const link = documents.find(({ uuid }) => uuid === envelope)?.signers.at(-1)?.link;
    expect((await fetch(`${link}/api/sign`, { method: 'POST' })).ok, 'signing in vain').to.equal(false);
    await untilQuiet();
    expect(lines(envelope)).to.have.length(1);
    expect(await cancellations(envelope)).to.equal(1);
    const held = await inLedger(house, (ledger) => ledger.listEnvelopes({ held: true, limit: 9 }));
    expect(held).to.deep.equal([]);
  });

  it('S14: who signed while the cancellation was on its way has signed', async () => {
    const envelope = await parked();
    await house.faults({
      api: [{ match: cancelling, kind: 'delay', delayMs: 2_500, times: 1 }],
      callbacks: { drop: true },
    });
    await house.advance('337h');
    await until('the envelope to be held', async () => {
      const held = await inLedger(house, (ledger) => ledger.listEnvelopes({ held: true, limit: 9 }));
      return held.some(({ id }) => id === envelope);
    });
    await sign(house, envelope);
    expect(await out(envelope)).to.include({ mark: '0', outcome: 'reached', status: 'signed' });
    await house.faults({});
    await untilQuiet();
    expect(lines(envelope)).to.have.length(1);
    expect(await atService(envelope)).to.equal('si');
  });

  it('S14: while the service is away the message waits, and leaves when the envelope is cancelled', async () => {
    const envelope = await parked();
    await house.faults({ api: [{ match: cancelling, kind: 'status', status: 503 }] });
    await house.advance('337h');
    await until('the service to be asked', async () => {
      const operations = await inLedger(house, (ledger) =>
        ledger.listOperations({ kind: 'cancel', envelope, limit: 9 }),
      );
      return operations.some(({ attempt }) => attempt > 1);
    });
    expect(lines(envelope)).to.deep.equal([]);
    expect(await atService(envelope)).to.equal('se');
    await house.faults({});
    expect(await out(envelope)).to.include({ mark: '2', outcome: 'timeout', status: 'cancelled' });
  });

  for (const kind of ['delay', 'lostAnswer'] as const) {
    it(`S14: Node-RED is killed while it cancels (${kind}): cancelled once, and the message leaves once`, async () => {
      const envelope = await parked();
      await house.faults({ api: [{ match: cancelling, kind, ...(kind === 'delay' && { delayMs: 800 }), times: 1 }] });
      await house.advance('337h');
      await until('the cancellation to be on its way', async () => {
        const operations = await inLedger(house, (ledger) =>
          ledger.listOperations({ kind: 'cancel', envelope, limit: 9 }),
        );
        return operations.length > 0;
      });
      await house.runtime.end('SIGKILL');
      await house.boot();
      expect(await out(envelope)).to.include({ mark: '2', outcome: 'timeout', status: 'cancelled' });
      await untilQuiet();
      expect(lines(envelope)).to.have.length(1);
      expect(await cancellations(envelope)).to.equal(1);
    });
  }

  it('S14: an envelope that the service refuses to cancel stays, and the message leaves all the same', async () => {
    const envelope = await parked();
    await house.faults({ api: [{ match: cancelling, kind: 'status', status: 400, times: 1 }] });
    await house.advance('337h');
    expect(await out(envelope)).to.include({ mark: '2', outcome: 'timeout', status: 'sent' });
    expect(house.runtime.log()).to.match(/could not be cancelled/);
    expect(await atService(envelope)).to.equal('se');
  });

  it('S10: a signature after the time was up brings no second message, is an event, and counts when parked again', async () => {
    const again = [
      httpIn('/again', ['again']),
      change('again', [['envelope', 'payload.envelope']], ['patient', 'answer']),
    ];
    await house.deploy([
      ...flows(['leaves']),
      ...again,
      eventsIn('events', ['line of events.jsonl']),
      ...eventLines('events.jsonl'),
    ]);
    const envelope = await sent(house);
    await until('the message to be parked', () =>
      inLedger(house, async (ledger) => (await ledger.listWaits({ envelope, limit: 1 })).length === 1),
    );
    await house.advance('337h');
    expect(await out(envelope)).to.include({ mark: '2', outcome: 'timeout', status: 'sent' });
    await sign(house, envelope);
    await until('the event', () =>
      house
        .lines<{ type: string; envelope: string }>('events.jsonl')
        .some((event) => event.type === 'signed' && event.envelope === envelope),
    );
    expect(lines(envelope)).to.have.length(1);
    const { entries } = await inLedger(house, (ledger) => ledger.journal({ account: 'account', envelope }));
    expect(entries.map(({ kind }) => kind)).to.include('late');
    await post(`${house.runtime.url}/again`, { envelope });
    await until('the message that was parked again', () => lines(envelope).length === 2);
    expect(lines(envelope)[1]).to.include({ mark: '0', outcome: 'reached', status: 'signed' });
  });

  it('S14: others who wait for the envelope learn that it was cancelled; one that is left open stays open', async () => {
    await house.deploy(flows(['cancels', 'patient']));
    const envelope = await parked();
    await house.advance('337h');
    await until('both to leave', () => lines(envelope).length === 2, { child: house.runtime });
    expect(lines(envelope).map(({ mark, outcome }) => `${mark} ${outcome}`)).to.have.members(['2 timeout', '1 ended']);
    await house.deploy(flows(['leaves']));
    const left = (await order(house)).body.envelope;
    await until('the message to be parked', () =>
      inLedger(house, async (ledger) => (await ledger.listWaits({ envelope: left, limit: 1 })).length === 1),
    );
    await house.advance('337h');
    expect(await out(left)).to.include({ mark: '2', outcome: 'timeout', status: 'sent' });
    expect(await atService(left)).to.equal('se');
  });
});
