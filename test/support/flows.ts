/** Pieces of flows for tests. Each test names its nodes itself, so that a failure says where it was. */

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

export const tab = (id = 'tab'): FlowNode => ({ id, type: 'tab', label: id, disabled: false, info: '' });

export const onTab = (node: FlowNode): FlowNode => ({ z: 'tab', x: 100, y: 100, wires: [], ...node });

export const sandboxAccount = (more: object = {}): FlowNode => ({
  id: 'account',
  type: 'core-signature-account',
  name: 'Sandbox',
  version: 1,
  service: 'sandbox',
  auth: 'token',
  publicUrl: '${CORE_SIGNATURE_PUBLIC_URL}',
  ratePerSecond: '100',
  ...more,
});

export const httpIn = (url: string, to: string[], method = 'post'): FlowNode =>
  onTab({
    id: `in ${url}`,
    type: 'http in',
    name: '',
    url,
    method,
    upload: false,
    skipBodyParsing: false,
    wires: [to],
  });

export const httpResponse = (id = 'answer', statusCode = ''): FlowNode =>
  onTab({ id, type: 'http response', name: '', statusCode, headers: {} });

/** Answers a failed message with its error code and text. */
export const refusals = (scope: string[], to = 'answer'): FlowNode[] => [
  onTab({ id: 'caught', type: 'catch', name: '', scope, uncaught: false, wires: [['reason']] }),
  change(
    'reason',
    [
      ['payload', '{"code": error.code, "message": error.message}'],
      ['statusCode', '422'],
    ],
    [to],
  ),
];

/** A change node that sets properties of the message by JSONata. */
export const change = (id: string, rules: [property: string, jsonata: string][], to: string[]): FlowNode =>
  onTab({
    id,
    type: 'change',
    name: '',
    rules: rules.map(([p, value]) => ({ t: 'set', p, pt: 'msg', to: value, tot: 'jsonata' })),
    wires: [to],
  });

/** Appends each message's payload as a line of JSON to a file in the user directory. */
export const appendTo = (file: string, id = `append ${file}`): FlowNode =>
  onTab({
    id,
    type: 'file',
    name: '',
    filename: file,
    filenameType: 'str',
    appendNewline: true,
    createDir: false,
    overwriteFile: 'false',
    encoding: 'none',
    wires: [[]],
  });

/** Sends what the request body describes; every property of the body can be left out. */
export const sendFromBody = (id: string, to: string[], more: object = {}): FlowNode =>
  onTab({
    id,
    type: 'send-envelope',
    name: '',
    version: 1,
    account: 'account',
    documentSource: 'content',
    document: 'payload.document',
    documentType: 'msg',
    documentName: 'payload.documentName',
    documentNameType: 'msg',
    signersSource: 'property',
    signersProperty: 'payload.signers',
    signersPropertyType: 'msg',
    title: 'payload.title',
    titleType: 'msg',
    externalId: 'payload.key',
    externalIdType: 'msg',
    expireDays: 'payload.expireDays',
    expireDaysType: 'msg',
    prefill: 'payload.prefill',
    prefillType: 'msg',
    retrySeconds: '5',
    wires: [to],
    ...more,
  });

export const waitFor = (id: string, to: [string[], string[], string[]], more: object = {}): FlowNode =>
  onTab({
    id,
    type: 'wait-for-status',
    name: '',
    version: 1,
    account: 'account',
    statuses: ['signed'],
    wires: to,
    ...more,
  });

/** Emits the status events of the account. */
export const eventsIn = (id: string, to: string[], more: object = {}): FlowNode =>
  onTab({ id, type: 'signature-event-in', name: '', version: 1, account: 'account', events: [], wires: [to], ...more });

/** One line of JSON per status event that a `signature-event-in` emits, in a file in the user directory. */
export const eventLines = (file: string, id = `line of ${file}`): FlowNode[] => [
  change(
    id,
    [
      [
        'payload',
        '{"type": payload.type, "status": payload.status, "signer": payload.signer, "at": payload.at, "envelope": envelope.id, "externalId": envelope.externalId, "deliveryId": deliveryId, "redelivered": redelivered}',
      ],
    ],
    [`append ${file}`],
  ),
  appendTo(file),
];

/** One line of JSON per message that left a `wait-for-status`. */
export const outcomeLines = (file: string, id = `line of ${file}`): FlowNode[] => [
  change(
    id,
    [
      [
        'payload',
        '{"outcome": payload.outcome, "status": payload.status, "envelope": envelope.id, "lateMs": payload.lateMs, "waitedMs": payload.waitedMs, "mark": mark, "deliveryId": deliveryId, "redelivered": redelivered}',
      ],
    ],
    [`append ${file}`],
  ),
  appendTo(file),
];

export const functionNode = (id: string, func: string, to: string[] = []): FlowNode =>
  onTab({
    id,
    type: 'function',
    name: '',
    func,
    outputs: 1,
    timeout: 0,
    noerr: 0,
    initialize: '',
    finalize: '',
    libs: [],
    wires: [to],
  });

/** Where the accounts keep their state, when not in the default file. */
export const ledgerNode = (more: object, id = 'ledger'): FlowNode => ({
  id,
  type: 'signature-ledger',
  name: '',
  version: 1,
  engine: 'file',
  ...more,
});
