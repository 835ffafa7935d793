import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { fileOne } from '../../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import type { Repository } from '../../../../dist/lib/archive/repositories/types';
import { FakeCmis } from './fakes/cmis';
import { FakeContentServer } from './fakes/content-server';
import { FakeCoreContent } from './fakes/core-content';
import { FakeHttpStore } from './fakes/http-store';
import type { FakeServer, Incoming } from './fakes/server';
import { FakeWebDav } from './fakes/webdav';
import { Crash, failure, fileIn, itemOf, Notes, scratch, tools } from './support';

interface Bench {
  repository: Repository;
  /** Bytes of every document stored, versions included. */
  copies(): Buffer[];
  /** Puts a foreign document into `Contracts/2026`. */
  server?: FakeServer;
  /** Tells uploads from other requests. */
  isUpload?: (request: Incoming) => boolean;
}

const basic = { kind: 'basic', username: 'user', password: 'secret' };
const started: FakeServer[] = [];
const start = async <T extends FakeServer>(server: T): Promise<T> => {
  started.push(await server.start());
  return server;
};

const isForm = ({ headers }: Incoming) => headers['content-type']?.startsWith('multipart/') === true;

const benches: Record<string, (folder: string) => Promise<Bench>> = {
  folder: async (folder) => {
    const root = path.join(folder, 'archive');
    mkdirSync(folder, { recursive: true });
    const files = () =>
      !existsSync(root)
        ? []
        : readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && !path.relative(root, entry.parentPath).startsWith('.archive'))
            .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));
    return { repository: openRepository({ kind: 'folder', folder: root }, tools()), copies: files };
  },
  webdav: async () => {
    const server = await start(new FakeWebDav());
    const repository = openRepository({ kind: 'webdav', url: `${server.url}/dav`, credentials: basic }, tools());
    const copies = () => server.documents().map((document) => server.resources.get(document)!.content!);
    return { repository, server, copies, isUpload: ({ method }) => method === 'PUT' };
  },
  'webdav without properties': async () => {
    const server = await start(new FakeWebDav());
    server.keepsProperties = false;
    const repository = openRepository({ kind: 'webdav', url: `${server.url}/dav`, credentials: basic }, tools());
    const copies = () => server.documents().map((document) => server.resources.get(document)!.content!);
    return { repository, server, copies, isUpload: ({ method }) => method === 'PUT' };
  },
  'plain HTTP': async () => {
    const server = await start(new FakeHttpStore());
    const credentials = { kind: 'header', name: 'X-Api-Key', value: 'secret-key' };
    const settings = { kind: 'http', url: `${server.url}/store`, method: 'PUT', credentials };
    const copies = () => server.documents().map((document) => server.files.get(document)!);
    return {
      repository: openRepository(settings, tools()),
      server,
      copies,
      isUpload: ({ method }) => method === 'PUT',
    };
  },
  cmis: async () => {
    const server = await start(new FakeCmis());
    const settings = { kind: 'cmis', url: `${server.url}/browser`, credentials: basic };
    const copies = () => server.documents().flatMap(({ versions }) => versions);
    return { repository: openRepository(settings, tools()), server, copies, isUpload: isForm };
  },
  'content server': async () => {
    const server = await start(new FakeContentServer());
    const auth = { kind: 'password', username: 'user', password: 'secret' };
    const settings = { kind: 'content-server', url: `${server.url}/cs/cs`, auth };
    const copies = () => server.documents().flatMap(({ versions }) => versions);
    return { repository: openRepository(settings, tools()), server, copies, isUpload: isForm };
  },
  'core content': async () => {
    const server = await start(new FakeCoreContent());
    const settings = {
      kind: 'core-content',
      url: server.url,
      storageUrl: server.url,
      tokenUrl: `${server.url}/tenants/t1/oauth2/token`,
      clientId: 'client',
      clientSecret: 'client-secret',
      keyProperty: 'envelope_id',
    };
    const copies = () => server.documents().map(({ blob }) => server.blobs.get(blob)!);
    const isUpload = ({ method, path: where }: Incoming) =>
      method === 'POST' && where.startsWith('/cms/instances/file');
    return { repository: openRepository(settings, tools()), server, copies, isUpload };
  },
};

for (const [kind, open] of Object.entries(benches)) {
  describe(`filing in: ${kind}`, () => {
    const folder = scratch();
    let bench: Bench;
    beforeEach(async () => {
      bench = await open(folder.path);
    });
    afterEach(async () => {
      for (const server of started.splice(0)) await server.close();
    });

    const file = (content = 'signed pdf') => fileIn(folder.path, content);
    const run = (item = itemOf(file()), notes = new Notes()) => fileOne(bench.repository, item, notes.kept, notes.note);

    it('answers to a connection test', () => bench.repository.test());

    it('stores the bytes once, and says duplicate to a repeat', async () => {
      const first = await run();
      expect(first).to.include({ outcome: 'created', verified: 'equal', name: 'contract.pdf', sha256: file().sha256 });
      const second = await run();
      expect(second).to.include({ outcome: 'duplicate', id: first.id });
      expect(bench.copies().map(String)).to.deep.equal(['signed pdf']);
    });

    it('ends with one copy after a crash at any note, before or after it is kept', async () => {
      const steps = new Notes();
      const record = bench.repository.features.record.includes('hold') ? { hold: '13' } : undefined;
      const described = kind !== 'cmis' && kind !== 'webdav without properties';
      const metadata = { attributes: {}, ...(described && { description: 'd' }) };
      await run(itemOf(file(), { metadata, record }), steps);
      expect(steps.count).to.be.at.least(4);
      for (let at = 1; at <= steps.count; at += 1) {
        for (const when of ['before', 'after'] as const) {
          for (const server of started.splice(0)) await server.close();
          bench = await open(path.join(folder.path, `${when}-${at}`));
          const crashing = new Notes(at, when);
          expect(await failure(run(itemOf(file(), { metadata, record }), crashing))).to.be.instanceOf(Crash);
          const resumed = new Notes();
          resumed.kept = crashing.kept;
          const result = await run(itemOf(file(), { metadata, record }), resumed);
          expect(result.verified, `${when} ${at}`).to.equal('equal');
          expect(result.outcome, `${when} ${at}`).to.equal('created');
          expect(result.record).to.equal(record !== undefined);
          expect(bench.copies().map(String), `${when} ${at}`).to.deep.equal(['signed pdf']);
        }
      }
    });

    it('ends with one copy when the answer to the upload is lost', async function () {
      if (bench.server === undefined) return this.skip();
      const notes = new Notes();
      bench.server.loseAnswer(bench.isUpload!);
      const error = await failure(run(itemOf(file()), notes));
      expect(error.code).to.equal('OUTCOME_UNKNOWN');
      expect((await run(itemOf(file()), notes)).outcome).to.equal('created');
      expect(bench.copies().map(String)).to.deep.equal(['signed pdf']);
    });

    it('adopts the same bytes of another key, and refuses others', async () => {
      await run(itemOf(file('other'), { key: 'k1' }));
      const adopted = await run(itemOf(file('other'), { key: 'k2' }));
      expect(adopted.outcome).to.be.oneOf(['adopted', 'duplicate']);
      const error = await failure(run(itemOf(file(), { key: 'k3' })));
      expect(error).to.include({ code: 'NAME_NOT_ALLOWED', field: 'name' });
      expect(bench.copies().map(String)).to.deep.equal(['other']);
    });

    it('finds another name when the policy says so, and the same one when repeated', async () => {
      await run(itemOf(file('other'), { key: 'k1' }));
      const first = await run(itemOf(file(), { collision: 'rename' }));
      expect(first).to.include({ outcome: 'created', name: 'contract (2).pdf' });
      const second = await run(itemOf(file(), { collision: 'rename' }));
      expect(second.name).to.equal('contract (2).pdf');
      expect(second.outcome).to.be.oneOf(['duplicate', 'adopted']);
      expect(bench.copies()).to.have.length(2);
    });

    it('makes a version when the policy says so, or says that it cannot', async () => {
      await run(itemOf(file('other'), { key: 'k1' }));
      const versioned = run(itemOf(file(), { collision: 'version' }));
      if (!bench.repository.features.versions) {
        expect(await failure(versioned)).to.include({ code: 'BAD_CONFIG', field: 'collision' });
        return;
      }
      expect(await versioned).to.include({ outcome: 'versioned', name: 'contract.pdf' });
      expect((await run(itemOf(file(), { collision: 'version' }))).outcome).to.equal('duplicate');
      expect(String(bench.copies().at(-1))).to.equal('signed pdf');
    });

    it('refuses names that lead elsewhere, and stores nothing', async () => {
      for (const name of [
        '../x.pdf',
        '..',
        'a/b.pdf',
        'a\\b.pdf',
        'a\u0000.pdf',
        'a:b.pdf',
        '',
        `${'x'.repeat(300)}.pdf`,
      ]) {
        const error = await failure(run(itemOf({ ...file(), name })));
        expect(error.code, JSON.stringify(name)).to.equal('NAME_NOT_ALLOWED');
      }
      for (const where of ['../out', 'a/../../out', 'a//b', 'a/./b', 'a\\..\\b']) {
        const error = await failure(run(itemOf(file(), { container: { by: 'path', path: where } })));
        expect(error.code, where).to.equal('NAME_NOT_ALLOWED');
      }
      expect(bench.copies()).to.deep.equal([]);
    });

    it('refuses an empty file, a changed one and a missing one', async () => {
      const changed = { ...file(), sha256: '0'.repeat(64) };
      for (const wrong of [fileIn(folder.path, ''), changed, { ...file(), path: '/nowhere' }]) {
        expect((await failure(run(itemOf(wrong)))).code).to.equal('BAD_DOCUMENT');
      }
      expect(bench.copies()).to.deep.equal([]);
    });

    it('says when the container is missing and must not be made', async function () {
      if (kind === 'plain HTTP') return this.skip();
      const error = await failure(run(itemOf(file(), { container: { by: 'path', path: 'No/Such', create: false } })));
      expect(error.code).to.equal('NO_CONTAINER');
      expect(bench.copies()).to.deep.equal([]);
    });

    it('tells when the repository gives other bytes back', async () => {
      const { repository } = bench;
      const readBack = async () => ({ sha256: 'f'.repeat(64), size: 10 });
      const notes = new Notes();
      const error = await failure(fileOne({ ...repository, readBack }, itemOf(file()), {}, notes.note));
      expect(error.code).to.equal('HASH_MISMATCH');
      expect(notes.kept.filed).to.equal(undefined);
    });

    it('files names with blanks, umlauts and quotes', async () => {
      const name = kind === 'content server' ? 'Verträge "A" & Ü\'s 50%.pdf' : "Verträge & Ü's 50% #1.pdf";
      const filed = await run(
        itemOf({ ...file(), name }, { container: { by: 'path', path: "Müller & Söhne's/#1 50%" } }),
      );
      expect(filed.name).to.equal(name);
      expect(
        (await run(itemOf({ ...file(), name }, { container: { by: 'path', path: "Müller & Söhne's/#1 50%" } })))
          .outcome,
      ).to.equal('duplicate');
    });
  });
}
