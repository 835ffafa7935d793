/** Names of files in a package: safe on every system they may be unpacked on. */
import { SignatureError } from '../../errors';

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const longestPart = 150;
const longestPath = 400;

/**
 * What is wrong with a relative path; undefined when it is safe: it stays below its folder on any system.
 *
 * @param path parts separated by `/`
 */
export function unsafePath(path: string): string | undefined {
  if (path.length > longestPath) return 'is too long';
  if (/[\p{Cc}\p{Zl}\p{Zp}<>:"|?*\\]/u.test(path)) return 'has a character that is not allowed in file names';
  for (const part of path.split('/')) {
    if (part === '') return 'has an empty part';
    if (part === '.' || part === '..') return 'leaves its folder';
    if (part.length > longestPart) return 'is too long';
    if (/^ |[ .]$/.test(part)) return 'has a part that begins or ends with a space or ends with a dot';
    if (reserved.test(part)) return 'is a reserved name';
  }
  return undefined;
}

/**
 * Checks the names of a new package.
 *
 * @param names paths below `data/`
 * @throws SignatureError BAD_INPUT for an unsafe name, or two that differ in case or accent coding only
 */
export function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const wrong = unsafePath(name);
    const key = keyOf(name);
    if (wrong !== undefined || seen.has(key)) {
      const text = `The file name "${shown(name)}" ${wrong ?? 'is there twice'}. Give another name.`;
      throw new SignatureError('BAD_INPUT', text, { field: 'files' });
    }
    seen.add(key);
  }
}

/** Alike for names that a file system may take for the same. */
export const keyOf = (name: string): string => name.normalize('NFC').toLowerCase();

/** A name for a message: without control characters, at most 100 characters. */
export const shown = (name: string): string => name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?').slice(0, 100);
