import { expect } from 'chai';
import { tab } from '../support/flows';
import { contractPdf, example, type House, openHouse, until } from '../support/house';
import type { Archived, FiledThere } from './archive-house';
import { inLedger, sign } from './steps';

const names = [
  '10 - File the signed contract',
  '11 - Offer letter to the employee file',
  '12 - Policy approval from and to the DMS',
  '13 - Quarantine what does not verify',
];
const secrets = { user: 'sandbox-user', password: 'sandbox-password' };

describe('the example for archiving', () => {
  let house: House;

  before(async () => {
    house = await openHouse({ name: 'archive-examples', flows: [tab()] });
    const nodes = new Map(names.flatMap((name) => example(name)).map((node) => [node.id, node]));
    // Passwords are never in an export, and the sandbox has another port than the one that is the default.
    const filled = [...nodes.values()].map((node) =>
      ['ecm-repository', 'http request'].includes(node.type) ? { ...node, credentials: secrets } : node,
    );
    await house.deploy(JSON.parse(JSON.stringify(filled).replaceAll('http://127.0.0.1:4010', house.sandbox.url)));
  });
  after(() => house.close());
  afterEach(() => house.faults({}));

  /** Posts a document as in the comment of the flow, and signs. */
  const signed = async (
    where: string,
    query: Record<string, string>,
    body: Buffer | '' = contractPdf,
  ): Promise<string> => {
    const answer = await fetch(`${house.runtime.url}${where}?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      ...(body !== '' && { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).to.equal(202);
    const { envelope } = (await until('the envelope', async () => {
      const { documents } = (await (await fetch(`${house.sandbox.url}/sandbox/state`)).json()) as {
        documents: { uuid: string; externalId: string }[];
      };
      const found = documents.find(({ externalId }) => externalId === query.key);
      return found && { envelope: found.uuid };
    })) as { envelope: string };
    await sign(house, envelope);
    return envelope;
  };

  const lineOf = <T extends object>(file: string, envelope: string): Promise<T & { archive: Archived }> =>
    until(`the line in ${file}`, () =>
      house.lines<T & { envelope: string; archive: Archived }>(file).find((one) => one.envelope === envelope),
    );
  const filed = async (): Promise<FiledThere[]> =>
    ((await (await fetch(`${house.sandbox.url}/sandbox/state`)).json()) as { filed: FiledThere[] }).filed;

  it('10 files a contract in the folder of its matter', async () => {
    const envelope = await signed('/matters', { key: 'C-1', matter: 'M-2041', signer: 'anna@example.com' });
    const { archive } = await lineOf('archive.jsonl', envelope);
    expect(archive.container).to.equal('matters/M-2041');
    expect(archive.items.map(({ name }) => name)).to.deep.equal([
      'Contract C-1.pdf',
      'Contract C-1 - signing log.pdf',
      'Contract C-1 - evidence.zip',
    ]);
  });

  it('11 files an offer letter in the employee file, with attributes, audit trail and as a record', async () => {
    const envelope = await signed('/offer-letters', { key: 'O-4711', employee: '4711', signer: 'anna@example.com' });
    const { archive } = await lineOf('employee-files.jsonl', envelope);
    expect(archive.items.map(({ role, outcome }) => [role, outcome])).to.deep.equal([
      ['signed', 'created'],
      ['log', 'created'],
      ['package', 'created'],
    ]);
    const there = (await filed()).filter(({ path }) => path.endsWith('/Employee Files/4711 Anna Berger/Offers'));
    expect(there.map(({ sha256 }) => sha256).toSorted()).to.deep.equal(
      archive.items.map(({ sha256 }) => sha256).toSorted(),
    );
    for (const { metadata, record } of there) {
      expect(metadata).to.deep.include({
        'Employee Document: Personnel Number': '4711',
        'Employee Document: Document Type': 'Contract',
        classifications: ['Personnel'],
      });
      expect(record).to.include({ classification: 'Personnel Records', official: true });
    }
    const { entries } = await inLedger(house, (ledger) => ledger.journal({ account: 'f1-account', envelope }));
    expect(entries.map(({ kind }) => kind)).to.include('archived');
  });

  it('12 takes a draft from the DMS and puts the approved policy there, indexed', async () => {
    const authorization = `Basic ${Buffer.from('sandbox-user:sandbox-password').toString('base64')}`;
    const put = async (where: string, method: string, body?: Buffer): Promise<void> => {
      await fetch(`${house.sandbox.url}/webdav/${where}`, {
        method,
        headers: { authorization },
        ...(body && { body: new Uint8Array(body) }),
      });
    };
    await put('policies', 'MKCOL');
    await put('policies/drafts', 'MKCOL');
    await put('policies/drafts/P-7.pdf', 'PUT', contractPdf);
    const envelope = await signed('/policies', { policy: 'P-7', key: 'policy-P-7', approver: 'anna@example.com' }, '');
    const { archive } = await lineOf('policies.jsonl', envelope);
    const there = (await filed()).filter(({ path }) => path.endsWith('policies/approved'));
    expect(there.map(({ name }) => name).toSorted()).to.deep.equal(archive.items.map(({ name }) => name).toSorted());
    const approved = there.find(({ name }) => name === 'P-7.pdf');
    expect(JSON.stringify(approved?.metadata))
      .to.match(/approved/)
      .and.match(/anna@example\.com/)
      .and.include(envelope);
    const answer = await fetch(`${house.runtime.url}/policies?policy=P-8&approver=anna@example.com`, {
      method: 'POST',
    });
    expect(answer.status).to.equal(404);
  });

  it('13 files what verifies, puts aside what does not, and tells what failed', async () => {
    const good = await signed('/deeds', { key: 'D-1', signer: 'anna@example.com' });
    expect((await lineOf('deeds.jsonl', good)).archive.items).to.have.length(3);
    await house.faults({ downloads: { corrupt: true } });
    const bad = await signed('/deeds', { key: 'D-2', signer: 'anna@example.com' });
    const { verification } = await lineOf<{ verification: Archived['verification'] }>('quarantine.jsonl', bad);
    expect(verification.decision).to.equal('quarantine');
    expect(verification.reasons.join()).to.match(/hash/);
    await house.faults({ downloads: { expire: true } });
    const gone = await signed('/deeds', { key: 'D-3', signer: 'anna@example.com' });
    expect(await lineOf('failed.jsonl', gone)).to.include({ key: 'D-3', code: 'FORBIDDEN' });
    expect(house.lines('deeds.jsonl')).to.have.length(1);
  });
});
