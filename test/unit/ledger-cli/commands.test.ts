import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import type { Ledger } from '../../../dist/lib/ledger/ledger';
import { account, node, onBothEngines, truth, wait } from '../ledger/stores';
import { type Person, runOn } from './support';

/** An operation that was given up. */
async function failedOperation(ledger: Ledger, key: string, of = node): Promise<void> {
  const request = {
    key,
    kind: 'push',
    account,
    node: of,
    fingerprint: 'f',
    request: {},
    message: '{}',
    attachments: [],
  };
  await ledger.beginOperation({ ...request, owner: 'o', leaseMs: 1 });
  await ledger.failOperation({ key, rev: 1, error: { code: 'REFUSED', message: 'no such device' }, retryAt: null });
}

onBothEngines('core-signature-ledger', ({ store, ledger }) => {
  const cli = (args: string, person: Person = {}) => runOn(store(), args.split(' '), person);

  beforeEach(async () => {
    for (const id of ['e1', 'e2', 'e3']) {
      await ledger().openWait(wait(`w-${id}`, id));
      await ledger().applyTruth(truth(id, 'sent'));
    }
    await failedOperation(ledger(), 'push:1');
  });

  it('status says what is there, while a runtime has it open', async () => {
    const { exit, out } = await cli('status');
    expect(exit).to.equal(0);
    expect(out).to.match(/^Envelopes +3 open of 3$/m);
    expect(out).to.match(/^Waits +3 open$/m);
    expect(out).to.match(/^Operations +0 at work, 0 to be tried again, 1 failed$/m);
    expect(out).to.match(/^Given up +1 fault: see "list faults"$/m);
    const json = (await cli('status --json')).json<{ stats: object; owners: string[] }>();
    expect(json.stats).to.deep.equal(await ledger().stats({}));
    expect(json.owners).to.deep.equal([]);
  });

  it('status names who holds leases', async () => {
    await ledger().acquireLease({ name: 'poll', owner: 'other-host/7/x', leaseMs: 1e12 });
    expect((await cli('status')).out).to.match(/^Leases +held by other-host\/7\/x$/m);
  });

  it('list shows open envelopes aligned, all with --all, and pages', async () => {
    await ledger().applyTruth(truth('e2', 'signed'));
    const { out } = await cli('list');
    const [head = '', ...rows] = out.split('\n');
    expect(rows.map((row) => row.split(' ')[0])).to.deep.equal(['e1', 'e3']);
    for (const row of rows) expect(row.indexOf('sent')).to.equal(head.indexOf('STATUS'));
    expect((await cli('list envelopes --all --json')).json<unknown[]>()).to.have.length(3);
    const limited = await cli('list waits --limit 1 --json');
    expect(limited.json<{ id: string }[]>().map(({ id }) => id)).to.deep.equal(['w-e1']);
    expect(limited.err).to.match(/There are more/);
    expect((await cli('list waits --envelope e3 --json')).json<{ id: string }[]>()).to.have.length(1);
    expect((await cli('list ladders')).err).to.equal('No ladders.');
    expect((await cli('list envelopes --node n')).exit).to.equal(64);
  });

  it('list never cuts an id, whatever its length, and obeys no control character', async () => {
    const id = `push:${'x'.repeat(200)}`;
    await failedOperation(ledger(), id);
    await ledger().applyTruth({
      ...truth('e9', 'sent'),
      envelope: { ...truth('e9', 'sent').envelope, name: '\u001b[2J' },
    });
    expect((await cli('list faults')).out).to.include(id);
    expect((await cli('list')).out)
      .to.include('\uFFFD[2J')
      .and.not.to.include('\u001b');
  });

  it('list devices does not show where a device is reached', async () => {
    await ledger().putDevice({ service: 's', person: 'anna', kind: 'fcm', address: 'SECRET-token', label: 'Phone' });
    for (const args of ['list devices', 'list devices --json']) {
      expect((await cli(args)).out)
        .to.include('anna')
        .and.not.to.include('SECRET');
    }
  });

  it('show finds an envelope by its id and by its external id, and verifies its journal', async () => {
    const sent = { account, externalId: 'order 7', name: 'N', status: 'sent', rank: 1, terminal: false, snapshot: {} };
    await ledger().recordEnvelope({ ...sent, id: 'e7', clock: '', sentAt: 0, dueAt: null, node });
    const { exit, out } = await runOn(store(), ['show', 'order 7']);
    expect(exit).to.equal(0);
    expect(out)
      .to.match(/^Envelope +e7$/m)
      .and.to.match(/^Journal: \d+ entries, verified$/m);
    const [found] = (await cli('show e1 --json')).json<{ waits: { id: string }[]; journal: { intact: boolean } }[]>();
    expect(found?.waits.map(({ id }) => id)).to.deep.equal(['w-e1']);
    expect(found?.journal).to.deep.equal(await ledger().journal({ account, envelope: 'e1' }));
    expect((await cli('show nobody')).exit).to.equal(3);
  });

  it('orphans tells the nodes that are in no flow file, also inside subflows', async () => {
    await ledger().openWait(wait('w-sub', 'e1', { node: 'instance-inner' }));
    await ledger().openWait(wait('w-gone', 'e1', { node: 'gone' }));
    const folder = mkdtempSync(path.join(tmpdir(), 'flows-'));
    try {
      const file = path.join(folder, 'flows.json');
      writeFileSync(file, JSON.stringify([{ id: node }, { id: 'instance' }, { id: 'inner' }]));
      const found = await cli(`orphans --flows ${file} --json`);
      expect(found.json<{ node: string; waits: number }[]>().map((row) => [row.node, row.waits])).to.deep.equal([
        ['gone', 1],
      ]);
      expect((await cli(`orphans --flows ${file} --node gone`)).err).to.equal('No orphans.');
      expect((await cli('orphans')).out).to.include('instance-inner');
      writeFileSync(file, '{"name": "no flows"}');
      expect(await cli(`orphans --flows ${file}`)).to.include({ exit: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('retry tries one fault again, or all after a question', async () => {
    expect((await cli('retry operation push:1')).exit).to.equal(0);
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
    expect((await cli('retry operation push:1')).exit).to.equal(3);
    for (const key of ['push:2', 'push:3']) await failedOperation(ledger(), key);
    expect((await cli('retry --all')).exit).to.equal(4);
    const declined = await cli('retry --all', { answers: ['n'] });
    expect(declined.asked).to.deep.equal(['Try 2 faults again? [y/N] ']);
    expect(declined.exit).to.equal(4);
    expect(await ledger().faults({ limit: 9 })).to.have.length(2);
    expect((await cli('retry --all --account other --yes --json')).json()).to.deep.equal({ retried: 0 });
    expect((await cli('retry --all --json', { answers: ['yes'] })).json()).to.deep.equal({ retried: 2 });
    expect(await ledger().faults({ limit: 9 })).to.deep.equal([]);
  });

  it('retry leaves the steps of ladders to their ladders', async () => {
    await failedOperation(ledger(), 'step', '');
    expect(await cli('retry operation step')).to.include({ exit: 1 });
    expect((await cli('retry --all --yes --json')).json()).to.deep.equal({ retried: 1 });
    expect(await ledger().operation({ key: 'step' })).to.include({ state: 'failed' });
  });

  it('drop changes nothing before a yes, then drops a fault, a wait, a ladder and a whole node', async () => {
    await ledger().openLadder({
      ...{ id: 'l', account, envelope: 'e1', node, clock: '', name: '', spec: null, message: '{}' },
      first: { id: 'f', at: 1 },
    });
    const states = async () => [
      (await ledger().faults({ limit: 9 })).length,
      (await ledger().listWaits({ state: 'waiting', limit: 9 })).length,
      (await ledger().listLadders({ states: ['running'], limit: 9 })).length,
    ];
    for (const what of ['operation push:1', 'wait w-e1', 'ladder l', `node ${node}`]) {
      expect((await cli(`drop ${what}`)).exit, what).to.equal(4);
      expect((await cli(`drop ${what}`, { answers: [''] })).exit, what).to.equal(4);
    }
    expect(await states()).to.deep.equal([1, 3, 1]);
    expect((await cli('drop operation push:1', { answers: ['y'] })).exit).to.equal(0);
    expect((await cli('drop wait w-e1 --yes')).exit).to.equal(0);
    expect((await cli('drop wait w-e1 --yes')).exit).to.equal(3);
    expect((await cli('drop ladder l --yes')).exit).to.equal(0);
    expect(await states()).to.deep.equal([0, 2, 0]);
    expect((await cli(`drop node ${node} --yes --json`)).json()).to.deep.equal({ dropped: 2 });
    expect(await states()).to.deep.equal([0, 0, 0]);
    expect((await cli('drop envelope e1 --yes')).exit).to.equal(64);
  });

  it('rebind gives the work of one node to another after a question', async () => {
    expect((await cli(`rebind ${node} n2`)).exit).to.equal(4);
    expect((await cli(`rebind ${node} n2 --yes --json`)).json()).to.deep.equal({ moved: 3 });
    expect(await ledger().waitStats({ nodes: ['n2'] })).to.deep.include({
      node: 'n2',
      open: 3,
      nextDeadline: null,
      clock: '',
    });
  });

  it('prune removes what ended before the time, after a question, and shows how far it is', async () => {
    store().now = Date.UTC(2025, 0, 1);
    await ledger().applyTruth(truth('old', 'signed'));
    expect((await cli('prune --older-than 2025-06-01')).exit).to.equal(4);
    expect((await cli('prune --older-than 3000-01-01 --yes')).exit).to.equal(64);
    expect((await cli('prune --yes')).exit).to.equal(64);
    const pruned = await cli('prune --older-than 2025-06-01 --yes --json');
    expect(pruned.json()).to.include({ envelopes: 1 });
    expect(pruned.drawn.some((line) => line.startsWith('Removing'))).to.equal(true);
    expect((await ledger().envelope({ account, id: 'old' }))?.prunedAt).to.be.a('number');
    expect((await cli('show old')).out).to.match(/^Journal: .* verified$/m);
  });

  it('verify checks every journal', async () => {
    for (let i = 0; i < 120; i += 1) await ledger().appendAudit({ account, envelope: `many ${i}`, kind: 'k', body: i });
    const verified = await cli('verify --json');
    expect(verified.exit).to.equal(0);
    expect(verified.json()).to.include({ intact: true, journals: 123 });
    expect(verified.drawn.some((line) => /^Verifying \[#*-*\] +\d+ %/.test(line))).to.equal(true);
    expect((await cli('verify')).out).to.match(/^Everything holds: 123 journals with \d+ entries\.$/);
  });
});
