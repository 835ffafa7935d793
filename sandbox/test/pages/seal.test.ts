import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { Certificate, type SignedData } from 'pkijs';
import { finishPdf, readPdf, SandboxCa, signingLog } from '../../dist/pdf';
import { pdfWith } from './build';
import { sealOf, verify, wordsOf } from './inspect';

const at = new Date('2026-03-03T09:05:00Z');

describe('the seal', () => {
  let folder: string;
  let ca: SandboxCa;
  let file: Uint8Array;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seal-'));
    ca = await SandboxCa.open(folder);
    const pdf = await pdfWith(['PAY 100 EUR']);
    file = await finishPdf({ pdf, marks: [], documentId: 'doc-1', reason: 'Signed by all', ca, at });
  });
  after(() => rm(folder, { recursive: true }));

  it('covers the whole file except one gap that is the signature', () => {
    const seal = sealOf(file);
    expect(seal.count).to.equal(1);
    expect(seal.start).to.equal(0);
    expect(seal.end).to.equal(seal.length);
    expect(seal.gap).to.match(/^<[0-9a-f]+>$/);
    expect(Buffer.from(file).toString('latin1')).to.match(/\/SubFilter \/ETSI\.CAdES\.detached/);
  });

  it('verifies up to the root certificate, and not when a byte is changed', async () => {
    const { cms, signed } = sealOf(file);
    const result = await verify(cms, signed, ca.rootCertificatePem);
    expect(result.signatureVerified).to.equal(true);
    expect(result.signerCertificateVerified).to.equal(true);
    const position = randomBytes(4).readUInt32BE() % signed.length;
    signed.writeUInt8(signed.readUInt8(position) ^ 1, position);
    const changed = await verify(cms, signed, ca.rootCertificatePem).catch(() => ({ signatureVerified: false }));
    expect(changed.signatureVerified, `byte ${position}`).to.equal(false);
  });

  it('is not trusted under another root', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'seal-'));
    const other = await SandboxCa.open(elsewhere);
    const { cms, signed } = sealOf(file);
    const result = await verify(cms, signed, other.rootCertificatePem).catch(() => ({
      signerCertificateVerified: false,
    }));
    expect(result.signerCertificateVerified).to.equal(false);
    await rm(elsewhere, { recursive: true });
  });

  it('carries the attributes of PAdES B-B and no signing time of its own', async () => {
    const { cms, signed } = sealOf(file);
    const { signed: data } = await verify(cms, signed, ca.rootCertificatePem);
    const types = data.signerInfos[0]!.signedAttrs!.attributes.map(({ type }) => type);
    expect(types).to.have.members(['1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4', '1.2.840.113549.1.9.16.2.47']);
    const attribute = data.signerInfos[0]!.signedAttrs!.attributes.find(({ type }) => type.endsWith('.2.47'))!;
    const hash = createHash('sha256').update(leafOf(data)).digest('hex');
    expect(Buffer.from(attribute.toSchema().toBER()).toString('hex')).to.include(hash);
  });

  it('satisfies OpenSSL', async function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    const { cms, signed } = sealOf(file);
    await writeFile(join(folder, 'seal.der'), cms);
    await writeFile(join(folder, 'signed.bin'), signed);
    const run = (...args: string[]) =>
      execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    run(
      ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 'seal.der', '-content', 'signed.bin'],
      ...['-CAfile', 'root-certificate.pem', '-purpose', 'any', '-out', 'out.bin'],
    );
    const pem = await readFile(join(folder, 'sandbox-ca.pem'), 'utf8');
    const [leaf] = pem.match(/-----BEGIN CERTIFICATE[\s\S]*?END CERTIFICATE-----/g)!;
    await writeFile(join(folder, 'leaf.pem'), leaf!);
    expect(run('verify', '-x509_strict', '-CAfile', 'root-certificate.pem', 'leaf.pem').toString()).to.include('OK');
  });

  it('replaces seals the document had before', async () => {
    const again = await finishPdf({ pdf: file, marks: [], documentId: 'doc-2', reason: 'Again', ca, at });
    const seal = sealOf(again);
    expect(seal.count).to.equal(1);
    expect(seal.end).to.equal(again.length);
    expect((await verify(seal.cms, seal.signed, ca.rootCertificatePem)).signatureVerified).to.equal(true);
    const reopened = await PDFDocument.load(again);
    expect(reopened.catalog.getAcroForm()!.getAllFields()).to.have.length(1);
  });

  it('seals the signing log likewise, with what it has to say', async () => {
    const log = await signingLog({
      document: { uuid: 'b9c1', name: 'Agreement', sha256: 'ab'.repeat(32), pages: 2 },
      sender: 'Jonas Linden <jonas@lindenhof.example>',
      signers: [
        {
          name: 'Amelia Finch',
          email: 'a@finch.example',
          role: 'Signer',
          state: 'Signed',
          at,
          verification: ['SMS code'],
        },
        { name: '李伟', email: 'li@example.com', role: 'Approver', state: 'Waiting', at: null, verification: [] },
      ],
      entries: Array.from({ length: 60 }, (_, i) => ({
        at,
        what: `Step ${i}`,
        who: 'Amelia',
        detail: 'From 192.0.2.1',
      })),
      ca,
      at,
    });
    const seal = sealOf(log);
    expect(seal.end).to.equal(log.length);
    expect((await verify(seal.cms, seal.signed, ca.rootCertificatePem)).signatureVerified).to.equal(true);
    const pages = await wordsOf(log);
    const text = pages.flat().map((word) => word.text);
    expect(pages.length).to.be.above(1);
    expect(text).to.include.members(['b9c1', 'ab'.repeat(32), 'Amelia Finch', 'Step 0', 'Step 59', 'SMS code']);
    for (const word of pages.flat()) expect(word.y, word.text).to.be.above(30);
  });

  it('keeps key and certificates, also when two open the same folder at once', async () => {
    const place = await mkdtemp(join(tmpdir(), 'ca-'));
    const [one, two] = await Promise.all([SandboxCa.open(place), SandboxCa.open(place)]);
    const three = await SandboxCa.open(place);
    expect(two.rootCertificatePem).to.equal(one.rootCertificatePem);
    expect(three.rootCertificatePem).to.equal(one.rootCertificatePem);
    expect((await stat(join(place, 'sandbox-ca.pem'))).mode & 0o077).to.equal(0);
    const { cms, signed } = sealOf(
      await finishPdf({ pdf: await pdfWith(['x']), marks: [], documentId: 'd', reason: 'r', ca: two, at }),
    );
    expect((await verify(cms, signed, three.rootCertificatePem)).signerCertificateVerified).to.equal(true);
    await writeFile(join(place, 'sandbox-ca.pem'), 'rubbish');
    const error = await SandboxCa.open(place).catch((reason: Error) => reason);
    expect((error as Error).message).to.include('Delete it');
    await rm(place, { recursive: true });
  });

  it('copes with a PDF of 20 MB', async function () {
    this.timeout(20_000);
    const pdf = await PDFDocument.create();
    pdf.addPage();
    await pdf.attach(randomBytes(20 * 1024 * 1024), 'large.bin');
    const large = await pdf.save();
    const before = process.memoryUsage().rss;
    const sealed = await finishPdf({ pdf: large, marks: [], documentId: 'd', reason: 'r', ca, at });
    expect((process.memoryUsage().rss - before) / large.length).to.be.below(12);
    const seal = sealOf(sealed.subarray(0));
    expect(seal.end).to.equal(sealed.length);
    expect((await readPdf(sealed)).pages).to.have.length(1);
  });
});

function leafOf(data: SignedData): Buffer {
  const [leaf] = data.certificates ?? [];
  expect(leaf).to.be.instanceOf(Certificate);
  return Buffer.from((leaf as Certificate).toSchema().toBER());
}
