import { expect } from 'chai';
import { openRepository } from '../../../dist/lib/archive/repositories/open.js';
import { repositoryKinds } from '../../../dist/nodes/ecm-repository/config.js';
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
