import { expect } from 'chai';
import { multipartBody } from '../../../../dist/lib/archive/repositories/multipart';
import { checkName, legalName, numberedName } from '../../../../dist/lib/archive/repositories/names';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import { readContainerSpec, readMetadata, readRecordOptions } from '../../../../dist/lib/archive/repositories/settings';
import { failure, fileIn, scratch, tools } from './support';

const attempt = (work: () => unknown) => failure((async () => work())());

describe('settings of repositories', () => {
  it('names the field that is missing or wrong, and repeats no value', async () => {
    const basic = { kind: 'basic', username: 'u', password: '' };
    const cases: [object, string][] = [
      [{}, 'repository.kind'],
      [{ kind: 'ftp' }, 'repository.kind'],
      [{ kind: 'folder', folder: ' ' }, 'repository.folder'],
      [{ kind: 'webdav', url: 'ftp://x', credentials: { kind: 'none' } }, 'repository.url'],
      [{ kind: 'webdav', url: 'https://u:p@x/', credentials: { kind: 'none' } }, 'repository.url'],
      [{ kind: 'webdav', url: 'https://x/', credentials: basic }, 'repository.credentials.password'],
      [{ kind: 'content-server', url: 'https://x/', auth: { kind: 'token' } }, 'repository.auth.kind'],
      [
        { kind: 'cmis', url: 'https://x/', credentials: { kind: 'none' }, keyProperty: "a' OR" },
        'repository.keyProperty',
      ],
      [{ kind: 'http', url: 'https://x/', credentials: { kind: 'none' }, method: 'GET' }, 'repository.method'],
    ];
    for (const [settings, field] of cases) {
      const error = await attempt(() => openRepository(settings, tools()));
      expect(error, field).to.include({ code: 'BAD_CONFIG', field });
      expect(error.message).to.not.include('u:p');
    }
  });

  it('reads containers, metadata and record options from a flow', async () => {
    expect(readContainerSpec({ by: 'id', id: ' 7 ', path: 'a' })).to.deep.equal({ by: 'id', id: '7', path: 'a' });
    expect(readMetadata({ type: '', attributes: { a: [1, 'b'] } })).to.deep.include({ type: undefined });
    expect(readRecordOptions({ classification: '', hold: 'x' })).to.include({ classification: undefined, hold: 'x' });
    const wrong: [() => unknown, string][] = [
      [() => readContainerSpec({ by: 'guess' }), 'container.by'],
      [() => readContainerSpec({ by: 'businessObject', system: 'SAP', type: 'KNA1' }), 'container.id'],
      [() => readMetadata({ attributes: { a: {} } }), 'metadata.attributes.a'],
      [() => readMetadata({ createdOn: 'soon' }), 'metadata.createdOn'],
      [() => readRecordOptions({ retainUntil: 'soon' }), 'record.retainUntil'],
      [() => readRecordOptions({ classification: 'x' }), 'record.classification'],
    ];
    for (const [work, field] of wrong) expect(await attempt(work)).to.include({ code: 'BAD_INPUT', field });
  });
});

describe('names and forms', () => {
  const folder = scratch();
  const rules = { service: 'x', longest: 20, unit: 'characters' as const };

  it('numbers a name within the longest', () => {
    expect(numberedName('a.pdf', 1, rules)).to.equal('a.pdf');
    expect(numberedName('a.pdf', 2, rules)).to.equal('a (2).pdf');
    expect(numberedName('.hidden', 2, rules)).to.equal('.hidden (2)');
    expect(numberedName('a long name here.pdf', 12, rules)).to.equal('a long name (12).pdf');
    expect(numberedName('ÜÜÜÜÜÜÜÜ.pdf', 2, { ...rules, unit: 'bytes' })).to.equal('ÜÜÜÜÜÜ (2).pdf');
  });

  it('makes a name of a title', () => {
    const strict = { ...rules, forbidden: /[<>:"|?*]/ };
    for (const [title, name] of [
      ['M-1: A/B', 'M-1_ A_B'],
      ['a\\b\u0000c\nd', 'a_b_c_d'],
      ['Wer? <ich> "du" | *', 'Wer_ _ich_ _du_ _ _'],
      ['  ACME Inc. ', 'ACME Inc'],
      ['..', ''],
      ['', ''],
      ['con', '_con'],
      ['LPT1.x', '_LPT1.x'],
      ['Verträge & Söhne', 'Verträge & Söhne'],
      ['u\u0308', 'ü'],
      ['half \ud83d of it', 'half \ufffd of it'],
      ['Agreement number four', 'Agreement number fou'],
    ] as const) {
      expect(legalName(title, strict), title).to.equal(name);
      if (name !== '') checkName(legalName(title, strict), strict);
    }
    expect(legalName('Agreement number four', strict, 8)).to.equal('Agreement nu');
    expect(legalName('ÜÜÜÜÜÜÜÜÜÜÜ', { ...strict, unit: 'bytes' }, 3)).to.equal('ÜÜÜÜÜÜÜÜ');
    expect(legalName('📄'.repeat(30), { ...strict, unit: 'bytes' }, 3)).to.equal('📄'.repeat(4));
  });

  it('announces the length it sends, and no name breaks out of its header', async () => {
    const file = fileIn(folder.path, 'bytes');
    const body = multipartBody([
      { name: 'a"\r\nX: y', text: 'Ü' },
      { name: 'file', file: { ...file, mimeType: 'a/b\r\nX: y' }, filename: 'q"\r\n.pdf' },
    ]);
    for (let n = 0; n < 2; n += 1) {
      const sent = Buffer.concat(await body.stream().toArray());
      expect(String(sent.length)).to.equal(body.headers['content-length']);
      expect(String(sent)).to.not.match(/^X: y/m);
      expect(String(sent)).to.include('filename="q%22%0D%0A.pdf"');
    }
  });
});
