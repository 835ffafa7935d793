import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import {
  appendTo,
  change,
  eventLines,
  eventsIn,
  type FlowNode,
  httpIn,
  httpResponse,
  ledgerNode,
  onTab,
  sandboxAccount,
  sendFromBody,
  tab,
} from '../support/flows';
import { type House, openHouse, until } from '../support/house';
import { callbackUrl, eventsOf, order, post, type ServiceEvent, sent, sign, webhookBody } from './steps';

/** Found nowhere but in the credentials of the nodes, each in its own place. */
const secrets = {
  token: 'MARKER-token-1f0c',
  clientSecret: 'MARKER-clientSecret-2a9d',
  password: 'MARKER-password-3b7e',
  hashKeys: 'MARKER-hashKey-4c5f',
  webhookPath: 'MARKER-webhookPath-5d31',
  ledger: 'MARKER-ledgerPassword-6e12',
};

const accounts: FlowNode[] = [
  sandboxAccount({
    credentials: { token: 'sandbox-token', hashKeys: secrets.hashKeys, webhookPath: secrets.webhookPath },
  }),
  sandboxAccount({ id: 'wrong token', credentials: { token: secrets.token } }),
  sandboxAccount({
    id: 'wrong client',
    auth: 'otds',
    clientId: 'sandbox-client',
    credentials: { clientSecret: secrets.clientSecret },
  }),
  sandboxAccount({
    id: 'wrong password',
    auth: 'json',
    grant: 'password',
    clientId: 'sandbox-client',
    username: 'sandbox-user',
    credentials: { clientSecret: 'sandbox-secret', password: secrets.password },
  }),
  sandboxAccount({ id: 'wrong ledger', ledger: 'no database' }),
  ledgerNode(
    { engine: 'postgres', host: '127.0.0.1', port: '9', tls: 'off', credentials: { password: secrets.ledger } },
    'no database',
  ),
];

const failing = ['wrong token', 'wrong client', 'wrong password', 'wrong ledger'];

const flows = (): FlowNode[] => [
  tab(),
  ...accounts,
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer']),
  ...failing.flatMap((name) => [
    httpIn(`/${name.replace(' ', '-')}`, [`send ${name}`]),
    sendFromBody(`send ${name}`, ['answer'], { account: name, retrySeconds: '0' }),
  ]),
  eventsIn('events', ['line of events.jsonl']),
  ...eventLines('events.jsonl'),
  onTab({ id: 'states', type: 'status', name: '', scope: null, wires: [['state']] }),
  change('state', [['payload', '{"status": status}']], ['append statuses.jsonl']),
  appendTo('statuses.jsonl'),
  httpResponse(),
  onTab({ id: 'caught', type: 'catch', name: '', scope: null, uncaught: false, wires: [['whole error']] }),
  change('whole error', [['payload', '{"code": error.code, "whole": $string(error)}']], ['refused']),
  httpResponse('refused', '422'),
];

describe('secrets', () => {
  let house: House;

  before(async () => {
    house = await openHouse({ name: 'secrets', flows: [tab()], env: { TOKEN_OF_THE_SANDBOX: 'sandbox-token' } });
    await house.deploy(flows());
  });
  after(() => house.close());

  const expectClean = (where: string, text: string): void => {
    for (const [field, secret] of Object.entries(secrets)) {
      expect(text.includes(secret), `${field} in ${where}`).to.equal(false);
    }
  };

  it('a caught error names the fault and carries no credential', async () => {
    for (const name of failing) {
      const refused = await order<{ code: string; whole: string }>(house, {}, `/${name.replace(' ', '-')}`);
      expect(refused.status, `${name}: ${JSON.stringify(refused.body)}`).to.equal(422);
      expect(refused.body.code, name).to.equal(name === 'wrong ledger' ? 'LEDGER_UNAVAILABLE' : 'UNAUTHORIZED');
      expectClean(`the error of ${name}`, JSON.stringify(refused.body));
    }
  });

  it('the secrets that are right do their work', async () => {
    const envelope = await sent(house);
    const url = await callbackUrl(house, envelope);
    expect(url).to.match(new RegExp(`/${secrets.webhookPath}$`));
    const [event] = await until('an event', async () => {
      const known = await eventsOf(house, envelope);
      return known.length > 0 && known;
    });
    expect((await post(url, webhookBody(event as ServiceEvent, secrets.hashKeys))).status).to.equal(200);
    expect((await post(url, webhookBody(event as ServiceEvent, 'sandbox-token'))).status).to.equal(401);
    await sign(house, envelope);
  });

  it('none is in the flows that are stored, exported or shown in the editor', async () => {
    const answer = await fetch(`${house.runtime.url}/flows`);
    expectClean('GET /flows', await answer.text());
    const files = readdirSync(house.runtime.userDir, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).to.include.members(['flows.json', 'flows_cred.json', 'statuses.jsonl']);
    for (const { name } of files) {
      expectClean(name, readFileSync(path.join(house.runtime.userDir, name), 'latin1'));
    }
    const ledger = files.filter(({ name }) => name.startsWith('core-signature-ledger'));
    expect(ledger, 'files of the ledger that were looked at').not.to.deep.equal([]);
  });

  it('one that the environment holds works in the connection test as it does in the node', async () => {
    // what is not in the environment stays as it is, and is refused like any other wrong token
    for (const [name, ok] of [
      ['TOKEN_OF_THE_SANDBOX', true],
      ['NOT_THERE', false],
    ] as const) {
      const fromEnvironment = await post(`${house.runtime.url}/core-signature/account/test`, {
        config: { ...sandboxAccount(), url: '${CORE_SIGNATURE_SANDBOX_URL}' },
        credentials: { token: `\${${name}}` },
      });
      expect(fromEnvironment.body, name).to.include({ ok });
    }
  });

  it("none is in the log, a status or an answer of the editor's routes", async () => {
    expect(house.lines('statuses.jsonl').length).to.be.above(0);
    expectClean('the log', house.runtime.log());
    for (const account of ['wrong token', 'wrong client', 'wrong password']) {
      const config = accounts.find(({ id }) => id === account);
      const test = await post(`${house.runtime.url}/core-signature/account/test`, {
        id: account,
        config: { ...config, credentials: undefined },
      });
      expect(test.body, account).to.include({ ok: false });
      expectClean(`the connection test of ${account}`, JSON.stringify(test.body));
    }
    const test = await post(`${house.runtime.url}/core-signature/ledger/test`, {
      id: 'no database',
      config: { engine: 'postgres', host: '127.0.0.1', port: '9', tls: 'off' },
    });
    expect(test.body).to.include({ ok: false });
    expectClean('the test of the ledger', JSON.stringify(test.body));
  });
});

describe('editor routes with adminAuth', () => {
  let house: House;
  /** The password is "open". */
  const password = '$2b$08$0DLre7Kjkd5HG7Vvsi3G7OoYpJrv09Fv37UCS0SKtn3ZjuY8GMVFS';
  const adminAuth = {
    type: 'credentials',
    users: [
      { username: 'admin', password, permissions: '*' },
      { username: 'reader', password, permissions: 'read' },
    ],
  };
  const routes: [method: string, path: string, writes: boolean][] = [
    ['POST', '/core-signature/account/test', true],
    ['GET', '/core-signature/account/account/templates', false],
    ['GET', '/core-signature/account/account/webhook', false],
    ['POST', '/core-signature/account/account/webhook/check', true],
    ['POST', '/core-signature/ledger/test', true],
  ];

  before(async () => {
    house = await openHouse({ name: 'secrets-auth', settings: { adminAuth }, flows: [tab(), sandboxAccount()] });
  });
  after(() => house.close());

  const login = async (username: string): Promise<Record<string, string>> => {
    const { body } = await post(`${house.runtime.url}/auth/token`, {
      client_id: 'node-red-admin',
      grant_type: 'password',
      scope: '',
      username,
      password: 'open',
    });
    return { authorization: `Bearer ${body.access_token}` };
  };

  const ask = async (method: string, route: string, headers: Record<string, string>): Promise<number> => {
    const body = method === 'POST' ? '{}' : undefined;
    const all = { 'content-type': 'application/json', ...headers };
    return (await fetch(house.runtime.url + route, { method, headers: all, body })).status;
  };

  for (const [method, route, writes] of routes) {
    it(`${method} ${route}: nobody without a log-in, ${writes ? 'no reader, ' : ''}but the administrator`, async () => {
      expect(await ask(method, route, {})).to.equal(401);
      expect(await ask(method, route, { authorization: 'Bearer nonsense' })).to.equal(401);
      expect(await ask(method, route, await login('reader'))).to.equal(writes ? 401 : 200);
      expect(await ask(method, route, await login('admin'))).to.equal(200);
    });
  }
});
