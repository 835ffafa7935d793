import { expect } from 'chai';
import { type Json, TestSandbox, textFile } from './helpers';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('sandbox: the signing page', () => {
  const sandbox = new TestSandbox();
  before(() => sandbox.start());
  after(() => sandbox.stop());

  const open = async (document: Json, email: string) => {
    const link = await sandbox.link(document.uuid, email);
    return { link, view: (await sandbox.call('GET', link)).body };
  };
  const types = async (document: Json) =>
    (await sandbox.get(`/events/?document__uuid=${document.uuid}&limit=50`)).results
      .map((event: Json) => event.event_type)
      .reverse();

  it('knows no other links', async () => {
    expect((await sandbox.call('GET', '/sign/unknown/api')).status).to.equal(404);
  });

  it('marks signer and document as viewed, once', async () => {
    const { document } = await sandbox.send({
      message: 'See <i>page 2</i> <a href="javascript:x()">x</a><script>y()</script>',
    });
    const { view } = await open(document, 'a@example.com');
    await open(document, 'a@example.com');
    expect(view.message).to.equal('See <i>page 2</i> <a>x</a>&lt;script&gt;y()&lt;/script&gt;');
    expect(await types(document)).to.deep.equal([
      'converted',
      'sent',
      'signer_viewed_email',
      'signer_viewed',
      'viewed',
    ]);
    const now = await sandbox.get(document.url);
    expect([now.status, now.signrequest.signers[1].viewed]).to.deep.equal(['vi', true]);
  });

  it('refuses what is incomplete and changes nothing then', async () => {
    const { document } = await sandbox.send({
      ...textFile('[[t|0|r:1|n:City]] [[c|0|r:1|n:Agreed]] [[d|0|r:1|n:Day]] [[s|0|r:1]]'),
      disable_text_signatures: true,
      required_attachments: [{ name: 'Passport' }],
    });
    const { link, view } = await open(document, 'a@example.com');
    const [city, agreed, day] = view.fields;
    const whole = { [city.id]: 'Bonn', [agreed.id]: true, [day.id]: '2026-11-21' };
    const signature = { kind: 'drawn', png };
    const attachments = [{ for: view.requiredAttachments[0].uuid, name: 'pass.jpg', content: png }];
    const post = (body: unknown) => sandbox.call('POST', `${link}/sign`, body);
    const cases: [unknown, string][] = [
      [{ signature, attachments, fields: { ...whole, [city.id]: ' ' } }, city.id],
      [{ signature, attachments, fields: { ...whole, [agreed.id]: false } }, agreed.id],
      [{ signature, attachments, fields: { ...whole, [day.id]: '21.11.2026' } }, day.id],
      [{ signature, attachments, fields: { ...whole, other: 'x' } }, 'other'],
      [{ attachments, fields: whole }, 'signature'],
      [{ signature: { kind: 'typed', text: 'A' }, attachments, fields: whole }, 'signature'],
      [{ signature: { kind: 'drawn', png: 'QUJDREVGR0hJSktM' }, attachments, fields: whole }, 'signature'],
      [{ signature, fields: whole }, view.requiredAttachments[0].uuid],
    ];
    for (const [body, field] of cases) {
      const answer = await post(body);
      expect([answer.status, answer.body.field], JSON.stringify(body)).to.deep.equal([400, field]);
      expect(answer.body.error).to.be.a('string');
    }
    expect((await sandbox.get(document.url)).signrequest.signers[1].signed).to.equal(false);
    expect((await post({ signature, attachments, fields: whole })).status).to.equal(200);
    expect((await post({ signature, attachments, fields: whole })).status).to.equal(409);
    const done = await sandbox.finished(document.url);
    const [attachment] = done.signrequest.signers[1].attachments;
    expect([attachment.name, attachment.for_attachment.name]).to.deep.equal(['pass.jpg', 'Passport']);
    expect((await fetch(attachment.file)).status).to.equal(200);
  });

  it('asks for the password first and keeps it nowhere', async () => {
    const { request, document } = await sandbox.send({
      signers: [{ email: 'a@example.com', password: 'open sesame' }],
    });
    expect(JSON.stringify(request)).to.not.include('open sesame');
    const { link, view } = await open(document, 'a@example.com');
    expect([view.locked, view.fields, view.document.pages]).to.deep.equal(['password', [], []]);
    expect((await sandbox.call('GET', `${link}/document.pdf`)).status).to.equal(403);
    expect((await sandbox.call('POST', `${link}/unlock`, { password: 'wrong' })).body.field).to.equal('password');
    expect(await types(document)).to.not.include('signer_viewed');
    expect((await sandbox.call('POST', `${link}/unlock`, { password: 'open sesame' })).status).to.equal(200);
    expect((await sandbox.call('GET', link)).body.locked).to.equal(null);
    expect((await sandbox.call('GET', `${link}/document.pdf`)).status).to.equal(200);
  });

  it('sends a code by text message, before viewing or before finishing', async () => {
    const signers = [{ email: 'a@example.com', verify_phone_number: '+31612345678' }];
    const code = async (document: Json) => {
      const mail = (await sandbox.state()).mails.find(
        (one: Json) => one.kind === 'sms' && one.document === document.uuid,
      );
      expect(mail.to).to.equal('+31612345678');
      return /\b\d{6}\b/.exec(mail.text)![0];
    };
    const before = (await sandbox.send({ signers, text_message_verification_locked: true })).document;
    const first = await open(before, 'a@example.com');
    expect([first.view.locked, first.view.smsBeforeFinish]).to.deep.equal(['sms', false]);
    await sandbox.call('POST', `${first.link}/sms`, {});
    expect((await sandbox.call('GET', first.link)).body.smsSentTo).to.match(/^\+31.*78$/);
    await sandbox.call('POST', `${first.link}/unlock`, { code: await code(before) });
    expect((await sandbox.sign(before.uuid, 'a@example.com')).status).to.equal(200);

    const after = (await sandbox.send({ signers })).document;
    const second = await open(after, 'a@example.com');
    expect([second.view.locked, second.view.smsBeforeFinish]).to.deep.equal([null, true]);
    expect((await sandbox.sign(after.uuid, 'a@example.com')).body.field).to.equal('code');
    await sandbox.call('POST', `${second.link}/sms`, {});
    const right = await code(after);
    const wrong = right === '000000' ? '000001' : '000000';
    expect((await sandbox.sign(after.uuid, 'a@example.com', { code: wrong })).status).to.equal(403);
    await sandbox.advance('11m');
    expect((await sandbox.sign(after.uuid, 'a@example.com', { code: right })).body.error).to.match(/new code/);
    await sandbox.call('POST', `${second.link}/sms`, {});
    expect((await sandbox.sign(after.uuid, 'a@example.com', { code: await code(after) })).status).to.equal(200);
  });

  it('gives embedded signers an address instead of a mail, for as long as they have not signed', async () => {
    const { request, document } = await sandbox.send({
      who: 'm',
      signers: [
        { email: 'sender@sandbox.example', embed_url_user_id: 'user-7', redirect_url: 'http://localhost/done' },
      ],
    });
    expect(request.signers).to.have.length(1);
    const [sender] = request.signers;
    expect([sender.email, sender.needs_to_sign, sender.emailed]).to.deep.equal(['sender@sandbox.example', true, false]);
    expect(new URL(sender.embed_url).search).to.not.equal('');
    const link = `${new URL(sender.embed_url).pathname}/api`;
    const { embedded, options } = (await sandbox.call('GET', link)).body;
    expect([embedded, options.forward]).to.deep.equal([true, false]);
    const answer = await sandbox.call('POST', `${link}/sign`, { signature: { kind: 'uploaded', png } });
    expect(answer.body).to.deep.equal({ state: 'signed', redirect: 'http://localhost/done', next: null });
    expect((await sandbox.get(document.url)).signrequest.signers[0].embed_url).to.equal(null);
  });

  it('hands the device on to the one who signs in person, and to the next document of a chain', async () => {
    const { document: last } = await sandbox.send({
      is_being_prepared: true,
      signers: [{ email: 'host@example.com' }],
    });
    const { document } = await sandbox.send({
      signers: [
        { email: 'host@example.com', embed_url_user_id: 'h', after_document: last.url },
        { email: 'guest@example.com', in_person: true },
      ],
    });
    await sandbox.call('POST', last.signrequest.prepare_url, {});
    const waiting = await open(document, 'guest@example.com');
    expect(waiting.view.signer).to.deep.include({ role: 'in_person', state: 'waiting' });
    const host = await sandbox.sign(document.uuid, 'host@example.com');
    expect(host.body.next).to.equal(`${sandbox.url}${waiting.link.replace('/api', '')}`);
    expect((await sandbox.sign(document.uuid, 'guest@example.com')).status).to.equal(200);
    const invited = (await sandbox.state()).mails
      .filter((mail: Json) => mail.kind === 'invitation')
      .map((mail: Json) => mail.to);
    expect(invited).to.not.include.members(['host@example.com']).and.not.include('guest@example.com');

    const { document: second } = await sandbox.send({ signers: [{ email: 'c@example.com' }] });
    const { document: first } = await sandbox.send({
      signers: [{ email: 'c@example.com', after_document: second.url }],
    });
    const led = await sandbox.sign(first.uuid, 'c@example.com');
    expect(`${new URL(led.body.next).pathname}/api`).to.equal(await sandbox.link(second.uuid, 'c@example.com'));
  });

  it('lets approvers approve without a signature, and signers forward from the page', async () => {
    const { document } = await sandbox.send({
      signers: [
        { email: 'boss@example.com', approve_only: true, use_stamp_for_approve_only: true },
        { email: 'a@example.com' },
      ],
    });
    const { link, view } = await open(document, 'boss@example.com');
    expect([view.signer.role, view.fields]).to.deep.equal(['approve', []]);
    expect((await sandbox.call('POST', `${link}/sign`, {})).status).to.equal(200);
    const a = await open(document, 'a@example.com');
    const forwarded = await sandbox.call('POST', `${a.link}/forward`, { email: 'b@example.com', reason: 'On leave' });
    expect(forwarded.body.state).to.equal('forwarded');
    expect((await sandbox.sign(document.uuid, 'b@example.com')).status).to.equal(200);
    expect((await sandbox.finished(document.url)).status).to.equal('si');
  });

  it('counts the signer’s download, and closes the link after link_expire_days', async () => {
    const { document } = await sandbox.send({ link_expire_days: 3 });
    await sandbox.sign(document.uuid, 'a@example.com');
    await sandbox.finished(document.url);
    const copy = (await sandbox.state()).mails.find(
      (mail: Json) => mail.kind === 'copy' && mail.to === 'a@example.com',
    );
    const file = await fetch(copy.links[0].url);
    expect([file.status, file.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    await file.arrayBuffer();
    const done = await sandbox.get(document.url);
    expect([done.status, done.signrequest.signers[1].downloaded]).to.deep.equal(['sd', true]);
    expect(await types(document)).to.include.members(['signer_downloaded', 'downloaded']);
    await sandbox.advance('73h');
    expect((await sandbox.call('GET', await sandbox.link(document.uuid, 'a@example.com'))).status).to.equal(410);
  });

  it('shows what the sender put beside the document', async () => {
    const document = await sandbox.post('/documents/', { ...textFile('x'), external_id: 'with-attachment' });
    const attachment = await sandbox.post('/document-attachments/', {
      document: document.url,
      ...textFile('terms', 'terms.txt'),
    });
    await sandbox.post('/signature-requests/', { document: document.url, signers: [{ email: 'a@example.com' }] });
    const late = await sandbox.api('POST', '/document-attachments/', { document: document.url, ...textFile('late') });
    expect(late.status).to.equal(400);
    await sandbox.documentWith(document.url, (now) => now.status === 'se');
    const { link, view } = await open(document, 'a@example.com');
    expect(view.documentAttachments).to.deep.equal([{ uuid: attachment.uuid, name: 'terms.txt' }]);
    expect((await sandbox.call('GET', `${link}/attachments/${attachment.uuid}`)).body).to.equal('terms');
    expect((await sandbox.get('/document-attachments/?document__external_id=with-attachment')).count).to.equal(1);
    expect((await sandbox.get(document.url)).attachments).to.have.length(1);
  });
});
