import { Bind, type Tx } from '../sql';
import type { EpochMs, NextDueInput } from '../types';
import { notBlocked } from './deliveries';
import { kindCondition, laneTimes, scopeCondition } from './scope';

/**
 * How long until something of the caller's is due: timers, deliveries, operations, leases that run out.
 *
 * @returns real milliseconds, 0 when something is due now, null when nothing is planned
 */
export async function nextDue(tx: Tx, input: NextDueInput): Promise<number | null> {
  const inMs: number[] = [];
  for (const lane of laneTimes(input.lanes, tx.now)) {
    for (const due of [await nextTimer(tx, input, lane.clock), await nextOperation(tx, input, lane.clock)]) {
      if (due !== null) inMs.push(due - lane.time);
    }
  }
  for (const time of [
    await nextDelivery(tx, input),
    await nextExpiry(tx, input, 'timers', 'claimed', input.kinds),
    await nextExpiry(tx, input, 'deliveries', 'claimed', undefined),
    await nextExpiry(tx, input, 'operations', 'running', input.operations),
  ]) {
    if (time !== null) inMs.push(time - tx.now);
  }
  return inMs.length === 0 ? null : Math.max(0, Math.min(...inMs));
}

const first = (rows: { time: EpochMs | null }[]): EpochMs | null => rows[0]?.time ?? null;

async function nextTimer(tx: Tx, input: NextDueInput, clock: string): Promise<EpochMs | null> {
  const bind = new Bind();
  return first(
    await tx.query(
      `select due as time from timers where state = 'pending' and clock = ${bind.one(clock)}
         and ${scopeCondition(bind, input)} and ${kindCondition(bind, input.kinds)} order by due limit 1`,
      bind.values,
    ),
  );
}

async function nextOperation(tx: Tx, input: NextDueInput, clock: string): Promise<EpochMs | null> {
  const bind = new Bind();
  return first(
    await tx.query(
      `select due as time from operations where state = 'waiting' and clock = ${bind.one(clock)}
         and ${scopeCondition(bind, input)} and ${kindCondition(bind, input.operations)} order by due limit 1`,
      bind.values,
    ),
  );
}

/** A blocked delivery is not due: it becomes due by the end of the one before, which is a change of its own. */
async function nextDelivery(tx: Tx, input: NextDueInput): Promise<EpochMs | null> {
  const ready = new Bind();
  const now = first(
    await tx.query(
      `select due as time from deliveries where state = 'pending' and due <= ${ready.one(tx.now)}
         and ${scopeCondition(ready, input)} and ${notBlocked} order by ord limit 1`,
      ready.values,
    ),
  );
  if (now !== null) return now;
  const later = new Bind();
  return first(
    await tx.query(
      `select min(due) as time from deliveries where state = 'pending' and due > ${later.one(tx.now)}
         and ${scopeCondition(later, input)}`,
      later.values,
    ),
  );
}

async function nextExpiry(
  tx: Tx,
  input: NextDueInput,
  table: 'timers' | 'deliveries' | 'operations',
  state: string,
  kinds: readonly string[] | undefined,
): Promise<EpochMs | null> {
  const bind = new Bind();
  return first(
    await tx.query(
      `select min(lease) as time from ${table} where state = '${state}' and ${scopeCondition(bind, input)}
         and ${kindCondition(bind, kinds)}`,
      bind.values,
    ),
  );
}
