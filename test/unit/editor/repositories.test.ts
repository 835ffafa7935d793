import { expect } from 'chai';
import { openRepository } from '../../../dist/lib/archive/repositories/open.js';
import { readSettings } from '../../../dist/lib/archive/repositories/settings.js';
import { ecmRepositoryConfig, repositoryKinds } from '../../../dist/nodes/ecm-repository/config.js';
import { settingsOf } from '../../../dist/nodes/ecm-repository/settings.js';
import { loadPage } from './editor-page';

const { script } = loadPage('ecm-archive');
const abilitiesOf = (kind: string) => JSON.parse(JSON.stringify((script.abilitiesOf as (id: string) => object)(kind)));

const url = 'https://repository.example.com';
const credentials = { kind: 'none' };
const client = { clientId: 'client', clientSecret: 'secret' };
const settings = {
  folder: { folder: '/nowhere' },
  'content-server': { url, auth: { kind: 'otdsOAuth', otdsUrl: url, ...client } },
  'core-content': { url, storageUrl: url, tokenUrl: url, ...client },
  cmis: { url, credentials },
  webdav: { url, credentials },
  http: { url, credentials, method: 'PUT' },
};

describe('what the dialog of ecm-archive takes a repository for', () => {
  for (const kind of repositoryKinds) {
    it(`is what ${kind} says of itself`, () => {
      const { features } = openRepository({ kind, ...settings[kind] }, { userAgent: 'test' });
      const { ways, versions, record, attributes } = abilitiesOf(kind);
      expect(ways).to.have.members([...features.containers]);
      expect(record).to.have.members([...features.record]);
      expect({ versions, types: attributes }).to.deep.equal({ versions: features.versions, types: features.types });
    });
  }

  it('is everything while none is chosen', () => {
    expect(abilitiesOf('').ways).to.include.members(['path', 'workspace']);
  });
});

describe('what is written into the dialog of ecm-repository', () => {
  const fields = {
    url,
    auth: 'none',
    tokenUrl: url,
    clientId: 'client',
    storageUrl: 'https://storage.example.com',
    repositoryId: 'A1',
    rootFolderId: '2000',
    fileType: 'contract',
    keyProperty: 'envelope_key',
    aclId: 'acl-1',
  };
  const secrets = { password: 'secret', clientSecret: 'secret', token: 'secret' };
  const read = (kind: string, more: object = {}) => {
    const config = ecmRepositoryConfig.parse({ ...fields, kind, ...more });
    return readSettings(settingsOf(config, secrets, '/user'));
  };

  it('is what the repository is opened with', () => {
    expect(read('core-content')).to.deep.equal({
      kind: 'core-content',
      url,
      storageUrl: 'https://storage.example.com',
      tokenUrl: url,
      clientId: 'client',
      clientSecret: 'secret',
      rootFolderId: '2000',
      fileType: 'contract',
      keyProperty: 'envelope_key',
      aclId: 'acl-1',
    });
    expect(read('cmis', { keyProperty: 'acme:envelope.key' })).to.deep.equal({
      kind: 'cmis',
      url,
      credentials: { kind: 'none' },
      repositoryId: 'A1',
      keyProperty: 'acme:envelope.key',
    });
    const user = { auth: 'user', user: 'ann' };
    expect(read('content-server', user)).to.deep.include({ kind: 'content-server', url, root: '2000' });
  });

  it('may be left empty', () => {
    const blank = { repositoryId: '', rootFolderId: '', fileType: '', keyProperty: '', aclId: '' };
    for (const kind of ['core-content', 'cmis', 'content-server']) {
      const given = Object.values(read(kind, { ...blank, auth: kind === 'cmis' ? 'none' : 'user', user: 'ann' }));
      expect(given, kind).to.not.include('');
    }
  });
});
