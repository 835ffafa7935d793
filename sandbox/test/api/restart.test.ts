import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { type Json, startReceiver, TestSandbox, textFile, until } from './helpers';

describe('sandbox: its own restart', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  it('keeps everything: documents, links, clock, faults, tokens, file URLs, retries', async () => {
    const receiver = await startReceiver((count) => (count <= 2 ? 500 : 200));
    const { document } = await sandbox.send({ events_callback_url: receiver.url, auto_expire_days: 3 });
    await until(() => (receiver.received.length === 2 ? true : undefined), 'two attempts');
    const token = await sandbox.call('POST', '/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
    });
    await sandbox.faults({ callbacks: { duplicate: 3 } });
    await sandbox.advance('30s');
    const before = await sandbox.state();
    await sandbox.restart();

    const after = await sandbox.state();
    expect({ ...after, clock: after.clock.offsetMs }).to.deep.equal({ ...before, clock: before.clock.offsetMs });
    expect((await fetch(document.file)).status).to.equal(200);
    const bearer = `Bearer ${token.body.access_token}`;
    expect((await sandbox.api('GET', document.url, undefined, bearer)).body.status).to.equal('se');
    await sandbox.advance('31s');
    await until(() => (receiver.received.length >= 4 ? true : undefined), 'the retries');
    await sandbox.advance('3d');
    expect((await sandbox.get(document.url)).status).to.equal('xp');
    await receiver.close();
  });

  it('finishes a conversion and a rendering that it was stopped in', async () => {
    const made = await sandbox.post('/signature-request-quick-create/', {
      ...textFile('[[s|0]]'),
      signers: [{ email: 'a@example.com' }],
    });
    await sandbox.restart();
    const document = await sandbox.documentWith(made.document, (now) => now.status === 'se');
    expect((await sandbox.sign(document.uuid, 'a@example.com')).status).to.equal(200);
    await sandbox.restart();
    const done = await sandbox.finished(document.url);
    expect([done.status, done.signing_log.security_hash.length]).to.deep.equal(['si', 64]);
    expect((await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=signed`)).count).to.equal(1);
  });

  it('forgets everything on reset, and is as new', async () => {
    const reset = await sandbox.call('POST', '/sandbox/reset');
    expect([reset.status, reset.body.offsetMs]).to.deep.equal([200, 0]);
    const state = await sandbox.state();
    expect([state.documents, state.mails, state.deliveries, state.faults]).to.deep.equal([[], [], [], {}]);
    expect((await sandbox.get('/templates/')).count).to.equal(2);
    await sandbox.restart();
    expect((await sandbox.state()).documents).to.deep.equal([]);
    expect((await sandbox.send()).document.status).to.equal('se');
  });

  it('runs as a program that prints its base URL, survives being killed, and says how it is called', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sandbox-cli-'));
    const program = join(__dirname, '..', '..', 'bin', 'core-signature-sandbox.js');
    const run = async (signal: NodeJS.Signals, work: (url: string) => Promise<void>) => {
      const child = spawn(process.execPath, [program, '--port', '0', '--data', data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      try {
        const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
        await work(url);
      } finally {
        child.kill(signal);
      }
      return (await exit)[0];
    };
    const call = async (url: string, body?: unknown): Promise<Json> => {
      const response = await fetch(`${url}/api/v1/documents/?external_id=kept`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: 'Token sandbox-token', 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return response.json();
    };
    await run('SIGKILL', async (url) => {
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      await call(url, { ...textFile('x'), external_id: 'kept' });
    });
    const code = await run('SIGTERM', async (url) => {
      expect((await call(url)).count).to.equal(1);
    });
    expect(code).to.equal(0);
    const wrong = spawn(process.execPath, [program, '--port', 'x'], { stdio: 'ignore' });
    expect((await once(wrong, 'exit'))[0]).to.equal(2);
    rmSync(data, { recursive: true, force: true });
  });
});
