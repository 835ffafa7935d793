/**
 * Requests of OpenText Notifications / Cloud Messaging, as in the collections of the public repository
 * `opentext/Cloud-Fax-and-Notifications`. The document inside a push job is the integrator's.
 */
import type { EpochMs } from '../../time/clock';
import { dataOf, type Notification, ttlSeconds } from '../message';
import type { Recipient } from '../recipients';
import type { OpenTextSettings } from '../settings';
import { renderJson, renderText } from '../template';

export type OpenTextRecipient = Extract<Recipient, { kind: 'opentext' | 'phone' | 'email' | 'whatsapp' }>;

export interface OpenTextRequest {
  /** Below the base URL. */
  path: string;
  json: object;
}

interface Job {
  notification: Notification;
  idempotencyKey: string;
  settings: OpenTextSettings;
  now: EpochMs;
}

/** Title, body and link as one text, for channels that know nothing else. */
export const plainText = ({ title, body, link }: Notification): string =>
  [title, body, link].filter((part) => part !== undefined && part !== '').join('\n');

/**
 * The request for one recipient.
 *
 * @throws SignatureError BAD_CONFIG when the template does not make a JSON document
 */
export function openTextRequest(recipient: OpenTextRecipient, job: Job): OpenTextRequest {
  switch (recipient.kind) {
    case 'opentext':
      return pushJob(recipient.devices, job);
    case 'phone':
      return {
        path: 'mra/v1/outbound/sms',
        json: {
          options: options(job),
          destinations: [{ sms: recipient.phone }],
          sms_text: plainText(job.notification),
        },
      };
    case 'email':
      return email(recipient.email, job);
    case 'whatsapp':
      return whatsapp(recipient.phone, job);
  }
}

const options = ({ idempotencyKey, settings }: Job) => ({
  customer_reference: idempotencyKey,
  ...(settings.billingCode && { billing_code: settings.billingCode }),
});

/** What placeholders of a template can name. */
export const templateValues = ({ notification, idempotencyKey, now }: Job, devices?: unknown) => ({
  title: notification.title,
  body: notification.body ?? '',
  link: notification.link ?? '',
  text: plainText(notification),
  dueAt: notification.dueAt === undefined ? '' : new Date(notification.dueAt).toISOString(),
  ttlSeconds: ttlSeconds(notification, now),
  priority: notification.priority,
  collapseKey: notification.collapseKey ?? '',
  envelopeId: notification.envelopeId ?? '',
  badge: notification.badge ?? null,
  image: notification.image ?? '',
  sound: notification.sound ?? '',
  data: dataOf(notification),
  devices: devices ?? null,
  idempotencyKey,
});

function pushJob(devices: unknown, job: Job): OpenTextRequest {
  const document = renderJson(job.settings.template ?? '', templateValues(job, devices), 'template');
  const name = (job.settings.fileName || job.idempotencyKey).replace(/\.json$/i, '').replace(/[^\w.-]+/g, '_');
  return {
    path: 'mra/v1/utils/parser',
    json: { domain: 'MR', filename: `${name}.json`, data: Buffer.from(document).toString('base64') },
  };
}

const email = (address: string, job: Job): OpenTextRequest => ({
  path: 'mra/v1/outbound/emails',
  json: {
    options: {
      ...options(job),
      email_options: {
        subject: job.notification.title,
        charset: 'UTF-8',
        ...(job.settings.fromName && { from_display_name: job.settings.fromName }),
      },
    },
    destinations: [{ email: address }],
    body: [
      {
        name: 'message.txt',
        type: 'text',
        charset: 'UTF-8',
        data: Buffer.from(plainText(job.notification)).toString('base64'),
      },
    ],
  },
});

/** WhatsApp takes free text only within a day of a person's last message; before that, a template that Meta approved. */
function whatsapp(number: string, job: Job): OpenTextRequest {
  const destinations = [{ whatsapp: number }];
  const template = job.settings.whatsappTemplate;
  if (template === undefined) {
    return {
      path: 'mra/v1/outbound/whatsapp',
      json: { destinations, whatsapp_message: { text_message: { text: plainText(job.notification) } } },
    };
  }
  const values = templateValues(job);
  const parameters = Object.fromEntries(
    Object.entries(template.parameters).map(([name, text]) => [name, renderText(text, values)]),
  );
  const channel = { template_id: template.id, language_code: template.language, parameters };
  return {
    path: 'mra/v1/outbound/whatsapp/template_message',
    json: {
      destinations,
      whatsapp_template_message: { template_message: { channel_template: { WHATSAPP: channel } } },
    },
  };
}
