/**
 * Delivery status of OpenText's SMS, e-mail and WhatsApp jobs, read tolerantly: real answers were seen for SMS only
 * (`GET /mra/v1/outbound/{sms|emails|whatsapp}/status`).
 */
import { z } from 'zod';
import { type Recipient, recipientLabel } from '../recipients';
import type { Channel, DeliveryStatus, JobStatus } from '../types';

const word = z.string().optional().catch(undefined);
const list = <T extends z.ZodType>(item: T) => z.array(item).catch([]);

const deliverySchema = z.object({
  sms: word,
  email: word,
  whatsapp: word,
  delivery_attempts: list(z.object({ state: word })),
  /** `sms_delivery_events` and its siblings. */
  events: z.record(z.string(), list(z.object({ event_time: word, status: word }))).catch({}),
});

const statusSchema = z.object({ deliveries: list(deliverySchema) });

const deliveredWord = /^(?:confirmed|delivered|read|opened|clicked|displayed)$/i;
const failedWord =
  /^(?:error|cancell?ed|failed|undelivered|undeliverable|rejected|expired|bounced?|hard_?bounce|not_?delivered|blocked)$/i;

type Delivery = z.output<typeof deliverySchema>;

/** Events outrank attempts: they come later and from further away. `Sent` is no receipt, so it stays pending. */
function stateOf({ delivery_attempts: attempts, events }: Delivery): Pick<DeliveryStatus, 'state' | 'detail'> {
  const told = Object.values(events)
    .flat()
    .map(({ status }) => status)
    .filter((status): status is string => status !== undefined);
  const confirmed = told.find((status) => deliveredWord.test(status));
  if (confirmed !== undefined) return { state: 'delivered', detail: confirmed };
  const refused = told.findLast((status) => failedWord.test(status));
  if (refused !== undefined) return { state: 'failed', detail: refused };
  // A failed attempt may be followed by another: the last one counts.
  const last = attempts.at(-1)?.state;
  if (last === undefined) return { state: 'pending' };
  if (failedWord.test(last)) return { state: 'failed', detail: last };
  return { state: deliveredWord.test(last) ? 'delivered' : 'pending', detail: last };
}

function labelOf(delivery: Delivery, channel: Channel): string | undefined {
  const address = delivery[channel];
  if (address === undefined || address === '') return undefined;
  const recipient: Recipient =
    channel === 'email'
      ? { kind: 'email', email: address }
      : { kind: channel === 'sms' ? 'phone' : 'whatsapp', phone: `+${address.replace(/\D/g, '')}` };
  return recipientLabel(recipient);
}

/**
 * Reads a status answer of any shape; what cannot be understood is pending.
 *
 * @param data parsed body
 * @param channel which addresses to look for; they come out as labels
 */
export function readJobStatus(data: unknown, channel: Channel): JobStatus {
  const parsed = statusSchema.safeParse(Array.isArray(data) ? data[0] : data);
  const deliveries = (parsed.success ? parsed.data.deliveries : []).map((delivery) => {
    const recipient = labelOf(delivery, channel);
    return { ...(recipient !== undefined && { recipient }), ...stateOf(delivery) };
  });
  return { deliveries, finished: deliveries.length > 0 && deliveries.every(({ state }) => state !== 'pending') };
}
