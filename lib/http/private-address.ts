/**
 * Keeps requests to URLs that come from data out of private networks. The address is checked where the connection is
 * made, so that a name cannot point elsewhere between the check and the use. Ranges: IANA special-purpose address
 * registries (RFC 6890 and successors).
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { SignatureError } from '../errors';

const privateV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Besides loopback, link-local and private ranges: tunnels (6to4, Teredo), which could carry any IPv4 address. */
const privateV6 = [
  '::/96',
  '100::/64',
  '64:ff9b:1::/48',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const blocked = new BlockList();
for (const range of privateV4) {
  const [address = '', length] = range.split('/');
  blocked.addSubnet(address, Number(length), 'ipv4');
  // The same address as IPv4-mapped IPv6 and behind NAT64 (RFC 6052).
  blocked.addSubnet(`::ffff:${address}`, 96 + Number(length), 'ipv6');
  blocked.addSubnet(`64:ff9b::${address}`, 96 + Number(length), 'ipv6');
}
for (const range of privateV6) {
  const [address = '', length] = range.split('/');
  blocked.addSubnet(address, Number(length), 'ipv6');
}

/**
 * Whether an address is private, loopback, link-local, multicast or reserved.
 *
 * @param address IPv4 or IPv6 address without brackets; anything else counts as private
 */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || blocked.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4');
}

/** The error for a URL into a private network. */
export const privateAddress = (host: string): SignatureError =>
  new SignatureError(
    'BAD_INPUT',
    `The URL leads to ${host}, which is in a private network. Use a public address, or allow private addresses in the configuration.`,
    { field: 'url' },
  );

/**
 * Checks what can be seen of a URL without asking DNS; `guardedLookup` does the rest when the connection is made.
 *
 * @param url absolute URL from data
 * @throws SignatureError BAD_INPUT when it is not http(s), carries a user name, or names a private address
 */
export function checkPublicUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') {
    throw new SignatureError('BAD_INPUT', 'The URL is not a plain http or https address without a user name.', {
      field: 'url',
    });
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (/(?:^|\.)localhost$/i.test(host) || (isIP(host) !== 0 && isPrivateAddress(host))) throw privateAddress(host);
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * A `lookup` for sockets that fails when any address of the name is private, and hands the very addresses it has checked
 * to the socket.
 */
export function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(privateAddress(hostname), []);
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}
