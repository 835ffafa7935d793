import { expect } from 'chai';
import { type Json, startReceiver, TestSandbox, until } from './helpers';

describe('sandbox: delivery of callbacks', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  const event = async (document: Json, type: string) =>
    (await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=${type}`)).results[0];
  const attempts = async (document: Json, type: string) =>
    (await sandbox.state()).deliveries
      .filter((one: Json) => one.document === document.uuid && one.event === type)
      .reverse();

  it('tries ten times on 500, at Fibonacci minutes after the first, with the state of the moment', async () => {
    const receiver = await startReceiver(() => 500);
    const { document } = await sandbox.send({ events_callback_url: receiver.url });
    await until(async () => (await attempts(document, 'sent'))[0], 'the first attempt');
    await sandbox.sign(document.uuid, 'a@example.com');
    await sandbox.finished(document.url);
    await sandbox.advance('4h');
    const made = await attempts(document, 'sent');
    const start = Date.parse((await event(document, 'sent')).timestamp);
    const minutes = made.map((one: Json) => (Date.parse(one.at) - start) / 60_000);
    expect(minutes).to.deep.equal([0, 1, 2, 4, 7, 12, 20, 33, 54, 88]);
    expect([made[9].nextAt, made[8].status]).to.deep.equal([null, 500]);
    const bodies = receiver.received.filter((one) => one.event_type === 'sent');
    expect(bodies).to.have.length(10);
    for (const [i, body] of bodies.entries()) {
      const expires = Number(new URL(body.document.file).searchParams.get('Expires'));
      expect(expires - Date.parse(made[i].at) / 1000, `file URLs of attempt ${i + 1}`).to.be.within(299, 310);
    }
    expect([bodies[0].document.status, bodies[9].document.status]).to.deep.equal(['se', 'si']);
    expect(new Set(bodies.map((one) => one.event_hash)).size, 'one hash for all attempts').to.equal(1);
    const lost = await event(document, 'sent');
    expect([lost.delivered, lost.delivered_on, lost.callback_status_code]).to.deep.equal([false, null, 500]);
    expect((await sandbox.get('/events/?delivered=False&event_type=sent')).count).to.equal(1);
    await receiver.close();
  });

  it('stops after the first success, and does not repeat after 4xx', async () => {
    const receiver = await startReceiver((count) => (count <= 2 ? 503 : 200));
    const { document } = await sandbox.send({ events_callback_url: receiver.url });
    await until(() => (receiver.received.length >= 2 ? true : undefined), 'two refused attempts');
    await sandbox.advance('3h');
    expect((await attempts(document, 'sent')).map((one: Json) => one.status)).to.deep.equal([503, 200]);
    const delivered = await event(document, 'sent');
    expect(delivered.delivered).to.equal(true);
    expect(Date.parse(delivered.delivered_on) - Date.parse(delivered.timestamp)).to.equal(60_000);
    await receiver.close();

    const refusing = await startReceiver(() => 404);
    const { document: refused } = await sandbox.send({ events_callback_url: refusing.url });
    await until(async () => (await attempts(refused, 'sent'))[0], 'the attempt');
    await sandbox.advance('3h');
    expect(await attempts(refused, 'sent')).to.have.length(1);
    await refusing.close();
  });

  it('tries again when nobody listens', async () => {
    const receiver = await startReceiver();
    const { url } = receiver;
    await receiver.close();
    const { document } = await sandbox.send({ events_callback_url: url });
    const [first] = await until(async () => {
      const made = await attempts(document, 'converted');
      return made.length > 0 ? made : undefined;
    }, 'the first attempt');
    expect([first.status, first.error]).to.deep.equal([null, 'ECONNREFUSED']);
    expect(first.nextAt).to.be.a('string');
  });

  it('advances through everything that is due in its order', async () => {
    const receiver = await startReceiver();
    const { document } = await sandbox.send({
      events_callback_url: receiver.url,
      send_reminders: true,
      auto_expire_days: 10,
    });
    await sandbox.advance('2w');
    const state = await sandbox.state();
    const history = state.mails.filter((mail: Json) => mail.document === document.uuid).map((mail: Json) => mail.kind);
    expect(history.reverse()).to.deep.equal(['invitation', 'reminder', 'reminder', 'status', 'status']);
    const expired = receiver.received.find((one) => one.event_type === 'expired');
    expect(expired.timestamp).to.equal(document.auto_expire_after);
    const [attempt] = await attempts(document, 'expired');
    expect(attempt.at).to.equal(expired.timestamp);
    await receiver.close();
  });

  it('turns its clock forward only, and shows it in every answer', async () => {
    const before = (await sandbox.call('GET', '/sandbox/clock')).body;
    const to = new Date(Date.parse(before.now) + 3_600_000).toISOString();
    const turned = await sandbox.call('POST', '/sandbox/clock', { to });
    expect(Number(turned.headers.get('x-sandbox-offset'))).to.equal(turned.body.offsetMs);
    expect(Date.parse(turned.headers.get('x-sandbox-now')!)).to.be.at.least(Date.parse(to));
    expect(Math.abs(Date.parse(turned.headers.get('date')!) - Date.now())).to.be.below(5000);
    const read = await sandbox.api('GET', '/documents/');
    expect(Number(read.headers.get('x-sandbox-offset'))).to.equal(turned.body.offsetMs);
    for (const body of [{ to: before.now }, { advance: 'soon' }, { advance: -5 }, {}, { to: 'x' }]) {
      const refused = await sandbox.call('POST', '/sandbox/clock', body);
      expect([refused.status, typeof refused.body.error], JSON.stringify(body)).to.deep.equal([400, 'string']);
    }
  });
});
