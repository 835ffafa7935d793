import { expect } from 'chai';
import { until } from '../support/house';
import { ArchiveHouse, filing, type Line, repositories, signedSha } from './archive-house';

const seed = Number(process.env.SEED ?? Date.now() % 100_000);

/** Mulberry32, so that a failure can be repeated with its seed. */
function dice(start: number): () => number {
  let value = start;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let t = Math.imul(value ^ (value >>> 15), value | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('ecm-archive survives kill -9', () => {
  let archive: ArchiveHouse;

  before(async () => {
    archive = await ArchiveHouse.open('archive-crash', (sandbox, trust) => [
      ...repositories(sandbox),
      ...filing('folder', 'folder', { trust }),
      ...filing('content-server', 'content-server', { trust }),
      ...filing('http', 'http', { trust }),
      ...filing('deleting', 'folder', { trust, form: 'zip', deleteAtProvider: true }),
    ]);
  });
  after(() => archive.house.close());
  afterEach(() => archive.house.faults({}));

  const crash = async (): Promise<void> => {
    await archive.house.runtime.end('SIGKILL');
    await archive.house.boot();
  };

  /** Files until the message leaves; who gets no answer because the runtime is gone asks again, as any client does. */
  const filedInSpite = async (
    node: string,
    envelope: string,
    path: string,
    moment: () => Promise<void>,
  ): Promise<Line> => {
    const mark = archive.newMark();
    const asked = archive.file(node, envelope, mark, { path }).catch(() => undefined);
    await moment();
    await crash();
    await asked;
    if ((await archive.operations(envelope)).length === 0) await archive.file(node, envelope, mark, { path });
    const line = await archive.out(mark);
    const ids = new Set(archive.lines(mark).map(({ deliveryId }) => deliveryId));
    expect(ids.size, 'messages that are no repeats').to.equal(1);
    expect(archive.refusals(mark)).to.deep.equal([]);
    return line;
  };

  /** Each part is there exactly once, with the bytes it is said to have. */
  const once = async (node: string, envelope: string, path: string, { archive: result }: Line): Promise<void> => {
    const shas = result.items.map(({ sha256 }) => sha256).toSorted();
    expect(result.items.map(({ role }) => role)).to.deep.equal(['signed', 'log', 'package']);
    expect(result.items[0]?.sha256).to.equal(await signedSha(archive.house, envelope));
    const there =
      node === 'folder'
        ? archive.onDisk(`archive/${path}`).map((name) => archive.shaOnDisk(`archive/${path}/${name}`))
        : (await archive.filedThere()).filter((one) => one.path.endsWith(path)).map(({ sha256 }) => sha256);
    expect(there.toSorted()).to.deep.equal(shas);
    const entries = await archive.journal(envelope);
    expect(entries).to.have.length(1);
    expect(entries[0]?.items).to.deep.equal(result.items);
    expect(archive.onDisk('core-signature-archive'), 'work in progress').to.deep.equal([]);
  };

  for (const [node, rounds] of [
    ['folder', 3],
    ['content-server', 3],
    ['http', 2],
  ] as const) {
    it(`at any moment of filing in ${node}: one copy, one journal entry (SEED=${seed})`, async () => {
      const random = dice(seed + node.length);
      // A slower repository has more moments in which to be killed.
      await archive.house.faults({ ecm: [{ kind: 'delay', delayMs: 20 }] });
      for (let round = 1; round <= rounds; round += 1) {
        const envelope = await archive.signed();
        const place = `${node}-${round}`;
        const afterMs = random() * (node === 'folder' ? 300 : 900);
        const line = await filedInSpite(node, envelope, place, () => new Promise((go) => setTimeout(go, afterMs)));
        await once(node, envelope, place, line);
      }
    });
  }

  it('between the upload of a part and the note about it: the part is found again', async () => {
    const envelope = await archive.signed();
    await archive.house.faults({
      ecm: [{ service: 'content-server', step: 'read', kind: 'delay', delayMs: 2000, times: 1 }],
    });
    const line = await filedInSpite('content-server', envelope, 'between', () =>
      until('the first part', async () =>
        (await archive.filedThere()).some(({ path }) => path.endsWith('between')),
      ).then(),
    );
    await once('content-server', envelope, 'between', line);
  });

  it('after the copy of the service is deleted, before the message is out: it comes out', async () => {
    const envelope = await archive.signed();
    await archive.house.faults({ api: [{ match: 'DELETE /documents/*', kind: 'lostAnswer' }] });
    const gone = async (): Promise<boolean> => {
      const headers = { authorization: 'Token sandbox-token' };
      return (await fetch(`${archive.house.sandbox.url}/api/v1/documents/${envelope}/`, { headers })).status === 404;
    };
    const line = await filedInSpite('deleting', envelope, 'deleted', async () => {
      await until('the deletion', gone);
      await archive.house.faults({});
    });
    expect(line.archive.items.map(({ role }) => role)).to.deep.equal(['package']);
    expect(archive.onDisk('archive/deleted')).to.have.length(1);
    expect(await archive.journal(envelope), 'entries in the journal').to.have.length(1);
  });
});
