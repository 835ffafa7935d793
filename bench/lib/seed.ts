import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '../../dist/lib/ledger/ledger';
import { encodeMessage } from '../../dist/lib/ledger/message';
import { uuidOf } from './webhooks';

export interface Seed {
  file: string;
  count: number;
  account: string;
  node: string;
  /** Clock lane of the account. */
  lane: string;
  deadline: number;
}

/** The envelope of the n-th wait, from 1. */
export const seededEnvelope = (index: number): string => uuidOf(0, index);

/**
 * Fills a new ledger file with open waits, each on an envelope of its own: one by way of the ledger, the others as copies
 * of its rows, which takes seconds for a million.
 */
export async function seedWaits({ file, count, account, node, lane, deadline }: Seed): Promise<void> {
  const ledger = await openLedger({ engine: 'sqlite', file });
  const envelope = seededEnvelope(1);
  const handle = {
    id: envelope,
    name: 'Contract',
    externalId: `order-${envelope}`,
    status: 'sent',
    signers: [],
    account,
  };
  const snapshot = { ...handle, requestId: 'request', sentAt: null, dueAt: null };
  await ledger.recordEnvelope({
    account,
    id: envelope,
    externalId: handle.externalId,
    name: handle.name,
    status: 'sent',
    rank: 2,
    terminal: false,
    snapshot,
    clock: lane,
    sentAt: Date.now(),
    dueAt: null,
    node: 'send',
  });
  await ledger.applyTruth({
    account,
    envelope: { id: envelope, name: handle.name, status: 'sent', rank: 2, terminal: false, snapshot, dueAt: null },
    events: [],
    origin: 'poll',
  });
  await ledger.openWait({
    id: 'seeded-00000001',
    account,
    envelope,
    node,
    name: handle.name,
    statuses: ['signed'],
    reachedBy: ['signed'],
    endedBy: ['declined', 'cancelled', 'expired', 'failed'],
    deadline,
    clock: lane,
    message: encodeMessage({
      _msgid: 'seeded',
      payload: { order: 4711, customer: 'Example Ltd', amount: 1250.5, lines: ['a', 'b', 'c'] },
      envelope: snapshot,
      _parked: { at: Date.now(), deadline },
    }),
  });
  await ledger.close();
  copyRows(file, count);
}

function copyRows(file: string, count: number): void {
  const db = new DatabaseSync(file);
  const uuid = `replace(printf('%s%12x', '${seededEnvelope(0).slice(0, -12)}', i), ' ', '0')`;
  const wait = `printf('seeded-%08d', i)`;
  const copy = (table: string, changed: Record<string, string>): void => {
    const columns = db.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[];
    const values = columns.map(({ name }) => changed[name] ?? name);
    db.exec(
      `with recursive n(i) as (select 2 union all select i + 1 from n where i < ${count})
       insert into ${table} select ${values.join(', ')} from ${table}, n where ${table}.rowid = 1`,
    );
  };
  db.exec('pragma synchronous = off; begin');
  copy('envelopes', { id: uuid, external_id: `'order-' || ${uuid}`, audit_seq: '0', audit_hash: `''` });
  copy('waits', { id: wait, envelope: uuid });
  copy('timers', { id: `'wait:' || ${wait}`, envelope: uuid, ref: wait });
  db.exec(`update counters set n = ${count} where name = 'open'; commit`);
  db.exec('pragma wal_checkpoint(truncate)');
  db.close();
}
