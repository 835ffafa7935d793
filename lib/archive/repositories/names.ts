/** Names of documents and containers: what a repository takes, and the way around a taken one. */
import { SignatureError } from '../../errors';

export interface NameRules {
  /** Plain name of the repository, for messages. */
  service: string;
  /** Longest name, in `unit`. */
  longest: number;
  unit: 'characters' | 'bytes';
  /** Characters that are refused besides `/`, `\` and control characters. */
  forbidden?: RegExp;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
const misplaced = /[\u0000-\u001f\u007f/\\]/;
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const lengthOf = (name: string, { unit }: NameRules): number =>
  unit === 'bytes' ? Buffer.byteLength(name) : [...name].length;

const refused = (name: string, why: string, field: string): SignatureError =>
  new SignatureError('NAME_NOT_ALLOWED', `${field} ${JSON.stringify(shortened(name))} ${why}`, { field });

const shortened = (name: string): string => (name.length > 60 ? `${name.slice(0, 59)}…` : name);

/**
 * Checks one name.
 *
 * @param field configuration field or message property it comes from
 * @throws SignatureError NAME_NOT_ALLOWED, saying what is wrong with it
 */
export function checkName(name: string, rules: NameRules, field = 'name'): void {
  if (name === '') throw refused(name, 'is empty. Give a name.', field);
  if (name === '.' || name === '..') throw refused(name, 'leads out of the container. Give a plain name.', field);
  if (misplaced.test(name)) {
    throw refused(name, 'has a slash, backslash or control character in it. Give a plain name.', field);
  }
  const wrong = rules.forbidden?.exec(name)?.[0];
  if (wrong !== undefined) throw refused(name, `has "${wrong}" in it, which ${rules.service} does not take.`, field);
  if (name !== name.trim() || name.endsWith('.')) {
    throw refused(name, 'begins or ends with a blank or ends with a dot. Remove it.', field);
  }
  if (reserved.test(name)) throw refused(name, 'is a reserved device name on some systems. Give another.', field);
  if (lengthOf(name, rules) > rules.longest) {
    throw refused(name, `is longer than ${rules.longest} ${rules.unit}. Shorten it.`, field);
  }
}

/**
 * A name that `checkName` takes, made of a text that nobody meant to be one, such as a title: `M-1: A/B` → `M-1_ A_B`.
 *
 * @param room units of the longest name to be left for what is appended
 * @returns an empty text when nothing of it can stay
 */
export function legalName(text: string, rules: NameRules, room = 0): string {
  const isTaken = (letter: string) => !misplaced.test(letter) && rules.forbidden?.test(letter) !== true;
  const replaced = [...text.toWellFormed().normalize('NFC')].map((letter) => (isTaken(letter) ? letter : '_')).join('');
  const whole = bare(replaced);
  let name = '';
  let length = 0;
  for (const letter of reserved.test(whole) ? `_${whole}` : whole) {
    length += lengthOf(letter, rules);
    if (length > rules.longest - room) break;
    name += letter;
  }
  return bare(name);
}

/** Without what must not be at the ends of a name. */
const bare = (text: string): string => text.replace(/^[\s.]+|[\s.]+$/g, '');

/**
 * The names on a path, each checked, so that no path leads anywhere but down.
 *
 * @param path separated by `/`; slashes at its ends do not count
 * @throws SignatureError NAME_NOT_ALLOWED
 */
export function pathNames(path: string | undefined, rules: NameRules): string[] {
  const inner = (path ?? '').normalize('NFC').replace(/^\/+|\/+$/g, '');
  if (inner === '') return [];
  const names = inner.split('/');
  for (const name of names) checkName(name, rules, 'container path');
  return names;
}

/**
 * `contract.pdf` → `contract (2).pdf`, cut so that it stays within the longest name.
 *
 * @param n 1 gives the name itself
 */
export function numberedName(name: string, n: number, rules: NameRules): string {
  if (n === 1) return name;
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const letters = [...stem];
  const build = () => `${letters.join('').trimEnd()} (${n})${extension}`;
  while (letters.length > 1 && lengthOf(build(), rules) > rules.longest) letters.pop();
  return build();
}
