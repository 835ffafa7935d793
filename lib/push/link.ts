/** Which links a notification may open. */

/** Schemes that run or read something on the device instead of opening an app. */
const harmful = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'ftp:', 'ws:', 'wss:']);

/** Browsers count these as secure also without TLS (W3C Secure Contexts). */
const isThisComputer = (hostname: string): boolean =>
  /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * Whether a link may be sent: https, http to this computer, or an app's own scheme.
 *
 * @param link absolute URL
 * @param options `allowHttp`: http to any computer; `httpsOnly`: no app schemes, no http at all
 */
export function isAcceptableLink(link: string, options: { allowHttp?: boolean; httpsOnly?: boolean } = {}): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, username, password } = new URL(link);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  if (options.httpsOnly === true) return false;
  if (protocol === 'http:') return options.allowHttp === true || isThisComputer(hostname);
  return !harmful.has(protocol) && /^[a-z][a-z0-9+.-]*:\/\//i.test(link);
}
