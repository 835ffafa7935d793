import type { Request } from 'express';
import type { Sandbox } from '../../context';
import type { Answer } from '../../http/answer';
import { shortened, type TakeAim } from '../answer';
import type { Content, Phone } from '../model';
import { emptyContent } from '../phones/content';
import { accept } from '../phones/delivery';
import { phoneOfToken } from '../phones/phones';
import { authorize } from './auth';
import { parserBody, readBody } from './bodies';
import { messagingError } from './errors';
import { startJob } from './jobs';

const dayInSeconds = 86_400;

/**
 * `POST /mra/v1/utils/parser`: a push job. What OpenText wants inside is not public. The sandbox takes any JSON
 * document; whatever in it is the FCM token of a phone reaches that phone, with the document's first title, text and link.
 */
export async function pushJob(sandbox: Sandbox, request: Request, aim: TakeAim): Promise<Answer> {
  authorize(sandbox, request.headers.authorization);
  const { domain, filename, data } = readBody(parserBody, request.body);
  const document = fromJson(Buffer.from(data, 'base64').toString('utf8'));
  const values = [...entriesOf(document)];
  const phones = new Set(
    values.map(([, value]) => phoneOfToken(sandbox, value)).filter((phone): phone is Phone => phone !== undefined),
  );
  const names = [...phones].map(({ name }) => name);
  const target = names.join(', ') || shortened(filename);
  const rule = await aim({ target, names: [...names, filename] });
  const content = contentOf(values);
  for (const phone of rule?.code === 'UNDELIVERABLE' ? [] : phones) {
    accept(sandbox, phone, {
      service: 'opentext',
      source: 'opentext',
      label: 'App',
      ttlSeconds: dayInSeconds,
      topic: content.tag,
      urgency: null,
      payload: { kind: 'clear', content },
    });
  }
  const destinations = names.map((address) => ({ address }));
  const job = { channel: 'push', subject: content.title, text: content.body, document, destinations } as const;
  return startJob(sandbox, request, { ...job, destinations }, { domain, rule });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw messagingError(400, 'data is not the base64 of a JSON document.');
  }
}

/** All texts of a document with the key they stand under, in their order. */
function* entriesOf(value: unknown, key = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [key, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) yield* entriesOf(part, Array.isArray(value) ? key : name);
}

function contentOf(values: [string, string][]): Content {
  const first = (names: RegExp): string | null => values.find(([key]) => names.test(key))?.[1] ?? null;
  return {
    ...emptyContent(first(/^(?:title|subject)$/i) ?? 'Message', first(/^(?:body|text|message)$/i) ?? ''),
    link: first(/^(?:link|url)$/i),
    tag: first(/^(?:collapse_?key|tag)$/i),
  };
}
