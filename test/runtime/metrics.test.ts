import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { Histogram, writeFamilies } from '../../dist/lib/process/exposition';
import { Metrics } from '../../dist/lib/process/metrics';
import {
  type FlowNode,
  httpIn,
  httpResponse,
  ledgerNode,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { type House, openHouse, projectRoot, until } from '../support/house';
import { callbackUrl, eventsOf, post, type ServiceEvent, sent, sign, webhookBody } from './steps';

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text form; throws on a line that is not of it. */
function parse(text: string): { samples: Sample[]; types: Map<string, string> } {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  expect(text.endsWith('\n')).to.equal(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (word === 'HELP') helped.add(name);
    else if (word === 'TYPE') {
      expect(types.has(name), `second TYPE of ${name}`).to.equal(false);
      types.set(name, rest);
    } else {
      const [whole, sample = '', labels = '', value] =
        /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line) ?? [];
      if (whole === undefined) throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
        key,
        text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
      ]);
      samples.push({ name: sample, labels: Object.fromEntries(pairs), value: Number(value) });
      const family = sample.replace(/_(bucket|sum|count)$/, '');
      expect(types.has(sample) || types.get(family) === 'histogram', `TYPE of ${sample}`).to.equal(true);
      expect(helped.has(sample) || helped.has(family), `HELP of ${sample}`).to.equal(true);
    }
  }
  return { samples, types };
}

const route = '/core-signature/metrics';

const flows = (account: object = {}): FlowNode[] => [
  tab(),
  sandboxAccount(account),
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer', 'wait']),
  waitFor('wait', [[], [], []]),
  httpResponse(),
];

describe('metrics of a runtime', () => {
  let house: House;

  before(async () => {
    const credentials = { token: 'sandbox-token', webhookPath: 'MARKER-webhookPath' };
    house = await openHouse({ name: 'metrics', flows: [tab()], settings: { httpAdminRoot: '/admin' } });
    await house.deploy([
      ...flows({ credentials }),
      sandboxAccount({ id: 'no ledger', ledger: 'ledger' }),
      ledgerNode({
        engine: 'postgres',
        host: '127.0.0.1',
        port: '9',
        tls: 'off',
        credentials: { password: 'MARKER-password' },
      }),
    ]);
  });
  after(() => house.close());

  const scrape = async (): Promise<string> => {
    const answer = await fetch(`${house.runtime.url}/admin${route}`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-type')).to.match(/^text\/plain; *version=0\.0\.4; *charset=utf-8$/);
    return answer.text();
  };
  /** Value of the one sample with this name and these labels. */
  const value = async (name: string, labels: Record<string, string> = {}): Promise<number | undefined> => {
    const { samples } = parse(await scrape());
    const found = samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
    );
    expect(found.length, name).to.be.at.most(1);
    return found[0]?.value;
  };

  it('tell of events, waits and requests as they happen', async () => {
    const envelope = await sent(house);
    await until('the wait to be open', async () => (await value('core_signature_waits_open')) === 1);
    const url = await callbackUrl(house, envelope);
    const [event] = await until('an event', async () => {
      const known = await eventsOf(house, envelope);
      return known.length > 0 && known;
    });
    expect((await post(url, webhookBody(event as ServiceEvent, 'wrong key'))).status).to.equal(401);
    const right = webhookBody(event as ServiceEvent);
    for (let times = 0; times < 2; times += 1) expect((await post(url, right)).status).to.equal(200);
    expect(await value('core_signature_events_forged_total')).to.equal(1);
    expect(await value('core_signature_events_duplicate_total')).to.be.at.least(1);
    expect(await value('core_signature_events_accepted_total', { account: 'account' })).to.be.at.least(1);
    await sign(house, envelope);
    await until('the wait to be over', async () => (await value('core_signature_waits_open')) === 0);
    const posted = { service: 'Core Signature', method: 'POST', outcome: '2xx' };
    expect(await value('core_signature_http_request_duration_seconds_count', posted)).to.be.at.least(2);
    expect(await value('core_signature_timer_lateness_seconds_count', { kind: 'refresh' })).to.be.at.least(1);
    expect(await value('core_signature_envelopes_open')).to.equal(0);
  });

  it('tell which ledger does not answer', async () => {
    const up = parse(await scrape()).samples.filter(({ name }) => name === 'core_signature_ledger_up');
    const byEngine = up.map(({ labels, value }) => [
      labels.ledger?.startsWith('postgres:') ? 'postgres' : 'file',
      value,
    ]);
    expect(byEngine).to.have.deep.members([
      ['file', 1],
      ['postgres', 0],
    ]);
  });

  it('are what core-signature-ledger says beside the runtime, which goes on', async () => {
    const file = path.join(house.runtime.userDir, 'core-signature-ledger.sqlite');
    const program = path.join(projectRoot, 'bin', 'core-signature-ledger.js');
    const command = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    const envelope = await sent(house);
    const status = JSON.parse(command('status', '--json', '--file', file).stdout);
    expect(status.stats.envelopes.open).to.equal(await value('core_signature_envelopes_open'));
    expect(command('show', envelope, '--file', file).stdout).to.match(/^Journal: \d+ entries, verified$/m);
    expect(command('verify', '--file', file).status).to.equal(0);
    const copy = path.join(house.folder, 'copy.sqlite');
    expect(command('backup', copy, '--file', file).status).to.equal(0);
    const moved = command('migrate', file, path.join(house.folder, 'moved.sqlite'));
    expect([moved.status, moved.stderr])
      .to.deep.include(1)
      .and.to.satisfy(([, text]: string[]) => /is in use/.test(text ?? ''));
    await sign(house, envelope);
    await until('the wait to be over', async () => (await value('core_signature_waits_open')) === 0);
    expect(JSON.parse(command('show', envelope, '--json', '--file', copy).stdout)[0].envelope.status).not.to.equal(
      'signed',
    );
  });

  it('carry no secret', async () => {
    const text = await scrape();
    for (const secret of ['MARKER', 'sandbox-token']) expect(text.includes(secret), secret).to.equal(false);
  });
});

describe('metrics with adminAuth', () => {
  let house: House;
  /** The password is "open". */
  const password = '$2b$08$0DLre7Kjkd5HG7Vvsi3G7OoYpJrv09Fv37UCS0SKtn3ZjuY8GMVFS';
  const users = [
    { username: 'admin', password, permissions: '*' },
    { username: 'reader', password, permissions: 'read' },
    { username: 'scraper', password, permissions: ['core-signature.metrics'] },
  ];
  const tokens = [{ token: 'for-prometheus', user: 'scraper', scope: ['core-signature.metrics'] }];

  before(async () => {
    house = await openHouse({
      name: 'metrics-auth',
      settings: { adminAuth: { type: 'credentials', users, tokens } },
      flows: flows(),
    });
  });
  after(() => house.close());

  const ask = async (username?: string): Promise<number> => {
    const headers: Record<string, string> = {};
    if (username !== undefined) {
      const login = { client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password: 'open' };
      const { body } = await post(`${house.runtime.url}/auth/token`, login);
      headers.authorization = `Bearer ${body.access_token}`;
    }
    return (await fetch(house.runtime.url + route, { headers })).status;
  };

  it('need the permission core-signature.metrics', async () => {
    expect(await ask()).to.equal(401);
    expect(await ask('reader')).to.equal(401);
    expect(await ask('scraper')).to.equal(200);
    expect(await ask('admin')).to.equal(200);
    const headers = { authorization: 'Bearer for-prometheus' };
    expect((await fetch(house.runtime.url + route, { headers })).status).to.equal(200);
    expect((await fetch(`${house.runtime.url}/flows`, { headers })).status).to.equal(401);
  });
});

describe('text form of metrics', () => {
  it('escapes what labels and help may contain', () => {
    const awkward = 'C:\\x "y"\nz';
    const text = writeFamilies([
      { name: 'a', help: 'one\ntwo \\', type: 'gauge', samples: [{ labels: { l: awkward }, value: 1.5 }] },
      { name: 'b', help: 'none', type: 'gauge', samples: [] },
    ]);
    expect(text).to.equal('# HELP a one\\ntwo \\\\\n# TYPE a gauge\na{l="C:\\\\x \\"y\\"\\nz"} 1.5\n');
    expect(parse(text).samples[0]?.labels.l).to.equal(awkward);
  });

  it('cumulates the buckets of a histogram', () => {
    const histogram = new Histogram([1, 5]);
    for (const value of [0.5, 1, 3, 7]) histogram.observe({ k: 'v' }, value);
    expect(histogram.samples().map(({ suffix, labels, value }) => [suffix, labels.le, value])).to.deep.equal([
      ['_bucket', '1', 2],
      ['_bucket', '5', 3],
      ['_bucket', '+Inf', 4],
      ['_sum', undefined, 11.5],
      ['_count', undefined, 4],
    ]);
  });

  it('is empty of what there is none of', () => {
    const metrics = new Metrics();
    expect(metrics.text([])).to.equal('');
    metrics.request({ service: 's', method: 'GET', status: undefined, ms: 20 });
    metrics.request({ service: 's', method: 'GET', status: 503, ms: 20 });
    const outcomes = parse(metrics.text([])).samples.filter(({ name }) => name.endsWith('_count'));
    expect(outcomes.map(({ labels }) => labels.outcome)).to.deep.equal(['no answer', '5xx']);
  });
});
