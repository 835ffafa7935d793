/** Groups of nodes of the flow under test, each of which writes down what leaves it. */
import { change, type FlowNode, functionNode, httpIn, onTab, waitFor } from '../test/support/flows';
import type { Archive } from './schedule';

const said = (expression: string): string =>
  `const said = ${expression};
   const envelope = typeof msg.envelope === 'object' ? msg.envelope.id : msg.envelope;
   const key = msg.key ?? msg.envelope?.externalId ?? '';
   const { deliveryId, redelivered } = msg;
   msg.payload = JSON.stringify({ node: NODE, port: PORT, key, envelope, real: Date.now(), deliveryId, redelivered, said });
   return msg;`;

/** Writes down what leaves an output of a node. */
export const told = (node: string, port: number, expression: string): FlowNode =>
  functionNode(
    `${node} ${port}`,
    said(expression).replace('NODE', JSON.stringify(node)).replace('PORT', String(port)),
    ['line'],
  );

/** A node that notifies. */
export const push = (id: string, service: string, more: object): FlowNode[] => [
  onTab({
    id,
    type: 'push-notify',
    name: '',
    version: 1,
    service,
    bodyType: 'jsonata',
    body: 'key',
    titleType: 'jsonata',
    wires: [[`${id} 0`], [`${id} 1`]],
    ...more,
  }),
  told(id, 0, 'msg.payload'),
  told(id, 1, 'msg.payload'),
];

/** A node that waits; its outcome is told by text message and webhook, and a signed envelope is filed. */
export const wait = (id: string, more: object): FlowNode[] => [
  waitFor(
    id,
    [[`${id} 0`, 'signed', 'push sms', 'push hook'], [`${id} 1`, 'push sms', 'push hook'], [`${id} 2`]],
    more,
  ),
  ...[0, 1, 2].map((port) => told(id, port, 'msg.payload')),
];

/** A node that files in a repository. */
export const filing = (kind: Archive, trust: string): FlowNode[] => [
  onTab({
    id: `archive ${kind}`,
    type: 'ecm-archive',
    name: '',
    version: 1,
    account: 'account',
    repository: `at ${kind}`,
    path: '"chaos/" & key',
    pathType: 'jsonata',
    documentName: 'key',
    documentNameType: 'msg',
    trust,
    wires: [[`archive ${kind} 0`], [`archive ${kind} 1`]],
  }),
  ...[0, 1].map((port) =>
    told(`archive ${kind}`, port, '{ items: msg.archive.items, conclusion: msg.archive.verification.conclusion }'),
  ),
];

/** Configuration of a repository of the sandbox. */
export const repository = (kind: Archive, url: string): FlowNode => ({
  id: `at ${kind}`,
  type: 'ecm-repository',
  name: kind,
  version: 1,
  kind,
  url,
  auth: kind === 'content-server' ? 'user' : 'basic',
  user: 'sandbox-user',
});

/** Configuration of a push service. */
export const service = (id: string, provider: string, more: object = {}): FlowNode => ({
  id,
  type: 'push-service',
  name: '',
  version: 1,
  provider,
  account: 'account',
  ...more,
});

/** A core delay in front of another try. */
export const later = (id: string): FlowNode =>
  onTab({
    id: `${id} later`,
    type: 'delay',
    name: '',
    pauseType: 'delay',
    timeout: '300',
    timeoutUnits: 'milliseconds',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    randomFirst: '1',
    randomLast: '5',
    randomUnits: 'seconds',
    drop: false,
    allowrate: false,
    outputs: 1,
    wires: [[id]],
  });

/** `POST /register <service>` puts a device into the registry. */
export const registration = (service: string): FlowNode[] => {
  const id = `register ${service}`;
  return [
    httpIn(`/${service.replace(' ', '-')}/devices`, [`${id} fill`]),
    functionNode(`${id} fill`, "return { ...msg, ...msg.payload, command: 'register' };", [id]),
    onTab({ id, type: 'push-notify', name: '', version: 1, service: `to ${service}`, wires: [[`${id} done`], []] }),
    change(`${id} done`, [], ['answer']),
  ];
};
