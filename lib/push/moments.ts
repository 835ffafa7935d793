/** Default texts of the moments at which people are notified, in the recipient's language. */
import { SignatureError } from '../errors';
import type { EpochMs } from '../time/clock';
import { texts } from './texts';
import type { Moment, MomentTexts } from './texts/moment-texts';

export { type Moment, moments } from './texts/moment-texts';

export type Language = keyof typeof texts;

export const languages = Object.keys(texts).filter((code): code is Language => Object.hasOwn(texts, code));

export interface MomentValues {
  /** Name of the document or envelope. */
  document?: string;
  /** Who asks; shown at `pleaseSign` and `reminder`. */
  sender?: string;
  /** Who has not signed, or declined; shown at `escalated` and `declined`. */
  signer?: string;
  /** Shown at `pleaseSign`, `reminder` and `escalated`. */
  dueAt?: EpochMs;
  /** IANA time zone of the recipient; default UTC. */
  zone?: string;
}

const aliases = new Map<string, Language>([
  ['nb', 'no'],
  ['nn', 'no'],
  ['iw', 'he'],
]);

/**
 * The nearest language there are texts for.
 *
 * @param tag BCP 47 language tag such as `de-AT`, in any spelling; anything else gives English
 */
export function languageFor(tag: unknown): Language {
  const wanted = typeof tag === 'string' ? tag.trim().toLowerCase().replaceAll('_', '-') : '';
  const base = wanted.split('-')[0] ?? '';
  return (
    languages.find((code) => code === wanted) ?? languages.find((code) => code === base) ?? aliases.get(base) ?? 'en'
  );
}

const locales: Partial<Record<Language, string>> = { 'en-gb': 'en-GB', no: 'nb' };

/**
 * Title and body of a moment, as plain text.
 *
 * @param moment at which people are notified
 * @param language see `languageFor`
 * @param values names as they come from the envelope
 * @throws SignatureError BAD_INPUT when the time zone does not exist
 */
export function momentText(moment: Moment, language: Language, values: MomentValues): { title: string; body: string } {
  const words: MomentTexts = texts[language];
  const { title, body } = words[moment];
  const asks = moment === 'pleaseSign' || moment === 'reminder';
  const isOpen = asks || moment === 'escalated';
  const filled = (template: string, value: string) => {
    // Keeps names in another script from turning the line around (Unicode Bidirectional Algorithm, isolates).
    const shown = language === 'he' ? `\u2068${value}\u2069` : value;
    return template.replace(/\{\w+\}/, () => shown);
  };
  const line = (template: string, value: string | undefined, wanted: boolean) => {
    const name = plain(value ?? '', 80);
    return wanted && name !== '' ? [filled(template, name)] : [];
  };
  const due =
    values.dueAt === undefined || !isOpen
      ? undefined
      : formatDue(values.dueAt, locales[language] ?? language, values.zone);
  return {
    title: filled(title, plain(values.document ?? '', 80) || words.document),
    body: [
      body,
      ...line(words.from, values.sender, asks),
      ...line(words.signer, values.signer, moment === 'escalated' || moment === 'declined'),
      ...line(words.due, due, isOpen),
    ].join('\n'),
  };
}

function formatDue(dueAt: EpochMs, locale: string, zone = 'UTC'): string {
  try {
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone: zone });
    return format.format(dueAt);
  } catch {
    throw new SignatureError(
      'BAD_INPUT',
      'zone is not a time zone. Write it as Region/City, for example "Europe/Berlin".',
      { field: 'zone' },
    );
  }
}

/** One line without control characters and direction overrides, cut at `longest` characters. */
function plain(text: string, longest: number): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  const characters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}
