import { expect } from 'chai';
import { eventHash } from '../../dist';
import { type Json, sha256, startReceiver, TestSandbox, textFile, until } from './helpers';

describe('sandbox: faults on demand', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  afterEach(() => sandbox.call('DELETE', '/sandbox/faults'));
  after(() => sandbox.stop());

  const received = async (fields: Record<string, unknown> = {}, count = 2) => {
    const receiver = await startReceiver();
    const { document } = await sandbox.send({ events_callback_url: receiver.url, ...fields });
    await until(() => (receiver.received.length >= count ? true : undefined), `${count} callbacks`);
    await receiver.close();
    return { document, events: receiver.received };
  };

  it('refuses switches it does not know, and says which', async () => {
    const cases: [unknown, RegExp][] = [
      [{ callback: {} }, /callback/],
      [{ callbacks: { drop: -1 } }, /callbacks\.drop/],
      [{ api: [{ kind: 'explode' }] }, /status, lostAnswer, outage, delay/],
      [{ api: [{ kind: 'status', status: 200 }] }, /status/],
    ];
    for (const [body, text] of cases) {
      const { status, body: answer } = await sandbox.faults(body);
      expect(status).to.equal(400);
      expect(answer.error).to.match(text);
    }
  });

  it('replaces with PUT, adds with POST, clears with DELETE', async () => {
    await sandbox.faults({ callbacks: { duplicate: 2 }, api: [{ kind: 'outage', match: 'GET /nowhere/' }] });
    const added = await sandbox.call('POST', '/sandbox/faults', { callbacks: { drop: 1 }, api: [{ kind: 'outage' }] });
    expect(added.body.callbacks).to.deep.equal({ duplicate: 2, drop: 1 });
    expect(added.body.api).to.have.length(2);
    expect((await sandbox.call('DELETE', '/sandbox/faults')).body).to.deep.equal({});
  });

  it('duplicates callbacks', async () => {
    await sandbox.faults({ callbacks: { duplicate: 2 } });
    const { events } = await received({}, 4);
    const uuids = events.map((event) => event.uuid);
    expect([uuids.length, new Set(uuids).size]).to.deep.equal([4, 2]);
  });

  it('drops callbacks for good, which the list of events shows', async () => {
    await sandbox.faults({ callbacks: { drop: 1 } });
    const { document, events } = await received({}, 1);
    await sandbox.advance('3h');
    expect(events).to.have.length(1);
    expect((await sandbox.get(`/events/?document__uuid=${document.uuid}&delivered=False`)).count).to.equal(1);
  });

  it('drops by a probability that its seed makes repeatable', async () => {
    const outcome = async () => {
      await sandbox.faults({ callbacks: { drop: 0.5 }, seed: 7 });
      const { document } = await sandbox.send({ events_callback_url: 'http://127.0.0.1:9/' });
      await sandbox.sign(document.uuid, 'a@example.com');
      await sandbox.finished(document.url);
      const made = await until(async () => {
        const list = (await sandbox.state()).deliveries.filter((one: Json) => one.document === document.uuid);
        return list.length >= 7 ? list : undefined;
      }, 'seven deliveries');
      return made.filter((one: Json) => /fault/.test(one.error)).length;
    };
    const first = await outcome();
    expect(first).to.be.within(1, 6);
    expect(await outcome()).to.equal(first);
  });

  it('reorders callbacks', async () => {
    await sandbox.faults({ callbacks: { reorder: true }, seed: 3 });
    const { events } = await received();
    expect(events.map((event) => event.event_type)).to.deep.equal(['sent', 'converted']);
  });

  it('delays callbacks on the virtual clock', async () => {
    const receiver = await startReceiver();
    await sandbox.faults({ callbacks: { delayMs: 3_600_000 } });
    await sandbox.send({ events_callback_url: receiver.url });
    await sandbox.advance('59m');
    expect(receiver.received).to.have.length(0);
    await sandbox.advance('2m');
    expect(receiver.types()).to.have.members(['converted', 'sent']);
    await receiver.close();
  });

  it('forges callbacks: right hash over lies, and a wrong hash', async () => {
    await sandbox.faults({ callbacks: { forge: 1 } });
    const { document, events } = await received({}, 5);
    const lies = events.filter((event) => event.event_type === 'signed');
    const fits = (event: Json) => event.event_hash === eventHash('sandbox-token', event.event_time, event.event_type);
    expect(lies.map((event) => [fits(event), event.document.uuid === document.uuid])).to.deep.equal([
      [true, false],
      [true, true],
      [false, true],
    ]);
    expect((await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=signed`)).count).to.equal(0);
    for (const lie of lies) expect((await sandbox.api('GET', `/events/${lie.uuid}/`)).status).to.equal(404);
  });

  it('answers 429 with Retry-After and 500 without JSON, for the wanted calls and times', async () => {
    await sandbox.faults({
      api: [
        { match: 'POST /documents/', kind: 'status', status: 429, retryAfter: 5, times: 1 },
        { match: 'GET /events/*', kind: 'status', status: 500, times: 2 },
      ],
    });
    const throttled = await sandbox.api('POST', '/documents/', textFile('x'));
    expect([throttled.status, throttled.headers.get('retry-after')]).to.deep.equal([429, '5']);
    expect(throttled.body.detail).to.match(/^Request was throttled/);
    expect((await sandbox.api('POST', '/documents/', textFile('x'))).status).to.equal(201);
    const failed = await sandbox.api('GET', '/events/?limit=1');
    expect([failed.status, typeof failed.body]).to.deep.equal([500, 'string']);
    expect((await sandbox.api('GET', '/events/1/')).status).to.equal(500);
    expect((await sandbox.api('GET', '/events/')).status).to.equal(200);
  });

  it('loses an answer after the commit', async () => {
    await sandbox.faults({ api: [{ match: 'POST /documents/', kind: 'lostAnswer', times: 1 }] });
    const lost = await sandbox.api('POST', '/documents/', { ...textFile('x'), external_id: 'lost' }).catch(String);
    expect(lost).to.match(/fetch failed/);
    expect((await sandbox.get('/documents/?external_id=lost')).count).to.equal(1);
  });

  it('is out altogether, for the token endpoints too, until it is switched back on', async () => {
    await sandbox.faults({ api: [{ kind: 'outage' }] });
    expect(await sandbox.api('POST', '/documents/', { ...textFile('x'), external_id: 'out' }).catch(String)).to.match(
      /failed/,
    );
    expect(await sandbox.call('POST', '/oauth2/token', {}).catch(String)).to.match(/failed/);
    await sandbox.call('DELETE', '/sandbox/faults');
    expect((await sandbox.get('/documents/?external_id=out')).count).to.equal(0);
  });

  it('truncates, corrupts and expires downloads', async () => {
    const { document } = await sandbox.send();
    const whole = Buffer.from(await (await fetch(document.file_as_pdf)).arrayBuffer());
    await sandbox.faults({ downloads: { truncate: 1, corrupt: 0, expire: 0 } });
    const cut = await fetch(document.file_as_pdf);
    expect([cut.status, Number(cut.headers.get('content-length'))]).to.deep.equal([200, whole.length]);
    expect(await cut.arrayBuffer().catch(() => 'cut')).to.equal('cut');
    await sandbox.faults({ downloads: { corrupt: 1 } });
    const corrupt = Buffer.from(await (await fetch(document.file_as_pdf)).arrayBuffer());
    expect([corrupt.length, sha256(corrupt) === sha256(whole)]).to.deep.equal([whole.length, false]);
    await sandbox.faults({ downloads: { expire: 1 } });
    expect((await fetch(document.file_as_pdf)).status).to.equal(403);
    expect((await fetch(document.file_as_pdf)).status).to.equal(200);
  });

  it('bounces mails and fails to send', async () => {
    await sandbox.faults({ mails: { bounce: 1 } });
    const bounced = (await sandbox.send()).document;
    const events = await sandbox.get(`/events/?document__uuid=${bounced.uuid}&event_type=signer_email_bounced`);
    expect([events.results[0].status, events.results[0].signer.email]).to.deep.equal(['error', 'a@example.com']);
    await sandbox.faults({ mails: { sendingError: 1 } });
    const failed = (await sandbox.send()).document;
    expect(failed.status).to.equal('es');
    expect((await sandbox.get(`/events/?document__uuid=${failed.uuid}&event_type=sending_error`)).count).to.equal(1);
  });

  it('lets file URLs end after five minutes, and refuses forged ones and a second kind of credentials', async () => {
    const { document } = await sandbox.send();
    const url = new URL(document.file);
    expect((await fetch(url, { headers: { authorization: 'Token sandbox-token' } })).status).to.equal(400);
    const later = new URL(url);
    later.searchParams.set('Expires', String(Number(url.searchParams.get('Expires')) + 60));
    expect((await fetch(later)).status).to.equal(403);
    await sandbox.advance('4m');
    expect((await fetch(url)).status).to.equal(200);
    await sandbox.advance('61s');
    const expired = await fetch(url);
    expect([expired.status, await expired.text()]).to.match(/403.*expired/s);
    expect((await fetch((await sandbox.get(document.url)).file)).status).to.equal(200);
  });
});
