import {
  appendTo,
  type FlowNode,
  functionNode,
  httpIn,
  httpResponse,
  ledgerNode,
  onTab,
  sandboxAccount,
  sendFromBody,
  tab,
} from '../test/support/flows';
import { filing, later, push, registration, repository, service, told, wait } from './flow-parts';
import type { Archive, EnvelopePlan } from './schedule';
import { alternate, manager } from './schedule';

/** What left a node of the flow, as a line of JSON in a file of the runtime. */
export interface Line {
  node: string;
  port: number;
  key: string;
  envelope: string;
  /** Real milliseconds since 1970. */
  real: number;
  /** Missing on what never came out of a ledger, such as the error of a message from outside. */
  deliveryId?: string;
  redelivered?: boolean;
  /** What the node says: the payload, the step, what was archived, or the error. */
  said: Record<string, unknown>;
}

export const linesFile = 'lines.jsonl';

/** Addresses outside of the flow, and where its state is kept. */
export interface FlowPlaces {
  sandbox: string;
  /** Receiver of the plain webhooks. */
  hook: string;
  /** Text of a service account's key file. */
  serviceAccount: string;
  /** Root certificate of the sandbox's seals, PEM. */
  trust: string;
  postgres?: { host: string; port: number; database: string; user: string; password: string };
}

export const archives: readonly Archive[] = ['content-server', 'webdav', 'http'];

/** Failures that pass: the message is handed to the node again. */
const passing = ['UNREACHABLE', 'RATE_LIMITED', 'REMOTE_FAULT', 'OUTCOME_UNKNOWN', 'IN_PROGRESS', 'LEDGER_'];
const retried = ['wait', 'wait-until', 'ladder', 'push sign', 'push step', 'push sms', 'push hook'];

/** The flow under test: an order is sent, waited for, chased, told of, and filed; all that leaves a node is written down. */
export function flowOf({ sandbox, hook, trust, postgres }: FlowPlaces): FlowNode[] {
  const ledger = postgres ? 'store' : '';
  const passes = JSON.stringify(passing);
  return [
    tab(),
    ...(postgres
      ? [
          ledgerNode(
            { engine: 'postgres', tls: 'off', ...postgres, port: String(postgres.port), password: undefined },
            'store',
          ),
        ]
      : []),
    sandboxAccount({ ledger, reconcileMinutes: '0.05', timeoutSeconds: '5' }),
    ...archives.map((kind) =>
      repository(
        kind,
        { 'content-server': `${sandbox}/cs/cs`, webdav: `${sandbox}/webdav/`, http: `${sandbox}/upload/` }[kind],
      ),
    ),
    service('to web push', 'webpush', { ledger }),
    service('to fcm', 'fcm', { ledger, fcmUrl: `${sandbox}/` }),
    service('to sms', 'opentext', { ledger }),
    service('to hook', 'webhook', { ledger }),

    httpIn('/order', ['order']),
    functionNode('order', 'const { payload } = msg; return Object.assign(msg, payload);', ['send']),
    sendFromBody('send', ['answering', 'with a ladder', 'how long', 'push sign'], {
      document: 'document',
      documentName: 'key',
      signersProperty: 'signers',
      title: 'key',
      externalId: 'key',
      expireDays: 'expireDays',
      prefill: '',
      prefillType: 'json',
      retrySeconds: '3',
    }),
    // A message that comes again after a crash has nobody to answer to.
    functionNode('answering', 'return msg.res ? { ...msg, payload: { envelope: msg.envelope.id } } : null;', [
      'answer',
    ]),
    httpResponse(),

    functionNode('with a ladder', 'return msg.steps.length > 0 ? msg : null;', ['ladder']),
    onTab({
      id: 'ladder',
      type: 'escalate',
      name: '',
      version: 1,
      account: 'account',
      stepsSource: 'property',
      directory: JSON.stringify({ '*': { alternate, manager: { email: manager, name: 'Meg' } } }),
      directoryType: 'json',
      forwardFallback: 'notify',
      wires: [['ladder 0', 'to be told'], ['ladder 1'], ['ladder 2']],
    }),
    ...[0, 1, 2].map((port) => told('ladder', port, 'msg.escalation')),
    functionNode('to be told', "return msg.escalation.action === 'notify' ? msg : null;", ['push step']),

    {
      ...functionNode('how long', 'return msg.timeoutHours === null ? [msg, null] : [null, msg];'),
      outputs: 2,
      wires: [['wait'], ['wait-until']],
    },
    ...wait('wait', {}),
    ...wait('wait-until', {
      timeoutKind: 'duration',
      timeout: 'timeoutHours',
      timeoutType: 'msg',
      timeoutUnit: 'hours',
    }),
    {
      ...functionNode(
        'signed',
        `return ${JSON.stringify(archives)}.map((kind) => kind === msg.archiveAt ? msg : null);`,
      ),
      outputs: archives.length,
      wires: archives.map((kind) => [`archive ${kind}`]),
    },
    ...archives.flatMap((kind) => filing(kind, trust)),

    ...push('push sign', 'to web push', { moment: 'pleaseSign', recipientsSource: 'turn', title: 'key & " sign"' }),
    ...push('push step', 'to fcm', {
      moment: 'escalated',
      recipientsSource: 'escalation',
      title: 'key & " " & escalation.step',
    }),
    ...push('push sms', 'to sms', {
      moment: 'custom',
      recipientsSource: 'addresses',
      recipients: '[{"kind": "phone", "phone": "+491701234567"}]',
      recipientsType: 'json',
      title: 'key & " ended"',
    }),
    ...push('push hook', 'to hook', {
      moment: 'custom',
      recipientsSource: 'addresses',
      recipients: JSON.stringify([{ kind: 'url', url: hook }]),
      recipientsType: 'json',
      title: 'key & " ended"',
    }),

    ...registration('web push'),
    ...registration('fcm'),

    onTab({
      id: 'event-in',
      type: 'signature-event-in',
      name: '',
      version: 1,
      account: 'account',
      events: [],
      wires: [['event-in 0']],
    }),
    told('event-in', 0, 'msg.payload'),

    onTab({
      id: 'caught',
      type: 'catch',
      name: '',
      scope: ['send', ...retried, ...archives.map((kind) => `archive ${kind}`)],
      uncaught: false,
      wires: [['fault 0', 'refused', 'once more']],
    }),
    told('fault', 0, '{ node: msg.error.source.id, code: msg.error.code, message: msg.error.message }'),
    functionNode(
      'refused',
      "return msg.error.source.id === 'send' && msg.res ? { ...msg, statusCode: 503, payload: msg.error } : null;",
      ['answer'],
    ),
    {
      ...functionNode(
        'once more',
        `if (!${passes}.some((code) => String(msg.error.code).startsWith(code))) return null;
         const { error, ...rest } = msg;
         return ${JSON.stringify(retryTargets)}.map((id) => id === error.source.id ? rest : null);`,
      ),
      outputs: retryTargets.length,
      wires: retryTargets.map((id) => [`${id} later`]),
    },
    ...retryTargets.map((id) => later(id)),

    onTab({ id: 'line', type: 'change', name: '', rules: [], wires: [[`append ${linesFile}`]] }),
    appendTo(linesFile),
  ];
}

const retryTargets = [...retried, ...archives.map((kind) => `archive ${kind}`)];

/** What the credentials file of a runtime has to hold. */
export const credentialsOf = ({ serviceAccount, postgres }: FlowPlaces, hookSecret: string): object => ({
  ...(postgres && { store: { password: postgres.password } }),
  'to fcm': { serviceAccount },
  'to hook': { webhookSecret: hookSecret },
  ...Object.fromEntries(archives.map((kind) => [`at ${kind}`, { password: 'sandbox-password' }])),
});

/** The body of an order, as the caller posts it. */
export const orderOf = (plan: EnvelopePlan, document: string): object => ({
  key: plan.key,
  document,
  signers: plan.signers.map((email, index) => ({ email, order: plan.inOrder ? index + 1 : 1 })),
  expireDays: plan.expireDays,
  timeoutHours: plan.timeoutHours,
  archiveAt: plan.archive,
  steps: plan.steps.map(({ id, action, hours }) => ({
    id,
    when: { amount: { unit: 'clock', length: `${hours}h` } },
    action: { do: action, label: id },
  })),
});
