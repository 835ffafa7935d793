import { createHash } from 'node:crypto';
import * as asn1js from 'asn1js';
import { expect } from 'chai';
import * as pkijs from 'pkijs';
import { requestTimestamp, verifyTimestamp } from '../../../../dist/lib/archive/evidence/timestamp';
import { ScriptedServer } from '../../core-signature/scripted-server';
import { type Identity, issue, purpose, token } from '../verification/authority';

const at = new Date('2026-11-21T12:00:00Z');
const digest = createHash('sha256').update('manifest').digest();
const options = { userAgent: 'test' };

describe('time-stamps', () => {
  let server: ScriptedServer;
  let root: Identity;
  let stamper: Identity;
  before(async () => {
    server = await ScriptedServer.start();
    root = await issue('Test Root');
    stamper = await issue('Time-stamp Authority', { purposes: [purpose.timestamps] }, root);
  });
  beforeEach(() => server.reset());
  after(() => server.close());

  const reply = (status: number, stamp?: Buffer): Buffer => {
    const response = new pkijs.TimeStampResp({
      status: new pkijs.PKIStatusInfo({ status }),
      ...(stamp && { timeStampToken: pkijs.ContentInfo.fromBER(Uint8Array.from(stamp).buffer) }),
    });
    return Buffer.from(response.toSchema().toBER());
  };
  /** An authority that stamps what it is asked. */
  const authority = (change: { digest?: Buffer; nonce?: asn1js.Integer } = {}): ScriptedServer =>
    server.on('POST', '/', async ({ raw }) => {
      const asked = pkijs.TimeStampReq.fromBER(Uint8Array.from(raw).buffer);
      const hashed = change.digest ?? Buffer.from(asked.messageImprint.hashedMessage.getValue());
      return {
        body: reply(0, await token(stamper, hashed, at, change.nonce ?? asked.nonce)),
        headers: { 'content-type': 'application/timestamp-reply' },
      };
    });
  const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
    work.then(
      () => expect.fail('no error'),
      (error) => error,
    );

  it('asks an authority and verifies what it gets', async () => {
    const stamp = await requestTimestamp(authority().url, digest, options);
    expect(server.seen[0]?.headers['content-type']).to.equal('application/timestamp-query');
    const good = await verifyTimestamp(stamp, digest, { anchors: [root.x509] });
    expect(good).to.include({ result: 'TOTAL-PASSED', at: at.toISOString(), authority: 'CN=Time-stamp Authority' });
    expect((await verifyTimestamp(stamp, digest, { anchors: [] })).result).to.equal('INDETERMINATE');
    expect((await verifyTimestamp(stamp, digest, { anchors: [root.x509], timestampAnchors: [] })).result).to.equal(
      'INDETERMINATE',
    );
    const other = createHash('sha256').update('other').digest();
    expect((await verifyTimestamp(stamp, other, { anchors: [root.x509] })).result).to.equal('TOTAL-FAILED');
    const damaged = Buffer.from(stamp);
    damaged[damaged.length - 5]! ^= 1;
    expect((await verifyTimestamp(damaged, digest, { anchors: [root.x509] })).result).to.equal('TOTAL-FAILED');
    expect((await verifyTimestamp(Buffer.from('x'), digest, { anchors: [root.x509] })).result).to.equal('TOTAL-FAILED');
  });

  it('refuses a stamp over another hash, or of another request', async () => {
    expect(
      (await failure(requestTimestamp(authority({ digest: createHash('sha256').digest() }).url, digest, options))).code,
    ).to.equal('REMOTE_FAULT');
    server.reset();
    expect(
      (await failure(requestTimestamp(authority({ nonce: new asn1js.Integer({ value: 5 }) }).url, digest, options)))
        .code,
    ).to.equal('REMOTE_FAULT');
  });

  it('says why there is no stamp', async () => {
    server.on('POST', '/', { body: reply(2) });
    expect((await failure(requestTimestamp(server.url, digest, options))).code).to.equal('REFUSED');
    server.on('POST', '/', { body: Buffer.from('<html>') });
    expect((await failure(requestTimestamp(server.url, digest, options))).code).to.equal('REMOTE_FAULT');
    server.on('POST', '/', { body: reply(0) });
    expect((await failure(requestTimestamp(server.url, digest, options))).code).to.equal('REMOTE_FAULT');
    server.on('POST', '/', { status: 401, body: '' });
    const error = await failure(
      requestTimestamp(server.url, digest, { ...options, authorization: 'Bearer secret-token' }),
    );
    expect(error.code).to.equal('UNAUTHORIZED');
    expect(error.message).not.to.include('secret-token');
    expect((await failure(requestTimestamp(server.url, Buffer.alloc(20), options))).code).to.equal('BAD_INPUT');
  });
});
