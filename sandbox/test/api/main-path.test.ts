import { expect } from 'chai';
import { eventHash } from '../../dist';
import { type Json, sha256, startReceiver, TestSandbox, textFile, until } from './helpers';

const text = `Contract in [[t|0|r:1|n:City|id:city]] on [[d|0|r:1|id:day]]

First: [[s|0|r:1]]

Second: [[s|1|r:1]] agreed [[c|1|r:1|id:agreed]]`;

describe('sandbox: the main path', () => {
  const sandbox = new TestSandbox();
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  before(async () => {
    // Client code sends the order as text too, which is taken.
    sandbox.tolerated = /request\.signers\.0\.order must be integer/;
    await sandbox.start();
    receiver = await startReceiver();
  });
  after(async () => {
    await sandbox.stop();
    await receiver.close();
  });

  it('sends, has both sign in their order, tells by callbacks, and gives files that match their hashes', async () => {
    const document = await sandbox.post('/documents/', {
      ...textFile(text, 'contract.txt'),
      external_id: 'WF-1',
      events_callback_url: receiver.url,
      prefill_tags: [{ external_id: 'city', text: 'Bonn' }],
    });
    expect(document.status).to.equal('co');
    expect(document.pdf).to.equal(null);
    const request = await sandbox.post('/signature-requests/', {
      document: new URL(document.url).pathname,
      signers: [
        { email: 'b@example.com', order: 2 },
        { email: 'a@example.com', full_name: 'A. Alpha', order: '1' },
      ].reverse(),
      send_reminders: true,
    });
    expect(request.signers.map((signer: Json) => [signer.email, signer.needs_to_sign])).to.deep.equal([
      ['sender@sandbox.example', false],
      ['a@example.com', true],
      ['b@example.com', true],
    ]);
    await sandbox.documentWith(document.url, (now) => now.status === 'se');

    const early = await sandbox.sign(document.uuid, 'b@example.com');
    expect(early.status, 'signing before the turn').to.equal(409);
    const view = (await sandbox.call('GET', await sandbox.link(document.uuid, 'a@example.com'))).body;
    expect(view.fields.map((field: Json) => [field.type, field.value, field.required])).to.deep.equal([
      ['t', 'Bonn', true],
      ['d', new Date().toISOString().slice(0, 10), true],
      ['s', null, true],
    ]);
    expect((await sandbox.sign(document.uuid, 'a@example.com')).status).to.equal(200);
    expect((await sandbox.get(document.url)).status).to.equal('vi');
    expect((await sandbox.sign(document.uuid, 'b@example.com')).body.state).to.equal('signed');

    const done = await sandbox.finished(document.url);
    expect(done.status).to.equal('si');
    const pdf = await download(done.pdf);
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
    expect(sha256(pdf)).to.equal(done.security_hash);
    expect(sha256(await download(done.signing_log.pdf))).to.equal(done.signing_log.security_hash);
    const [, a] = done.signrequest.signers;
    expect(a.inputs.map((input: Json) => [input.type, input.text, input.date_value, input.external_id])).to.deep.equal([
      ['t', 'Bonn', null, 'city'],
      ['d', view.fields[1].value, view.fields[1].value, 'day'],
      ['s', '', null, null],
    ]);

    await until(() => receiver.received.length === 10 || undefined, 'ten callbacks');
    expect(new Set(receiver.types())).to.deep.equal(
      new Set(['converted', 'sent', 'signer_viewed_email', 'signer_viewed', 'viewed', 'signer_signed', 'signed']),
    );
    for (const event of receiver.received) {
      expect(event.event_hash).to.equal(eventHash('sandbox-token', event.event_time, event.event_type));
      expect(event).to.not.have.any.keys('delivered', 'delivered_on', 'callback_status_code');
      expect(event.document).to.not.have.property('url');
      expect(event.document.processing, `${event.event_type} while processing`).to.equal(false);
    }
    const signed = receiver.received.find((event) => event.event_type === 'signed');
    expect(signed.signer).to.equal(null);
    expect(signed.document.pdf).to.be.a('string');

    const events = await until(async () => {
      const list = await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=signed`);
      return list.results[0].delivered ? list : undefined;
    }, 'the delivery mark');
    expect(events.count).to.equal(1);
    expect(events.results[0].callback_status_code).to.equal(200);
    expect((await sandbox.get(`/events/${events.results[0].uuid}/`)).uuid).to.equal(signed.uuid);
  });

  it('hashes events as the documented vectors say', () => {
    const vectors = [
      ['1537889008', 'converted', '675ceef2ce146de8ba8d24ac878cdd1a0f5868b37dfe9e30699387eb18e17977'],
      ['1732200605', 'signed', '83c89fc473da2c5976e0371767c98b0ce81a31344c4e1b5b424daa3498d8eebf'],
      ['1732200605', 'signer_forwarded', 'f78f4e910ad42a0d45f53c0fb39546523a5e0249d151b82efa522fffe566c17c'],
    ] as const;
    for (const [time, type, hash] of vectors) expect(eventHash('YOUR_TOKEN_HERE', time, type)).to.equal(hash);
  });

  it('calls webhooks beside the callback URL, and the team URL only without one', async () => {
    const hook = await sandbox.post('/webhooks/', { event_type: 'sent', callback_url: receiver.url, name: 'all' });
    await sandbox.api('PATCH', '/teams/sandbox/', { events_callback_url: `${receiver.url}/team` });
    receiver.received.length = 0;
    const { document } = await sandbox.send();
    const count = (type: string) =>
      receiver.received.filter((event) => event.event_type === type && event.document.uuid === document.uuid).length;
    await until(() => (count('sent') === 2 && count('converted') === 1) || undefined, 'team and webhook');
    await sandbox.send({ events_callback_url: 'http://127.0.0.1:9/nobody' });
    await sandbox.api('DELETE', `/webhooks/${hook.uuid}/`);
    await sandbox.api('PATCH', '/teams/sandbox/', { events_callback_url: null });
    expect(receiver.received.filter((event) => event.event_type === 'converted')).to.have.length(1);
  });

  it('ends the whole request when one of several declines, with PDF, log and reason', async () => {
    const { document } = await sandbox.send({
      signers: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
      redirect_url_declined: 'http://localhost/declined',
    });
    const link = await sandbox.link(document.uuid, 'b@example.com');
    const answer = await sandbox.call('POST', `${link}/decline`, { reason: 'Wrong amount' });
    expect(answer.body).to.deep.equal({ state: 'declined', redirect: 'http://localhost/declined', next: null });
    const done = await sandbox.finished(document.url);
    expect(done.status).to.equal('de');
    expect(new URL(done.pdf).pathname).to.match(/_declined\.pdf$/);
    expect(done.signing_log.security_hash).to.match(/^[0-9a-f]{64}$/);
    const decliner = done.signrequest.signers.find((signer: Json) => signer.declined);
    expect([decliner.email, decliner.message]).to.deep.equal(['b@example.com', 'Wrong amount']);
    const events = await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=declined`);
    expect(events.results[0].signer).to.equal(null);
    expect((await sandbox.sign(document.uuid, 'a@example.com')).status).to.equal(409);
  });
});

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status).to.equal(200);
  return Buffer.from(await response.arrayBuffer());
}
