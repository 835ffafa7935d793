import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import {
  appendTo,
  change,
  eventLines,
  eventsIn,
  type FlowNode,
  functionNode,
  httpIn,
  httpResponse,
  onTab,
  refusals,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { contractPdf, type House, openHouse, until } from '../support/house';
import {
  callbackUrl,
  decline,
  eventsOf,
  inLedger,
  invitations,
  order,
  post,
  type ServiceEvent,
  sent,
  sign,
  state,
  webhookBody,
} from './steps';

interface Line {
  mark: string;
  port: number;
  outcome: string;
  status: string;
  envelope: string;
  lateMs: number;
  waitedMs: number;
  deliveryId: string;
  redelivered?: boolean;
  kept?: Record<string, unknown>;
}

const day = 86_400_000;

/** Puts the order's marks, and values of all kinds, on the message. */
const fill = `
  const body = msg.payload;
  Object.assign(msg, { envelope: body.envelope, mark: body.mark, command: body.command, statuses: body.statuses, group: body.group });
  if (body.deliveryId) msg.deliveryId = body.deliveryId;
  if (body.big) msg.blob = Buffer.alloc(2 * 1024 * 1024, 1);
  msg.keep = {
    when: new Date(${day}), bytes: Buffer.from([0, 255, 7]), list: [1, { deep: [true, null] }],
    big: 12345678901234567890n, none: undefined, not: NaN,
  };
  return msg;`;
const look = `
  const kind = (value) => Object.prototype.toString.call(value).slice(8, -1);
  const { keep } = msg;
  msg.kept = {
    when: kind(keep.when) + ' ' + keep.when.getTime(),
    bytes: Buffer.isBuffer(keep.bytes) && [...keep.bytes],
    list: keep.list,
    big: kind(keep.big) + ' ' + keep.big,
    not: Number.isNaN(keep.not),
    req: 'req' in msg,
    res: 'res' in msg,
  };
  return msg;`;

const line = `{"mark": mark, "port": port, "outcome": payload.outcome, "status": payload.status, "envelope": envelope.id,
  "lateMs": payload.lateMs, "waitedMs": payload.waitedMs, "deliveryId": deliveryId, "redelivered": redelivered,
  "kept": kept}`;

const outputs: [string[], string[], string[]] = [['out 0'], ['out 1'], ['out 2']];

/** A core delay that is busy with a message for hours. */
const hold = (hours: string, more: object = {}): FlowNode =>
  onTab({
    id: 'hold',
    type: 'delay',
    name: '',
    pauseType: 'delay',
    timeout: hours,
    timeoutUnits: 'hours',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    drop: false,
    outputs: 1,
    ...more,
  });

/** `POST /<name>` parks a message at the node of that name. */
const parking = (name: string, more: object = {}, to = outputs): FlowNode[] => [
  httpIn(`/${name}`, [`fill ${name}`]),
  functionNode(`fill ${name}`, fill, [name]),
  waitFor(name, to, more),
];

const flows = (more: FlowNode[] = []): FlowNode[] => [
  tab(),
  sandboxAccount(),
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer']),
  ...parking('signed'),
  ...parking('limited', { timeoutKind: 'duration', timeout: '14', timeoutType: 'num', timeoutUnit: 'days' }),
  ...parking('year', { timeoutKind: 'duration', timeout: 'P400D', timeoutType: 'str' }),
  ...parking('until', { timeoutKind: 'until', timeout: 'payload.until', timeoutType: 'msg' }),
  ...parking('grouped', { group: 'group', groupType: 'msg' }),
  ...parking('elsewhere', { group: 'group', groupType: 'msg', statuses: ['declined'] }),
  ...parking('chosen', { statusesSource: 'property', statuses: [] }),
  ...[0, 1, 2].map((port) => functionNode(`out ${port}`, `msg.port = ${port}; return msg;`, ['look'])),
  functionNode('look', look, ['line']),
  change('line', [['payload', line]], ['append outcomes.jsonl']),
  appendTo('outcomes.jsonl'),
  // What a `wait-for-status` has parked is answered at once; what it refuses, with the reason.
  onTab({
    id: 'parked',
    type: 'complete',
    name: '',
    scope: ['signed', 'limited', 'year', 'until', 'grouped', 'elsewhere', 'chosen', 'held'],
    uncaught: false,
    wires: [['done']],
  }),
  change('done', [['payload', '{"parked": true}']], ['answer']),
  httpResponse(),
  ...refusals(['send', 'signed', 'limited', 'year', 'until', 'grouped', 'elsewhere', 'chosen', 'held']),
  ...more,
];

describe('wait-for-status', () => {
  let house: House;
  let count = 0;

  before(async () => {
    house = await openHouse({ name: 'wait', flows: flows() });
  });
  after(() => house.close());
  afterEach(() => house.faults({}));

  const newMark = (): string => {
    count += 1;
    return `mark ${count}`;
  };
  const lines = (mark: string): Line[] => house.lines<Line>('outcomes.jsonl').filter((one) => one.mark === mark);
  const out = (mark: string): Promise<Line> =>
    until(`the message "${mark}" to leave`, () => lines(mark)[0], { child: house.runtime });

  /** Parks a message and answers its mark, when it is on disk. */
  const park = async (envelope: string, at = '/signed', more: object = {}): Promise<string> => {
    const mark = newMark();
    const { status, body } = await post(`${house.runtime.url}${at}`, { envelope, mark, ...more });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return mark;
  };

  /** Sends another envelope through the whole chain: what was to happen before has happened by then. */
  const untilQuiet = async (): Promise<void> => {
    const envelope = await sent(house);
    const mark = await park(envelope);
    await sign(house, envelope);
    await out(mark);
  };

  /** Moves the sandbox's clock, and waits until the runtime has followed it: it looks once a second. */
  const advance = async (by: string): Promise<void> => {
    await house.advance(by);
    const { clock } = await state(house);
    await out(await park(await sent(house), '/until', { until: clock.now }));
  };

  const open = (node: string): Promise<number> =>
    inLedger(house, async (ledger) => (await ledger.waitStats({ nodes: [node] }))[0]?.open ?? 0);

  describe('outputs', () => {
    it('1, when the status is reached', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      await sign(house, envelope);
      expect(await out(mark)).to.include({ port: 0, outcome: 'reached', status: 'signed', envelope, lateMs: 0 });
    });

    it('1, for a status on the way there that was chosen by the message', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope, '/chosen', { statuses: ['viewed', 'declined'] });
      await sign(house, envelope);
      expect(await out(mark)).to.include({ port: 0, outcome: 'reached' });
    });

    it('2, when the envelope ends otherwise', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      await decline(house, envelope);
      expect(await out(mark)).to.include({ port: 1, outcome: 'ended', status: 'declined', envelope });
    });

    it('2, when it expires at the service', async () => {
      const envelope = await sent(house, { expireDays: 3 });
      const mark = await park(envelope);
      await advance('4d');
      expect(await out(mark)).to.include({ port: 1, outcome: 'ended', status: 'expired' });
    });

    it('S8: 3, when the time is up, never before, and the message says how late', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope, '/limited');
      await advance('335h');
      await untilQuiet();
      expect(lines(mark), 'one hour before the time').to.deep.equal([]);
      await house.runtime.end('SIGKILL');
      await house.boot();
      await untilQuiet();
      expect(lines(mark), 'after a restart').to.deep.equal([]);
      await advance('1h');
      const line = await out(mark);
      expect(line).to.include({ port: 2, outcome: 'timeout', status: 'sent' });
      expect(line.waitedMs).to.be.at.least(14 * day);
      expect(line.lateMs).to.be.within(0, 15_000);
    });

    it('3, at a point in time', async () => {
      const envelope = await sent(house);
      await advance('1m');
      const { clock } = await state(house);
      const at = new Date(Date.parse(clock.now) + 90 * 60_000).toISOString();
      const mark = await park(envelope, '/until', { until: at });
      await advance('60m');
      await untilQuiet();
      expect(lines(mark)).to.deep.equal([]);
      await advance('31m');
      expect(await out(mark)).to.include({ port: 2, outcome: 'timeout' });
    });

    it('S9: only one of them, when the status comes before a time that is up, too', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope, '/limited');
      await house.faults({ callbacks: { drop: true } });
      await sign(house, envelope);
      await advance('15d');
      expect(await out(mark)).to.include({ port: 0, outcome: 'reached', status: 'signed' });
      await house.faults({});
      await untilQuiet();
      expect(lines(mark)).to.have.length(1);
    });

    it('S18: after 400 days, with restarts on the way', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope, '/year');
      await advance('200d');
      await house.runtime.end();
      await house.boot();
      await advance('199d');
      await untilQuiet();
      expect(lines(mark)).to.deep.equal([]);
      await advance('25h');
      expect(await out(mark)).to.include({ port: 2, outcome: 'timeout' });
    });
  });

  describe('finds out', () => {
    it('S3: that the status had been reached before the message came', async () => {
      const envelope = await sent(house);
      await sign(house, envelope);
      const mark = await park(envelope);
      expect(await out(mark)).to.include({ port: 0, status: 'signed' });
    });

    it('S3: that it was reached while Node-RED was down', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      await house.runtime.end();
      await sign(house, envelope);
      await house.boot();
      expect(await out(mark)).to.include({ port: 0, status: 'signed' });
    });

    it('S2: that it was reached thirty days before the message came', async () => {
      const envelope = await sent(house);
      await sign(house, envelope);
      await advance('30d');
      expect(await out(await park(envelope))).to.include({ port: 0, status: 'signed' });
    });

    it('S6: once, although fifty webhooks say so at the same moment', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      await house.faults({ callbacks: { drop: true } });
      await sign(house, envelope);
      await house.faults({});
      const url = await callbackUrl(house, envelope);
      const signed = (await eventsOf(house, envelope)).at(-1) as ServiceEvent;
      await Promise.all(Array.from({ length: 50 }, () => post(url, webhookBody(signed))));
      await out(mark);
      await untilQuiet();
      expect(lines(mark)).to.have.length(1);
    });

    it('S1: although it is signed between the requests that read the envelope, and no webhook comes later', async () => {
      const envelope = await sent(house);
      await until('the mail', async () => (await invitations(house, envelope)).length > 0);
      const api = [{ match: 'GET /events/', kind: 'delay', delayMs: 1_000, times: 1 }];
      await house.faults({ api, callbacks: { drop: true } });
      const mark = await park(envelope);
      await sign(house, envelope);
      expect(await out(mark)).to.include({ port: 0, status: 'signed' });
    });

    it('S1: every time, when signing and parking happen at the same moment', async () => {
      const rounds = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const envelope = await sent(house);
          const [mark] = await Promise.all([park(envelope), sign(house, envelope)]);
          return mark;
        }),
      );
      for (const mark of rounds) expect((await out(mark)).port, mark).to.equal(0);
    });
  });

  describe('parks', () => {
    it('many messages on one envelope; each leaves once', async () => {
      const envelope = await sent(house);
      const marks = await Promise.all(Array.from({ length: 20 }, () => park(envelope)));
      await sign(house, envelope);
      for (const mark of marks) await out(mark);
      await untilQuiet();
      for (const mark of marks) expect(lines(mark)).to.have.length(1);
    });

    it('S16: any of eight messages of a group, on envelopes and at nodes of its own; the others are released', async () => {
      const group = `order ${Date.now()}`;
      const envelopes = await Promise.all(Array.from({ length: 4 }, () => sent(house)));
      const marks = await Promise.all(
        envelopes.flatMap((envelope) => ['/grouped', '/elsewhere'].map((at) => park(envelope, at, { group }))),
      );
      const stranger = await park(envelopes[0] ?? '', '/grouped', { group: 'another' });
      // Two of them are decided at the same moment.
      await Promise.all([decline(house, envelopes[1] ?? ''), decline(house, envelopes[2] ?? '')]);
      await until('one to leave', () => marks.some((mark) => lines(mark).length > 0), { child: house.runtime });
      for (const envelope of [envelopes[0], envelopes[3]]) await decline(house, envelope ?? '');
      await untilQuiet();
      expect(marks.flatMap((mark) => lines(mark))).to.have.length(1);
      expect(lines(stranger)).to.have.length(1);
      expect([await open('grouped'), await open('elsewhere')]).to.deep.equal([0, 0]);
    });

    it('a repeated message once', async () => {
      const envelope = await sent(house);
      const mark = newMark();
      const again = { envelope, mark, deliveryId: 'the same delivery' };
      for (let time = 0; time < 3; time += 1) await post(`${house.runtime.url}/signed`, again);
      expect(await open('signed')).to.equal(1);
      await sign(house, envelope);
      await out(mark);
      await post(`${house.runtime.url}/signed`, again);
      await untilQuiet();
      expect(lines(mark)).to.have.length(1);
    });

    it('S15: until it is cancelled by a message; cancelling twice is as good', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      expect(await open('signed')).to.equal(1);
      await park(envelope, '/signed', { command: 'cancel' });
      await park(envelope, '/signed', { command: 'cancel' });
      expect(await open('signed')).to.equal(0);
      await sign(house, envelope);
      await untilQuiet();
      await park(envelope, '/signed', { command: 'cancel' });
      expect(lines(mark)).to.deep.equal([]);
    });

    it('Buffers, Dates and nested values through kill -9; only req and res are gone', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      await house.runtime.end('SIGKILL');
      await house.boot();
      await sign(house, envelope);
      expect((await out(mark)).kept).to.deep.equal({
        when: `Date ${day}`,
        bytes: [0, 255, 7],
        list: [1, { deep: [true, null] }],
        big: 'BigInt 12345678901234567890',
        not: true,
        req: false,
        res: false,
      });
    });

    it('no message over the limit: MESSAGE_TOO_LARGE, naming the property', async () => {
      const envelope = await sent(house);
      const { status, body } = await post(`${house.runtime.url}/signed`, { envelope, mark: newMark(), big: true });
      expect(status).to.equal(422);
      expect(body.code).to.equal('MESSAGE_TOO_LARGE');
      expect(body.message).to.match(/blob/);
      expect(await open('signed')).to.equal(0);
    });
  });

  describe('survives', () => {
    for (const kind of ['full', 'nodes', 'flows'] as const) {
      it(`S17: a redeploy (${kind}), also one that edits the node`, async () => {
        const envelope = await sent(house);
        const mark = await park(envelope);
        const edited = flows().map((node) =>
          node.id === 'signed' ? { ...node, name: `after ${kind}`, x: 300 } : node,
        );
        await house.deploy(edited, kind);
        await sign(house, envelope);
        await out(mark);
        await untilQuiet();
        expect(lines(mark)).to.have.length(1);
      });
    }

    it('S17 S23: the removal of the node: its messages are listed as orphans, and go on when it is back', async () => {
      const envelope = await sent(house);
      const mark = await park(envelope);
      const rest = flows().filter(({ id }) => id !== 'signed');
      await house.deploy(rest);
      await sign(house, envelope);
      const orphans = await until('the orphans', () =>
        inLedger(house, async (ledger) => {
          const found = await ledger.orphans({ nodes: rest.map(({ id }) => id) });
          return found.some(({ deliveries }) => deliveries === 1) && found;
        }),
      );
      expect(orphans.map(({ node }) => node)).to.deep.equal(['signed']);
      expect(lines(mark)).to.deep.equal([]);
      await house.deploy(flows());
      expect(await out(mark)).to.include({ port: 0, status: 'signed' });
    });

    it('twenty redeploys: then one status is one message, and no listener was left behind', async () => {
      const listening = flows([eventsIn('events', ['line of events.jsonl']), ...eventLines('events.jsonl')]);
      const envelope = await sent(house);
      const mark = await park(envelope);
      for (let time = 0; time < 20; time += 1) {
        const moved = listening.map((node) => (node.type === 'wait-for-status' ? { ...node, x: 100 + time } : node));
        await house.deploy(moved, (['full', 'nodes', 'flows'] as const)[time % 3]);
      }
      await sign(house, envelope);
      await out(mark);
      await untilQuiet();
      expect(lines(mark)).to.have.length(1);
      const signed = () =>
        house
          .lines<{ envelope: string; type: string }>('events.jsonl')
          .filter((event) => event.envelope === envelope && event.type === 'signed');
      await until('the event', () => signed().length > 0, { child: house.runtime });
      expect(signed()).to.have.length(1);
      expect(house.runtime.log()).not.to.match(/MaxListenersExceededWarning|Close timed out|UnhandledPromise/);
      await house.deploy(flows());
    });

    it('S7 S17: a deploy that stops a node busy with the message: it comes again, is marked; one that does not leaves it alone', async () => {
      const busy = (hours: string, x = 100): FlowNode[] => [
        ...parking('held', {}, [['hold', 'out 0'], [], []]),
        hold(hours, { x }),
      ];
      await house.deploy(flows(busy('1')));
      const envelope = await sent(house);
      const mark = await park(envelope, '/held');
      await sign(house, envelope);
      const first = await out(mark);
      expect(first.redelivered).to.equal(undefined);
      await house.deploy(flows(busy('1', 200)), 'nodes');
      await house.deploy(flows(busy('2')), 'nodes');
      const second = await until('the message to come again', () => lines(mark)[1], { child: house.runtime });
      expect(second).to.include({ redelivered: true, deliveryId: first.deliveryId });
      await house.deploy(flows(busy('2')), 'full');
      await until('the message to come again', () => lines(mark)[2], { child: house.runtime });
      expect(lines(mark)).to.have.length(3);
      await house.deploy(flows(busy('0')), 'nodes');
      await untilQuiet();
      expect(lines(mark)).to.have.length(4);
      await house.deploy(flows());
    });

    it('S7: kill -9 while a flow behind a catch node deals with an error: the message comes again, and is marked', async () => {
      const failing = (hours: string): FlowNode[] => [
        ...parking('held', {}, [['fails'], [], []]),
        functionNode('fails', 'throw new Error("not now");', []),
        onTab({ id: 'fault', type: 'catch', name: '', scope: ['fails'], uncaught: false, wires: [['hold', 'out 0']] }),
        hold(hours),
      ];
      await house.deploy(flows(failing('1')));
      const envelope = await sent(house);
      const mark = await park(envelope, '/held');
      await sign(house, envelope);
      const first = await out(mark);
      await untilQuiet();
      await house.runtime.end('SIGKILL');
      await house.boot();
      const second = await until('the message to come again', () => lines(mark)[1], { child: house.runtime });
      expect(first.redelivered).to.equal(undefined);
      expect(second).to.include({ redelivered: true, deliveryId: first.deliveryId });
      await house.deploy(flows(failing('0')), 'nodes');
      await untilQuiet();
      await house.deploy(flows());
    });

    it('S7: kill -9 before the flow behind is done: the message comes again, is marked, and what is behind absorbs it', async () => {
      writeFileSync(path.join(house.runtime.userDir, 'second.pdf'), contractPdf);
      const held: FlowNode[] = [
        ...parking('held', {}, [['hold', 'out 0', 'send second'], [], []]),
        hold('1'),
        sendFromBody('send second', ['behind'], {
          documentSource: 'file',
          document: path.join(house.runtime.userDir, 'second.pdf'),
          documentType: 'str',
          title: 'Second',
          titleType: 'str',
          signersProperty: '[{"email": "second@example.com"}]',
          signersPropertyType: 'json',
          externalId: '',
        }),
        waitFor('behind', [[], [], []]),
      ];
      await house.deploy(flows(held));
      const envelope = await sent(house);
      const mark = await park(envelope, '/held');
      await sign(house, envelope);
      const first = await out(mark);
      await until('the second envelope to be waited for', async () => (await open('behind')) === 1);
      await house.runtime.end('SIGKILL');
      await house.boot();
      const second = await until('the message to come again', () => lines(mark)[1], { child: house.runtime });
      expect(first.redelivered).to.equal(undefined);
      expect(second).to.include({ redelivered: true, deliveryId: first.deliveryId, port: 0 });
      await untilQuiet();
      expect((await state(house)).documents.filter(({ name }) => name === 'Second')).to.have.length(1);
      expect(await open('behind')).to.equal(1);
      await house.deploy(flows());
    });
  });

  it('refuses an envelope of another account', async () => {
    const { body } = await order(house);
    const envelope = { ...body, id: body.envelope, account: 'somebody else' };
    const refused = await post(`${house.runtime.url}/signed`, { envelope, mark: newMark() });
    expect(refused).to.deep.include({ status: 422 });
    expect(refused.body.code).to.equal('NO_ENVELOPE');
  });
});
