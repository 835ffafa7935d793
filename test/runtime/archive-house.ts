/** A house that files envelopes in every kind of repository, and what the tests of `ecm-archive` do there. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Operation } from '../../dist/lib/ledger/types';
import {
  appendTo,
  change,
  type FlowNode,
  functionNode,
  httpIn,
  httpResponse,
  onTab,
  sandboxAccount,
  sendFromBody,
  tab,
} from '../support/flows';
import { type House, openHouse, until } from '../support/house';
import { type Answer, inLedger, post, sent, sign } from './steps';

export interface Item {
  role: string;
  id: string;
  name: string;
  version?: string;
  url?: string;
  sha256: string;
  size: number;
  outcome: string;
}

export interface Archived {
  items: Item[];
  package: { name: string; manifestSha256: string; timestamped: boolean };
  verification: {
    conclusion: string;
    subIndication?: string;
    decision: string;
    level?: string;
    hashes: { file: string; sha256: string; result: string }[];
    reasons: string[];
  };
  repository: string;
  container: string | null;
  quarantine?: string;
}

/** What left a node, as a line of JSON. */
export interface Line {
  mark: string;
  port: number;
  envelope: string;
  kept: string;
  archive: Archived;
  deliveryId: string;
  redelivered?: boolean;
}

/** A document in one of the sandbox's repositories. */
export interface FiledThere {
  service: string;
  path: string;
  name: string;
  size: number;
  sha256: string;
  versions: unknown[];
  metadata: Record<string, unknown>;
  record: Record<string, unknown> | null;
}

export interface Refusal {
  mark: string;
  code: string;
  message: string;
}

const line = `{"mark": mark, "port": port, "envelope": $type(envelope) = "string" ? envelope : envelope.id, "kept": kept,
  "archive": archive, "deliveryId": deliveryId, "redelivered": redelivered}`;
const fill = 'const { payload, ...rest } = msg; return Object.assign(rest, payload);';

/** `POST /<name>` files an envelope; the body becomes the message. */
export const filing = (name: string, repository: string, more: object = {}): FlowNode[] => [
  httpIn(`/${name}`, [`fill ${name}`]),
  functionNode(`fill ${name}`, fill, [name]),
  onTab({
    id: name,
    type: 'ecm-archive',
    name: '',
    version: 1,
    account: 'account',
    repository: `at ${repository}`,
    path: 'path',
    pathType: 'msg',
    container: 'container',
    containerType: 'msg',
    documentName: 'documentName',
    documentNameType: 'msg',
    record: 'record',
    recordType: 'msg',
    wires: [['out 0'], ['out 1']],
    ...more,
  }),
];

export const repository = (name: string, more: object): FlowNode => ({
  // Not just the name: a configuration node with its own id in one of its properties is never started.
  id: `at ${name}`,
  type: 'ecm-repository',
  name,
  version: 1,
  ...more,
});

const user = { user: 'sandbox-user', credentials: { password: 'sandbox-password' } };

/** One repository of each kind that the sandbox has, and the folder. */
export const repositories = (sandbox: string): FlowNode[] => [
  repository('folder', { kind: 'folder', folder: 'archive' }),
  repository('content-server', { kind: 'content-server', url: `${sandbox}/cs/cs`, auth: 'user', ...user }),
  repository('webdav', { kind: 'webdav', url: `${sandbox}/webdav/`, auth: 'basic', ...user }),
  repository('http', { kind: 'http', url: `${sandbox}/upload/`, auth: 'basic', ...user }),
  repository('form', { kind: 'http', url: `${sandbox}/upload/`, method: 'multipart', auth: 'basic', ...user }),
  repository('core-content', {
    kind: 'core-content',
    url: sandbox,
    storageUrl: `${sandbox}/css`,
    tokenUrl: `${sandbox}/oauth2/token`,
    auth: 'oauth',
    clientId: 'sandbox-client',
    credentials: { clientSecret: 'sandbox-secret' },
  }),
];

/** The flows around what a test files with. */
const flowsOf = (parts: FlowNode[]): FlowNode[] => {
  const scope = parts.filter(({ type }) => type === 'ecm-archive').map(({ id }) => id);
  return [
    tab(),
    sandboxAccount(),
    httpIn('/send', ['send']),
    sendFromBody('send', ['answer'], { attachments: 'payload.attachments', attachmentsType: 'msg' }),
    ...parts,
    ...[0, 1].map((port) => functionNode(`out ${port}`, `msg.port = ${port}; return msg;`, ['line'])),
    change('line', [['payload', line]], ['append outcomes.jsonl']),
    appendTo('outcomes.jsonl'),
    onTab({ id: 'finished', type: 'complete', name: '', scope, uncaught: false, wires: [['done']] }),
    change('done', [['payload', '{"taken": true}']], ['answer']),
    httpResponse(),
    onTab({ id: 'caught', type: 'catch', name: '', scope: [...scope, 'send'], uncaught: false, wires: [['reason']] }),
    change(
      'reason',
      [
        ['payload', '{"mark": mark, "code": error.code, "message": error.message}'],
        ['statusCode', '422'],
      ],
      ['answer', 'append refusals.jsonl'],
    ),
    appendTo('refusals.jsonl'),
  ];
};

/** A house with filing nodes. */
export class ArchiveHouse {
  #count = 0;

  private constructor(readonly house: House) {}

  /** @param parts makes the filing nodes and their repositories, given the sandbox's URL and its certificate */
  static async open(
    name: string,
    parts: (sandbox: string, trust: string) => FlowNode[],
    more: (sandbox: string) => FlowNode[] = () => [],
  ): Promise<ArchiveHouse> {
    const house = await openHouse({ name, flows: [tab()] });
    const { url } = house.sandbox;
    const trust = await (await fetch(`${url}/sandbox/ca.pem`)).text();
    await house.deploy([...flowsOf(parts(url, trust)), ...more(url)]);
    return new ArchiveHouse(house);
  }

  newMark(): string {
    this.#count += 1;
    return `mark ${this.#count}`;
  }

  /** An envelope that is signed. */
  async signed(body: object = {}): Promise<string> {
    const envelope = await sent(this.house, body);
    await sign(this.house, envelope);
    return envelope;
  }

  /** Hands an envelope, or its id, to a filing node. */
  file(node: string, envelope: string | object, mark: string, body: object = {}): Promise<Answer<Partial<Refusal>>> {
    const message = { documentName: 'Agreement', path: 'here', kept: 'as it was', ...body, envelope, mark };
    return post<Partial<Refusal>>(`${this.house.runtime.url}/${node}`, message);
  }

  /** The same, until the message has left the node. */
  async filed(node: string, envelope: string | object, body: object = {}): Promise<Line> {
    const mark = this.newMark();
    const { status, body: answer } = await this.file(node, envelope, mark, body);
    if (status !== 200) throw new Error(`${node} answered ${status}: ${JSON.stringify(answer)}`);
    return this.out(mark);
  }

  /** The same, when it has to be refused. */
  async refused(node: string, envelope: string, body: object = {}): Promise<Partial<Refusal>> {
    const mark = this.newMark();
    const { status, body: answer } = await this.file(node, envelope, mark, body);
    if (status !== 422) throw new Error(`${node} answered ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  lines(mark: string): Line[] {
    return this.house.lines<Line>('outcomes.jsonl').filter((one) => one.mark === mark);
  }

  refusals(mark: string): Refusal[] {
    return this.house.lines<Refusal>('refusals.jsonl').filter((one) => one.mark === mark);
  }

  out(mark: string): Promise<Line> {
    return until(`the message "${mark}" to leave`, () => this.lines(mark)[0], { child: this.house.runtime });
  }

  async filedThere(): Promise<FiledThere[]> {
    const state = (await (await fetch(`${this.house.sandbox.url}/sandbox/state`)).json()) as { filed: FiledThere[] };
    return state.filed;
  }

  /** What the ledger has on filing envelopes. */
  async operations(...envelopes: string[]): Promise<Operation[]> {
    const all = await inLedger(this.house, (ledger) => ledger.listOperations({ kind: 'archive', limit: 1000 }));
    return all.filter(({ envelope }) => envelopes.includes(envelope));
  }

  /** Entries of the envelope's audit journal about its filing. */
  async journal(envelope: string): Promise<Archived[]> {
    const { entries } = await inLedger(this.house, (ledger) => ledger.journal({ account: 'account', envelope }));
    return entries.filter(({ kind }) => kind === 'archived').map(({ body }) => body as Archived);
  }

  /** Files below a folder of the user directory, without what begins with a dot. */
  onDisk(folder: string): string[] {
    const top = path.join(this.house.runtime.userDir, folder);
    if (!existsSync(top)) return [];
    return readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)))
      .filter((name) => !name.split(path.sep).some((part) => part.startsWith('.')))
      .toSorted();
  }

  shaOnDisk(file: string): string {
    return sha256(readFileSync(path.join(this.house.runtime.userDir, file)));
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of the signed PDF that the service has. */
export async function signedSha(house: House, envelope: string): Promise<string> {
  const headers = { authorization: 'Token sandbox-token' };
  const answer = await fetch(`${house.sandbox.url}/api/v1/documents/${envelope}/`, { headers });
  const { pdf } = (await answer.json()) as { pdf: string };
  return sha256(Buffer.from(await (await fetch(pdf)).arrayBuffer()));
}
