import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as asn1js from 'asn1js';
import { expect } from 'chai';
import * as pkijs from 'pkijs';
import { requestTimestamp, verifyTimestamp } from '../../../../dist/lib/archive/evidence/timestamp';
import { type Identity, issue, purpose, token } from '../verification/authority';

const at = new Date('2026-11-21T12:00:00Z');
const digest = createHash('sha256').update('manifest').digest();
const options = { userAgent: 'test' };

type Answer = (asked: Buffer) => Promise<Buffer> | Buffer;

describe('time-stamps', () => {
  let answer: Answer;
  let status = 200;
  const asked: http.IncomingHttpHeaders[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(request.headers);
    response
      .writeHead(status, { 'content-type': 'application/timestamp-reply' })
      .end(await answer(Buffer.concat(chunks)));
  });
  let url: string;
  let root: Identity;
  let stamper: Identity;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    root = await issue('Test Root');
    stamper = await issue('Time-stamp Authority', { purposes: [purpose.timestamps] }, root);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const reply = (status: number, stamp?: Buffer): Buffer => {
    const response = new pkijs.TimeStampResp({
      status: new pkijs.PKIStatusInfo({ status }),
      ...(stamp && { timeStampToken: pkijs.ContentInfo.fromBER(Uint8Array.from(stamp).buffer) }),
    });
    return Buffer.from(response.toSchema().toBER());
  };
  /** An authority that stamps what it is asked. */
  const authority = (change: { digest?: Buffer; nonce?: asn1js.Integer } = {}): void => {
    answer = async (query) => {
      const request = pkijs.TimeStampReq.fromBER(Uint8Array.from(query).buffer);
      const hashed = change.digest ?? Buffer.from(request.messageImprint.hashedMessage.getValue());
      return reply(0, await token(stamper, hashed, at, change.nonce ?? request.nonce));
    };
  };
  const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
    work.then(
      () => expect.fail('no error'),
      (error) => error,
    );

  it('asks an authority and verifies what it gets', async () => {
    authority();
    const stamp = await requestTimestamp(url, digest, options);
    expect(asked[0]?.['content-type']).to.equal('application/timestamp-query');
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
    authority({ digest: createHash('sha256').digest() });
    expect((await failure(requestTimestamp(url, digest, options))).code).to.equal('REMOTE_FAULT');
    authority({ nonce: new asn1js.Integer({ value: 5 }) });
    expect((await failure(requestTimestamp(url, digest, options))).message).to.match(/another request/);
  });

  it('says why there is no stamp', async () => {
    const code = async (more = {}) => (await failure(requestTimestamp(url, digest, { ...options, ...more }))).code;
    answer = () => reply(2);
    expect(await code()).to.equal('REFUSED');
    answer = () => Buffer.from('<html>');
    expect(await code()).to.equal('REMOTE_FAULT');
    answer = () => reply(0);
    expect(await code()).to.equal('REMOTE_FAULT');
    status = 401;
    const authorization = 'Bearer secret-token';
    const error = await failure(requestTimestamp(url, digest, { ...options, authorization }));
    expect(error.code).to.equal('UNAUTHORIZED');
    expect(error.message).not.to.include('secret-token');
    expect((await failure(requestTimestamp(url, Buffer.alloc(20), options))).code).to.equal('BAD_INPUT');
  });
});
