/** Where a push subscription or a webhook URL, which come from outside, may lead. */
import { SignatureError } from '../errors';
import { checkPublicUrl } from '../http/private-address';

export interface EndpointRules {
  /** Further hosts of push services: `push.example.com`, `push.example.com:8443` or `*.example.com`. */
  hosts?: readonly string[];
  /** Accept addresses in private networks, and for them http as well. */
  allowPrivateAddresses?: boolean;
}

/** The push services of Chrome and its relatives, Firefox, Edge, Safari. */
export const knownPushHosts: readonly string[] = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.notify.windows.com',
  '*.push.apple.com',
];

const matches = (url: URL, pattern: string): boolean => {
  const wanted = pattern.trim().toLowerCase();
  if (wanted.startsWith('*.')) return url.hostname.endsWith(wanted.slice(1));
  return url.host === wanted || url.hostname === wanted;
};

/**
 * Checks where an address leads. Names that DNS points into a private network are caught when the connection is made.
 *
 * @param address absolute URL
 * @param kind a subscription has to lead to a push service, a `url` may lead anywhere
 * @param field for the message
 * @throws SignatureError BAD_RECIPIENT; the address is not repeated in it
 */
export function checkEndpoint(address: string, kind: 'webPush' | 'url', rules: EndpointRules, field: string): void {
  const bad = (what: string) => new SignatureError('BAD_RECIPIENT', `${field} ${what}`, { field });
  if (!URL.canParse(address)) throw bad('is not a URL. Pass it on exactly as the browser gave it.');
  const url = new URL(address);
  const isPrivate = leadsToPrivateNetwork(url);
  if (url.username !== '' || url.password !== '') throw bad('holds a user name or password. Leave them out.');
  if (isPrivate && rules.allowPrivateAddresses !== true) {
    throw bad('leads into a private network. Use a public address, or allow private addresses in the configuration.');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowPrivateAddresses === true && isPrivate)) {
    throw bad('must begin with https://.');
  }
  if (kind === 'webPush' && ![...knownPushHosts, ...(rules.hosts ?? [])].some((pattern) => matches(url, pattern))) {
    throw bad('does not lead to a known push service. Add its host to the configuration when you trust it.');
  }
}

function leadsToPrivateNetwork(url: URL): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  try {
    checkPublicUrl(`${url.protocol}//${url.host}/`);
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether credentials may be sent to an address of the configuration: https, or http within a private network, which
 * includes host names without a dot.
 */
export function isSafeServiceUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && (leadsToPrivateNetwork(url) || /^[\w-]+$/.test(url.hostname));
}
