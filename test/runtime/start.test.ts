import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type Child, startChild } from '../../scripts/lib/child';
import { isFree } from '../../scripts/lib/ports';
import { projectRoot, until } from '../support/house';

/** Holds a port, if nobody does already. */
const hold = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe('npm start', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-start-'));
  let holders: (Server | undefined)[] = [];
  let started: Child;
  let urls: string[];

  before(async () => {
    holders = await Promise.all([hold(1880), hold(4010)]);
    started = startChild(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
      cwd: projectRoot,
      env: { CORE_SIGNATURE_START_FOLDER: folder },
    });
    await until('the greeting', () => started.log().includes('Ctrl-C'), { child: started, timeoutMs: 60_000 });
    urls = [...started.log().matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(String);
  });
  after(async () => {
    await started.end();
    for (const holder of holders) holder?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes free ports where its own are busy, and says so', async () => {
    expect(started.log()).to.match(/Port 1880 is busy, so the editor listens on \d+\./);
    expect(started.log()).to.match(/Port 4010 is busy, so the sandbox listens on \d+\./);
    for (const url of urls) expect((await fetch(url.split('/contracts')[0] ?? '')).status).to.equal(200);
  });

  it('starts the examples ready to be used, on whichever port the sandbox is', async () => {
    const [editor] = urls;
    const flows = (await (await fetch(`${editor}/flows`)).json()) as { type: string; url?: string; id: string }[];
    const repositories = flows.filter(({ type, url }) => type === 'ecm-repository' && url !== '');
    expect(repositories.length).to.be.greaterThan(0);
    for (const { id, url } of repositories) {
      expect(url).to.include(urls.at(-1));
      const known = await (await fetch(`${editor}/credentials/ecm-repository/${id}`)).json();
      expect(known, id).to.deep.include({ has_password: true });
    }
  });

  it('sends nothing by itself', async () => {
    const inbox = urls.at(-1) ?? '';
    const state = (await (await fetch(`${inbox}/sandbox/state`)).json()) as { documents: []; mails: [] };
    expect(state.documents).to.deep.equal([]);
    expect(state.mails).to.deep.equal([]);
  });

  it('ends everything on Ctrl-C', async () => {
    await started.end('SIGINT');
    // Another program of these tests may take a port as soon as it is free, and gives it back.
    for (const url of new Set(urls)) {
      await until(`${url} to be free`, () => isFree(Number(new URL(url).port)), { timeoutMs: 40_000 });
    }
  });
});
