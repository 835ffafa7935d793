import type { Ledger } from '../../../dist/lib/ledger/ledger';
import { account, fact, node, random, truth, wait } from '../ledger/stores';

/** Sorted differently by different engines and locales. */
const awkward = ['a', 'B', 'ä', 'Z', 'z', '_', '-', '10', '9', 'é', 'ß', '漢', '🖋', "it's", '"', '\\', 'a b', 'A'];

/** Puts something into every part of a ledger, in more rows than a page has. */
export async function fillLedger(ledger: Ledger, seed: number): Promise<void> {
  const { below, pick } = random(seed);
  const text = () => Array.from({ length: 1 + below(12) }, () => pick(awkward)).join('');
  await ledger.setListener({ account, node });
  for (let i = 0; i < 130; i += 1) {
    const id = `${text()} ${i}`;
    await ledger.openWait(
      wait(`w ${id}`, id, { message: JSON.stringify({ text: text() }), deadline: pick([null, 9e12]) }),
    );
    await ledger.receiveEvents({ account, origin: 'webhook', events: [{ ...fact(text(), i), envelope: id }] });
    await ledger.applyTruth(truth(id, pick(['sent', 'viewed', 'signed']), { events: [fact('a', i)] }));
  }
  for (let i = 0; i < 7; i += 1) {
    const attachments = [0, 1].map((part) => ({
      name: text(),
      bytes: new Uint8Array(below(9000)).map(() => below(256) + part),
    }));
    await ledger.beginOperation({
      ...{ key: `op ${text()} ${i}`, kind: 'send', account, node, fingerprint: text(), request: { text: text() } },
      ...{ message: '{}', attachments, owner: 'o', leaseMs: 1 },
    });
    await ledger.openLadder({
      ...{
        id: `l ${i}`,
        account,
        envelope: `ladder ${i}`,
        node,
        clock: '',
        name: text(),
        spec: { n: i },
        message: '{}',
      },
      first: { id: 'f', at: 9e12 + i },
    });
    await ledger.putDevice({ service: 's', person: text(), kind: 'fcm', address: { token: text(), i }, label: text() });
    await ledger.setMark({ name: text(), value: 1_700_000_000_000 + i });
    await ledger.openWait(wait(`g ${i}`, `group ${i}`, { group: `group ${i}` }));
    await ledger.applyTruth(truth(`group ${i}`, 'signed'));
  }
  await ledger.acquireLease({ name: 'poll', owner: 'other/1/x', leaseMs: 1 });
}

/** What a ledger knows, as its verbs tell it. */
export const contentOf = async (ledger: Ledger) => ({
  stats: await ledger.stats({}),
  envelopes: await ledger.listEnvelopes({ limit: 999 }).then((rows) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
  waits: await ledger.listWaits({ limit: 999 }).then((rows) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
  operations: await ledger
    .listOperations({ limit: 99 })
    .then((rows) => rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))),
  counters: await ledger.counters({ account }),
});
