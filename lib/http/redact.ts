/** Keeps secrets out of what people and flows get to see. */

/**
 * Replaces every known secret in a text, also in its percent-encoded and base64 spelling.
 *
 * @param text about to be shown
 * @param secrets values that must not be in it; those shorter than four characters are left alone, as replacing them
 *   would garble the text without hiding anything
 */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret.length < 4) continue;
    for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      clean = clean.replaceAll(spelling, '***');
    }
  }
  return clean;
}

/** Host and port of a URL: all that error messages tell of it, since paths and queries can hold secrets. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'an unreadable URL';
  }
}
