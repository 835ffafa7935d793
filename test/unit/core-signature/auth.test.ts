import { expect } from 'chai';
import { createTokenSource } from '../../../dist/lib/core-signature/auth';
import type { AuthSettings } from '../../../dist/lib/core-signature/auth-settings';
import { createHttpClient } from '../../../dist/lib/http/client';
import { everythingIn, failing } from '../http/failing';
import { VirtualPace } from '../http/virtual-pace';
import { type Answer, ScriptedServer } from './scripted-server';

const secret = 'MARKER-client-secret';
const password = 'MARKER-pass/word';

describe('token source', () => {
  let server: ScriptedServer;
  let now: number;
  const clock = { now: () => now, shift: () => 0, onShift: () => () => {} };

  before(async () => {
    server = await ScriptedServer.start();
  });
  after(() => server.close());
  beforeEach(() => {
    server.reset();
    now = Date.UTC(2030, 0, 1);
  });

  const ocp = (): AuthSettings => ({
    kind: 'ocp',
    tokenUrl: `${server.url}/token`,
    clientId: 'client id',
    clientSecret: secret,
  });
  const otds = (): AuthSettings => ({
    kind: 'otds',
    tokenUrl: `${server.url}/token`,
    grant: 'password',
    clientId: 'client',
    clientSecret: secret,
    username: 'anna',
    password,
    subscription: 'subscription:coresignature-acme-1',
  });
  const source = (settings: AuthSettings) =>
    createTokenSource(settings, {
      http: createHttpClient({
        service: 'The token endpoint',
        userAgent: 'test/1',
        pace: new VirtualPace({ jump: true }),
      }),
      clock,
    });
  /** Tokens T1, T2 … with this lifetime. */
  const issue = (expiresIn?: unknown) => {
    let issued = 0;
    server.on('POST', '/token', () => {
      issued += 1;
      return { body: { access_token: `T${issued}`, expires_in: expiresIn } };
    });
  };

  it('gives a fixed token with either scheme, and no new one', async () => {
    const tokens = source({ kind: 'token', token: 'abc', scheme: 'Token' });
    expect(await tokens.authorization()).to.equal('Token abc');
    expect(tokens.invalidate('Token abc')).to.equal(false);
    expect(await source({ kind: 'token', token: 'abc', scheme: 'Bearer' }).authorization()).to.equal('Bearer abc');
  });

  it('sends OCP client credentials in the header, encoded, or in the body', async () => {
    issue(900);
    expect(await source(ocp()).authorization()).to.equal('Bearer T1');
    const { headers, body } = server.seen[0]!;
    expect(Buffer.from(headers.authorization!.slice(6), 'base64').toString()).to.equal(`client+id:${secret}`);
    expect(body).to.equal('grant_type=client_credentials');
    await source({ ...ocp(), credentialsIn: 'body' } as AuthSettings).authorization();
    expect(server.seen[1]!.headers).not.to.have.property('authorization');
    expect(Object.fromEntries(new URLSearchParams(server.seen[1]!.body))).to.deep.equal({
      grant_type: 'client_credentials',
      client_id: 'client id',
      client_secret: secret,
    });
  });

  it('sends OTDS fields as a form or as JSON', async () => {
    issue(900);
    const fields = {
      grant_type: 'password',
      client_id: 'client',
      client_secret: secret,
      username: 'anna',
      password,
      subscription: 'subscription:coresignature-acme-1',
    };
    await source(otds()).authorization();
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]!.body))).to.deep.equal(fields);
    await source({ ...otds(), kind: 'json' } as AuthSettings).authorization();
    expect(JSON.parse(server.seen[1]!.body)).to.deep.equal(fields);
    await source({ ...otds(), grant: 'client_credentials', subscription: '' } as AuthSettings).authorization();
    expect(Object.fromEntries(new URLSearchParams(server.seen[2]!.body))).to.have.all.keys(
      'grant_type',
      'client_id',
      'client_secret',
    );
  });

  it('asks once for all who need a token at the same time', async () => {
    issue(900);
    const tokens = source(ocp());
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.authorization()));
    expect(new Set(got)).to.deep.equal(new Set(['Bearer T1']));
    expect(server.seen).to.have.length(1);
  });

  for (const [lifetime, margin] of [
    [900, 60],
    [300, 30],
    ['100', 10],
    [undefined, 60],
  ] as const) {
    it(`keeps a token of ${lifetime ?? 'unknown'} s until ${margin} s before its end, by the account's clock`, async () => {
      issue(lifetime);
      const tokens = source(ocp());
      await tokens.authorization();
      now += (Number(lifetime ?? 600) - margin) * 1000 - 1;
      expect(await tokens.authorization()).to.equal('Bearer T1');
      now += 1;
      expect(await tokens.authorization()).to.equal('Bearer T2');
    });
  }

  it('forgets a refused token, but not a newer one', async () => {
    issue(900);
    const tokens = source(ocp());
    const first = await tokens.authorization();
    expect(tokens.invalidate(first)).to.equal(true);
    expect(await tokens.authorization()).to.equal('Bearer T2');
    tokens.invalidate(first);
    expect(await tokens.authorization()).to.equal('Bearer T2');
    expect(server.seen).to.have.length(2);
  });

  it('lets one who waits give up without stopping the others', async () => {
    issue(900);
    const tokens = source(ocp());
    const controller = new AbortController();
    const aborted = tokens.authorization(controller.signal).catch((reason: Error) => reason.message);
    const other = tokens.authorization();
    controller.abort(new Error('gone'));
    expect(await aborted).to.equal('gone');
    expect(await other).to.equal('Bearer T1');
  });

  const refusals: [Answer, () => AuthSettings, string, RegExp][] = [
    [
      {
        status: 401,
        body: { fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2.InvalidApiKey' } } },
      },
      ocp,
      'clientId',
      /Invalid ApiKey.*clientId/,
    ],
    [
      { status: 401, body: { error: 'invalid_client', error_description: 'nope' } },
      ocp,
      'clientSecret',
      /nope.*clientSecret/,
    ],
    [{ status: 400, body: { error: 'invalid_grant' } }, otds, 'password', /username and password/],
    [
      { status: 400, body: { error: 'invalid_request', error_description: 'Unknown subscription' } },
      otds,
      'subscription',
      /Check subscription/,
    ],
    [{ status: 400, body: { error: 'unsupported_grant_type' } }, otds, 'grant', /Check grant/],
    [{ status: 404, body: '<html>' }, ocp, 'tokenUrl', /tokenUrl and tenant/],
    [{ status: 401 }, ocp, 'clientId', /clientSecret/],
  ];
  for (const [answer, settings, field, text] of refusals) {
    it(`names ${field} for ${answer.status} ${JSON.stringify(answer.body)}`, async () => {
      server.on('POST', '/token', answer);
      const error = await failing(source(settings()).authorization());
      expect(error).to.include({ code: 'UNAUTHORIZED', field });
      expect(error.message).to.match(text);
      expect(server.seen).to.have.length(1);
    });
  }

  it('does not send refused credentials again at once, as that could lock the account', async () => {
    server.on('POST', '/token', { status: 400, body: { error: 'invalid_grant' } });
    const tokens = source(otds());
    for (let count = 0; count < 5; count += 1) await failing(tokens.authorization());
    expect(server.seen).to.have.length(1);
    now += 30_000;
    issue(900);
    expect(await tokens.authorization()).to.equal('Bearer T1');
  });

  it('recovers from an outage of the token endpoint', async () => {
    server.on('POST', '/token', { status: 503 }, { fault: 'reset' }, { body: { access_token: 'T', expires_in: 60 } });
    expect(await source(ocp()).authorization()).to.equal('Bearer T');
    server.on('POST', '/token', { body: { token: 'none' } });
    expect(await failing(source(ocp()).authorization())).to.include({ code: 'REMOTE_FAULT', field: 'tokenUrl' });
  });

  it('names what is not filled in', () => {
    const without = (field: string) => () => source({ ...otds(), [field]: ' ' } as AuthSettings);
    for (const field of ['tokenUrl', 'clientId', 'clientSecret', 'username', 'password']) {
      expect(without(field), field).to.throw().with.include({ code: 'BAD_CONFIG', field });
    }
    expect(() => source({ kind: 'token', token: '', scheme: 'Token' }))
      .to.throw()
      .with.include({ field: 'token' });
  });

  it('never shows a secret', async () => {
    const basic = Buffer.from(`client+id:${secret}`).toString('base64');
    for (const [settings, echo] of [
      [ocp(), `${secret} ${basic} ${encodeURIComponent(secret)}`],
      [otds(), `${secret} ${password} ${encodeURIComponent(password)} ${Buffer.from(password).toString('base64')}`],
    ] as const) {
      const answers: Answer[] = [
        { status: 400, body: { error: 'invalid_grant', error_description: echo } },
        { status: 401, body: { fault: { faultstring: echo, detail: { errorcode: echo } } } },
        { status: 500, body: { detail: echo } },
        { status: 418, body: { detail: echo } },
        { body: echo },
        { body: { [echo]: echo } },
        { fault: 'reset' },
      ];
      for (const answer of answers) {
        server.on('POST', '/token', answer);
        const shown = everythingIn(await failing(source(settings).authorization()));
        for (const part of echo.split(' ')) expect(shown, JSON.stringify(answer)).not.to.contain(part);
      }
    }
  });
});
