import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { main } from '../../../../dist/lib/archive/evidence/cli';
import type { PackageInput, PackageVerdict, WrittenPackage } from '../../../../dist/lib/archive/evidence/types';
import { verifyPackage } from '../../../../dist/lib/archive/evidence/verify-package';
import { writePackage } from '../../../../dist/lib/archive/evidence/write-package';
import { reportPdf, validationReport } from '../../../../dist/lib/archive/verification/report';
import { verifyPdf } from '../../../../dist/lib/archive/verification/verify-pdf';
import { cms, type Identity, issue, purpose, token } from '../verification/authority';
import { RawPdf } from '../verification/raw-pdf';

const at = new Date('2026-11-21T12:00:00Z');
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('evidence packages', () => {
  let folder: string;
  let root: Identity;
  let signer: Identity;
  let stamper: Identity;
  let signedPdf: string;
  let number = 0;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'package-'));
    root = await issue('Test Root');
    signer = await issue('Signer', { purposes: [purpose.documents] }, root);
    stamper = await issue('Time-stamp Authority', { purposes: [purpose.timestamps] }, root);
    signedPdf = path.join(folder, 'source.pdf');
    await writeFile(signedPdf, (await new RawPdf().sign({ cms: (digest) => cms(signer, digest) })).bytes);
    await writeFile(path.join(folder, 'root.pem'), root.x509.toString());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const input = (more: Partial<PackageInput> = {}): PackageInput => ({
    name: `envelope-${++number}`,
    files: [
      { name: 'signed.pdf', content: { path: signedPdf } },
      { name: 'request.json', content: { json: { name: 'NDA', signers: ['Müller & Söhne'] } } },
      { name: 'attachments/Ausweis 100%.txt', content: { path: path.join(folder, 'root.pem') } },
    ],
    info: { 'Source-Organization': 'Test' },
    at,
    timestamp: (digest) => token(stamper, digest, at),
    ...more,
  });
  const write = (kind: 'folder' | 'zip', more: Partial<PackageInput> = {}): Promise<WrittenPackage> =>
    writePackage(input(more), { kind, path: path.join(folder, 'out') });
  const check = (file: string): Promise<PackageVerdict> => verifyPackage(file, { trust: { anchors: [root.x509] }, at });
  const failure = async (work: Promise<unknown>): Promise<{ code?: string; message: string }> =>
    work.then(
      () => expect.fail('no error'),
      (error) => error,
    );

  for (const kind of ['folder', 'zip'] as const) {
    it(`written and verified again (${kind})`, async () => {
      const written = await write(kind);
      const verdict = await check(written.path);
      expect(verdict.problems).to.deep.equal([]);
      expect(verdict.verdict).to.equal('VALID');
      expect(verdict.filesVerified).to.equal(3);
      expect(verdict.pdfs.map(({ file, conclusion }) => [file, conclusion])).to.deep.equal([
        ['data/signed.pdf', 'TOTAL-PASSED'],
      ]);
      expect(verdict.timestamp).to.include({ result: 'TOTAL-PASSED', at: at.toISOString() });
      expect(await readdir(path.join(folder, 'out'))).to.satisfy((names: string[]) =>
        names.every((name) => !name.startsWith('.')),
      );
    });
  }

  it('is a bag as RFC 8493 has it', async () => {
    const { path: bag, manifestSha256 } = await write('folder');
    const text = (name: string) => readFile(path.join(bag, name), 'utf8');
    expect(await text('bagit.txt')).to.equal('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    const manifest = await text('manifest-sha256.txt');
    expect(sha256(manifest)).to.equal(manifestSha256);
    expect(manifest.split('\n')).to.include(`${sha256(await readFile(signedPdf))}  data/signed.pdf`);
    expect(manifest).to.include('  data/attachments/Ausweis 100%25.txt\n');
    expect(await text('bag-info.txt'))
      .to.match(/^Source-Organization: Test$/m)
      .and.match(/^Bagging-Date: 2026-11-21$/m);
    expect(await text('tagmanifest-sha256.txt')).to.include(`${manifestSha256}  manifest-sha256.txt\n`);
  });

  it('gives the same manifest for the same files', async () => {
    const [one, two] = [await write('folder'), await write('zip')];
    expect(one.manifestSha256).to.equal(two.manifestSha256);
  });

  const tampered: Record<string, { problem: RegExp; change: (bag: string) => Promise<void> }> = {
    'a changed file': {
      problem: /request\.json" was changed/,
      change: (bag) => writeFile(path.join(bag, 'data/request.json'), '{}'),
    },
    'a missing file': {
      problem: /request\.json" is missing/,
      change: (bag) => rm(path.join(bag, 'data/request.json')),
    },
    'an added file': {
      problem: /more\.txt" was added/,
      change: (bag) => writeFile(path.join(bag, 'data/more.txt'), 'x'),
    },
    'an added file beside': {
      problem: /more\.txt" was added/,
      change: (bag) => writeFile(path.join(bag, 'more.txt'), 'x'),
    },
    'an emptied file': {
      problem: /request\.json" is empty/,
      change: (bag) => writeFile(path.join(bag, 'data/request.json'), ''),
    },
    'a changed tag file': {
      problem: /bag-info\.txt" was changed/,
      change: (bag) => writeFile(path.join(bag, 'bag-info.txt'), 'Source-Organization: Other\n'),
    },
    'a time-stamp taken away': {
      problem: /time-stamp was taken away/,
      change: (bag) => rm(path.join(bag, 'tagmanifest-sha256.txt.tsr')),
    },
    'another time-stamp': {
      problem: /over something else/,
      change: async (bag) =>
        writeFile(
          path.join(bag, 'tagmanifest-sha256.txt.tsr'),
          await token(stamper, createHash('sha256').update('x').digest(), at),
        ),
    },
    'a file and all manifests written anew': {
      problem: /over something else/,
      change: async (bag) => {
        const rewrite = async (manifest: string, name: string) => {
          const text = await readFile(path.join(bag, manifest), 'utf8');
          const hash = sha256(await readFile(path.join(bag, name)));
          await writeFile(
            path.join(bag, manifest),
            text.replace(new RegExp(`^\\w+  ${name}$`, 'm'), `${hash}  ${name}`),
          );
        };
        await writeFile(path.join(bag, 'data/request.json'), '{"name":"MDA","signers":["Müller & Söhne"]}\n');
        await rewrite('manifest-sha256.txt', 'data/request.json');
        await rewrite('tagmanifest-sha256.txt', 'manifest-sha256.txt');
      },
    },
    'a link instead of a file': {
      problem: /link/,
      change: async (bag) => {
        await rm(path.join(bag, 'data/request.json'));
        await symlink('/etc/hostname', path.join(bag, 'data/request.json'));
      },
    },
    'a manifest that leaves the folder': {
      problem: /leaves its folder/,
      change: async (bag) => {
        const file = path.join(bag, 'manifest-sha256.txt');
        await writeFile(file, `${await readFile(file, 'utf8')}${'0'.repeat(64)}  data/../../../etc/passwd\n`);
      },
    },
    'no manifest': {
      problem: /manifest-sha256\.txt" is missing/,
      change: (bag) => rm(path.join(bag, 'manifest-sha256.txt')),
    },
  };
  for (const [title, { problem, change }] of Object.entries(tampered)) {
    it(`${title}: INVALID`, async () => {
      const { path: bag } = await write('folder');
      expect((await check(bag)).verdict).to.equal('VALID');
      await change(bag);
      const verdict = await check(bag);
      expect(verdict.verdict).to.equal('INVALID');
      expect(verdict.problems.map(({ text }) => text).join('\n')).to.match(problem);
    });
  }

  it('a signed PDF that fails makes it INVALID, one in the attachments does not', async () => {
    const broken = path.join(folder, 'broken.pdf');
    const bytes = await readFile(signedPdf);
    bytes[bytes.indexOf('PAY 100')]! ^= 1;
    await writeFile(broken, bytes);
    const file = (name: string) => ({ files: [{ name, content: { path: broken } }] });
    expect((await check((await write('zip', file('signed.pdf'))).path)).verdict).to.equal('INVALID');
    const attached = await check((await write('zip', file('attachments/a.pdf'))).path);
    expect(attached.verdict).to.equal('VALID');
    expect(attached.pdfs[0]?.conclusion).to.equal('TOTAL-FAILED');
  });

  it('without a trust store it is QUESTIONABLE', async () => {
    const verdict = await verifyPackage((await write('zip')).path, { at });
    expect(verdict.verdict).to.equal('QUESTIONABLE');
    expect(verdict.doubts.map(({ file }) => file)).to.have.members(['data/signed.pdf', 'tagmanifest-sha256.txt.tsr']);
  });

  it('years later: the time-stamp stands in for certificates that have run out', async () => {
    const short = await issue('Short-lived', { to: new Date('2027-01-01') }, root);
    const file = path.join(folder, 'short.pdf');
    await writeFile(file, (await new RawPdf().sign({ cms: (digest) => cms(short, digest) })).bytes);
    const files = [{ name: 'signed.pdf', content: { path: file } }];
    const later = { trust: { anchors: [root.x509] }, at: new Date('2038-01-01') };
    expect((await verifyPackage((await write('zip', { files })).path, later)).verdict).to.equal('VALID');
    const unstamped = await verifyPackage((await write('zip', { files, timestamp: undefined })).path, later);
    expect(unstamped.verdict).to.equal('QUESTIONABLE');
    expect(unstamped.doubts[0]?.text).to.match(/OUT_OF_BOUNDS_NO_POE/);
  });

  it('a journal with a changed or missing entry', async () => {
    const hashes: string[] = [];
    const entries = ['sent', 'opened', 'signed'].map((kind, index) => {
      const body = { by: 'x', order: index };
      const text = `${hashes.at(-1) ?? ''}\n${JSON.stringify(['a', 'e', index + 1, 1000 + index, kind, JSON.stringify(body)])}`;
      hashes.push(createHash('sha256').update(text).digest('base64url'));
      return { seq: index + 1, at: 1000 + index, kind, body, hash: hashes.at(-1) };
    });
    const verdict = async (list: unknown[]) => {
      const files = [{ name: 'audit.json', content: { json: { account: 'a', envelope: 'e', entries: list } } }];
      const found = await check((await write('folder', { files })).path);
      return found.problems.map(({ text }) => text).join() || found.verdict;
    };
    expect(await verdict(entries)).to.equal('VALID');
    expect(await verdict([entries[0], { ...entries[1], body: { by: 'y', order: 1 } }, entries[2]])).to.match(
      /Entry 2 .* changed/,
    );
    expect(await verdict([entries[0], entries[2]])).to.match(/Entry 2 .* missing/);
  });

  describe('refuses', () => {
    const names = [
      '../up.pdf',
      '/etc/passwd',
      'a/../../b',
      'a\\b',
      'C:x',
      'nul',
      'a//b',
      'a\nb',
      '',
      'a/.',
      'x'.repeat(300),
    ];
    for (const name of names) {
      it(`the file name ${JSON.stringify(name.slice(0, 20))}`, async () => {
        const error = await failure(write('folder', { files: [{ name, content: { json: 1 } }] }));
        expect(error.code).to.equal('BAD_INPUT');
      });
    }
    it('names that differ in case only, a name with folders, no files', async () => {
      const two = ['A.json', 'a.json'].map((name) => ({ name, content: { json: 1 } }));
      expect((await failure(write('folder', { files: two }))).code).to.equal('BAD_INPUT');
      expect((await failure(write('folder', { name: 'a/b' }))).code).to.equal('BAD_INPUT');
      expect((await failure(write('folder', { files: [] }))).code).to.equal('BAD_INPUT');
    });
    it('a file that is empty, missing or not the expected one, and leaves nothing behind', async () => {
      const out = path.join(folder, 'refused');
      const empty = path.join(folder, 'empty');
      await writeFile(empty, '');
      for (const file of [
        { name: 'a', content: { path: empty } },
        { name: 'a', content: { path: path.join(folder, 'nowhere') } },
        { name: 'a', content: { path: signedPdf }, sha256: '0'.repeat(64) },
      ]) {
        const error = await failure(writePackage(input({ files: [file] }), { kind: 'zip', path: out }));
        expect(error.code).to.equal('BAD_DOCUMENT');
      }
      expect(await readdir(out)).to.deep.equal([]);
    });
    it('to write over a package', async () => {
      const { path: bag } = await write('folder', { name: 'same' });
      expect((await failure(write('folder', { name: 'same' }))).code).to.equal('BAD_INPUT');
      expect((await check(bag)).verdict).to.equal('VALID');
    });
    it('when the sealer fails, with nothing left behind', async () => {
      const out = path.join(folder, 'unsealed');
      const timestamp = () => Promise.reject(new Error('authority down'));
      expect((await failure(writePackage(input({ timestamp }), { kind: 'zip', path: out }))).message).to.equal(
        'authority down',
      );
      expect(await readdir(out)).to.deep.equal([]);
    });
  });

  it('the command says what it found and answers with its exit status', async () => {
    const { path: bag } = await write('folder');
    const run = async (...args: string[]) => {
      const lines: string[] = [];
      return { code: await main(args, (line) => lines.push(line), at), text: lines.join('\n') };
    };
    const trust = ['--trust', path.join(folder, 'root.pem')];
    const good = await run('verify', bag, ...trust);
    expect(good.text)
      .to.match(/^VALID {2}envelope-/)
      .and.match(/TOTAL-PASSED/)
      .and.match(/signed by CN=Signer/);
    expect(good.code).to.equal(0);
    expect((await run('verify', bag)).code).to.equal(2);
    expect(JSON.parse((await run('verify', bag, '--json', ...trust)).text).verdict).to.equal('VALID');
    await writeFile(path.join(bag, 'data/request.json'), 'changed');
    const bad = await run('verify', bag, ...trust);
    expect(bad.text)
      .to.match(/^INVALID/)
      .and.match(/PROBLEM .*request\.json/);
    expect(bad.code).to.equal(1);
    expect((await run('verify', path.join(folder, 'nowhere'))).code).to.equal(1);
    expect((await run('check', bag)).code).to.equal(64);
  });

  it('the report: everything as JSON, one page for people', async () => {
    const verdict = await verifyPdf(signedPdf, { trust: { anchors: [root.x509] }, at });
    const facts = { document: 'Vertrag (Entwurf) — Müller ünd 日本.pdf', envelope: 'e-1', generator: 'test 1.0' };
    const json = validationReport({ ...verdict }, facts);
    expect(json).to.include({ conclusion: 'TOTAL-PASSED', envelope: 'e-1', vocabulary: 'ETSI EN 319 102-1' });
    expect(JSON.parse(JSON.stringify(json)).signatures[0].checks).to.have.length.above(5);
    const many = { ...verdict, signatures: Array.from({ length: 40 }, () => verdict.signatures[0]!) };
    for (const shown of [verdict, many]) {
      const pdf = reportPdf(shown, facts);
      const { PDFDocument } = await import('@cantoo/pdf-lib');
      expect((await PDFDocument.load(pdf)).getPageCount()).to.equal(1);
      expect(pdf.toString('latin1')).to.include('(TOTAL-PASSED)').and.include('Vertrag \\(Entwurf\\)');
      await mkdir(path.join(folder, 'reports'), { recursive: true });
      const file = path.join(folder, 'reports', 'r.pdf');
      await writeFile(file, pdf);
      expect((await verifyPdf(file, { trust: { anchors: [] }, at })).conclusion).to.equal('NO-SIGNATURE');
    }
    expect(reportPdf(many, facts).toString('latin1')).to.match(/and \d+ more/);
  });

  it('a copied folder is as good as the first', async () => {
    const { path: bag } = await write('folder');
    await cp(bag, `${bag}-copy`, { recursive: true });
    expect((await check(`${bag}-copy`)).verdict).to.equal('VALID');
  });
});
