import { expect } from 'chai';
import {
  appendTo,
  change,
  type FlowNode,
  httpIn,
  httpResponse,
  onTab,
  outcomeLines,
  refusals,
  sandboxAccount,
  sendFromBody,
  waitFor,
} from '../support/flows';
import { until } from '../support/house';
import { type Machine, type Machines, openMachines, sharedLedger } from '../support/machines';
import {
  callbackUrl,
  decline,
  documentsOf,
  eventsOf,
  invitations,
  pdf,
  post,
  type ServiceEvent,
  sign,
  state,
  webhookBody,
} from './steps';

interface Line {
  mark: string;
  outcome: string;
  lateMs: number;
  waitedMs: number;
  redelivered?: boolean;
}

interface StatusLine {
  node: string;
  text: string;
}

const minute = 60_000;
const leaseSeconds = 3;
const twoHours = { timeoutKind: 'duration', timeout: '2', timeoutType: 'num', timeoutUnit: 'hours' };
const first = 0;

/** `POST <url>` sends an envelope and parks the message at a node. */
const parking = (url: string, node: string, more: object = {}): FlowNode[] => {
  const to = `line of outcomes.jsonl`;
  return [
    httpIn(url, [`send ${node}`]),
    sendFromBody(`send ${node}`, ['answer', `mark ${node}`]),
    change(`mark ${node}`, [['mark', 'envelope.externalId']], [node]),
    waitFor(node, [[to], [to], [to]], more),
  ];
};

/** The same flows on all machines, and one that only the first has. */
const flows = (machine: number): FlowNode[] => [
  sandboxAccount({ ledger: sharedLedger, reconcileMinutes: '60' }),
  ...parking('/send', 'wait'),
  ...parking('/timed', 'timed', twoHours),
  ...(machine === first ? parking('/only', 'only') : []),
  ...outcomeLines('outcomes.jsonl'),
  onTab({ id: 'statuses', type: 'status', name: '', scope: ['wait'], wires: [['line of status']] }),
  change('line of status', [['payload', '{"node": status.source.id, "text": status.text}']], ['append statuses.jsonl']),
  appendTo('statuses.jsonl'),
  httpResponse(),
  ...refusals(['send wait', 'send timed', 'send only', 'wait', 'timed', 'only']),
];

describe('several machines', function () {
  this.timeout(90_000);
  let machines: Machines;
  let a: Machine;
  let b: Machine;
  let c: Machine;
  let count = 0;

  before(async () => {
    // One clock is right, one ten minutes fast, one ten minutes slow: everything here has to go by the database's.
    machines = await openMachines({
      name: 'machines',
      clocks: [0, 10 * minute, -10 * minute],
      settings: { coreSignature: { leaseSeconds } },
      flows,
    });
    [a, b, c] = machines.all as [Machine, Machine, Machine];
  });
  after(() => machines?.close());
  afterEach(async () => {
    machines.balancer.targets = machines.all.map(({ runtime }) => runtime.url);
    machines.door.deaf = false;
    await machines.house.faults({});
  });

  const newKey = (): string => {
    count += 1;
    return `machines-${count}`;
  };

  const send = async (at: Machine, url = '/send'): Promise<{ key: string; envelope: string }> => {
    const key = newKey();
    const order = { document: pdf, title: key, key, signers: [{ email: 'anna@example.com' }] };
    const { status, body } = await post(`${at.runtime.url}${url}`, order);
    expect(status, JSON.stringify(body)).to.equal(200);
    return { key, envelope: String(body.envelope) };
  };

  const parked = async (key: string): Promise<boolean> => {
    const rows = await machines.query(
      `select 1 from core_signature.waits where state = 'waiting' and envelope in
         (select id from core_signature.envelopes where external_id = '${key}')`,
    );
    return rows.length === 1;
  };
  const park = async (at: Machine, url = '/send') => {
    const order = await send(at, url);
    await until('the message to be parked', () => parked(order.key));
    return order;
  };

  const linesAt = (machine: Machine, key: string): Line[] =>
    machine.lines<Line>('outcomes.jsonl').filter(({ mark }) => mark === key);
  const lines = (key: string): Line[] => machines.all.flatMap((machine) => linesAt(machine, key));
  const out = (key: string): Promise<Line> => until(`the message "${key}" to leave`, () => lines(key)[0]);

  /** Another envelope goes through the whole chain: what was to happen before has happened by then. */
  const untilQuiet = async (at: Machine): Promise<void> => {
    const { key, envelope } = await park(at);
    await decline(machines.house, envelope);
    await out(key);
  };

  const answering = (...some: Machine[]): void => {
    machines.balancer.targets = some.map(({ runtime }) => runtime.url);
  };

  it('webhooks that reach any of them continue what is parked on any of them, once', async () => {
    const { house, balancer, all } = machines;
    const orders = await Promise.all(all.map((machine) => park(machine)));
    // Signing takes the sandbox a second, declining does not; to those who wait it is the same.
    const end = (index: number) => (index < 1 ? sign : decline);
    await Promise.all(orders.map(({ envelope }, index) => end(index)(house, envelope)));
    for (const [index, { key }] of orders.entries()) {
      expect(await out(key)).to.include({ outcome: index < 1 ? 'reached' : 'ended' });
    }
    await untilQuiet(a);
    for (const { key } of orders) expect(lines(key), key).to.have.length(1);
    for (const { name, runtime } of all) expect(balancer.answered.get(runtime.url), name).to.be.at.least(1);
  });

  it('S4 S6: the same webhook at all of them at the same moment, twenty times each, is one message', async () => {
    const { house, all, balancer } = machines;
    const { key, envelope } = await park(b);
    await house.faults({ callbacks: { drop: true } });
    await sign(house, envelope);
    const url = await callbackUrl(house, envelope);
    const signed = (await eventsOf(house, envelope)).at(-1) as ServiceEvent;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        post(url.replace(balancer.url, (all[index % 3] ?? a).runtime.url), webhookBody(signed)),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    await out(key);
    await house.faults({});
    await untilQuiet(c);
    expect(lines(key)).to.have.length(1);
    const known = await machines.query(
      `select 1 from core_signature.events where envelope = '${envelope}' and type = 'signed'`,
    );
    expect(known).to.have.length(1);
  });

  it('a flow that only one of them has is never woken on the others, which take its webhooks', async () => {
    const { key, envelope } = await park(a, '/only');
    await a.runtime.end();
    answering(b, c);
    await decline(machines.house, envelope);
    await until('the status to be known', async () => {
      const rows = await machines.query(
        `select 1 from core_signature.deliveries where node = 'only' and state = 'pending'`,
      );
      return rows.length === 1;
    });
    await Promise.all([b, c].map(untilQuiet));
    expect(lines(key), 'while the only machine that has the flow is down').to.deep.equal([]);
    await a.boot();
    await out(key);
    expect(linesAt(a, key)).to.have.length(1);
    expect(lines(key)).to.have.length(1);
  });

  it('S8 S20: what is due leaves one of them, once, never early, although two of their clocks are wrong by ten minutes', async () => {
    const { house, all } = machines;
    const orders = await Promise.all(Array.from({ length: 6 }, (_, index) => park(all[index % 3] ?? a, '/timed')));
    await house.advance('115m');
    await Promise.all(all.map(untilQuiet));
    for (const { key } of orders) expect(lines(key), 'five minutes before the time').to.deep.equal([]);
    await house.advance('5m');
    for (const { key } of orders) {
      const { outcome, waitedMs, lateMs } = await out(key);
      expect(outcome).to.equal('timeout');
      expect(waitedMs).to.be.at.least(120 * minute);
      expect(lateMs).to.be.within(0, minute);
    }
    await untilQuiet(a);
    for (const { key } of orders) expect(lines(key), key).to.have.length(1);
  });

  it('S20: the machines whose clock is wrong say so, once in the log and in their metrics; the other does not', async () => {
    const alarms = (machine: Machine): string[] => machine.runtime.log().match(/clock of this computer is.*/g) ?? [];
    const skew = async ({ runtime }: Machine): Promise<number> => {
      const text = await (await fetch(`${runtime.url}/core-signature/metrics`)).text();
      return Number(/^core_signature_clock_ahead_seconds\{.*\} (\S+)$/m.exec(text)?.[1]);
    };
    expect(alarms(b)).to.have.length(1);
    expect(alarms(b)[0]).to.match(/10 min ahead of the database's/);
    expect(alarms(c)[0]).to.match(/10 min behind the database's/);
    expect(c.lines<StatusLine>('statuses.jsonl').some(({ text }) => text === 'clock 10 min slow')).to.equal(true);
    expect(alarms(a)).to.deep.equal([]);
    expect(await skew(a)).to.be.within(-5, 5);
    expect(await skew(b)).to.be.within(595, 605);
    expect(await skew(c)).to.be.within(-605, -595);
  });

  it('one is killed with messages parked and an envelope on its way: the others carry all of it on, once', async () => {
    const { house } = machines;
    const orders = await Promise.all([park(a), park(a)]);
    await house.faults({ api: [{ match: 'POST /signature-requests/', kind: 'delay', delayMs: 600, times: 1 }] });
    const key = newKey();
    const order = { document: pdf, title: key, key, signers: [{ email: 'anna@example.com' }] };
    const lost = post(`${a.runtime.url}/send`, order).catch(() => 'connection lost');
    await until('the document', async () => (await documentsOf(house, key)).length === 1);
    await a.runtime.end('SIGKILL');
    expect(await lost).to.equal('connection lost');
    answering(b, c);
    for (const { envelope } of orders) await decline(house, envelope);
    for (const { key } of orders) expect(await out(key)).to.include({ outcome: 'ended' });
    await until('the message to be parked by another machine', () => parked(key));
    const [envelope = ''] = await documentsOf(house, key);
    await decline(house, envelope);
    await out(key);
    expect(await documentsOf(house, key)).to.have.length(1);
    expect(await invitations(house, envelope)).to.deep.equal(['anna@example.com']);
    await a.boot();
    await untilQuiet(a);
    for (const one of [...orders.map((order) => order.key), key]) expect(lines(one), one).to.have.length(1);
  });

  it('S19: one is paused beyond its lease while it sends; another goes on, and it does nothing more when it wakes up', async () => {
    const { house } = machines;
    await house.faults({ api: [{ match: 'POST /signature-requests/', kind: 'delay', delayMs: 600, times: 1 }] });
    const key = newKey();
    const order = { document: pdf, title: key, key, signers: [{ email: 'anna@example.com' }] };
    const answer = post<{ code: string }>(`${b.runtime.url}/send`, order);
    await until('the document', async () => (await documentsOf(house, key)).length === 1);
    b.runtime.process.kill('SIGSTOP');
    answering(a, c);
    const [envelope = ''] = await documentsOf(house, key);
    await until('another machine to park the message', () => parked(key));
    b.runtime.process.kill('SIGCONT');
    const { status, body } = await answer;
    expect({ status, code: body.code }).to.deep.equal({ status: 422, code: 'IN_PROGRESS' });
    await decline(house, envelope);
    await out(key);
    await untilQuiet(b);
    expect(await documentsOf(house, key)).to.have.length(1);
    expect(await invitations(house, envelope)).to.deep.equal(['anna@example.com']);
    expect(lines(key)).to.have.length(1);
  });

  it('S19: one is paused beyond its lease with a deadline in its hands; the message leaves another one, once', async () => {
    const { house } = machines;
    const { key } = await park(a, '/timed');
    // Who has the deadline asks the service once more, and is paused while it waits for the answer.
    await house.faults({ api: [{ match: 'GET /events/', kind: 'delay', delayMs: 1_500 }] });
    await house.advance('121m');
    const owner = await until('a machine to claim the deadline', async () => {
      const [row] = await machines.query<{ owner: string }>(
        `select owner from core_signature.timers where kind = 'wait' and state = 'claimed'`,
      );
      return row?.owner;
    });
    const paused = machines.all.find(({ runtime }) => owner.split('/')[1] === String(runtime.process.pid));
    expect(paused, owner).not.to.equal(undefined);
    paused?.runtime.process.kill('SIGSTOP');
    await house.faults({});
    answering(...machines.all.filter((machine) => machine !== paused));
    expect(await out(key)).to.include({ outcome: 'timeout' });
    expect(linesAt(paused as Machine, key)).to.deep.equal([]);
    paused?.runtime.process.kill('SIGCONT');
    await untilQuiet(paused as Machine);
    expect(lines(key)).to.have.length(1);
  });

  it('hints between them get lost: whoever has the flow finds the message by looking, within seconds', async () => {
    const { door } = machines;
    const { key, envelope } = await park(a, '/only');
    answering(b);
    const before = door.lost;
    door.deaf = true;
    const began = performance.now();
    await decline(machines.house, envelope);
    await out(key);
    expect(performance.now() - began).to.be.below(15_000);
    expect(door.lost, 'hints that were lost').to.be.above(before);
    expect(linesAt(a, key)).to.have.length(1);
  });

  it('the database crashes and comes back: all say so at their nodes, nothing is lost, and all goes on', async () => {
    const { house, postgres, all } = machines;
    const orders = await Promise.all(all.map((machine) => park(machine)));
    const shown = (machine: Machine): string => machine.lines<StatusLine>('statuses.jsonl').at(-1)?.text ?? '';
    await postgres.crash();
    for (const machine of all) {
      await until(`${machine.name} to show it`, () => shown(machine) === 'ledger unavailable', {
        child: machine.runtime,
      });
    }
    const key = newKey();
    const order = { document: pdf, title: key, key, signers: [{ email: 'anna@example.com' }] };
    const refused = await post<{ code: string; message: string }>(`${a.runtime.url}/send`, order);
    expect(refused.status).to.equal(422);
    expect(refused.body.code, refused.body.message).to.equal('LEDGER_UNAVAILABLE');
    for (const { envelope } of orders) await decline(house, envelope);
    await until('a webhook to be refused', async () => {
      const { deliveries } = await state(house);
      return deliveries.some(({ document, status }) => document === orders[0]?.envelope && status === 503);
    });
    await postgres.start();
    for (const machine of all) {
      await until(`${machine.name} to show its count again`, () => shown(machine) !== 'ledger unavailable', {
        child: machine.runtime,
      });
    }
    // The service comes again with what was refused.
    await house.advance('3m');
    for (const { key } of orders) expect(await out(key)).to.include({ outcome: 'ended' });
    expect((await post(`${a.runtime.url}/send`, order)).status).to.equal(200);
    await Promise.all(all.map(untilQuiet));
    for (const { key } of orders) expect(lines(key), key).to.have.length(1);
    for (const { name, runtime } of all) {
      expect(runtime.process.exitCode, name).to.equal(null);
      expect(runtime.log(), name).not.to.match(/Uncaught|UnhandledPromise/);
    }
  });
});
