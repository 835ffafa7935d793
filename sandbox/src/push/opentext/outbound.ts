import type { Request } from 'express';
import type { z } from 'zod';
import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import { shortened, type TakeAim } from '../answer';
import { authorize } from './auth';
import { emailBody, readBody, smsBody, whatsappBody, whatsappTemplateBody } from './bodies';
import { type NewJob, startJob } from './jobs';

/** Domain in the ids of the jobs of these channels. */
const domain = 'xsi';

type Reader = (body: unknown) => NewJob;

/** How the body of each channel becomes a job; the key is the path below `/mra/v1/outbound/`. */
export const channels: Record<string, Reader> = {
  sms: reader(smsBody, ({ destinations, sms_text: text }) => ({
    channel: 'sms',
    text,
    destinations: destinations.map(({ sms, ref }) => ({ address: sms, ref })),
  })),
  emails: reader(emailBody, ({ destinations, options, body }) => ({
    channel: 'emails',
    subject: options.email_options.subject,
    text: body.map(({ data }) => Buffer.from(data, 'base64').toString('utf8')).join('\n'),
    destinations: destinations.map(({ email, ref }) => ({ address: email, ref })),
  })),
  whatsapp: reader(whatsappBody, ({ destinations, whatsapp_message: message }) => ({
    channel: 'whatsapp',
    text: message.text_message?.text ?? JSON.stringify(message),
    destinations: destinations.map(({ whatsapp, ref }) => ({ address: whatsapp, ref })),
  })),
  'whatsapp/template_message': reader(whatsappTemplateBody, ({ destinations, whatsapp_template_message: message }) => {
    const { template_id: id, language_code: language, parameters } = message.template_message.channel_template.WHATSAPP;
    return {
      channel: 'whatsapp',
      text: [`Template ${id} (${language})`, ...Object.values(parameters)].join('\n'),
      destinations: destinations.map(({ whatsapp, ref }) => ({ address: whatsapp, ref })),
    };
  }),
};

type Options = { billing_code?: string | undefined; customer_reference?: string | undefined };

function reader<T extends z.ZodType<{ options: Options }>>(schema: T, job: (body: z.output<T>) => NewJob): Reader {
  return (given) => {
    const body = readBody(schema, given);
    const { billing_code: billingCode = null, customer_reference: customerReference = null } = body.options;
    return { billingCode, customerReference, ...job(body) };
  };
}

/** `POST /mra/v1/outbound/{channel}`. */
export async function outbound(sandbox: Sandbox, request: Request, aim: TakeAim, read: Reader): Promise<Answer> {
  authorize(sandbox, request.headers.authorization);
  const job = read(request.body);
  const addresses = job.destinations.map(({ address }) => address);
  const rule = await aim({ target: shortened(addresses.join(', ')), names: addresses });
  return startJob(sandbox, request, job, { domain, rule });
}
