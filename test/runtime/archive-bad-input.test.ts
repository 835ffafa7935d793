import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { sandboxAccount } from '../support/flows';
import { until } from '../support/house';
import { ArchiveHouse, filing, repositories, repository } from './archive-house';
import { api, decline, sent } from './steps';

const remote = ['content-server', 'core-content', 'webdav', 'http'] as const;
const wrong = { user: 'sandbox-user', credentials: { password: 'wrong' } };

describe('ecm-archive refuses', () => {
  let archive: ArchiveHouse;
  let envelope: string;

  before(async () => {
    archive = await ArchiveHouse.open(
      'archive-bad-input',
      (sandbox) => [
        ...repositories(sandbox),
        ...['folder', ...remote].flatMap((kind) => filing(kind, kind)),
        ...['folder', 'content-server', 'webdav'].flatMap((kind) =>
          filing(`existing-${kind}`, kind, { createPath: false }),
        ),
        ...(['id', 'nickname', 'workspace', 'businessObject'] as const).flatMap((containerBy) =>
          filing(containerBy, 'content-server', { containerBy, system: 'SAP', objectType: 'Matter' }),
        ),
        ...filing('parts', 'folder', { form: 'documents' }),
        ...filing('small', 'folder', { maxSizeMb: '1' }),
        ...filing('distrust', 'folder', { trust: 'no certificate' }),
        ...filing('stranger', 'content-server', {
          metadata: [{ attribute: '99999_2', value: 'Signed', valueType: 'str' }],
        }),
        ...filing('incomplete', 'content-server', {
          metadata: [{ attribute: '12508_3', value: 'envelope', valueType: 'msg' }],
        }),
        ...filing('nowhere', 'nothing of that name'),
        repository('half', { kind: 'webdav', url: '' }),
        ...filing('half', 'half'),
        repository('wrong content-server', { kind: 'content-server', url: `${sandbox}/cs/cs`, auth: 'user', ...wrong }),
        repository('wrong webdav', { kind: 'webdav', url: `${sandbox}/webdav/`, auth: 'basic', ...wrong }),
        repository('wrong http', { kind: 'http', url: `${sandbox}/upload/`, auth: 'basic', ...wrong }),
        repository('wrong core-content', {
          kind: 'core-content',
          url: sandbox,
          storageUrl: `${sandbox}/css`,
          tokenUrl: `${sandbox}/oauth2/token`,
          auth: 'oauth',
          clientId: 'sandbox-client',
          credentials: { clientSecret: 'wrong' },
        }),
        ...remote.flatMap((kind) => filing(`wrong-${kind}`, `wrong ${kind}`)),
        ...filing('guarded', 'folder', { account: 'guarded' }),
      ],
      (sandbox) => [
        sandboxAccount({
          id: 'guarded',
          service: 'custom',
          url: `${sandbox}/api/v1/`,
          publicUrl: '',
          credentials: { token: 'sandbox-token' },
        }),
      ],
    );
    envelope = await archive.signed();
  });
  after(() => archive.house.close());
  afterEach(() => archive.house.faults({}));

  /** A file of the service, on the disk of the sandbox. */
  const atService = (id: string, suffix: string): Promise<string> => {
    const folder = path.join(archive.house.folder, 'sandbox', 'files');
    return until(`the file ${suffix}`, () => {
      const name = readdirSync(folder).find((one) => one.startsWith(id) && one.endsWith(suffix));
      return name && path.join(folder, name);
    });
  };

  /** Refused with that code and words, and nothing is filed anywhere. */
  const refuses = async (
    node: string,
    code: string,
    words: RegExp,
    body: object = {},
    id = envelope,
  ): Promise<void> => {
    const refusal = await archive.refused(node, id, body);
    expect(refusal.code, refusal.message).to.equal(code);
    expect(refusal.message).to.match(words);
    expect(refusal.message).not.to.match(/sandbox-(?:password|secret|token)|wrong"/);
    expect(archive.onDisk('archive')).to.deep.equal([]);
    expect(await archive.filedThere()).to.deep.equal([]);
    expect(await archive.journal(id)).to.deep.equal([]);
  };

  describe('an envelope', () => {
    it('that is not finished', async () => {
      await refuses('folder', 'NOT_FINISHED', /wait-for-status/, {}, await sent(archive.house));
    });

    it('that was declined', async () => {
      const declined = await sent(archive.house);
      await decline(archive.house, declined);
      await refuses('folder', 'NOT_SIGNED', /declined/, {}, declined);
    });

    it('that was deleted at the service', async () => {
      const deleted = await archive.signed();
      await api(archive.house, `documents/${deleted}/`, { method: 'DELETE' });
      await refuses('folder', 'UNKNOWN_ENVELOPE', /envelope|document/i, {}, deleted);
    });

    it('that never was, and none at all', async () => {
      await refuses('folder', 'UNKNOWN_ENVELOPE', /envelope|document/i, {}, '5a1c7a7e-0000-4000-8000-000000000000');
      await refuses('folder', 'NO_ENVELOPE', /envelope/, {}, '');
    });
  });

  describe('what the service gives', () => {
    it('over the limit of size, while it comes in', async () => {
      const content = Buffer.alloc(1_300_000, 'x').toString('base64');
      const large = await archive.signed({ attachments: [{ name: 'large.txt', content }] });
      await refuses('small', 'DOCUMENT_TOO_LARGE', /larger than 1024 KiB/, {}, large);
      const left = archive.onDisk('core-signature-archive').filter((name) => name.includes('large'));
      expect(left, 'half of a download').to.deep.equal([]);
    });

    it('with 0 bytes, be it the signed PDF or an attachment', async () => {
      const content = Buffer.from('x').toString('base64');
      const empty = await archive.signed({ attachments: [{ name: 'empty.txt', content }] });
      const { attachments } = await api<{ attachments: { uuid: string }[] }>(archive.house, `documents/${empty}/`);
      truncateSync(await atService(attachments[0]?.uuid ?? '?', '-attachment'));
      await refuses('parts', 'BAD_DOCUMENT', /empty\.txt comes from the service with 0 bytes/, {}, empty);
      const blank = await archive.signed();
      truncateSync(await atService(blank, '-signed.pdf'));
      await refuses('folder', 'BAD_DOCUMENT', /signed\.pdf comes from the service with 0 bytes/, {}, blank);
    });

    it('at URLs that have always expired', async () => {
      await archive.house.faults({ downloads: { expire: true } });
      await refuses('folder', 'FORBIDDEN', /expired/);
    });

    it('at private addresses, unless that is allowed', async () => {
      await refuses('guarded', 'BAD_INPUT', /private network/);
    });
  });

  it('what is no PDF at all, by quarantine', async () => {
    const page = await archive.signed();
    writeFileSync(await atService(page, '-signed.pdf'), '<html>Service unavailable</html>');
    const { port, archive: result } = await archive.filed('folder', page);
    expect({ port, decision: result.verification.decision }).to.deep.equal({ port: 1, decision: 'quarantine' });
  });

  describe('names', () => {
    for (const kind of ['folder', 'content-server', 'webdav'] as const) {
      it(`${kind}: that lead out, are too long, or have characters that are not taken`, async () => {
        await refuses(kind, 'NAME_NOT_ALLOWED', /slash/, { documentName: '../../outside' });
        await refuses(kind, 'NAME_NOT_ALLOWED', /leads out/, { path: 'in/../../outside' });
        await refuses(kind, 'NAME_NOT_ALLOWED', /slash/, { path: 'in\\..\\outside' });
        await refuses(kind, 'NAME_NOT_ALLOWED', /longer than/, { documentName: 'n'.repeat(300) });
        // Good for the signed PDF, too long for the signing log, which comes after it.
        await refuses(kind, 'NAME_NOT_ALLOWED', /longer than/, { documentName: 'n'.repeat(235) });
        await refuses(kind, 'NAME_NOT_ALLOWED', /":" in it/, { documentName: 'M-1: Agreement' });
      });
    }

    it('that are no text', async () => {
      await refuses('folder', 'BAD_INPUT', /documentName must be text/, { documentName: { a: 1 } });
    });
  });

  describe('a container', () => {
    for (const kind of ['folder', 'content-server', 'webdav'] as const) {
      it(`${kind}: that does not exist and is not to be made`, async () => {
        await refuses(`existing-${kind}`, 'NO_CONTAINER', /does not exist/, { path: 'no such place' });
      });
    }

    it('that is missing in the message, or not found in Content Server', async () => {
      await refuses('nickname', 'BAD_INPUT', /container\.nickname/);
      await refuses('nickname', 'NO_CONTAINER', /nickname/, { container: 'nobody' });
      await refuses('id', 'NO_CONTAINER', /123456/, { container: '123456' });
      await refuses('workspace', 'NO_CONTAINER', /workspace/, { container: 'M-0' });
      await refuses('businessObject', 'NO_CONTAINER', /workspace/, { container: '9999' });
    });

    it('with a missing permission', async () => {
      for (const service of ['content-server', 'core-content', 'webdav', 'http']) {
        await archive.house.faults({ ecm: [{ service, kind: 'status', status: 403 }] });
        await refuses(service, 'FORBIDDEN', /rights/);
      }
    });
  });

  for (const kind of remote) {
    it(`wrong credentials for ${kind}`, async () => {
      await refuses(`wrong-${kind}`, 'UNAUTHORIZED', /credentials/);
    });
  }

  describe('metadata and records', () => {
    it('of a category that does not exist, or without a value that has to be', async () => {
      await refuses('stranger', 'UNKNOWN_TYPE', /99999/);
      await refuses('incomplete', 'MISSING_ATTRIBUTE', /Status|12508_2/);
    });

    it('that the repository cannot declare', async () => {
      await refuses('webdav', 'BAD_CONFIG', /record\.official/, { record: { official: true } });
      await refuses('folder', 'BAD_INPUT', /record\.retainUntil/, { record: { retainUntil: 'for ever' } });
    });
  });

  describe('because the repository does', () => {
    for (const [kind, code] of [
      ['quota', 'QUOTA_FULL'],
      ['retention', 'RETENTION'],
    ] as const) {
      it(`${code}: nothing is half-filed, and a repeat files it when the reason is gone`, async () => {
        const another = await archive.signed();
        for (const service of remote) {
          await archive.house.faults({ ecm: [{ service, step: 'upload', kind }] });
          const refusal = await archive.refused(service, another, { path: kind });
          expect(refusal.code, `${service}: ${refusal.message}`).to.equal(code);
          expect(
            (await archive.filedThere()).filter((one) => one.path.endsWith(kind) && one.service === service),
          ).to.deep.equal([]);
          await archive.house.faults({});
          const { archive: result } = await archive.filed(service, another, { path: kind });
          expect(result.items, service).to.have.length(3);
        }
      });
    }

    it('HASH_MISMATCH when other bytes are read back, and says nothing of having filed', async () => {
      const another = await archive.signed();
      for (const service of remote) {
        await archive.house.faults({ ecm: [{ service, kind: 'corrupt' }] });
        const refusal = await archive.refused(service, another, { path: 'damaged' });
        expect(refusal.code, `${service}: ${refusal.message}`).to.equal('HASH_MISMATCH');
        await archive.house.faults({});
        const { archive: result } = await archive.filed(service, another, { path: 'damaged' });
        expect(result.items, service).to.have.length(3);
        const there = (await archive.filedThere()).filter(
          (one) => one.path.endsWith('damaged') && one.service === service,
        );
        expect(there, service).to.have.length(3);
      }
    });
  });

  describe('a configuration', () => {
    it('without a repository, or with one that cannot be used', async () => {
      for (const node of ['nowhere', 'half']) {
        const refusal = await archive.refused(node, envelope);
        expect(refusal).to.include({ code: 'BAD_CONFIG' });
        expect(refusal.message).to.match(/repository/);
      }
    });

    it('with a trust store that holds no certificate', async () => {
      const refusal = await archive.refused('distrust', envelope);
      expect(refusal).to.include({ code: 'BAD_CONFIG' });
      expect(refusal.message).to.match(/trust store/);
    });
  });
});
