import { expect } from 'chai';
import { checkPublicUrl, guardedLookup, isPrivateAddress } from '../../../dist/lib/http/private-address';

describe('private addresses', () => {
  const closed = [
    ...['127.0.0.1', '127.255.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ...['0.0.0.0', '100.64.0.1', '224.0.0.1', '255.255.255.255', '198.18.0.1', '::1', '::', 'fe80::1', 'fe80::1%eth0'],
    ...['fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::127.0.0.1'],
    ...['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2001::1', '2001:db8::1', 'not an address'],
  ];
  const open = [
    '8.8.8.8',
    '172.32.0.1',
    '172.15.255.255',
    '11.0.0.1',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ];

  for (const address of closed) it(`closes ${address}`, () => expect(isPrivateAddress(address)).to.equal(true));
  for (const address of open) it(`opens ${address}`, () => expect(isPrivateAddress(address)).to.equal(false));

  const badUrls = [
    ...[
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://[::1]/',
      'http://localhost/',
    ],
    ...['http://LOCALHOST./', 'http://a.localhost/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest/'],
    ...['ftp://example.com/', 'file:///etc/passwd', 'https://user:pw@example.com/', 'example.com/x', ''],
  ];
  for (const url of badUrls) {
    it(`refuses "${url}"`, () =>
      expect(() => checkPublicUrl(url))
        .to.throw()
        .with.property('code', 'BAD_INPUT'));
  }
  it('lets a public URL pass', () => checkPublicUrl('https://example.com/file.pdf?Signature=x'));

  for (const all of [true, false]) {
    it(`refuses a name that resolves to a private address (all: ${all})`, (done) => {
      guardedLookup('localhost', { all }, (error) => {
        expect(error).to.have.property('code', 'BAD_INPUT');
        done();
      });
    });
    it(`hands over the address it checked (all: ${all})`, (done) => {
      guardedLookup('8.8.8.8', { all }, (error, address) => {
        expect(error).to.equal(null);
        expect(address).to.deep.equal(all ? [{ address: '8.8.8.8', family: 4 }] : '8.8.8.8');
        done();
      });
    });
  }
});
