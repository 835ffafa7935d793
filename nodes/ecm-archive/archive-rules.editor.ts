import type { Rule } from '../editor/rules.editor';
import { abilitiesOf } from './repository-abilities.editor';

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
const misplaced = /[\u0000-\u001f\u007f\\]/;

/** Name of a document without its extension. What else a repository refuses, it says itself. */
export const documentName: Rule = (value, { say, label }) => {
  const good = !misplaced.test(value) && !value.includes('/') && value.length <= 200 && !/^\.+$/.test(value.trim());
  return good || say('validation.documentName', { label });
};

/** Names of folders, separated by `/`, that lead down and nowhere else. */
export const folderPath: Rule = (value, { say, label }) => {
  const names = value.replace(/^\/+|\/+$/g, '').split('/');
  const good = !misplaced.test(value) && names.every((name) => !/^\s*\.{0,2}\s*$/.test(name));
  return good || value === '/' || say('validation.path', { label });
};

/** The number of a node, written as text so that it can be of any length. */
const isNumber = (value: unknown): boolean => typeof value === 'string' && /^\d+$/.test(value);

export const classifications: Rule = (value, { say, label }) => {
  const ids = parsed(value);
  return (Array.isArray(ids) && ids.every(isNumber)) || say('validation.classifications', { label });
};

/** A date, or a date with time and zone. */
const isDate = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Parts of a record declaration, and what each has to be. */
const recordParts = new Map<string, (value: unknown) => boolean>(
  Object.entries({
    classification: isNumber,
    official: (value) => typeof value === 'boolean',
    fileStatus: isText,
    retainUntil: isDate,
    hold: isText,
  }),
);

export const record: Rule = (value, { say, label, other }) => {
  const given = parsed(value);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return say('validation.record', { label });
  const wrong = Object.entries(given).find(([part, held]) => !recordParts.get(part)?.(held))?.[0];
  if (wrong !== undefined) return say('validation.recordPart', { label, part: wrong.slice(0, 40) });
  const possible = abilitiesOf(other('repository')).record;
  const impossible = Object.keys(given).find((part) => !possible.includes(part));
  return impossible === undefined || say('validation.noRecordPart', { label, part: impossible });
};

/** Certificates in PEM, with comments between them if need be; nothing else, above all no private key. */
export const certificates: Rule = (value, { say, label }) => {
  const blocks = [...value.matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END \1-----/g)];
  const begun = value.match(/-----BEGIN /g) ?? [];
  if (/-----BEGIN [^-]*PRIVATE KEY-----/.test(value)) return say('validation.privateKey', { label });
  const isCertificate = (kind: string | undefined, body: string | undefined) =>
    kind === 'CERTIFICATE' && /^[A-Za-z0-9+/=\s]+$/.test(body ?? '') && (body ?? '').trim() !== '';
  const good = blocks.length > 0 && begun.length === blocks.length;
  return (
    (good && blocks.every(([, kind, body]) => isCertificate(kind, body))) || say('validation.certificates', { label })
  );
};
