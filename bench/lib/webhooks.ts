import { createHmac } from 'node:crypto';

/** The key an account on a sandbox has without being configured. */
export const key = 'sandbox-token';

const types = [
  'sent',
  'signer_viewed_email',
  'signer_viewed',
  'viewed',
  'signer_signed',
  'signer_downloaded',
  'signed',
];

/** Events of the same envelope in a row, as a real envelope brings them. */
export const eventsPerEnvelope = types.length;

const first = Date.UTC(2026, 0, 5, 9);

/** A uuid that a number stands for. */
export const uuidOf = (run: number, index: number): string =>
  `${run.toString(16).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

function bodyOf(type: string, at: number, document: string): string {
  const timestamp = new Date(at).toISOString();
  const event_time = String(Math.floor(at / 1000));
  const url = (what: string) => `https://api.example.com/api/v1/${what}`;
  const signer = (email: string, order: number) => ({
    email,
    display_name: `${email.split('@')[0]} Example (${email})`,
    first_name: 'Anna',
    last_name: 'Example',
    email_viewed: true,
    viewed: true,
    signed: false,
    downloaded: false,
    signed_on: null,
    needs_to_sign: true,
    approve_only: false,
    notify_only: false,
    in_person: false,
    order,
    emailed: true,
    verify_phone_number: null,
    verify_bank_account: null,
    declined: false,
    declined_on: null,
    forwarded: false,
    forwarded_on: null,
    forwarded_to_email: null,
    forwarded_reason: null,
    message: null,
    embed_url: null,
    embed_url_user_id: null,
    attachments: [],
    inputs: [],
  });
  return JSON.stringify({
    uuid: 'a3f1f2f0-8c1d-4a52-9b52-51d8a1e5a001',
    status: 'ok',
    event_type: type,
    timestamp,
    event_time,
    event_hash: createHmac('sha256', key)
      .update(event_time + type)
      .digest('hex'),
    token_name: 'Sandbox Team token',
    team: { name: 'Sandbox Team', subdomain: 'sandbox-team', url: url('teams/sandbox-team/') },
    document: {
      team: { name: 'Sandbox Team', subdomain: 'sandbox-team', url: url('teams/sandbox-team/') },
      uuid: document,
      url: url(`documents/${document}/`),
      user: null,
      file_as_pdf: `https://files.example.com/${document}/file.pdf?signature=${'0'.repeat(64)}&expires=300`,
      name: 'Contract.pdf',
      external_id: `order-${document}`,
      frontend_id: 'N3GQ',
      file: `https://files.example.com/${document}/file.pdf?signature=${'1'.repeat(64)}&expires=300`,
      file_from_url: null,
      template: null,
      prefill_tags: [],
      integrations: [],
      file_from_sf: null,
      auto_delete_days: null,
      auto_expire_days: 14,
      pdf: null,
      status: 'se',
      signrequest: {
        from_email: 'sender@example.com',
        from_email_name: 'Sender',
        uuid: 'b3f1f2f0-8c1d-4a52-9b52-51d8a1e5a002',
        subject: 'Please sign',
        message: 'Please sign this contract.',
        who: 'o',
        signers: [signer('sender@example.com', 0), signer('anna@example.com', 1), signer('ben@example.com', 2)],
      },
      api_used: true,
      signing_log: null,
      security_hash: null,
      attachments: [],
      auto_delete_after: null,
      auto_expire_after: null,
      processing: false,
    },
    signer: type.startsWith('signer') ? signer('anna@example.com', 1) : null,
  });
}

const marker = '00000000-0000-4000-8000-000000000000';
const templates = types.map((type, index) => bodyOf(type, first + index * 60_000, marker).split(marker));

/**
 * The body of a webhook as the service posts it, about 4 KB, with a valid hash.
 *
 * @param run number of the measurement, so that no two share an envelope
 * @param index number of the event; one in five repeats an earlier one
 */
export function webhook(run: number, index: number): string {
  const event = index % 5 === 4 ? index - 3 : index;
  const document = uuidOf(run, Math.floor(event / eventsPerEnvelope));
  return templates[event % eventsPerEnvelope]?.join(document) ?? '';
}

/** The last event of an envelope: everybody has signed. */
export const signedWebhook = (document: string): string => templates.at(-1)?.join(document) ?? '';

/** Where a sandbox account with the node id `account` takes its webhooks. */
export const webhookPath = (account = 'account'): string =>
  `/core-signature/events/${createHmac('sha256', key).update(`webhook path of ${account}`).digest('hex').slice(0, 40)}`;

/** The events of an envelope as `GET /events/` lists them, newest first. */
export const listedEvents = (document: string): object[] =>
  templates.map((parts) => JSON.parse(parts.join(document)) as object).toReversed();
