/** A house with ladders in it, and what the tests of `escalate` do there, one function each. */
import type { StepReport } from '../../dist/lib/process/escalation/ladder';
import type { FlowNode } from '../support/flows';
import {
  appendTo,
  change,
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
import { type House, openHouse, until } from '../support/house';
import { inLedger, post, sent, state } from './steps';

/** What left a node, as a line of JSON. */
export interface Line {
  mark: string;
  port: number;
  node: string;
  escalation?: Step & { why?: string };
  outcome?: string;
  envelope: string;
  status: string;
  turn: string[];
  deliveryId: string;
  redelivered?: boolean;
}

export type Step = StepReport;

const line = `{"mark": mark, "node": node, "port": port, "escalation": escalation, "outcome": payload.outcome,
  "envelope": envelope.id, "status": envelope.status, "turn": [envelope.signers[state in ['ready', 'viewed']].email],
  "deliveryId": deliveryId, "redelivered": redelivered}`;
const fill = `
  const { document, ...body } = msg.payload;
  Object.assign(msg, body);
  return msg;`;

/** `POST /<name>` starts a ladder whose steps are in the body, or steers those of its envelope. */
const ladderAt = (name: string, more: object = {}): FlowNode[] => [
  httpIn(`/${name}`, [`fill ${name}`]),
  functionNode(`fill ${name}`, fill, [name]),
  onTab({
    id: name,
    type: 'escalate',
    name: '',
    version: 1,
    account: 'account',
    stepsSource: 'property',
    due: 'due',
    ownCalendar: 'calendar',
    ownCalendarType: 'msg',
    directory: 'directory',
    directoryType: 'msg',
    wires: [0, 1, 2].map((port) => [`${name} ${port}`]),
    ...more,
  }),
  ...[0, 1, 2].map((port) =>
    functionNode(`${name} ${port}`, `return { ...msg, node: '${name}', port: ${port} };`, ['line']),
  ),
];

const waiting = ['signed', 'until'];
const laddering = ['ladder', 'ladder-replace', 'ladder-none'];

export const ladderFlows = (): FlowNode[] => [
  tab(),
  sandboxAccount(),
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer']),
  ...ladderAt('ladder'),
  ...ladderAt('ladder-replace', { forwardFallback: 'replace' }),
  ...ladderAt('ladder-none', { forwardFallback: 'none' }),
  ...waiting.flatMap((name) => [
    httpIn(`/${name}`, [`fill ${name}`]),
    functionNode(`fill ${name}`, fill, [name]),
    waitFor(
      name,
      [[`${name} 0`], [`${name} 1`], [`${name} 2`]],
      name === 'until' ? { timeoutKind: 'until', timeout: 'at', timeoutType: 'msg' } : {},
    ),
    ...[0, 1, 2].map((port) =>
      functionNode(`${name} ${port}`, `return { ...msg, node: '${name}', port: ${port} };`, ['line']),
    ),
  ]),
  change('line', [['payload', line]], ['append lines.jsonl']),
  appendTo('lines.jsonl'),
  onTab({
    id: 'parked',
    type: 'complete',
    name: '',
    scope: [...laddering, ...waiting],
    uncaught: false,
    wires: [['done']],
  }),
  change('done', [['payload', '{"parked": true}']], ['answer']),
  httpResponse(),
  ...refusals(['send', ...laddering, ...waiting]),
];

export const anna = 'anna@example.com';
export const ben = 'ben@example.com';
export const carl = 'carl@example.com';
export const meg = 'meg@example.com';
/** Carl stands in for anybody, and Meg is told. */
export const directory = { '*': { alternate: carl, manager: { email: meg, name: 'Meg Manager' } } };

type StepJson = Record<string, unknown>;

/** A step that fires a length of time after the one before it. */
export const step = (length: string, what: string, more: object = {}): StepJson => ({
  id: what,
  when: { amount: { unit: 'clock', length } },
  action: { do: what, label: what, ...more },
});

export interface LadderHouse {
  house: House;
  /** Starts a ladder; answers its mark when it is on disk. */
  start(envelope: string, steps: StepJson[], more?: object, at?: string): Promise<string>;
  /** Parks a message until the envelope is signed. */
  park(envelope: string): Promise<string>;
  steer(envelope: string, command: string, step?: string | number): Promise<void>;
  lines(mark: string): Line[];
  /** What left through the output for steps, each once. */
  steps(mark: string): Step[];
  /** Waits until as many steps have left. */
  fired(mark: string, count: number): Promise<Step[]>;
  /** Waits for the message that says how a ladder, or a wait, has ended. */
  ended(mark: string): Promise<Line>;
  /** Moves the sandbox's clock, and waits until the runtime lives by it. */
  advance(by: string): Promise<void>;
  /** Kills Node-RED and starts it again. */
  crash(): Promise<void>;
  mails(envelope: string, kind?: string): Promise<string[]>;
  /** Makes the next request of this kind fail in this way. */
  fault(match: string, kind: string, more?: object): Promise<void>;
  /** Waits until the fault has met its request. */
  struck(): Promise<void>;
  /** Waits until no step of the envelope is under way. */
  settled(envelope: string): Promise<void>;
}

export async function openLadderHouse(name: string): Promise<LadderHouse> {
  const house = await openHouse({ name, flows: ladderFlows() });
  let count = 0;
  let milestone = '';
  const all = (): Line[] => house.lines<Line>('lines.jsonl');
  const accepted = async (path: string, body: object): Promise<string> => {
    count += 1;
    const mark = `${name} ${count}`;
    const answer = await post(`${house.runtime.url}${path}`, { mark, ...body });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return mark;
  };
  const self: LadderHouse = {
    house,
    start: (envelope, steps, more = {}, at = '/ladder') => accepted(at, { envelope, steps, directory, ...more }),
    park: (envelope) => accepted('/signed', { envelope }),
    async steer(envelope, command, step) {
      await accepted('/ladder', { envelope, command, step });
    },
    lines: (mark) => all().filter((one) => one.mark === mark),
    steps(mark) {
      const lines = self.lines(mark);
      // A message that comes again after a crash is no further step.
      const first = lines.filter((line, at) => lines.findIndex((one) => one.deliveryId === line.deliveryId) === at);
      return first.flatMap(({ port, escalation }) => (port === 0 && escalation ? [escalation] : []));
    },
    fired: (mark, wanted) =>
      until(`step ${wanted} of ${mark}`, () => self.steps(mark).length >= wanted && self.steps(mark), {
        child: house.runtime,
        timeoutMs: 8_000,
      }),
    ended: (mark) =>
      until(
        `the end of ${mark}`,
        () => self.lines(mark).find(({ node, port }) => !node.startsWith('ladder') || port > 0),
        { child: house.runtime, timeoutMs: 8_000 },
      ),
    async advance(by) {
      await house.advance(by);
      milestone ||= await sent(house, { expireDays: 730 });
      await self.ended(await accepted('/until', { envelope: milestone, at: (await state(house)).clock.now }));
    },
    async crash() {
      await house.runtime.end('SIGKILL');
      await house.boot();
    },
    fault: (match, kind, more = {}) => house.faults({ api: [{ match, kind, times: 1, ...more }] }),
    async struck() {
      await until(
        'the fault to strike',
        async () => {
          const answer = await fetch(`${house.sandbox.url}/sandbox/faults`);
          const { api: rules = [] } = (await answer.json()) as { api?: { times?: number }[] };
          return rules.every(({ times }) => times === undefined);
        },
        { timeoutMs: 8_000 },
      );
    },
    async settled(envelope) {
      await until('the step to be through', () =>
        inLedger(house, async (ledger) => {
          const operations = await ledger.listOperations({ account: 'account', limit: 1000 });
          return operations.every((one) => one.envelope !== envelope || one.state !== 'running');
        }),
      );
    },
    async mails(envelope, kind = 'reminder') {
      const { mails } = await state(house);
      return mails
        .filter((mail) => mail.document === envelope && mail.kind === kind)
        .map(({ to }) => to)
        .toSorted();
    },
  };
  return self;
}
