import { spawnSync } from 'node:child_process';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as asn1js from 'asn1js';
import { expect } from 'chai';
import * as pkijs from 'pkijs';
import { EcmSandbox } from './helpers';

const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as Crypto });
const sha256 = '2.16.840.1.101.3.4.2.1';
const exact = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

describe('sandbox: time-stamping authority', () => {
  const sandbox = new EcmSandbox();
  const document = Buffer.from('manifest');
  before(() => {
    pkijs.setEngine('node', engine);
    return sandbox.start();
  });
  after(() => sandbox.stop());

  const ask = async (more: { algorithm?: string; certReq?: boolean; nonce?: Uint8Array; policy?: string } = {}) => {
    const { algorithm = sha256, certReq = true, nonce, policy } = more;
    const request = new pkijs.TimeStampReq({
      version: 1,
      messageImprint: new pkijs.MessageImprint({
        hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: algorithm }),
        hashedMessage: new asn1js.OctetString({ valueHex: exact(createHash('sha256').update(document).digest()) }),
      }),
      certReq,
      ...(nonce && { nonce: new asn1js.Integer({ valueHex: exact(nonce) }) }),
      ...(policy && { reqPolicy: policy }),
    });
    const response = await fetch(`${sandbox.url}/tsa`, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request.toSchema().toBER()),
    });
    const bytes = await response.arrayBuffer();
    return { status: response.status, type: response.headers.get('content-type'), bytes };
  };
  const tokenOf = (bytes: ArrayBuffer): pkijs.SignedData => {
    const { timeStampToken } = pkijs.TimeStampResp.fromBER(bytes);
    return new pkijs.SignedData({ schema: timeStampToken?.content });
  };
  const infoOf = (signed: pkijs.SignedData): pkijs.TSTInfo =>
    pkijs.TSTInfo.fromBER(signed.encapContentInfo.eContent?.getValue() ?? new ArrayBuffer(0));

  it('signs the imprint, the time and the nonce', async () => {
    const nonce = Uint8Array.from(randomBytes(8));
    nonce[0] = 0x41;
    const { status, type, bytes } = await ask({ nonce });
    expect([status, type]).to.deep.equal([200, 'application/timestamp-reply']);
    expect(pkijs.TimeStampResp.fromBER(bytes).status.status).to.equal(0);
    const signed = tokenOf(bytes);
    const info = infoOf(signed);
    expect(Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView)).to.deep.equal(
      createHash('sha256').update(document).digest(),
    );
    expect(Buffer.from(info.nonce?.valueBlock.valueHexView ?? [])).to.deep.equal(Buffer.from(nonce));
    expect(Math.abs(info.genTime.getTime() - Date.now())).to.be.below(60_000);
  });

  it('leads to the root certificate that the sandbox gives out', async () => {
    const signed = tokenOf((await ask()).bytes);
    const pem = (await sandbox.call('GET', '/sandbox/ca.pem')).body as string;
    const root = pkijs.Certificate.fromBER(exact(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')));
    const verified = await signed.verify(
      { signer: 0, checkChain: true, trustedCerts: [root], data: exact(document) },
      engine,
    );
    expect(verified).to.equal(true);
    const [certificate] = signed.certificates as pkijs.Certificate[];
    const usage = certificate?.extensions?.find(({ extnID }) => extnID === '2.5.29.37');
    expect(usage?.critical).to.equal(true);
    expect((usage?.parsedValue as pkijs.ExtKeyUsage | undefined)?.keyPurposes).to.deep.equal(['1.3.6.1.5.5.7.3.8']);
    const attributes = signed.signerInfos[0]?.signedAttrs?.attributes.map(({ type }) => type);
    expect(attributes).to.include('1.2.840.113549.1.9.16.2.47');
  });

  it('satisfies openssl', async function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    const file = (name: string): string => join(sandbox.folder, name);
    await writeFile(file('manifest'), document);
    await writeFile(file('ca.pem'), (await sandbox.call('GET', '/sandbox/ca.pem')).body);
    const run = (...words: string[]) => spawnSync('openssl', ['ts', ...words], { encoding: 'utf8' });
    run('-query', '-data', file('manifest'), '-sha256', '-cert', '-out', file('query.tsq'));
    const response = await fetch(`${sandbox.url}/tsa`, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(await readFile(file('query.tsq'))),
    });
    await writeFile(file('reply.tsr'), Buffer.from(await response.arrayBuffer()));
    const files = ['-queryfile', file('query.tsq'), '-in', file('reply.tsr'), '-CAfile', file('ca.pem')];
    const { stdout, stderr } = run('-verify', ...files);
    expect(stdout, stderr).to.contain('Verification: OK');
  });

  it('does not verify for another document', async () => {
    const signed = tokenOf((await ask()).bytes);
    const verify = signed.verify({ signer: 0, data: exact(Buffer.from('other')) }, engine).catch(() => false);
    expect(await verify).to.equal(false);
  });

  it('leaves the certificates out when they are not asked for, and counts', async () => {
    const [one, two] = [tokenOf((await ask({ certReq: false })).bytes), tokenOf((await ask()).bytes)];
    expect(one.certificates ?? []).to.have.length(0);
    expect(infoOf(two).serialNumber.toBigInt() > infoOf(one).serialNumber.toBigInt()).to.equal(true);
  });

  it('follows the clock of the sandbox', async () => {
    await sandbox.advance('10d');
    const days = (infoOf(tokenOf((await ask()).bytes)).genTime.getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).to.equal(10);
  });

  it('rejects what it does not do', async () => {
    for (const more of [{ algorithm: '1.3.14.3.2.26' }, { policy: '1.2.3' }, { algorithm: '2.16.840.1.101.3.4.2.3' }]) {
      const answer = pkijs.TimeStampResp.fromBER((await ask(more)).bytes);
      expect(answer.status.status, JSON.stringify(more)).to.equal(2);
      expect(answer.timeStampToken).to.equal(undefined);
    }
    expect((await sandbox.call('POST', '/tsa', 'x', { 'content-type': 'text/plain' })).status).to.equal(415);
  });

  it('breaks on demand', async () => {
    await sandbox.faults({
      ecm: [
        { service: 'tsa', status: 503, times: 1 },
        { service: 'tsa', kind: 'corrupt', step: 'stamp', times: 1 },
      ],
    });
    expect((await ask()).status).to.equal(503);
    const signed = tokenOf((await ask()).bytes);
    const verify = signed.verify({ signer: 0, data: exact(document) }, engine).catch(() => false);
    expect(await verify).to.equal(false);
  });
});
