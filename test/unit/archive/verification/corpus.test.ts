import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { decide } from '../../../../dist/lib/archive/verification/decide';
import { readTrust } from '../../../../dist/lib/archive/verification/trust';
import type { PdfVerdict, VerifyPdfOptions } from '../../../../dist/lib/archive/verification/types';
import { verifyPdf } from '../../../../dist/lib/archive/verification/verify-pdf';
import { finishPdf, SandboxCa, signingLog } from '../../../../sandbox/dist/pdf';
import { algorithms, cms, crl, type Identity, issue, ocsp, purpose, token } from './authority';
import { RawPdf, type SignOptions, stream } from './raw-pdf';

const at = new Date('2026-11-21T12:00:00Z');
const day = 86_400_000;

/** Random numbers that can be repeated: `SEED=… ` in the environment. */
function seeded(): { seed: number; random: (below: number) => number } {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  return { seed, random };
}

describe('verification of signed PDFs', () => {
  let folder: string;
  let root: Identity;
  let signer: Identity;
  let stamper: Identity;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'verify-'));
    root = await issue('Test Root');
    signer = await issue('Signer', { purposes: [purpose.documents] }, root);
    stamper = await issue('Time-stamp Authority', { purposes: [purpose.timestamps] }, root);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const judge = async (bytes: Uint8Array, options: Partial<VerifyPdfOptions> = {}): Promise<PdfVerdict> => {
    const file = path.join(folder, 'examined.pdf');
    await writeFile(file, bytes);
    return verifyPdf(file, { trust: { anchors: [root.x509] }, at, ...options });
  };
  const by = (identity: Identity, options: Parameters<typeof cms>[2] = {}): SignOptions => ({
    cms: (digest) => cms(identity, digest, options),
  });
  const stampedBy = (identity: Identity, when = at): SignOptions => ({
    subFilter: 'ETSI.RFC3161',
    cms: (digest) => token(identity, digest, when),
  });
  const signed = (): Promise<RawPdf> => new RawPdf().sign(by(signer));
  const word = ({ conclusion, subIndication }: PdfVerdict): string =>
    [conclusion, subIndication].filter(Boolean).join(' ');
  const against = (verdict: PdfVerdict): string =>
    [...verdict.checks, ...verdict.signatures.flatMap(({ checks }) => checks)]
      .filter(({ result }) => result === 'fail' || result === 'unknown')
      .map(({ name, text }) => `${name}: ${text}`)
      .join('\n');

  describe('good files', () => {
    it('of the sandbox: signed PDF and signing log', async () => {
      const ca = await SandboxCa.open(path.join(folder, 'ca'));
      const pdf = await PDFDocument.create();
      pdf.addPage().drawText('PAY 100 EUR');
      const bytes = await finishPdf({
        pdf: await pdf.save(),
        marks: [],
        documentId: 'd',
        reason: 'r',
        ca,
        at: new Date(),
      });
      const log = await signingLog({
        document: { uuid: 'd', name: 'n', sha256: '', pages: 1 },
        sender: 's',
        signers: [],
        entries: [],
        ca,
        at: new Date(),
      });
      const trust = { anchors: readTrust(ca.rootCertificatePem) };
      for (const file of [bytes, log]) {
        const verdict = await judge(file, { trust, at: new Date() });
        expect(word(verdict), against(verdict)).to.equal('TOTAL-PASSED');
        expect(verdict.level).to.equal('B-B');
      }
    });

    for (const form of ['tables', 'streams', 'object streams']) {
      it(`signed, then stamped and with validation data (cross-reference ${form})`, async () => {
        const pdf = await new RawPdf('PAY 100 EUR', {
          xrefStreams: form !== 'tables',
          packed: form === 'object streams',
        }).sign(by(signer));
        const plain = await judge(pdf.bytes);
        expect(word(plain), against(plain)).to.equal('TOTAL-PASSED');
        expect(plain.signatures[0]?.time.source).to.equal('none');
        pdf.addStore({ crls: [await crl(root, at)] });
        const withStore = await judge(pdf.bytes);
        expect(word(withStore), against(withStore)).to.equal('TOTAL-PASSED');
        expect(withStore.level).to.equal('B-B');
        await pdf.sign(stampedBy(stamper));
        const stamped = await judge(pdf.bytes);
        expect(word(stamped), against(stamped)).to.equal('TOTAL-PASSED');
        expect(stamped.level).to.equal('B-LTA');
        expect(stamped.signatures.map(({ kind }) => kind)).to.deep.equal(['signature', 'document-timestamp']);
        expect(stamped.signatures[0]?.time).to.deep.equal({ source: 'document-timestamp', at: at.toISOString() });
      });
    }

    for (const algorithm of ['p384', 'rsa', 'pss'] as const) {
      it(`signed with ${algorithms[algorithm].name}, ${algorithm}`, async () => {
        const authority = await issue('Root', { algorithm });
        const identity = await issue('Signer', { algorithm }, authority);
        const verdict = await judge((await new RawPdf().sign(by(identity))).bytes, {
          trust: { anchors: [authority.x509] },
        });
        expect(word(verdict), against(verdict)).to.equal('TOTAL-PASSED');
      });
    }

    it('two signatures, the second with a picture on the page', async () => {
      const pdf = await signed();
      await pdf.sign({
        ...by(signer),
        widget: '/Rect [50 50 200 90] /AP << /N 60 0 R >>',
        objects: { 60: stream('0 0 9 9 re f', '/Type /XObject /Subtype /Form /BBox [0 0 9 9]') },
      });
      const verdict = await judge(pdf.bytes);
      expect(word(verdict), against(verdict)).to.equal('TOTAL-PASSED');
      expect(verdict.signatures).to.have.length(2);
      expect(verdict.signatures[0]?.checks.find(({ name }) => name === 'coverage')?.result).to.equal('note');
    });

    it('with white space at the end', async () => {
      expect(word(await judge(Buffer.concat([(await signed()).bytes, Buffer.from('\r\n')])))).to.equal('TOTAL-PASSED');
    });

    it('levels: PKCS #7, B-B, B-T by a time-stamp on the signature, B-LT with validation data', async () => {
      const stamp = (signature: Buffer) => token(stamper, createHash('sha256').update(signature).digest(), at);
      const level = async (pdf: RawPdf) => {
        const verdict = await judge(pdf.bytes);
        expect(word(verdict), against(verdict)).to.equal('TOTAL-PASSED');
        return verdict.level;
      };
      expect(
        await level(await new RawPdf().sign({ ...by(signer, { plain: true }), subFilter: 'adbe.pkcs7.detached' })),
      ).to.equal('PKCS7');
      expect(await level(await signed())).to.equal('B-B');
      const pdf = await new RawPdf().sign(by(signer, { stamp }));
      expect(await level(pdf)).to.equal('B-T');
      expect(await level(pdf.addStore({ crls: [await crl(root, at)] }))).to.equal('B-LT');
    });

    it('no signature is a word of its own', async () => {
      const verdict = await judge(new RawPdf().bytes);
      expect(word(verdict)).to.equal('NO-SIGNATURE');
      expect(decide(verdict)).to.equal('warn');
      const sha256 = createHash('sha256').update(new RawPdf().bytes).digest('hex').toUpperCase();
      expect(decide(await judge(new RawPdf().bytes, { hash: sha256 }))).to.equal('archive');
    });
  });

  describe('tampered files', () => {
    const bad: Record<string, (pdf: RawPdf) => Promise<Uint8Array> | Uint8Array> = {
      'one bit flipped in the signed part': (pdf) => {
        const copy = pdf.copy();
        copy[copy.indexOf('PAY 100')]! ^= 1;
        return copy;
      },
      'content replaced by an appended revision': (pdf) => pdf.append({ 4: stream('BT (PAY 999999 EUR) Tj ET') }).bytes,
      'page with other content appended': (pdf) =>
        pdf.append({
          3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 90 0 R /Annots [10 0 R] >>',
          90: stream('BT (PAY 999999 EUR) Tj ET'),
        }).bytes,
      'an annotation over the text': (pdf) =>
        pdf.append({
          3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [10 0 R 90 0 R] >>',
          90: '<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 500] /Contents (PAY 999999 EUR) >>',
        }).bytes,
      'another catalog': (pdf) =>
        pdf.append({ 90: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R >>' }, { trailer: '/Root 90 0 R' }).bytes,
      'a catalog that was hidden in the signed part': async () => {
        const hidden = {
          95: '<< /Type /Catalog /Pages 96 0 R /AcroForm 5 0 R >>',
          96: '<< /Type /Pages /Kids [] /Count 0 >>',
        };
        const pdf = await new RawPdf('PAY 100 EUR', { objects: hidden }).sign(by(signer));
        return pdf.append({}, { trailer: '/Root 95 0 R' }).bytes;
      },
      'two catalogs in one trailer': (pdf) => pdf.append({}, { trailer: '/Root 1 0 R /Root 1 0 R' }).bytes,
      'an action in the catalog': (pdf) =>
        pdf.append({ 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /OpenAction << /S /URI /URI (http://x) >> >>' })
          .bytes,
      'another page tree': (pdf) =>
        pdf.append({
          2: '<< /Type /Pages /Kids [91 0 R] /Count 1 >>',
          91: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>',
        }).bytes,
      'an object taken away': (pdf) => pdf.append({}, { free: [4] }).bytes,
      'a form field filled in': (pdf) =>
        pdf.append({ 5: '<< /Fields [10 0 R 90 0 R] /SigFlags 3 >>', 90: '<< /FT /Tx /T (amount) /V (999999) >>' })
          .bytes,
      'bytes appended without meaning': (pdf) => Buffer.concat([pdf.bytes, Buffer.from('garbage')]),
      'many bytes appended without meaning': (pdf) => Buffer.concat([pdf.bytes, Buffer.alloc(4000, 0x41)]),
      'bytes appended, with the end of the file repeated': (pdf) => {
        const end = pdf.bytes.subarray(pdf.bytes.lastIndexOf('startxref'));
        return Buffer.concat([pdf.bytes, Buffer.from('90 0 obj\n(hidden)\nendobj\n'), end]);
      },
      'an empty revision': (pdf) => pdf.append({}).bytes,
      'cut off at the end': (pdf) => pdf.bytes.subarray(0, pdf.bytes.length - 30),
      'the signature field taken out by a revision': (pdf) => pdf.append({ 5: '<< /Fields [] /SigFlags 0 >>' }).bytes,
      'the form taken out by a revision': (pdf) => pdf.append({ 1: '<< /Type /Catalog /Pages 2 0 R >>' }).bytes,
      'the form taken out in place': (pdf) =>
        Buffer.from(pdf.bytes.toString('latin1').replaceAll('/AcroForm 5 0 R', '/AcroFork 5 0 R'), 'latin1'),
      'signature emptied': (pdf) =>
        Buffer.from(
          pdf.bytes
            .toString('latin1')
            .replace(/\/Contents <[0-9a-f]+>/, (found) => `/Contents <${'0'.repeat(found.length - 12)}>`),
          'latin1',
        ),
      'contents removed': (pdf) =>
        Buffer.from(pdf.bytes.toString('latin1').replace('/Contents <', '/Kontents <'), 'latin1'),
      'one bit flipped in the signature': (pdf) =>
        Buffer.from(
          pdf.bytes
            .toString('latin1')
            .replace(
              /(\/Contents <[0-9a-f]*?)([0-9a-f])(0{200})/,
              (_, head, last, zeros) => `${head}${last === '1' ? '2' : '1'}${zeros}`,
            ),
          'latin1',
        ),
      'two byte ranges': (pdf) =>
        Buffer.from(
          pdf.bytes
            .toString('latin1')
            .replace('/Filter /Adobe.PPKLite', '/ByteRange [0 1 2 3]  ')
            .replace(/%%EOF\n$/, '%%EOF\n'),
          'latin1',
        ),
      'a time-stamp with a picture over the page': async (pdf) =>
        (
          await pdf.sign({
            ...stampedBy(stamper),
            widget: '/Rect [0 0 595 842] /AP << /N 60 0 R >>',
            objects: { 60: stream('0 0 9 9 re f') },
          })
        ).bytes,
      'a later signature that also changes the text': async (pdf) =>
        (await pdf.sign({ ...by(signer), objects: { 4: stream('BT (PAY 999999 EUR) Tj ET') } })).bytes,
      'validation data that brings other content': (pdf) =>
        pdf.addStore({ crls: [] }).append({ 4: stream('BT (PAY 999999 EUR) Tj ET') }).bytes,
      'an older signature dropped and a new one added': async () => {
        const pdf = await signed();
        const again = new RawPdf();
        again.bytes = pdf.copy();
        return (await again.append({}).sign(by(signer))).bytes;
      },
    };
    /** Where the reason is another than a change after signing. */
    const reasons: Record<string, RegExp> = {
      'one bit flipped in the signed part': /hash differs/,
      'bytes appended without meaning': /does not end as a PDF/,
      'many bytes appended without meaning': /does not end as a PDF/,
      'bytes appended, with the end of the file repeated': /Data without meaning/,
      'an empty revision': /Data without meaning/,
      'cut off at the end': /does not end as a PDF/,
      'the signature field taken out by a revision': /taken out/,
      'the form taken out by a revision': /taken out/,
      'the form taken out in place': /remains of a signature/,
      'an older signature dropped and a new one added': /remains of a signature/,
      'signature emptied': /all zeros/,
      'contents removed': /Contents is missing/,
      'one bit flipped in the signature': /not made with the signer's key/,
      'a catalog that was hidden in the signed part': /the document catalog/,
      'another catalog': /the document catalog/,
      'two catalogs in one trailer': /more than one .Root/,
      'two byte ranges': /more than one .ByteRange/,
    };
    for (const [title, tamper] of Object.entries(bad)) {
      it(title, async () => {
        const verdict = await judge(await tamper(await signed()));
        expect(verdict.conclusion, against(verdict)).to.equal('TOTAL-FAILED');
        expect(decide(verdict)).to.equal('quarantine');
        expect(against(verdict)).to.match(reasons[title] ?? /^coverage: After signing/);
      });
    }

    it('the table of the experiment: signed, appended, one bit flipped', async () => {
      const pdf = await signed();
      expect(word(await judge(pdf.bytes))).to.equal('TOTAL-PASSED');
      const flipped = pdf.copy();
      flipped[flipped.indexOf('PAY 100')]! ^= 1;
      expect(word(await judge(flipped))).to.equal('TOTAL-FAILED HASH_FAILURE');
      const appended = await judge(pdf.append({ 4: stream('BT (PAY 999999 EUR) Tj ET') }).bytes);
      expect(word(appended)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(appended)).to.match(/After signing, object 4 was changed/);
    });

    const ranges: Record<string, { range: (range: number[]) => number[]; text: RegExp }> = {
      'does not start at 0': { range: ([, b, c, d]) => [1, b! - 1, c!, d!], text: /starts at 1/ },
      overlaps: { range: ([a, b, , d]) => [a!, b!, b! - 10, d!], text: /overlap/ },
      'has a wider gap': { range: ([a, b, c, d]) => [a!, b! - 20, c!, d!], text: /not exactly the signature/ },
      'has a gap elsewhere': {
        range: ([a, b, c, d]) => [a!, b! - 20, c! - 20, d! + 20],
        text: /not exactly the signature/,
      },
      'has a gap that ends later': {
        range: ([a, b, c, d]) => [a!, b!, c! + 20, d! - 20],
        text: /not exactly the signature/,
      },
      'ends beyond the file': { range: ([a, b, c, d]) => [a!, b!, c!, d! + 100], text: /beyond the file/ },
      'ends before the file does': { range: ([a, b, c, d]) => [a!, b!, c!, d! - 7], text: /coverage:/ },
      'ends within the dictionary': { range: ([a, b, c]) => [a!, b!, c!, 1], text: /within the signature dictionary/ },
      'has six numbers': { range: ([a, b, c, d]) => [a!, b!, c!, d! - 7, 1, 1], text: /four whole numbers/ },
      'is negative': { range: ([a, b, c]) => [a!, b!, c!, -1], text: /four whole numbers/ },
    };
    for (const [title, { range, text }] of Object.entries(ranges)) {
      it(`byte range that ${title}`, async () => {
        const verdict = await judge((await new RawPdf().sign({ ...by(signer), range })).bytes);
        expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
        expect(against(verdict)).to.match(text);
      });
    }

    it('an object prepared to be filled after signing: validation data that a page already points to', async () => {
      const pdf = await new RawPdf('PAY 100 EUR', { page: '/Trap 201 0 R' }).sign(by(signer));
      expect(word(await judge(pdf.bytes))).to.equal('TOTAL-PASSED');
      const verdict = await judge(pdf.addStore({ crls: [await crl(root, at)] }).bytes);
      expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(verdict)).to.match(/uses elsewhere/);
    });

    it('validation data prepared before signing that reaches the page', async () => {
      const pdf = new RawPdf('PAY 100 EUR', {
        objects: { 200: '<< /Type /DSS /VRI << /A << /B 4 0 R /C 1 0 R >> >> >>' },
      });
      pdf.catalogMore = '/DSS 200 0 R ';
      await pdf.sign(by(signer));
      expect(word(await judge(pdf.bytes))).to.equal('TOTAL-PASSED');
      const verdict = await judge(pdf.append({ 4: stream('BT (PAY 999999 EUR) Tj ET') }).bytes);
      expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(verdict)).to.match(/object 4, which the signed document uses elsewhere/);
    });

    it('page content that comes later as an object stream', async () => {
      const pdf = await new RawPdf('PAY 100 EUR', { page: '/More 95 0 R' }).sign(by(signer));
      const content = '96 0 null BT (PAY 999999 EUR) Tj ET';
      pdf.append({ 95: stream(content, '/Type /ObjStm /N 1 /First 5') }).addStore({ crls: [await crl(root, at)] });
      const verdict = await judge(pdf.bytes);
      expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(verdict)).to.match(/object 95, which the signed document uses elsewhere/);
    });

    it('page content written again as the form', async () => {
      const objects = { 5: '<< /Fields [10 0 R] /SigFlags 3 /Length 30 >>' };
      const pdf = await new RawPdf().sign({ ...by(signer), objects });
      pdf.append({
        1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>',
        4: '<< /Fields [10 0 R] /SigFlags 3 /Length 30 >>\nstream\nBT (PAY 999999 EUR) Tj ET     \nendstream',
      });
      const verdict = await judge(pdf.bytes);
      expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(verdict)).to.match(/the form/);
    });

    it('the form written again as a stream that a page draws', async () => {
      const dict = '/Fields [10 0 R] /SigFlags 3 /Length 30';
      const pdf = await new RawPdf('PAY 100 EUR', { page: '/More 5 0 R' }).sign({
        ...by(signer),
        objects: { 5: `<< ${dict} >>` },
      });
      pdf.append({ 5: `<< ${dict} >>\nstream\nBT (PAY 999999 EUR) Tj ET     \nendstream` });
      const verdict = await judge(pdf.addStore({ crls: [await crl(root, at)] }).bytes);
      expect(word(verdict)).to.equal('TOTAL-FAILED FORMAT_FAILURE');
      expect(against(verdict)).to.match(/the form/);
    });

    it('a certification that permits nothing, and a further signature', async () => {
      const more =
        '/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]';
      const pdf = await new RawPdf().sign({ ...by(signer), more });
      await pdf.sign(stampedBy(stamper));
      expect(word(await judge(pdf.bytes))).to.equal('TOTAL-PASSED');
      await pdf.sign(by(signer));
      expect(word(await judge(pdf.bytes))).to.equal('TOTAL-FAILED FORMAT_FAILURE');
    });

    it('a hash that is not the provider’s', async () => {
      const verdict = await judge((await signed()).bytes, { hash: 'ab'.repeat(32) });
      expect(word(verdict)).to.equal('TOTAL-FAILED HASH_FAILURE');
      expect(decide(verdict, { failed: 'archive' })).to.equal('quarantine');
    });
  });

  describe('files that are hardly PDFs', () => {
    const strange: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'not a PDF': Buffer.from('PK\x03\x04 something else'),
      'a header only': Buffer.from('%PDF-1.7\n'),
      'a cross-reference that leads in a circle': Buffer.from(
        '%PDF-1.7\nxref\n0 0\ntrailer\n<< /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n',
      ),
      'deep nesting': Buffer.from(`%PDF-1.7\nxref\n0 0\ntrailer\n${'['.repeat(100_000)}\nstartxref\n9\n%%EOF\n`),
      'millions of objects in few bytes': Buffer.from(
        '%PDF-1.7\nxref\n0 99999999\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n',
      ),
      'a reference to itself': new RawPdf('x', { objects: { 2: '2 0 R', 1: '<< /AcroForm 6 0 R >>', 6: '6 0 R' } })
        .bytes,
      'a field tree in a circle': new RawPdf('x', {
        objects: { 5: '<< /Fields [6 0 R] >>', 6: '<< /Kids [6 0 R 7 0 R] >>', 7: '<< /Kids [6 0 R] >>' },
      }).bytes,
    };
    for (const [title, bytes] of Object.entries(strange)) {
      it(`${title}: a verdict, no crash`, async () => {
        const verdict = await judge(bytes);
        expect(verdict.conclusion).not.to.equal('TOTAL-PASSED');
        if (title !== 'a field tree in a circle') expect(decide(verdict)).not.to.equal('archive');
      });
    }

    it('a stream that unpacks to gigabytes stays within its limit', async () => {
      const { deflateSync } = await import('node:zlib');
      const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
      const pdf = await signed();
      pdf.append({
        1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /DSS << /Certs [201 0 R] >> >>',
        201: stream(bomb, '/Filter /FlateDecode'),
      });
      const verdict = await judge(pdf.bytes);
      expect(word(verdict)).to.equal('INDETERMINATE GENERIC');
    });

    it('random damage of the signature itself never throws', async function () {
      this.timeout(60_000);
      const pdf = await new RawPdf().sign(
        by(signer, { stamp: (signature) => token(stamper, createHash('sha256').update(signature).digest(), at) }),
      );
      const start = pdf.bytes.indexOf('/Contents <') + 11;
      const used = pdf.bytes.indexOf('0'.repeat(100), start) - start;
      const { random, seed } = seeded();
      for (let round = 0; round < 200; round += 1) {
        const copy = pdf.copy();
        const place = start + random(used);
        copy[place] = '0123456789abcdef'.charCodeAt(random(16));
        expect((await judge(copy)).signatures, `seed ${seed}, byte ${place}`).to.have.length(1);
      }
      const filled = pdf.copy();
      filled[start + used + 200] = 0x31;
      expect(word(await judge(filled))).to.equal('TOTAL-FAILED FORMAT_FAILURE');
    });

    it('random damage never throws and never passes unseen', async function () {
      this.timeout(60_000);
      const { random, seed } = seeded();
      const pdf = (await signed()).addStore({ crls: [await crl(root, at)] });
      const gap = [pdf.bytes.indexOf('/Contents <'), 0];
      gap[1] = pdf.bytes.indexOf('>', gap[0]!);
      for (let round = 0; round < 150; round += 1) {
        const copy = pdf.copy();
        let place = random(copy.length);
        while (place >= gap[0]! && place <= gap[1]!) place = random(copy.length);
        copy[place] = (copy[place]! + 1 + random(255)) % 256;
        const verdict = await judge(copy);
        const covered = place < pdf.bytes.indexOf('%%EOF', gap[1]!);
        if (covered) expect(verdict.conclusion, `seed ${seed}, byte ${place}`).to.not.equal('TOTAL-PASSED');
      }
    });
  });

  describe('certificates', () => {
    const cases: Record<
      string,
      { word: string; make: () => Promise<{ pdf: RawPdf; options?: Partial<VerifyPdfOptions> }> }
    > = {
      'an unknown issuer': {
        word: 'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
        make: async () => ({
          pdf: await new RawPdf().sign(
            by(await issue('Stranger', { purposes: [purpose.documents] }, await issue('Other Root'))),
          ),
        }),
      },
      'an issuer of the same name with another key': {
        word: 'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
        make: async () => ({
          pdf: await new RawPdf().sign(by(await issue('Signer', {}, await issue('Test Root')))),
        }),
      },
      'an intermediate that is no authority': {
        word: 'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
        make: async () => ({ pdf: await new RawPdf().sign(by(await issue('Below a signer', {}, signer))) }),
      },
      'a chain longer than allowed': {
        word: 'INDETERMINATE CHAIN_CONSTRAINTS_FAILURE',
        make: async () => {
          const short = await issue('Short', { ca: true, pathLength: 0 }, root);
          const middle = await issue('Middle', { ca: true }, short);
          return { pdf: await new RawPdf().sign(by(await issue('Leaf', {}, middle))) };
        },
      },
      'a certificate for servers': {
        word: 'INDETERMINATE CHAIN_CONSTRAINTS_FAILURE',
        make: async () => ({
          pdf: await new RawPdf().sign(by(await issue('Web', { purposes: [purpose.servers] }, root))),
        }),
      },
      'an expired certificate without a time-stamp': {
        word: 'INDETERMINATE OUT_OF_BOUNDS_NO_POE',
        make: async () => ({
          pdf: await new RawPdf().sign(by(await issue('Old', { to: new Date('2025-01-01') }, root))),
        }),
      },
      'an expired certificate, time-stamped while valid': {
        word: 'TOTAL-PASSED',
        make: async () => ({
          pdf: await (await new RawPdf().sign(by(await issue('Old', { to: new Date('2025-01-01') }, root)))).sign(
            stampedBy(stamper, new Date('2024-06-01')),
          ),
        }),
      },
      'a certificate that had expired before the time-stamp': {
        word: 'TOTAL-FAILED EXPIRED',
        make: async () => ({
          pdf: await (await new RawPdf().sign(by(await issue('Old', { to: new Date('2025-01-01') }, root)))).sign(
            stampedBy(stamper),
          ),
        }),
      },
      'a revoked certificate': {
        word: 'INDETERMINATE REVOKED_NO_POE',
        make: async () => ({
          pdf: (await signed()).addStore({
            crls: [await crl(root, at, [{ identity: signer, at: new Date(at.getTime() - day) }])],
          }),
        }),
      },
      'a certificate revoked before the time-stamp': {
        word: 'TOTAL-FAILED REVOKED',
        make: async () => ({
          pdf: await (await signed())
            .addStore({ crls: [await crl(root, at, [{ identity: signer, at: new Date(at.getTime() - day) }])] })
            .sign(stampedBy(stamper)),
        }),
      },
      'a certificate revoked after the time-stamp': {
        word: 'TOTAL-PASSED',
        make: async () => ({
          pdf: (await (await signed()).sign(stampedBy(stamper, new Date(at.getTime() - 3 * day)))).addStore({
            crls: [await crl(root, at, [{ identity: signer, at: new Date(at.getTime() - day) }])],
          }),
        }),
      },
      'a list signed by somebody else': {
        word: 'INDETERMINATE TRY_LATER',
        make: async () => ({
          pdf: (await signed()).addStore({ crls: [await crl(await issue('Test Root'), at)] }),
          options: { revocation: 'required' },
        }),
      },
      'a certificate that names its list, without the list': {
        word: 'INDETERMINATE TRY_LATER',
        make: async () => ({ pdf: await new RawPdf().sign(by(await issue('Listed', { crlUrl: true }, root))) }),
      },
      'the same, revocation ignored': {
        word: 'TOTAL-PASSED',
        make: async () => ({
          pdf: await new RawPdf().sign(by(await issue('Listed', { crlUrl: true }, root))),
          options: { revocation: 'ignored' },
        }),
      },
      'good by OCSP of the issuer': {
        word: 'TOTAL-PASSED',
        make: async () => ({
          pdf: (await signed()).addStore({ ocsps: [await ocsp(signer, root, root, at)] }),
          options: { revocation: 'required' },
        }),
      },
      'good by OCSP of a responder with the right to answer': {
        word: 'TOTAL-PASSED',
        make: async () => {
          const responder = await issue('Responder', { purposes: [purpose.ocsp] }, root);
          return {
            pdf: (await signed()).addStore({ ocsps: [await ocsp(signer, root, responder, at)] }),
            options: { revocation: 'required' },
          };
        },
      },
      'OCSP of somebody without that right': {
        word: 'INDETERMINATE TRY_LATER',
        make: async () => ({
          pdf: (await signed()).addStore({ ocsps: [await ocsp(signer, root, stamper, at)] }),
          options: { revocation: 'required' },
        }),
      },
      'OCSP from long before the signature': {
        word: 'INDETERMINATE TRY_LATER',
        make: async () => ({
          pdf: (await signed()).addStore({
            ocsps: [await ocsp(signer, root, root, new Date(at.getTime() - 30 * day))],
          }),
          options: { revocation: 'required' },
        }),
      },
      'OCSP about another certificate': {
        word: 'INDETERMINATE TRY_LATER',
        make: async () => ({
          pdf: (await signed()).addStore({ ocsps: [await ocsp(stamper, root, root, at)] }),
          options: { revocation: 'required' },
        }),
      },
      'revoked by OCSP': {
        word: 'INDETERMINATE REVOKED_NO_POE',
        make: async () => ({
          pdf: (await signed()).addStore({ ocsps: [await ocsp(signer, root, root, at, new Date(at.getTime() - day))] }),
        }),
      },
      'a key that is too short': {
        word: 'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE',
        make: async () => ({ pdf: await new RawPdf().sign(by(await issue('Short', { algorithm: 'short' }, root))) }),
      },
      'a time-stamp by an authority that is not trusted': {
        word: 'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
        make: async () => ({
          pdf: await (await signed()).sign(
            stampedBy(await issue('Stranger', { purposes: [purpose.timestamps] }, await issue('Other'))),
          ),
        }),
      },
      'a time-stamp by a certificate for documents': {
        word: 'INDETERMINATE CHAIN_CONSTRAINTS_FAILURE',
        make: async () => ({ pdf: await (await signed()).sign(stampedBy(signer)) }),
      },
      'a signature that names another certificate': {
        word: 'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
        make: async () => ({ pdf: await new RawPdf().sign(by(signer, { named: stamper })) }),
      },
      'a signature by another key': {
        word: 'TOTAL-FAILED SIG_CRYPTO_FAILURE',
        make: async () => ({ pdf: await new RawPdf().sign(by({ ...signer, key: stamper.key })) }),
      },
      'a kind of signature that is not supported': {
        word: 'INDETERMINATE GENERIC',
        make: async () => ({ pdf: await new RawPdf().sign({ ...by(signer), subFilter: 'adbe.x509.rsa_sha1' }) }),
      },
    };
    for (const [title, { word: expected, make }] of Object.entries(cases)) {
      it(`${title}: ${expected}`, async () => {
        const { pdf, options } = await make();
        const verdict = await judge(pdf.bytes, options);
        expect(word(verdict), against(verdict)).to.equal(expected);
      });
    }
  });

  it('the policy decides on what is open, and a low level is warned of', async () => {
    const verdict = await judge((await signed()).bytes);
    expect(decide(verdict)).to.equal('archive');
    expect(decide(verdict, { minimumLevel: 'B-LT' })).to.equal('warn');
    const open = await judge((await new RawPdf().sign(by(await issue('Stranger')))).bytes);
    expect(decide(open)).to.equal('warn');
    expect(decide(open, { indeterminate: 'quarantine' })).to.equal('quarantine');
    expect(decide(open, { indeterminate: 'archive' })).to.equal('archive');
  });

  it('memory does not grow with the file', async function () {
    this.timeout(30_000);
    const pdf = await new RawPdf('big', { objects: { 7: stream(Buffer.alloc(120 * 1024 * 1024, 0x20)) } }).sign(
      by(signer),
    );
    const file = path.join(folder, 'big.pdf');
    await writeFile(file, pdf.bytes);
    pdf.bytes = Buffer.alloc(0);
    global.gc?.();
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 2);
    const verdict = await verifyPdf(file, { trust: { anchors: [root.x509] }, at });
    clearInterval(watch);
    expect(verdict.conclusion).to.equal('TOTAL-PASSED');
    expect(most).to.be.lessThan(40 * 1024 * 1024);
  });
});
