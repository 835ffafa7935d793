/** The text files of a bag (RFC 8493, 2). */
import { SignatureError } from '../../errors';

export const bagDeclaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
export const payloadManifest = 'manifest-sha256.txt';
export const tagManifest = 'tagmanifest-sha256.txt';
export const tokenFile = 'tagmanifest-sha256.txt.tsr';
/** In `bag-info.txt` of a time-stamped package. */
export const timestampLabel = 'Timestamp-Token';

export interface Listed {
  /** Path in the bag. */
  name: string;
  /** Lower-case hex. */
  sha256: string;
}

/** One line per file, sorted, so that the same files always give the same manifest. */
export const manifestText = (files: readonly Listed[]): string =>
  [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name.replaceAll('%', '%25')}\n`)
    .join('');

/** @returns undefined for a manifest with a line that is none */
export function parseManifest(text: string): Listed[] | undefined {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  const listed = lines.map((line) => {
    const [, sha256, name] = /^([0-9a-fA-F]{64})[ \t]+\*?(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) return undefined;
    const decoded = name.replace(/%(25|0A|0D)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    return { name: decoded, sha256: sha256.toLowerCase() };
  });
  return listed.every((item) => item !== undefined) ? listed : undefined;
}

/**
 * `bag-info.txt`.
 *
 * @param info label and value; a label may not have a colon, line breaks in values become spaces
 * @throws SignatureError BAD_INPUT for a label that cannot be written
 */
export function bagInfoText(info: Readonly<Record<string, string>>): string {
  return Object.entries(info)
    .map(([label, value]) => {
      if (!/^[\w-]{1,80}$/.test(label)) {
        throw new SignatureError(
          'BAD_INPUT',
          `"${label.slice(0, 80)}" cannot be a label in bag-info.txt. Use letters, digits and hyphens.`,
          {
            field: 'info',
          },
        );
      }
      return `${label}: ${value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()}\n`;
    })
    .join('');
}

/** Values of `bag-info.txt` by label; continued lines are joined. */
export function parseBagInfo(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.replace(/(?:\r\n|\n|\r)[ \t]+/g, ' ').split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon > 0) found.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return found;
}
