import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  appendTo,
  change,
  functionNode,
  httpIn,
  httpResponse,
  onTab,
  outcomeLines,
  sandboxAccount,
  tab,
  waitFor,
} from '../test/support/flows';
import { startHelper } from './lib/helper';
import type { Bench, Row } from './lib/row';
import { inFolder, pause, startNodeRed } from './lib/stage';
import { signedWebhook, uuidOf, webhookPath } from './lib/webhooks';

/*
 * The job: an order is parked until its webhook says signed, or until five seconds are over; either comes out once, as a
 * line in a file. The runtime is killed in between, at times that a seed gives; whoever posts repeats until there is a 200.
 */

const kills = 6;
const ordersPerLife = 30;
const deadlineSeconds = 5;

/**
 * The job with core nodes, as it is usually drawn: file context for what waits, written every second instead of every
 * half minute, and a trigger node for the deadline.
 */
const coreFlow = [
  tab(),
  httpIn('/park', ['park']),
  functionNode(
    'park',
    `const waiting = flow.get('waiting') || {};
     waiting[msg.payload.envelope] = true;
     flow.set('waiting', waiting);
     msg.topic = msg.payload.envelope;
     return msg;`,
    ['answer', 'deadline'],
  ),
  httpIn('/event', ['event']),
  {
    ...functionNode(
      'event',
      `const waiting = flow.get('waiting') || {};
     const id = msg.payload.document.uuid;
     if (!waiting[id]) return [null, null, msg];
     delete waiting[id];
     flow.set('waiting', waiting);
     return [{ payload: JSON.stringify({ envelope: id, outcome: 'reached' }) }, { topic: id, reset: true }, msg];`,
    ),
    outputs: 3,
    wires: [['append outcomes.jsonl'], ['deadline'], ['answer']],
  },
  onTab({
    id: 'deadline',
    type: 'trigger',
    name: '',
    op1: '',
    op1type: 'nul',
    op2: '',
    op2type: 'payl',
    duration: String(deadlineSeconds),
    extend: false,
    overrideDelay: false,
    units: 's',
    reset: '',
    bytopic: 'topic',
    topic: 'topic',
    outputs: 1,
    wires: [['late']],
  }),
  functionNode(
    'late',
    `const waiting = flow.get('waiting') || {};
     delete waiting[msg.topic];
     flow.set('waiting', waiting);
     return { payload: JSON.stringify({ envelope: msg.topic, outcome: 'timeout' }) };`,
    ['append outcomes.jsonl'],
  ),
  appendTo('outcomes.jsonl'),
  httpResponse(),
];

const ourFlow = [
  tab(),
  sandboxAccount(),
  httpIn('/park', ['envelope']),
  change('envelope', [['envelope', 'payload.envelope']], ['wait']),
  waitFor('wait', [['line of outcomes.jsonl'], [], ['line of outcomes.jsonl']], {
    timeoutKind: 'duration',
    timeout: String(deadlineSeconds),
    timeoutType: 'num',
    timeoutUnit: 'seconds',
  }),
  ...outcomeLines('outcomes.jsonl'),
  // The caller is told when the message is safe.
  onTab({ id: 'parked', type: 'complete', name: '', scope: ['wait'], uncaught: false, wires: [['answer']] }),
  httpResponse(),
];

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Plan {
  flows: object[];
  bare: boolean;
  eventPath: string;
  service: string;
  seed: number;
}

interface Outcome {
  orders: number;
  lost: number;
  twice: number;
}

async function live(userDir: string, { flows, bare, eventPath, service, seed }: Plan): Promise<Outcome> {
  mkdirSync(userDir);
  const random = dice(seed);
  const settings = bare
    ? { contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } } }
    : {};
  let url = '';
  const post = async (target: string, body: string): Promise<void> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(5_000);
      const answer = await fetch(url + target, { method: 'POST', headers, body, signal }).catch(() => undefined);
      if (answer?.ok) return;
      await pause(50);
    }
    throw new Error(`${target} answered no 200 for half a minute.`);
  };
  const orders: string[] = [];
  const work: Promise<unknown>[] = [];
  const order = async (index: number, thinkMs: number): Promise<void> => {
    const envelope = uuidOf(seed, index);
    orders.push(envelope);
    await post('/park', JSON.stringify({ envelope }));
    // Every other one is signed, the rest runs into its deadline.
    if (index % 2 === 1) return;
    await pause(thinkMs);
    await fetch(`${service}/signed/${envelope}`, { method: 'POST' });
    await post(eventPath, signedWebhook(envelope));
  };
  for (let life = 0; life <= kills; life += 1) {
    const runtime = await startNodeRed(userDir, { flows, bare, service, settings });
    url = runtime.url;
    const lifeMs = 500 + random() * 2_500;
    if (life < kills) {
      for (let index = 0; index < ordersPerLife; index += 1) {
        work.push(order(life * ordersPerLife + index, random() * 3_000));
        await pause(lifeMs / ordersPerLife);
      }
    } else {
      await Promise.all(work);
      await pause((deadlineSeconds + 8) * 1_000);
    }
    await runtime.end('SIGKILL');
  }
  const file = path.join(userDir, 'outcomes.jsonl');
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
  const times = new Map<string, number>();
  for (const line of lines) {
    const { envelope } = JSON.parse(line) as { envelope: string };
    times.set(envelope, (times.get(envelope) ?? 0) + 1);
  }
  const twice = [...times.values()].filter((count) => count > 1).length;
  return { orders: orders.length, lost: orders.filter((id) => !times.has(id)).length, twice };
}

/** How many orders are lost, and how many come out twice, when the runtime is killed: ours beside core nodes. */
export const plain: Bench = () =>
  inFolder(async (folder) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));
    const service = await startHelper<{ url: string }>('service');
    try {
      const common = { service: service.first.url, seed };
      const ours = await live(path.join(folder, 'ours'), {
        ...common,
        flows: ourFlow,
        bare: false,
        eventPath: webhookPath(),
      });
      const core = await live(path.join(folder, 'core'), {
        ...common,
        flows: coreFlow,
        bare: true,
        eventPath: '/event',
      });
      const from = `of ${ours.orders}, ${kills} kills, SEED=${seed}`;
      const row = (what: string, value: number, more: Partial<Row> = {}): Row => ({
        bench: 'plain',
        what,
        value,
        unit: '',
        from,
        ...more,
      });
      return [
        row('orders lost by our nodes', ours.lost, { mark: { at: 0, best: 'low' } }),
        row('orders lost by core nodes', core.lost),
        row('orders that came out twice, our nodes', ours.twice),
        row('orders that came out twice, core nodes', core.twice),
      ];
    } finally {
      await service.end();
    }
  });
