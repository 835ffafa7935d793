import type { Ledger } from '../../ledger';
import { type Command, show as print } from '../command';
import { exitCode, notFound } from '../exit-codes';
import { brief, count, moment, visible } from '../format';
import { pairLines, tableLines } from '../table';

/** Enough for any one envelope. */
const most = 1000;

/** `show`: everything about one envelope, with its journal. */
export const show: Command = {
  synopsis: 'ENVELOPE',
  about: 'One envelope (by its id or external id): its state, what waits for it, and its audit journal, verified.',
  words: [1, 1],
  async run(invocation) {
    const [text = ''] = invocation.words;
    const found = await invocation.withLedger(async (ledger) => {
      const places = await ledger.findEnvelopes({ text });
      return Promise.all(places.map(({ account, id }) => read(ledger, account, id)));
    });
    if (found.length === 0) {
      throw notFound(`The ledger knows no envelope with the id or external id "${visible(text)}".`);
    }
    print(invocation, found, found.flatMap(lines));
    return found.every(({ journal }) => journal.intact) ? exitCode.done : exitCode.damaged;
  },
};

type Found = Awaited<ReturnType<typeof read>>;

async function read(ledger: Ledger, account: string, id: string) {
  const of = { account, envelope: id, limit: most };
  return {
    envelope: await ledger.envelope({ account, id }),
    waits: await ledger.listWaits(of),
    ladders: await ledger.listLadders(of),
    operations: await ledger.listOperations(of),
    journal: await ledger.journal({ account, envelope: id }),
  };
}

function lines({ envelope, waits, ladders, operations, journal }: Found): string[] {
  if (envelope === null) return [];
  const { intact, entries } = journal;
  return [
    ...pairLines([
      ['Envelope', envelope.id],
      ['Name', envelope.name],
      ['Status', `${envelope.status || 'unknown'}${envelope.terminal ? ' (final)' : ''}`],
      ['External id', envelope.externalId || '–'],
      ['Account', envelope.account],
      ['Sent', moment(envelope.sentAt)],
      ['Due', moment(envelope.dueAt)],
      ['Last asked', moment(envelope.checkedAt)],
      ...(envelope.predecessor ? ([['Replaces', envelope.predecessor]] as const) : []),
      ...(envelope.successor ? ([['Replaced by', envelope.successor]] as const) : []),
      ...(envelope.heldBy ? ([['Held by', envelope.heldBy]] as const) : []),
      ...(envelope.prunedAt === null ? [] : ([['Pruned', moment(envelope.prunedAt)]] as const)),
    ]),
    ...section(
      'Waits',
      tableLines(
        [
          ['WAIT', ({ id }) => id],
          ['STATE', ({ state, outcome }) => outcome ?? state],
          ['FOR', ({ statuses }) => statuses.join(', ')],
          ['UNTIL', ({ deadline }) => moment(deadline)],
          ['NODE', ({ node }) => node],
        ],
        waits,
      ),
    ),
    ...section(
      'Ladders',
      tableLines(
        [
          ['LADDER', ({ id }) => id],
          ['STATE', ({ state }) => state],
          ['STEPS DONE', ({ fired }) => fired.length],
          ['NEXT', ({ next }) => moment(next?.at ?? null)],
          ['NODE', ({ node }) => node],
        ],
        ladders,
      ),
    ),
    ...section(
      'Operations',
      tableLines(
        [
          ['OPERATION', ({ key }) => key],
          ['KIND', ({ kind }) => kind],
          ['STATE', ({ state }) => state],
          ['ATTEMPTS', ({ attempt }) => attempt],
          ['ERROR', ({ error }) => error?.message ?? '', 100],
        ],
        operations,
      ),
    ),
    '',
    intact
      ? `Journal: ${count(entries.length, 'entry', 'entries')}, verified`
      : `Journal: ${count(entries.length, 'entry', 'entries')}, NOT INTACT: an entry was changed, added or removed by something else than the ledger`,
    ...entries.map(
      ({ seq, at, kind, body }) => `  ${`${seq}`.padStart(4)}  ${moment(at)}  ${visible(kind)}  ${brief(body)}`,
    ),
    '',
  ];
}

const section = (title: string, rows: readonly string[]): string[] =>
  rows.length === 0 ? [] : ['', title, ...rows.map((row) => `  ${row}`)];
