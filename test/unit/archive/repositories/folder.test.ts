import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { diskFault } from '../../../../dist/lib/archive/repositories/folder/disk';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { failure, fileIn, itemOf, Notes, scratch, tools } from './support';

describe('a folder as repository', () => {
  const folder = scratch();
  const root = () => path.join(folder.path, 'archive');
  const open = () => openRepository({ kind: 'folder', folder: root() }, tools());
  const run = (more: Parameters<typeof itemOf>[1] = {}, content = 'signed pdf') =>
    fileOne(open(), itemOf(fileIn(folder.path, content), more), {}, new Notes().note);
  const document = () => path.join(root(), 'Contracts/2026/contract.pdf');
  const objects = () =>
    readdirSync(path.join(root(), '.archive/objects'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );

  it('keeps the bytes once per content, and under the name people look for', async () => {
    const { sha256 } = await run();
    const object = path.join(root(), '.archive/objects', sha256.slice(0, 2), sha256);
    expect(readFileSync(document(), 'utf8')).to.equal('signed pdf');
    expect(statSync(object).ino).to.equal(statSync(document()).ino);
    expect(statSync(object).mode & 0o222).to.equal(0);
    await run({ key: 'k2', container: { by: 'path', path: 'Other' } });
    expect(objects()).to.have.length(1);
    expect(readdirSync(path.join(root(), '.archive/tmp'))).to.deep.equal([]);
  });

  it('keeps earlier bytes when a document gets new ones', async () => {
    const first = await run();
    const second = await run({}, 'other bytes');
    expect(second).to.include({ outcome: 'versioned', version: '2', id: first.id });
    expect(readFileSync(document(), 'utf8')).to.equal('other bytes');
    expect(objects().map(({ name }) => name)).to.have.members([first.sha256, second.sha256]);
  });

  it('goes on after a crash between card and document of a new version', async () => {
    await run();
    const { sha256 } = await run({}, 'other bytes');
    // As if the document had not been replaced yet.
    const other = path.join(root(), 'Contracts/2026/contract.pdf');
    chmodSync(other, 0o644);
    writeFileSync(`${other}.old`, 'signed pdf');
    const fs = await import('node:fs/promises');
    await fs.rename(`${other}.old`, other);
    const again = await run({}, 'other bytes');
    expect(again).to.include({ outcome: 'versioned', sha256, version: '2' });
    expect(readFileSync(document(), 'utf8')).to.equal('other bytes');
  });

  it('mends an object that was damaged', async () => {
    const { sha256 } = await run();
    const object = path.join(root(), '.archive/objects', sha256.slice(0, 2), sha256);
    chmodSync(object, 0o644);
    writeFileSync(object, 'damaged');
    const result = await run();
    expect(result).to.include({ verified: 'equal' });
    expect(readFileSync(document(), 'utf8')).to.equal('signed pdf');
  });

  it('refuses to change what is declared a record, by any key', async () => {
    await run({ record: { hold: 'case 1' }, metadata: { attributes: { a: 1 } } });
    expect((await run({ record: { hold: 'case 1' }, metadata: { attributes: { a: 1 } } })).outcome).to.equal(
      'duplicate',
    );
    expect((await failure(run({}, 'other bytes'))).code).to.equal('RETENTION');
    expect((await failure(run({ key: 'k2', collision: 'version' }, 'other bytes'))).code).to.equal('RETENTION');
    expect((await run({ key: 'k3' })).outcome).to.equal('adopted');
    expect((await failure(run({ key: 'k3' }, 'other bytes'))).code).to.equal('RETENTION');
    expect(readFileSync(document(), 'utf8')).to.equal('signed pdf');
  });

  it('does not leave the folder by a link, nor write into its own part', async () => {
    mkdirSync(root(), { recursive: true });
    mkdirSync(path.join(folder.path, 'outside'));
    symlinkSync(path.join(folder.path, 'outside'), path.join(root(), 'out'));
    for (const where of ['out', 'out/deeper', '.archive/cards', '.ARCHIVE']) {
      expect((await failure(run({ container: { by: 'path', path: where } }))).code, where).to.equal('NAME_NOT_ALLOWED');
    }
    expect(readdirSync(path.join(folder.path, 'outside'))).to.deep.equal([]);
    symlinkSync(path.join(folder.path, 'outside'), path.join(root(), 'contract.pdf'));
    expect((await failure(run({ container: { by: 'path' } }))).code).to.equal('NAME_NOT_ALLOWED');
  });

  it('is made on first use, but not the folders above it', async () => {
    expect(await open().containers()).to.deep.equal([]);
    await run();
    expect(existsSync(document())).to.equal(true);
    const mistaken = openRepository({ kind: 'folder', folder: path.join(folder.path, 'arhcive', 'signed') }, tools());
    for (const work of [mistaken.test(), mistaken.resolveContainer({ by: 'path', path: 'Contracts' })]) {
      expect(await failure(work)).to.include({ code: 'NO_CONTAINER', field: 'folder' });
    }
    expect(existsSync(path.join(folder.path, 'arhcive'))).to.equal(false);
  });

  it('is not made anew under what was begun in it', async () => {
    const notes = new Notes(2);
    const item = itemOf(fileIn(folder.path, 'signed pdf'));
    await failure(fileOne(open(), item, {}, notes.note));
    renameSync(root(), `${root()} of before`);
    expect((await failure(fileOne(open(), item, notes.kept, notes.note))).code).to.equal('NO_CONTAINER');
    expect(existsSync(root())).to.equal(false);
  });

  it('leaves nothing behind when it is tested', async () => {
    await open().test();
    expect(existsSync(root())).to.equal(false);
    mkdirSync(root());
    writeFileSync(path.join(root(), 'theirs'), 'x');
    await open().test();
    expect(readFileSync(path.join(root(), 'theirs'), 'utf8')).to.equal('x');
  });

  it('refuses a damaged card instead of filing again', async () => {
    await run();
    const cards = path.join(root(), '.archive/cards');
    const [card = ''] = readdirSync(cards).filter((name) => name.endsWith('.json'));
    writeFileSync(path.join(cards, card), '{');
    expect((await failure(run())).code).to.equal('REMOTE_FAULT');
  });

  it('files again what somebody removed', async () => {
    await run();
    const fs = await import('node:fs/promises');
    await fs.rm(document());
    expect((await run()).outcome).to.equal('created');
    expect(existsSync(document())).to.equal(true);
  });

  it('lists its folders', async () => {
    await run();
    expect(await open().containers()).to.deep.equal([{ id: 'Contracts', name: 'Contracts' }]);
    expect(await open().containers('Contracts')).to.deep.equal([{ id: 'Contracts/2026', name: '2026' }]);
    expect((await failure(open().containers('../..'))).code).to.equal('NAME_NOT_ALLOWED');
  });

  it('names what is wrong with a disk', () => {
    const codes = {
      ENOSPC: 'QUOTA_FULL',
      EDQUOT: 'QUOTA_FULL',
      EROFS: 'FORBIDDEN',
      EACCES: 'FORBIDDEN',
      EIO: 'UNREACHABLE',
    };
    for (const [code, expected] of Object.entries(codes)) {
      expect(diskFault(Object.assign(new Error(code), { code }))).to.include({ code: expected });
    }
  });

  it('two who file the same at the same time end with one copy', async () => {
    const collision = 'rename';
    const other = run({ key: 'k2', collision }, 'other bytes');
    const results = await Promise.all([run({ collision }), run({ collision }), other]);
    const names = new Set(results.map(({ name }) => name));
    expect(readdirSync(path.dirname(document())).sort()).to.deep.equal([...names].sort());
    expect(names.size).to.equal(2);
  });
});
