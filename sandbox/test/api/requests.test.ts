import { expect } from 'chai';
import { type Json, startReceiver, TestSandbox, textFile, until } from './helpers';

const two = {
  signers: [
    { email: 'a@example.com', order: 1 },
    { email: 'b@example.com', order: 2 },
  ],
};

describe('sandbox: what can be done with a request', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  const mails = async (document: Json, kind: string): Promise<string[]> =>
    (await sandbox.state()).mails
      .filter((mail: Json) => mail.document === document.uuid && mail.kind === kind)
      .map((mail: Json) => mail.to)
      .reverse();
  const action = (request: Json, name: string, body?: unknown) =>
    sandbox.api('POST', `/signature-requests/${request.uuid}/${name}/`, body);

  it('invites in order, all of one number at the same time', async () => {
    const { document } = await sandbox.send({
      signers: [
        { email: 'a@example.com', order: 1 },
        { email: 'b@example.com', order: 1 },
        { email: 'c@example.com', order: 2 },
        { email: 'copy@example.com', needs_to_sign: false },
        { email: 'watch@example.com', notify_only: true },
      ],
    });
    expect(await mails(document, 'invitation')).to.deep.equal(['a@example.com', 'b@example.com']);
    await sandbox.sign(document.uuid, 'b@example.com');
    expect(await mails(document, 'invitation')).to.have.length(2);
    await sandbox.sign(document.uuid, 'a@example.com');
    expect(await mails(document, 'invitation')).to.deep.equal(['a@example.com', 'b@example.com', 'c@example.com']);
    await sandbox.sign(document.uuid, 'c@example.com');
    await sandbox.finished(document.url);
    expect(await mails(document, 'notice')).to.deep.equal(Array(3).fill('watch@example.com'));
    expect(await mails(document, 'copy')).to.have.members([
      'sender@sandbox.example',
      'a@example.com',
      'b@example.com',
      'c@example.com',
      'copy@example.com',
      'watch@example.com',
    ]);
  });

  it('cancels what is open, under both names, and says so when there is nothing to cancel', async () => {
    const { request, document } = await sandbox.send();
    const link = await sandbox.link(document.uuid, 'a@example.com');
    expect(await action(request, 'cancel_signature_request')).to.deep.include({ status: 201 });
    expect((await sandbox.get(document.url)).status).to.equal('ca');
    expect((await sandbox.call('GET', link)).body.signer.state).to.equal('closed');
    const again = await sandbox.api('POST', `/signrequests/${request.uuid}/cancel_signrequest/`);
    expect([again.status, again.body]).to.deep.equal([201, { detail: 'OK', cancelled: false }]);
    expect((await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=cancelled`)).count).to.equal(1);
  });

  it('reminds all who were mailed and have not signed, at most once in ten minutes', async () => {
    const { request, document } = await sandbox.send({
      signers: [
        { email: 'a@example.com' },
        { email: 'b@example.com' },
        { email: 'e@example.com', embed_url_user_id: '7' },
      ],
    });
    await sandbox.sign(document.uuid, 'a@example.com');
    expect((await action(request, 'resend_signrequest_email')).body).to.deep.equal({ detail: 'OK' });
    expect((await action(request, 'resend_signature_request_email')).status).to.equal(201);
    expect(await mails(document, 'reminder')).to.deep.equal(['b@example.com']);
    await sandbox.advance('9m');
    await action(request, 'resend_signrequest_email');
    expect(await mails(document, 'reminder')).to.have.length(1);
    await sandbox.advance('61s');
    await action(request, 'resend_signrequest_email');
    expect(await mails(document, 'reminder')).to.deep.equal(['b@example.com', 'b@example.com']);
  });

  it('forwards a place: the old row stays, the new one takes its turn and its fields', async () => {
    const { request, document } = await sandbox.send({
      ...textFile('[[s|0|r:1]] [[t|1|id:note]] [[s|1|r:1]]'),
      ...two,
    });
    const forward = await action(request, 'forward_signer', {
      signer_email_to_forward: 'a@example.com',
      signer_email_to_forward_to: 'c@example.com',
      forwarded_reason: 'escalated by workflow',
    });
    expect(forward.status).to.equal(201);
    const [, a, c, b] = forward.body.signers;
    expect([a.forwarded, a.forwarded_to_email, a.forwarded_reason]).to.deep.equal([
      true,
      'c@example.com',
      'escalated by workflow',
    ]);
    expect([c.email, c.order, c.emailed, b.email, b.emailed]).to.deep.equal([
      'c@example.com',
      1,
      true,
      'b@example.com',
      false,
    ]);
    expect((await sandbox.sign(document.uuid, 'c@example.com')).status).to.equal(200);
    expect((await sandbox.sign(document.uuid, 'b@example.com')).status).to.equal(200);
    const done = await sandbox.finished(document.url);
    expect(done.status).to.equal('si');
    const events = await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=signer_forwarded`);
    expect(events.results[0].signer.email).to.equal('a@example.com');
  });

  it('refuses to forward what cannot be forwarded, under errors', async () => {
    const { request, document } = await sandbox.send(two);
    const refused = async (from: string, to: string) => {
      const body = { signer_email_to_forward: from, signer_email_to_forward_to: to };
      const answer = await action(request, 'forward_signer', body);
      expect(answer.status).to.equal(400);
      return Object.keys(answer.body.errors);
    };
    expect(await refused('nobody@example.com', 'c@example.com')).to.deep.equal(['signer_email_to_forward']);
    expect(await refused('a@example.com', 'b@example.com')).to.deep.equal(['signer_email_to_forward_to']);
    expect(await refused('a@example.com', 'no address')).to.deep.equal(['signer_email_to_forward_to']);
    await sandbox.sign(document.uuid, 'a@example.com');
    expect(await refused('a@example.com', 'c@example.com')).to.deep.equal(['signer_email_to_forward']);
  });

  it('expires on the day, with the event at the very instant', async () => {
    const { document } = await sandbox.send({ auto_expire_days: 5, send_reminders: true });
    await sandbox.advance('4d');
    expect((await sandbox.get(document.url)).status).to.equal('se');
    expect(await mails(document, 'reminder')).to.have.length(1);
    await sandbox.advance('P3D');
    expect((await sandbox.get(document.url)).status).to.equal('xp');
    const { results } = await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=expired`);
    expect(results[0].timestamp).to.equal(document.auto_expire_after);
  });

  it('reminds by itself on days 3, 8, 13 and 18 and never again', async () => {
    const { document } = await sandbox.send({ send_reminders: true });
    const start = Date.parse(
      (await sandbox.get(`/events/?document__uuid=${document.uuid}&event_type=sent`)).results[0].timestamp,
    );
    await sandbox.advance('60d');
    const days = (await sandbox.state()).mails
      .filter((mail: Json) => mail.document === document.uuid && mail.kind === 'reminder')
      .map((mail: Json) => (Date.parse(mail.at) - start) / 86_400_000)
      .reverse();
    expect(days).to.deep.equal([3, 8, 13, 18]);
  });

  it('deletes: hidden at first, everything at once by force, and by itself days after the finish', async () => {
    const hidden = await sandbox.send();
    const link = await sandbox.link(hidden.document.uuid, 'a@example.com');
    expect((await sandbox.api('DELETE', hidden.document.url)).status).to.equal(204);
    expect((await sandbox.api('GET', hidden.document.url)).status).to.equal(404);
    expect((await sandbox.call('GET', link)).body.signer.state).to.equal('closed');

    const forced = await sandbox.send();
    const gone = await sandbox.link(forced.document.uuid, 'a@example.com');
    expect((await sandbox.api('DELETE', forced.document.url, { force_delete: true })).status).to.equal(204);
    expect((await sandbox.call('GET', gone)).status).to.equal(404);
    expect((await fetch(forced.document.file)).status).to.equal(404);

    const auto = await sandbox.send({ auto_delete_days: 2 });
    expect(auto.document.auto_delete_after).to.equal(null);
    await sandbox.sign(auto.document.uuid, 'a@example.com');
    const done = await sandbox.finished(auto.document.url);
    const [signed] = (await sandbox.get(`/events/?document__uuid=${done.uuid}&event_type=signed`)).results;
    expect(Date.parse(done.auto_delete_after) - Date.parse(signed.timestamp)).to.equal(2 * 86_400_000);
    await sandbox.advance('49h');
    expect((await sandbox.api('GET', auto.document.url)).status).to.equal(404);
  });

  it('makes documents from an address, and says when a file cannot be converted', async () => {
    const source = await sandbox.send();
    const copy = await sandbox.post('/documents/', { file_from_url: source.document.file });
    const ready = await sandbox.documentWith(copy.url, (document) => document.status !== 'co');
    expect([ready.status, ready.name]).to.deep.equal(['ne', 'letter.txt']);
    const broken = await sandbox.post('/documents/', textFile('no pdf at all', 'broken.pdf'));
    const failed = await sandbox.documentWith(broken.url, (document) => document.status !== 'co');
    expect(failed.status).to.equal('ec');
    const { results } = await sandbox.get(`/events/?document__uuid=${broken.uuid}`);
    expect(results.map((event: Json) => [event.event_type, event.status])).to.deep.equal([['convert_error', 'error']]);
  });

  it('waits for the sender when a request is being prepared', async () => {
    const { request, document } = await sandbox.send({ is_being_prepared: true });
    expect([request.is_being_prepared, document.status]).to.deep.equal([true, 'ne']);
    expect(await mails(document, 'invitation')).to.deep.equal([]);
    const page = await sandbox.call('GET', request.prepare_url);
    expect(page.body).to.include('a@example.com');
    const field = { type: 't', signerIndex: 0, page: 0, x: 50, y: 50, width: 100, height: 20, label: 'Order number' };
    const sent = await sandbox.call('POST', request.prepare_url, { fields: [field] });
    expect(sent.body).to.deep.equal({ status: 'se' });
    expect(await mails(document, 'invitation')).to.deep.equal(['a@example.com']);
    const view = (await sandbox.call('GET', await sandbox.link(document.uuid, 'a@example.com'))).body;
    expect(view.fields.map((one: Json) => one.label)).to.include('Order number');
    expect((await sandbox.get(document.url)).signrequest.prepare_url).to.equal(null);
  });

  it('takes multipart quick-create, with the configuration as JSON or in single fields', async () => {
    const file = new File(['Please sign [[s|0]]'], 'form.txt');
    const asJson = new FormData();
    asJson.set('file', file);
    asJson.set('data', JSON.stringify({ signers: [{ email: 'a@example.com' }], subject: 'By form' }));
    const asFields = new FormData();
    asFields.set('file', file);
    asFields.set('signer[0]email', 'a@example.com');
    asFields.set('subject', 'By form');
    for (const body of [asJson, asFields]) {
      const response = await fetch(`${sandbox.url}/api/v1/signrequest-quick-create/`, {
        method: 'POST',
        headers: { authorization: 'Token sandbox-token', accept: 'application/json' },
        body,
      });
      const made = (await response.json()) as Json;
      expect([response.status, made.subject, made.name, made.signers[1].email]).to.deep.equal([
        201,
        'By form',
        'form.txt',
        'a@example.com',
      ]);
    }
  });

  it('sends no closing mails with disable_emails, but only where a callback URL applies', async () => {
    const receiver = await startReceiver();
    for (const [callback, copies] of [
      [receiver.url, 0],
      [undefined, 2],
    ] as const) {
      const { document } = await sandbox.send({ disable_emails: true, events_callback_url: callback });
      await sandbox.sign(document.uuid, 'a@example.com');
      await sandbox.finished(document.url);
      expect(await mails(document, 'copy')).to.have.length(copies);
    }
    await until(() => receiver.types().includes('signed') || undefined, 'signed');
    await receiver.close();
  });
});
