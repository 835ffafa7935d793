import { expect } from 'chai';
import { until } from '../support/house';
import { ArchiveHouse, type FiledThere, filing, type Item, repositories, signedSha } from './archive-house';

const kinds = ['folder', 'content-server', 'core-content', 'webdav', 'http', 'form'] as const;
const remote = kinds.filter((kind) => kind !== 'folder');
/** Core Content is patient in each attempt, which takes real time; that its outages count as such is tested with its client. */
const impatient = remote.filter((kind) => kind !== 'core-content');

describe('ecm-archive, in every kind of repository', () => {
  let archive: ArchiveHouse;
  let envelope: string;

  before(async () => {
    archive = await ArchiveHouse.open('archive-repositories', (sandbox, trust) => [
      ...repositories(sandbox),
      ...kinds.flatMap((kind) => filing(kind, kind, { trust })),
      ...filing('patience', 'webdav', { form: 'zip', retryDays: '1' }),
      ...filing('record', 'content-server', {
        trust,
        form: 'zip',
        containerBy: 'businessObject',
        system: 'SAP',
        objectType: 'EMPLOYEE',
        metadata: [
          { attribute: '12508_2', value: 'Signed', valueType: 'str' },
          { attribute: '12508_3', value: 'envelope', valueType: 'msg' },
          { attribute: '12508_6', value: '["Anna", "Ben"]', valueType: 'json' },
        ],
        classifications: '[112]',
      }),
    ]);
    envelope = await archive.signed();
  });
  after(() => archive.house.close());
  afterEach(() => archive.house.faults({}));

  const at = (where: string) => async (): Promise<FiledThere[]> =>
    (await archive.filedThere()).filter(({ path }) => path.split('/').at(-1) === where || path.endsWith(where));

  /** What lies at a place, whatever the repository. */
  const there = async (kind: string, where: string): Promise<string[]> => {
    if (kind === 'folder') {
      return archive
        .onDisk(`archive/${where}`)
        .map((name) => archive.shaOnDisk(`archive/${where}/${name}`))
        .toSorted();
    }
    return (await at(where)()).map(({ sha256 }) => sha256).toSorted();
  };
  /** One envelope for each repository, because two of them share a tree and would know it again. */
  const signedForEach = (each: readonly string[] = remote): Promise<string[]> =>
    Promise.all(each.map(() => archive.signed()));
  const hashes = (items: Item[]): string[] => items.map(({ sha256 }) => sha256).toSorted();

  for (const kind of kinds) {
    it(`${kind}: files each part once, bit for bit; a repeat says \`duplicate\``, async () => {
      const where = `plain-${kind}`;
      // What the plain HTTP service was given by PUT it would know again by its key.
      const one = kind === 'form' ? await archive.signed() : envelope;
      const { port, archive: result } = await archive.filed(kind, one, { path: where });
      expect(port).to.equal(0);
      expect(result.items.map(({ role, outcome }) => [role, outcome])).to.deep.equal([
        ['signed', 'created'],
        ['log', 'created'],
        ['package', 'created'],
      ]);
      expect(result.items[0]?.sha256).to.equal(await signedSha(archive.house, one));
      expect(await there(kind, where)).to.deep.equal(hashes(result.items));
      const repeat = await archive.filed(kind, one, { path: where });
      expect(repeat.archive.items.map(({ id, outcome }) => [id, outcome])).to.deep.equal(
        result.items.map(({ id }) => [id, 'duplicate']),
      );
      expect(await there(kind, where)).to.have.length(3);
    });
  }

  it('makes a name of a title where none is given, as the repository takes it', async () => {
    const envelope = {
      id: await archive.signed(),
      requestId: null,
      externalId: null,
      name: `../M-1: A\\B <${'ü'.repeat(230)}>`,
      status: 'signed',
      signers: [],
      sentAt: null,
      dueAt: null,
      account: 'account',
    };
    for (const kind of ['folder', 'content-server', 'webdav'] as const) {
      const { archive: result } = await archive.filed(kind, envelope, { documentName: '', path: `titled-${kind}` });
      const stem = result.items[0]?.name.slice(0, -'.pdf'.length) ?? '';
      expect(stem, kind).to.match(kind === 'content-server' ? /^_M-1_ A_B <ü{200,}$/ : /^_M-1_ A_B _ü{100,}$/);
      const endings = result.items.map(({ name }) => name.replace(stem, ''));
      expect(endings, kind).to.deep.equal(['.pdf', ' - signing log.pdf', ' - evidence.zip']);
    }
  });

  it('lost answers to uploads: looks first when it tries again, so that there is one copy', async () => {
    const envelopes = await signedForEach();
    const steps = ['upload', 'metadata', 'container'] as const;
    const lost = remote
      .map((kind) => (kind === 'form' ? 'http' : kind))
      .flatMap((service) => steps.map((step) => ({ service, step, kind: 'lostAnswer', times: 1 })));
    await archive.house.faults({ ecm: lost });
    const marks = await Promise.all(
      remote.map(async (kind, index) => {
        const mark = archive.newMark();
        await archive.file(kind, envelopes[index] ?? '', mark, { path: `lost-${kind}` });
        return mark;
      }),
    );
    for (const [index, kind] of remote.entries()) {
      const mark = marks[index] ?? '';
      const line = await until(`the message of ${kind}`, async () => {
        const all = await archive.operations(...envelopes);
        const { state, error } = all.find(({ envelope }) => envelope === envelopes[index]) ?? {};
        if (state === 'failed') throw new Error(JSON.stringify(error));
        // An hour that passes in the middle of an attempt would end the log-on it has just made.
        if (state === 'waiting' && all.every((one) => one.state !== 'running')) await archive.house.advance('1h');
        return archive.lines(mark)[0];
      });
      expect(await there(kind, `lost-${kind}`), kind).to.deep.equal(hashes(line.archive.items));
      expect(
        line.archive.items.map(({ outcome }) => outcome),
        kind,
      ).to.deep.equal(['created', 'created', 'created']);
      expect(archive.refusals(mark), kind).to.deep.equal([]);
    }
  });

  it('an outage of days: the message stays parked, over a restart too, and leaves once when all is filed', async () => {
    const envelopes = await signedForEach(impatient);
    await archive.house.faults({ ecm: [{ kind: 'outage' }] });
    const marks = await Promise.all(
      impatient.map(async (kind, index) => {
        const mark = archive.newMark();
        const { status } = await archive.file(kind, envelopes[index] ?? '', mark, { path: `outage-${kind}` });
        expect(status).to.equal(200);
        return mark;
      }),
    );
    const attempts = async (): Promise<number[]> => {
      const all = await archive.operations(...envelopes);
      return envelopes.map((id) => {
        const { state, attempt } = all.find(({ envelope }) => envelope === id) ?? {};
        return state === 'waiting' ? (attempt ?? 0) : 0;
      });
    };
    for (let day = 1; day <= 2; day += 1) {
      const before = await attempts();
      if (day === 2) {
        await archive.house.runtime.end();
        await archive.house.boot();
      }
      await archive.house.advance('1d');
      await until('another attempt in each repository', async () =>
        (await attempts()).every((count, index) => count > (before[index] ?? 0)),
      );
      for (const mark of marks) expect(archive.lines(mark)).to.deep.equal([]);
    }
    await archive.house.faults({});
    await archive.house.advance('1d');
    for (const [index, kind] of impatient.entries()) {
      const mark = marks[index] ?? '';
      const line = await archive.out(mark);
      expect(line, kind).to.include({ port: 0, kept: 'as it was' });
      expect(await there(kind, `outage-${kind}`), kind).to.deep.equal(hashes(line.archive.items));
      expect(archive.lines(mark), kind).to.have.length(1);
      expect(archive.refusals(mark), kind).to.deep.equal([]);
    }
  });

  it('an outage that is longer than the node waits: an error once, and a repeat of the message files', async () => {
    const mark = archive.newMark();
    await archive.house.faults({ ecm: [{ service: 'webdav', kind: 'status', status: 503 }] });
    const another = await archive.signed();
    expect((await archive.file('patience', another, mark, { path: 'late' })).status).to.equal(200);
    await archive.house.advance('2d');
    const [refusal] = await until('the refusal', () => archive.refusals(mark).length > 0 && archive.refusals(mark));
    expect(refusal?.code).to.equal('REMOTE_FAULT');
    await archive.house.faults({});
    expect(await archive.filed('patience', another, { path: 'late' })).to.include({ port: 0 });
    expect(await there('webdav', 'late')).to.have.length(1);
    expect(archive.refusals(mark)).to.have.length(1);
  });

  it('Content Server: in the workspace of a business object, classified, with attributes, declared a record last', async () => {
    const another = await archive.signed();
    const record = { classification: '222', official: true, hold: 'Audit 2026' };
    const { archive: result } = await archive.filed('record', another, {
      container: '4711',
      path: 'Contracts',
      record,
    });
    const [filed] = (await archive.filedThere()).filter(({ sha256 }) => sha256 === result.items[0]?.sha256);
    expect(filed?.path).to.equal('Enterprise/Human Resources/Employee Files/4711 Anna Berger/Contracts');
    expect(filed?.metadata).to.deep.include({
      classifications: ['Personnel'],
      'Signed Document: Status': 'Signed',
      'Signed Document: Envelope': another,
      'Signed Document: Signers': ['Anna', 'Ben'],
    });
    expect(filed?.record).to.deep.include({
      classification: 'Personnel Records',
      official: true,
      fileStatus: 'ACTIVE',
      holds: ['Audit 2026'],
    });
  });
});
