import { expect } from 'chai';
import type { EventBody } from '../../../dist/lib/ledger/types';
import { account, drain, fact, node, onBothEngines, type Status, truth } from './stores';

const permutations = <T>(list: T[]): T[][] =>
  list.length < 2
    ? [list]
    : list.flatMap((item, i) => permutations(list.toSpliced(i, 1)).map((rest) => [item, ...rest]));

const hint = (envelope: string, dedupe: string) => ({ ...fact(dedupe), envelope });

onBothEngines('ledger truth', ({ store, ledger }) => {
  it('takes an event once for ever, whoever sends it (S4)', async () => {
    const other = await store().open();
    const events = Array.from({ length: 100 }, (_, i) => hint(`e${i % 20}`, `k${i}`));
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        (i % 2 ? ledger() : other).receiveEvents({
          account,
          origin: 'webhook',
          events: i % 2 ? events : events.toReversed(),
        }),
      ),
    );
    expect(answers.flat().filter((answer) => answer === 'fresh')).to.have.length(100);
    expect(await ledger().counters({ account })).to.include({ accepted: 100, duplicate: 400 });
    expect((await ledger().stats({})).timers).to.include({ pending: 20 });
    store().now += 400 * 86_400_000;
    expect(await ledger().receiveEvents({ account, origin: 'poll', events: [hint('e0', 'k0')] })).to.deep.equal([
      'duplicate',
    ]);
  });

  it('ends in the same status and emits the same events in all permutations of webhooks and answers (S5)', async () => {
    await ledger().setListener({ account, node });
    const order: Status[] = ['sent', 'viewed', 'partly', 'signed'];
    for (const [index, sequence] of permutations(order).entries()) {
      const envelope = `e${index}`;
      // Each webhook twice, in this order; then what the provider answered, also in this order.
      const told = sequence.map((name) => ({ ...fact(name, order.indexOf(name)), envelope }));
      for (const event of [...told, ...told]) {
        await ledger().receiveEvents({ account, origin: 'webhook', events: [event] });
      }
      for (const status of [...sequence, sequence[0]!]) {
        // What the provider had listed when it gave this answer.
        const events = order.slice(0, order.indexOf(status) + 1).map((name, at) => fact(name, at));
        await ledger().applyTruth(truth(envelope, status, { events }));
      }
      const stored = await ledger().envelope({ account, id: envelope });
      expect(stored).to.include({ status: 'signed', terminal: true });
      expect(stored?.snapshot).to.deep.equal({ id: envelope, status: 'signed' });
    }
    const out = await drain(ledger());
    expect(out).to.have.length(24 * 4);
    expect(new Set(out.map(({ id }) => id)).size).to.equal(24 * 4);
  });

  it('emits the events of one answer in the order they happened', async () => {
    await ledger().setListener({ account, node });
    await ledger().setListener({ account: 'another', node: 'n2' });
    const events = [fact('c', 30), fact('a', 10), fact('b', 20), fact('a', 10)];
    expect(await ledger().applyTruth(truth('e', 'signed', { events }))).to.include({ freshEvents: 3 });
    const out = await drain(ledger(), [node, 'n2']);
    expect(out.map(({ body }) => (body as EventBody).dedupe)).to.deep.equal(['a', 'b', 'c']);
    expect(out[0]?.body).to.include({ status: 'signed', type: 'viewed', signer: 's@x.de' });
  });

  it('never goes back, and replaces a terminal status only by another one', async () => {
    for (const status of ['viewed', 'sent', 'signed', 'partly', 'expired'] as const) {
      await ledger().applyTruth(truth('e', status));
    }
    expect(await ledger().envelope({ account, id: 'e' })).to.include({ status: 'expired' });
    const { entries } = await ledger().journal({ account, envelope: 'e' });
    expect(
      entries.filter(({ kind }) => kind === 'status').map(({ body }) => (body as { to: string }).to),
    ).to.deep.equal(['viewed', 'signed', 'expired']);
  });

  it('confirms a hint, finishes the refresh, and runs it again when a hint came meanwhile', async () => {
    await ledger().setListener({ account, node });
    const claim = async () =>
      (await ledger().claimTimers({ owner: 'o', accounts: [account], lanes: [], leaseMs: 1000, limit: 9 }))[0]!;
    await ledger().receiveEvents({ account, origin: 'webhook', events: [hint('e', 'a')] });
    const first = await claim();
    expect(first).to.include({ kind: 'refresh', envelope: 'e', attempt: 1 });
    await ledger().receiveEvents({ account, origin: 'webhook', events: [hint('e', 'b')] });
    const again = await ledger().applyTruth(truth('e', 'viewed', { events: [fact('a')], claim: first }));
    expect(again).to.include({ freshEvents: 1, claim: 'stale' });
    const second = await claim();
    expect(
      await ledger().applyTruth(truth('e', 'viewed', { events: [fact('a'), fact('b')], claim: second })),
    ).to.include({
      freshEvents: 1,
      claim: 'ok',
    });
    expect(await drain(ledger())).to.have.length(2);
    expect(await ledger().counters({ account })).to.include({ accepted: 2, confirmed: 2 });
    expect(await ledger().nextDue({ nodes: [node], accounts: [account], lanes: [] })).to.equal(null);
  });

  it('closes hints nobody confirms without making an envelope, and confirms them when the provider does later', async () => {
    await ledger().receiveEvents({ account, origin: 'webhook', events: [hint('ghost', 'a')] });
    store().now += 10;
    const reject = { account, envelope: 'ghost', olderThan: store().now, reason: 'foreign' as const };
    expect(await ledger().rejectHints(reject)).to.equal(1);
    expect(await ledger().rejectHints(reject)).to.equal(0);
    expect(await ledger().envelope({ account, id: 'ghost' })).to.equal(null);
    expect(await ledger().counters({ account })).to.include({ foreign: 1 });
    expect(await ledger().applyTruth(truth('ghost', 'sent', { events: [fact('a')] }))).to.include({ freshEvents: 1 });
  });

  it('finds envelopes by external id and those not checked for long', async () => {
    const record = (id: string, externalId: string) => ({
      account,
      id,
      externalId,
      name: id,
      status: 'sent',
      rank: 1,
      terminal: false,
      snapshot: { id },
      clock: 'lane',
      sentAt: store().now,
      dueAt: null,
      node,
    });
    await ledger().recordEnvelope(record('e1', 'x1'));
    store().now += 1000;
    await ledger().recordEnvelope(record('e2', 'x2'));
    expect(await ledger().envelopeByExternalId({ account, externalId: 'x1' })).to.include({ id: 'e1', clock: 'lane' });
    expect(await ledger().envelopeByExternalId({ account, externalId: '' })).to.equal(null);
    const stale = () => ledger().staleEnvelopes({ account, checkedBefore: store().now, limit: 9 });
    expect((await stale()).map(({ id }) => id)).to.deep.equal(['e1']);
    await ledger().touchEnvelope({ account, id: 'e1' });
    expect(await stale()).to.deep.equal([]);
    expect((await ledger().listEnvelopes({ account, open: true, limit: 1 })).map(({ id }) => id)).to.deep.equal(['e1']);
    const after = { account, id: 'e1' };
    expect((await ledger().listEnvelopes({ account, after, limit: 9 })).map(({ id }) => id)).to.deep.equal(['e2']);
  });
});
