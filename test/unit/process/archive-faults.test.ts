import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { openRepository } from '../../../dist/lib/archive/repositories/open';
import { archive } from '../../../dist/lib/process/archiving/archive';
import type { ArchiveContext, ArchiveRequest, ArchiveResult } from '../../../dist/lib/process/archiving/types';
import { until } from '../../../scripts/lib/child';
import { linkFor, signAs } from '../../../scripts/lib/signer';
import { tools } from '../archive/repositories/support';
import { drain } from '../ledger/stores';
import { anna, ProcessBench } from './bench';
import { everyFault } from './failing-ledger';

describe('a document is filed once', function () {
  this.timeout(120_000);
  let bench: ProcessBench;
  let envelope: string;
  let sha256: string;
  let count = 0;

  before(async () => {
    bench = await ProcessBench.open();
    envelope = await bench.send('contract');
    await signAs(await linkFor(bench.sandbox.url, anna, envelope), 'Anna');
    const { pdf } = await until('the signed document', async () => {
      const document = await bench.account.client.documents.get(envelope);
      return document.pdf !== null && document;
    });
    const bytes = Buffer.from(await (await fetch(String(pdf))).arrayBuffer());
    sha256 = createHash('sha256').update(bytes).digest('hex');
  });
  after(() => bench.close());

  const request = {
    container: { by: 'path', path: 'Contracts', create: true },
    name: 'contract',
    collision: 'version',
    metadata: { attributes: {}, classifications: [] },
    form: 'documents',
    trust: '',
    tsaUrl: '',
    policy: { indeterminate: 'warn', noSignature: 'warn' },
    maxBytes: 10_000_000,
    deleteAtProvider: false,
    retryForMs: 86_400_000,
  } as unknown as ArchiveRequest;

  /** A repository of its own, in which the same envelope is another job. */
  const place = () => {
    count += 1;
    const node = `archive-${count}`;
    const root = path.join(bench.folder, node);
    const context: ArchiveContext = {
      account: bench.account,
      repository: openRepository({ kind: 'folder', folder: root }, tools()),
      repositoryId: node,
      workFolder: path.join(bench.folder, `${node}-work`),
      quarantineFolder: path.join(bench.folder, `${node}-quarantine`),
    };
    const filed = (): string[] =>
      readdirSync(path.join(root, 'Contracts'))
        .filter((name) => !name.startsWith('.'))
        .toSorted();
    return { node, context, filed };
  };

  it('what a crash has cut off is filed as it was begun, however it is repeated', async () => {
    const { node, context, filed } = place();
    const job = { node, envelope, request, message: '{}' };
    await bench.attempt({ at: 4, when: 'after', lasting: true }, () => archive(context, job));
    bench.lapse();
    await archive(context, { ...job, request: { ...request, name: 'renamed' } });
    expect(filed()).to.include('contract.pdf');
    expect(filed().filter((name) => name.startsWith('renamed'))).to.deep.equal([]);
  });

  for (const [what, fault] of everyFault) {
    it(`when the ledger is away ${what}, at each in turn`, async () => {
      let met = true;
      let at = 0;
      while (met) {
        at += 1;
        const { node, context, filed } = place();
        const job = { node, envelope, request, message: '{}' };
        met = await bench.attempt({ at, ...fault }, () => archive(context, job));
        bench.lapse();
        const answer = await archive(context, job);
        expect(answer.state).to.be.oneOf(['finished', 'repeat']);
        const left = await drain(bench.ledger, [node]);
        expect(left, 'messages').to.have.length(1);
        const { items } = left.map(({ body }) => body as ArchiveResult).at(0) ?? { items: [] };
        expect(new Set(items.map(({ role }) => role)).size).to.equal(items.length);
        expect(items.find(({ role }) => role === 'signed')).to.include({ sha256, name: 'contract.pdf' });
        expect(items.map(({ version }) => version ?? '1')).to.deep.equal(items.map(() => '1'));
        expect(filed()).to.deep.equal(items.map(({ name }) => name).toSorted());
      }
      expect(at, 'calls').to.be.above(6);
    });
  }
});
