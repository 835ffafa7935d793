import { z } from 'zod';
import type { Ledger } from '../../ledger';
import { type Command, flag, readOptions, rowLimit, show, word } from '../command';
import { exitCode, wrongUsage } from '../exit-codes';
import { moment, visible } from '../format';
import { type Column, tableLines } from '../table';

const options = z.object({
  account: word,
  node: word,
  envelope: word,
  all: flag,
  limit: rowLimit.default(200),
});

type Filter = z.output<typeof options>;

/** A kind of rows: how to read the page behind a row, and what to show of it. */
interface Kind<R> {
  page(ledger: Ledger, filter: Filter, after: R | undefined, limit: number): Promise<R[]>;
  columns: readonly Column<R>[];
  /** What the rows can be chosen by, besides `--all`. */
  filters: readonly ('account' | 'node' | 'envelope')[];
}

const pageSize = 500;

/** Only the filters that were given, as the verbs want them. */
const given = ({ account, node, envelope }: Filter) => ({
  ...(account !== undefined && { account }),
  ...(node !== undefined && { node }),
  ...(envelope !== undefined && { envelope }),
});
const behind = (id: string | undefined) => (id === undefined ? {} : { after: id });
const kind = <R>(value: Kind<R>): Kind<R> => value;

const kinds = {
  envelopes: kind<Awaited<ReturnType<Ledger['listEnvelopes']>>[number]>({
    filters: ['account'],
    page: (ledger, { account, all }, after, limit) =>
      ledger.listEnvelopes({
        ...(account !== undefined && { account }),
        ...(!all && { open: true }),
        ...(after !== undefined && { after: { account: after.account, id: after.id } }),
        limit,
      }),
    columns: [
      ['ENVELOPE', ({ id }) => id],
      ['STATUS', ({ status }) => status],
      ['NAME', ({ name }) => name, 40],
      ['SENT', ({ sentAt }) => moment(sentAt)],
      ['DUE', ({ dueAt }) => moment(dueAt)],
      ['EXTERNAL ID', ({ externalId }) => externalId],
      ['ACCOUNT', ({ account }) => account],
    ],
  }),
  waits: kind<Awaited<ReturnType<Ledger['listWaits']>>[number]>({
    filters: ['account', 'node', 'envelope'],
    page: (ledger, filter, after, limit) =>
      ledger.listWaits({ ...given(filter), ...(!filter.all && { state: 'waiting' }), ...behind(after?.id), limit }),
    columns: [
      ['WAIT', ({ id }) => id],
      ['STATE', ({ state, outcome }) => outcome ?? state],
      ['ENVELOPE', ({ envelope }) => envelope],
      ['FOR', ({ statuses }) => statuses.join(', ')],
      ['UNTIL', ({ deadline }) => moment(deadline)],
      ['NODE', ({ node }) => node],
    ],
  }),
  ladders: kind<Awaited<ReturnType<Ledger['listLadders']>>[number]>({
    filters: ['account', 'node', 'envelope'],
    page: (ledger, filter, after, limit) =>
      ledger.listLadders({
        ...given(filter),
        ...(!filter.all && { open: true }),
        ...behind(after?.id),
        limit,
      }),
    columns: [
      ['LADDER', ({ id }) => id],
      ['STATE', ({ state }) => state],
      ['ENVELOPE', ({ envelope }) => envelope],
      ['STEPS DONE', ({ fired }) => fired.length],
      ['NEXT', ({ next }) => moment(next?.at ?? null)],
      ['NODE', ({ node }) => node],
    ],
  }),
  operations: kind<Awaited<ReturnType<Ledger['listOperations']>>[number]>({
    filters: ['account', 'node', 'envelope'],
    // Finished ones are told from the others here, because the ledger takes one state at a time.
    page: (ledger, filter, after, limit) => ledger.listOperations({ ...given(filter), ...behind(after?.key), limit }),
    columns: [
      ['OPERATION', ({ key }) => key],
      ['KIND', ({ kind }) => kind],
      ['STATE', ({ state }) => state],
      ['ATTEMPTS', ({ attempt }) => attempt],
      ['NEXT', ({ due }) => moment(due)],
      ['ENVELOPE', ({ envelope }) => envelope],
      ['NODE', ({ node }) => node],
      ['ERROR', ({ error }) => error?.message ?? '', 100],
    ],
  }),
  faults: kind<Awaited<ReturnType<Ledger['faults']>>[number]>({
    filters: ['account'],
    page: async (ledger, { account }, after, limit) =>
      after === undefined ? ledger.faults({ ...(account !== undefined && { account }), limit }) : [],
    columns: [
      ['WHAT', ({ what }) => what],
      ['ID', ({ id }) => id],
      ['KIND', ({ kind }) => kind],
      ['SINCE', ({ at }) => moment(at)],
      ['ATTEMPTS', ({ attempts }) => attempts],
      ['ENVELOPE', ({ envelope }) => envelope],
      ['NODE', ({ node }) => node],
      ['ERROR', ({ error }) => error, 100],
    ],
  }),
  devices: kind<Awaited<ReturnType<Ledger['listDevices']>>[number]>({
    filters: [],
    // The address of a device is as good as a key to it, so it is not shown.
    page: async (ledger, { all }, after, limit) =>
      (await ledger.listDevices({ ...(!all && { dead: false }), ...behind(after?.id), limit })).map((device) => ({
        ...device,
        address: null,
      })),
    columns: [
      ['DEVICE', ({ id }) => id],
      ['PERSON', ({ person }) => person],
      ['KIND', ({ kind }) => kind],
      ['LABEL', ({ label }) => label, 40],
      ['LAST OK', ({ lastOk }) => moment(lastOk)],
      ['DEAD SINCE', ({ deadAt }) => moment(deadAt)],
    ],
  }),
};

type KindName = keyof typeof kinds;

const isKind = (text: string): text is KindName => text in kinds;

/** `list`: the rows of one kind. */
export const list: Command = {
  synopsis: '[envelopes|waits|ladders|operations|faults|devices]',
  about: 'What is open: envelopes (unless another kind is named), waits, ladders, operations, faults, devices.',
  help: [
    '--all            finished ones as well',
    '--account ID     only of this account (not devices)',
    '--node ID        only of this node; also --envelope ID (waits, ladders, operations)',
    '--limit N        at most so many (default 200)',
  ],
  options: {
    all: { type: 'boolean' },
    account: { type: 'string' },
    node: { type: 'string' },
    envelope: { type: 'string' },
    limit: { type: 'string' },
  },
  words: [0, 1],
  async run(invocation) {
    const [name = 'envelopes'] = invocation.words;
    if (!isKind(name)) {
      throw wrongUsage(`list: "${visible(name)}" cannot be listed. Choose one of ${Object.keys(kinds).join(', ')}.`);
    }
    const filter = readOptions(options, invocation);
    const { page, columns, filters } = kinds[name] as Kind<unknown>;
    for (const by of ['account', 'node', 'envelope'] as const) {
      if (filter[by] !== undefined && !filters.includes(by)) throw wrongUsage(`list ${name}: --${by} does not apply.`);
    }
    const rows = await invocation.withLedger((ledger) =>
      collect((after, limit) => page(ledger, filter, after, limit), isWanted(name, filter), filter.limit + 1),
    );
    const shown = rows.slice(0, filter.limit);
    show(invocation, shown, tableLines(columns, shown));
    if (shown.length === 0) invocation.io.note(`No ${name}.`);
    if (rows.length > shown.length)
      invocation.io.note(`There are more; --limit ${filter.limit * 10} shows more of them.`);
    return exitCode.done;
  },
};

const isWanted =
  (name: KindName, { all }: Filter) =>
  (row: unknown): boolean =>
    all || name !== 'operations' || (row as { state: string }).state !== 'done';

async function collect<R>(
  page: (after: R | undefined, limit: number) => Promise<R[]>,
  wanted: (row: R) => boolean,
  limit: number,
): Promise<R[]> {
  const rows: R[] = [];
  for (let after: R | undefined; rows.length < limit; ) {
    const size = Math.min(pageSize, Math.max(limit, 2));
    const found = await page(after, size);
    rows.push(...found.filter(wanted));
    if (found.length < size) break;
    after = found.at(-1);
  }
  return rows.slice(0, limit);
}
