import type { Node, NodeAPI } from 'node-red';
import { type Envelope, envelopeSchema } from '../../lib/core-signature/signers';
import { SignatureError } from '../../lib/errors';
import type { FlowMessage } from '../../lib/node-red/handlers';
import { messageKey } from '../../lib/node-red/message';
import type { PushContext } from '../../lib/node-red/push-ref';
import { evaluate } from '../../lib/node-red/typed-input';
import type { NotifyJob, Target } from '../../lib/process/notify';
import { createNotification, type NotificationInput } from '../../lib/push/message';
import { languageFor, momentText } from '../../lib/push/moments';
import type { PushNotifyConfig } from './config';
import { type Addressee, addresseesOf } from './recipients';

/**
 * One notification for everybody the dialog and the message name, in each one's language.
 *
 * @throws SignatureError naming the field; nothing has been sent then
 */
export async function jobOf(
  RED: NodeAPI,
  node: Node,
  config: PushNotifyConfig,
  push: PushContext,
  message: FlowMessage,
): Promise<Omit<NotifyJob, 'message'>> {
  const of = (field: keyof PushNotifyConfig & string, type: keyof PushNotifyConfig & string): Promise<unknown> =>
    evaluate(RED, node, message, field, String(config[field]), config[type] as Parameters<typeof evaluate>[5]);
  const envelope = envelopeOf(await of('envelope', 'envelopeType'));
  const { addressees, unreachable } = await addresseesOf(
    push,
    config,
    await of('recipients', 'recipientsType'),
    message,
    envelope,
  );
  const due = (await of('due', 'dueType')) ?? openDue(config, envelope);
  const common = {
    dueAt: due as NotificationInput['dueAt'],
    ttl: (await of('ttl', 'ttlType')) as NotificationInput['ttl'],
    priority: config.priority,
    collapseKey: (await of('collapseKey', 'collapseKeyType')) as string | undefined,
    badge: (await of('badge', 'badgeType')) as NotificationInput['badge'],
    image: (await of('image', 'imageType')) as string | undefined,
    data: (await of('data', 'dataType')) as NotificationInput['data'],
    ...((await of('platform', 'platformType')) as object | undefined),
  };
  const title = await of('title', 'titleType');
  const body = await of('body', 'bodyType');
  const link = await of('link', 'linkType');
  const targets = addressees.map((addressee): Target => {
    const words = wordsFor(config, addressee, envelope, message, due);
    const notification = createNotification(
      {
        ...common,
        title: asText(title) ?? words?.title ?? '',
        body: asText(body) ?? words?.body,
        link: asText(link) ?? addressee.link,
      },
      { clock: push.service.clock, envelopeId: envelope?.id, allowHttpLinks: push.allowHttpLinks },
    );
    const { person, device, recipient } = addressee;
    return { person, device, recipient, notification };
  });
  const key = asText(await of('key', 'keyType')) ?? `${envelope?.id ?? ''}:${config.moment}:${messageKey(message)}`;
  return {
    node: node.id,
    key: `${node.id}:${key}`,
    targets,
    unreachable,
    retryForMs: config.retryHours * 3_600_000,
  };
}

/** A handle, if the message has one; notifications need none. */
function envelopeOf(value: unknown): Envelope | undefined {
  const parsed = envelopeSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** The envelope's due date, while something is still to be done; news of the end have none. */
const openDue = ({ moment }: PushNotifyConfig, envelope: Envelope | undefined): string | undefined =>
  ['pleaseSign', 'reminder', 'escalated'].includes(moment) ? (envelope?.dueAt ?? undefined) : undefined;

function wordsFor(
  config: PushNotifyConfig,
  { language, zone }: Addressee,
  envelope: Envelope | undefined,
  message: FlowMessage,
  due: unknown,
) {
  const { moment } = config;
  if (moment === 'custom') return undefined;
  const { escalation } = message as { escalation?: { signers?: { name?: string; email: string }[] } };
  const declined = envelope?.signers.find(({ state }) => state === 'declined');
  const late = moment === 'declined' ? declined : escalation?.signers?.[0];
  const dueAt = due === undefined ? undefined : new Date(due as string).getTime();
  return momentText(moment, languageFor(language), {
    document: envelope?.name,
    signer: late ? late.name || late.email : undefined,
    dueAt: Number.isFinite(dueAt) ? dueAt : undefined,
    zone,
  });
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new SignatureError('BAD_INPUT', 'title, body and link must be text.', { field: 'title' });
}
