import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot, until } from '../support/house';
import { ArchiveHouse, filing, repositories, signedSha } from './archive-house';
import { api, inLedger } from './steps';

describe('ecm-archive, in a folder', () => {
  let archive: ArchiveHouse;

  before(async () => {
    archive = await ArchiveHouse.open('archive', (sandbox, trust) => [
      ...repositories(sandbox),
      ...filing('both', 'folder', { trust }),
      ...filing('documents', 'folder', { trust, form: 'documents' }),
      ...filing('zip', 'folder', { trust, form: 'zip' }),
      ...filing('untrusting', 'folder'),
      ...filing('proving', 'folder', { trust, form: 'zip', revocation: 'required' }),
      ...filing('strict', 'folder', { indeterminate: 'quarantine' }),
      ...filing('versions', 'folder', { form: 'zip', collision: 'version' }),
      ...filing('adopting', 'folder', { form: 'zip', collision: 'adopt' }),
      ...filing('deleting', 'folder', { form: 'zip', deleteAtProvider: true }),
      ...filing('stamped', 'folder', { trust, form: 'zip', tsaUrl: `${sandbox}/tsa` }),
    ]);
  });
  after(() => archive.house.close());
  afterEach(() => archive.house.faults({}));

  const inArchive = (file: string): string => path.join(archive.house.runtime.userDir, 'archive', file);
  /** Files of the service, on the disk of the sandbox. */
  const atService = (envelope: string): string[] =>
    readdirSync(path.join(archive.house.folder, 'sandbox', 'files'))
      .filter((name) => name.startsWith(envelope))
      .map((name) => path.join(archive.house.folder, 'sandbox', 'files', name));
  const verify = (file: string): { status: number | null; verdict: string } => {
    const trust = path.join(archive.house.folder, 'ca.pem');
    const program = path.join(projectRoot, 'bin', 'core-signature-evidence.js');
    const args = [program, 'verify', inArchive(file), '--trust', trust, '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, verdict: JSON.parse(stdout).verdict };
  };

  it('files signed PDF, signing log and evidence package: verified, bit for bit, said on msg.archive', async () => {
    const envelope = await archive.signed();
    const { port, archive: result, kept } = await archive.filed('both', envelope, { path: 'matters/M-1' });
    expect({ port, kept }).to.deep.equal({ port: 0, kept: 'as it was' });
    expect(result).to.include({ repository: 'folder', container: 'matters/M-1' });
    expect(result.verification).to.include({ conclusion: 'TOTAL-PASSED', decision: 'archive' });
    expect(result.verification.hashes.map(({ result }) => result))
      .to.include('equal')
      .and.not.include('different');
    expect(result.items.map(({ role, name, outcome }) => [role, name, outcome])).to.deep.equal([
      ['signed', 'Agreement.pdf', 'created'],
      ['log', 'Agreement - signing log.pdf', 'created'],
      ['package', 'Agreement - evidence.zip', 'created'],
    ]);
    for (const { id, sha256, size, url } of result.items) {
      expect(archive.shaOnDisk(`archive/${id}`)).to.equal(sha256);
      expect(readFileSync(inArchive(id))).to.have.length(size);
      expect(url).to.match(/^file:/);
    }
    expect(result.items[0]?.sha256).to.equal(await signedSha(archive.house, envelope));
    expect(archive.onDisk('core-signature-archive'), 'work in progress').to.deep.equal([]);
  });

  it('makes a package that `core-signature-evidence verify` finds valid, and one changed byte invalid', async () => {
    const trust = await (await fetch(`${archive.house.sandbox.url}/sandbox/ca.pem`)).text();
    writeFileSync(path.join(archive.house.folder, 'ca.pem'), trust);
    const envelope = await archive.signed();
    const { archive: result } = await archive.filed('zip', envelope);
    const [zip] = result.items;
    expect(verify(zip?.id ?? '')).to.deep.equal({ status: 0, verdict: 'VALID' });
    const bytes = readFileSync(inArchive(zip?.id ?? ''));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(inArchive('changed.zip'), bytes);
    expect(verify('changed.zip')).to.deep.equal({ status: 1, verdict: 'INVALID' });
  });

  it('files every part by itself where that is wanted, attachments too', async () => {
    const notes = { name: '../../price list.txt', content: Buffer.from('ten').toString('base64') };
    const long = { name: `${'合同'.repeat(60)}.txt`, content: Buffer.from('eleven').toString('base64') };
    const envelope = await archive.signed({ attachments: [notes, long] });
    const { archive: result } = await archive.filed('documents', envelope, { path: 'parts' });
    const roles = ['signed', 'log', 'attachment-3', 'attachment-4', 'report'];
    expect(result.items.map(({ role }) => role)).to.deep.equal(roles);
    const names = result.items.filter(({ role }) => role.startsWith('attachment')).map(({ name }) => name);
    expect(names.join(' '))
      .to.match(/price_list\.txt/)
      .and.match(/合同\.txt/);
    expect(archive.onDisk('archive/parts')).to.have.length(5);
  });

  it('takes its time-stamp from the authority that is named', async () => {
    const { archive: result } = await archive.filed('stamped', await archive.signed());
    expect(result.package.timestamped).to.equal(true);
  });

  it('records ids and hashes in the journal of the envelope, once', async () => {
    const envelope = await archive.signed();
    const { archive: result } = await archive.filed('zip', envelope);
    await archive.filed('zip', envelope);
    const entries = await archive.journal(envelope);
    expect(entries).to.have.length(1);
    expect(entries[0]?.items).to.deep.equal(result.items);
    const journal = await inLedger(archive.house, (ledger) => ledger.journal({ account: 'account', envelope }));
    expect(journal).to.include({ intact: true });
  });

  it('says `duplicate` on a repeat and files nothing a second time', async () => {
    const envelope = await archive.signed();
    const first = await archive.filed('both', envelope, { path: 'repeat' });
    const second = await archive.filed('both', envelope, { path: 'repeat' });
    expect(second.deliveryId).to.equal(first.deliveryId);
    expect([first.redelivered, second.redelivered], 'what may have left before says so').to.deep.equal([
      undefined,
      true,
    ]);
    expect(second.archive.items.map(({ id, outcome }) => [id, outcome])).to.deep.equal(
      first.archive.items.map(({ id }) => [id, 'duplicate']),
    );
    expect(archive.onDisk('archive/repeat')).to.have.length(3);
  });

  describe('when another document has the name', () => {
    const taken = async (node: string, where: string): Promise<string> => {
      await archive.filed('zip', await archive.signed(), { path: where });
      return node;
    };

    it('renames', async () => {
      await taken('zip', 'rename');
      const { archive: result } = await archive.filed('zip', await archive.signed(), { path: 'rename' });
      expect(result.items[0]?.name).to.equal('Agreement - evidence (2).zip');
    });

    it('makes a version', async () => {
      await taken('versions', 'version');
      const { archive: result } = await archive.filed('versions', await archive.signed(), { path: 'version' });
      expect(result.items[0]).to.include({ name: 'Agreement - evidence.zip', outcome: 'versioned' });
      expect(archive.onDisk('archive/version')).to.have.length(1);
    });

    it('refuses other bytes', async () => {
      await taken('adopting', 'adopt');
      const refusal = await archive.refused('adopting', await archive.signed(), { path: 'adopt' });
      expect(refusal.code).to.equal('NAME_NOT_ALLOWED');
      expect(archive.onDisk('archive/adopt')).to.have.length(1);
    });
  });

  describe('what the policy decides', () => {
    it('warns when the seal ends in no certificate that is trusted', async () => {
      const { port, archive: result } = await archive.filed('untrusting', await archive.signed());
      expect(port).to.equal(0);
      expect(result.verification).to.include({ conclusion: 'INDETERMINATE', decision: 'warn' });
      expect(result.verification.reasons.join()).to.match(/trust/i);
    });

    it('warns when revocation data are needed and not in the PDF', async () => {
      const envelope = await archive.signed();
      const { verification } = (await archive.filed('proving', envelope)).archive;
      expect(verification).to.include({ conclusion: 'INDETERMINATE', subIndication: 'TRY_LATER', decision: 'warn' });
      expect(verification.reasons.join(' ')).to.include('revoked');
    });

    it('puts it into quarantine instead, and judges again when the rules are others', async () => {
      const envelope = await archive.signed();
      const first = await archive.filed('strict', envelope, { path: 'strict' });
      expect(first.port).to.equal(1);
      expect(first.archive.verification).to.include({ conclusion: 'INDETERMINATE', decision: 'quarantine' });
      expect(first.archive.items).to.deep.equal([]);
      expect((await archive.filed('strict', envelope, { path: 'strict' })).deliveryId).to.equal(first.deliveryId);
      expect(archive.onDisk('archive/strict')).to.deep.equal([]);
      const second = await archive.filed('both', envelope, { path: 'strict' });
      expect(second).to.include({ port: 0 });
      expect(second.archive.verification.conclusion).to.equal('TOTAL-PASSED');
      expect(archive.onDisk('archive/strict')).to.have.length(3);
    });

    it('puts a tampered PDF into quarantine, with its evidence, whatever the policy says', async () => {
      const envelope = await archive.signed();
      const signed = await until('the signed PDF', () =>
        atService(envelope).find((name) => name.endsWith('-signed.pdf')),
      );
      const bytes = readFileSync(signed);
      bytes[Math.floor(bytes.length / 3)]! ^= 1;
      writeFileSync(signed, bytes);
      const { port, archive: result } = await archive.filed('both', envelope, { path: 'tampered' });
      expect(port).to.equal(1);
      expect(result.verification.decision).to.equal('quarantine');
      expect(result.verification.hashes[0]).to.include({ file: 'signed.pdf', result: 'different' });
      expect(archive.onDisk('archive/tampered')).to.deep.equal([]);
      expect(readdirSync(result.quarantine ?? '')).to.include.members(['signed.pdf', `${envelope}.zip`]);
      expect((await archive.journal(envelope))[0]?.quarantine).to.equal(result.quarantine);
    });
  });

  describe('fetching', () => {
    it('begins again with a fresh URL when a download is cut, damaged, or its URL has expired', async () => {
      for (const fault of ['truncate', 'corrupt', 'expire']) {
        const envelope = await archive.signed();
        await archive.house.faults({ downloads: { [fault]: 1 } });
        const { port, archive: result } = await archive.filed('zip', envelope);
        expect(port, fault).to.equal(0);
        expect(result.verification.hashes[0]?.result, fault).to.equal('equal');
      }
    });

    it('tries again later when the service is away', async () => {
      const envelope = await archive.signed();
      const mark = archive.newMark();
      await archive.house.faults({ api: [{ match: 'GET /documents/*', kind: 'outage' }] });
      expect((await archive.file('zip', envelope, mark)).status).to.equal(200);
      expect(archive.lines(mark)).to.deep.equal([]);
      await archive.house.faults({});
      await archive.house.advance('10m');
      expect(await archive.out(mark)).to.include({ port: 0, envelope });
    });
  });

  describe('deleting the copy of the service', () => {
    const exists = (envelope: string): Promise<boolean> =>
      api(archive.house, `documents/${envelope}/`).then(
        () => true,
        () => false,
      );

    it('happens only where it is switched on, and only when everything is filed', async () => {
      const [kept, deleted] = [await archive.signed(), await archive.signed()];
      await archive.filed('zip', kept);
      const { archive: result } = await archive.filed('deleting', deleted);
      expect(result.items).to.have.length(1);
      expect(existsSync(inArchive(result.items[0]?.id ?? ''))).to.equal(true);
      expect([await exists(kept), await exists(deleted)]).to.deep.equal([true, false]);
    });

    it('is repeated when its answer was lost', async () => {
      const envelope = await archive.signed();
      await archive.house.faults({ api: [{ match: 'DELETE /documents/*', kind: 'lostAnswer', times: 1 }] });
      const { archive: result } = await archive.filed('deleting', envelope);
      expect(result.items[0]?.outcome).to.equal('created');
      expect(await exists(envelope)).to.equal(false);
    });

    it('leaves what is in quarantine', async () => {
      const envelope = await archive.signed();
      await archive.house.faults({ downloads: { corrupt: true } });
      expect(await archive.filed('deleting', envelope)).to.include({ port: 1 });
      expect(await exists(envelope)).to.equal(true);
    });
  });
});
