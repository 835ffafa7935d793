import { expect } from 'chai';
import { type Json, TestSandbox, textFile } from './helpers';

const library = require('signrequest-client');

/** The public client of SignRequest, as its users drive it. */
describe('sandbox: driven by the signrequest-client package', () => {
  const sandbox = new TestSandbox();
  let client: Json;
  before(async () => {
    await sandbox.start();
    client = new library.ApiClient();
    client.basePath = `${sandbox.url}/api/v1`;
    Object.assign(client.authentications.Token, { apiKey: 'sandbox-token', apiKeyPrefix: 'Token' });
  });
  after(() => sandbox.stop());

  /** Calls one operation, for example `call('DocumentsApi', 'documentsRead', uuid)`. */
  const call = (name: string, operation: string, ...args: unknown[]): Promise<Json> =>
    new Promise((resolve, reject) => {
      const api = new library[name](client);
      api[operation](...args, (error: Json, data: unknown, response: Json) =>
        error ? reject(Object.assign(error, { body: response?.body })) : resolve(data ?? response),
      );
    });

  it('creates, sends, reads, lists, reminds, cancels and deletes', async () => {
    const fields = Object.assign(new library.Document(), { ...textFile('Sign [[s|0]]'), external_id: 'client-1' });
    const document = await call('DocumentsApi', 'documentsCreate', fields);
    expect(document).to.be.instanceOf(library.Document);
    const request = Object.assign(new library.SignRequest(), {
      from_email: 'sender@sandbox.example',
      document: document.url,
      signers: [Object.assign(new library.Signer(), { email: 'a@example.com' })],
    });
    const made = await call('SignrequestsApi', 'signrequestsCreate', request);
    await sandbox.documentWith(document.url, (now) => now.status === 'se');
    expect((await call('SignrequestsApi', 'signrequestsRead', made.uuid)).signers[1].email).to.equal('a@example.com');
    expect((await call('SignrequestsApi', 'signrequestsList', { who: 'o' })).count).to.equal(1);
    expect((await call('DocumentsApi', 'documentsList', { external_id: 'client-1' })).results[0].status).to.equal('se');
    const resent = await call('SignrequestsApi', 'signrequestsResendSignrequestEmail', made.uuid);
    expect(resent.detail).to.equal('OK');
    const cancelled = await call('SignrequestsApi', 'signrequestsCancelSignrequest', made.uuid);
    expect(cancelled.cancelled).to.equal(true);
    expect((await call('DocumentsApi', 'documentsRead', document.uuid)).status).to.equal('ca');
    await call('DocumentsApi', 'documentsDelete', document.uuid);
    const gone = await call('DocumentsApi', 'documentsRead', document.uuid).catch((error) => error);
    expect(gone.status).to.equal(404);
  });

  it('quick-creates, reads events, and searches', async () => {
    const quick = Object.assign(new library.SignRequestQuickCreate(), {
      ...textFile('Sign'),
      name: 'Quick lease.txt',
      signers: [{ email: 'a@example.com' }],
    });
    const made = await call('SignrequestQuickCreateApi', 'signrequestQuickCreateCreate', quick);
    await sandbox.documentWith(made.document, (now) => now.status === 'se');
    const events = await call('EventsApi', 'eventsList', { event_type: 'sent' });
    expect(events.results[0].document.name).to.equal('Quick lease.txt');
    expect((await call('EventsApi', 'eventsRead', events.results[0].uuid)).event_type).to.equal('sent');
    const found = await call('DocumentsSearchApi', 'documentsSearchList', { q: 'quick', status: 'se|vi' });
    expect(found.results[0].name).to.equal('Quick lease.txt');
    const wrong = await call('SignrequestQuickCreateApi', 'signrequestQuickCreateCreate', { signers: [] }).catch(
      (error) => error,
    );
    expect([wrong.status, wrong.body.signers]).to.deep.equal([400, ['This list may not be empty.']]);
  });

  it('works with webhooks, attachments, templates, teams, members and tokens', async () => {
    const subscription = { event_type: 'signed', callback_url: 'http://127.0.0.1:9/x' };
    const hook = await call('WebhooksApi', 'webhooksCreate', subscription);
    expect((await call('WebhooksApi', 'webhooksRead', hook.uuid)).event_type).to.equal('signed');
    const changed = await call('WebhooksApi', 'webhooksUpdate', hook.uuid, { ...subscription, event_type: 'declined' });
    expect(changed.event_type).to.equal('declined');
    const renamed = await call('WebhooksApi', 'webhooksPartialUpdate', hook.uuid, { ...subscription, name: 'mine' });
    expect([renamed.name, renamed.event_type]).to.deep.equal(['mine', 'signed']);
    expect((await call('WebhooksApi', 'webhooksList', {})).count).to.equal(1);
    await call('WebhooksApi', 'webhooksDelete', hook.uuid);
    expect((await call('WebhooksApi', 'webhooksList', {})).count).to.equal(0);

    const document = await call('DocumentsApi', 'documentsCreate', textFile('x'));
    const attachment = await call('DocumentAttachmentsApi', 'documentAttachmentsCreate', {
      document: document.url,
      ...textFile('terms', 'terms.txt'),
    });
    expect((await call('DocumentAttachmentsApi', 'documentAttachmentsRead', attachment.uuid)).name).to.equal(
      'terms.txt',
    );
    const attachments = await call('DocumentAttachmentsApi', 'documentAttachmentsList', {
      document__uuid: document.uuid,
    });
    expect(attachments.count).to.equal(1);

    const [template] = (await call('TemplatesApi', 'templatesList', {})).results;
    expect((await call('TemplatesApi', 'templatesRead', template.uuid)).name).to.equal(template.name);

    await call('TeamsApi', 'teamsCreate', { name: 'New', subdomain: 'new-team' });
    expect((await call('TeamsApi', 'teamsRead', 'new-team')).name).to.equal('New');
    const patched = await call('TeamsApi', 'teamsPartialUpdate', 'new-team', { name: 'Newer', subdomain: 'new-team' });
    expect(patched.name).to.equal('Newer');
    expect((await call('TeamsApi', 'teamsInviteMember', 'new-team', { email: 'x@example.com' })).is_admin).to.equal(
      false,
    );
    expect((await call('TeamsApi', 'teamsList', {})).count).to.equal(2);
    await call('TeamsApi', 'teamsDelete', 'new-team');
    expect((await call('TeamsApi', 'teamsList', {})).count).to.equal(1);

    const members = await call('TeamMembersApi', 'teamMembersList', { is_owner: 'true' });
    expect(members.results.map((member: Json) => member.user.email)).to.deep.equal(['sender@sandbox.example']);
    expect((await call('TeamMembersApi', 'teamMembersRead', members.results[0].uuid)).is_admin).to.equal(true);
    const tokens = await call('ApiTokensApi', 'apiTokensList', {});
    expect(tokens.results[0].key).to.equal('sandbox-token');
  });
});
