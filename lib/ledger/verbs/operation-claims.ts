import { Bind, fromJson, lockMarker, type Tx } from '../sql';
import type { ClaimedOperation, ClaimOperationsInput, Failure } from '../types';
import type { OperationRow } from './operations';
import { kindCondition, laneTimes } from './scope';

/**
 * Claims operations to work on: first those whose worker's lease ran out (it crashed or was paused), then those whose
 * time has come. `attempt > 1` means an earlier attempt may have had its effect.
 */
export async function claimOperations(tx: Tx, input: ClaimOperationsInput): Promise<ClaimedOperation[]> {
  const expired = (bind: Bind) => `state = 'running' and lease <= ${bind.one(tx.now)}`;
  const rows = await claim(tx, input, input.limit, expired, 'lease');
  for (const lane of laneTimes(input.lanes, tx.now)) {
    if (rows.length >= input.limit) break;
    const due = (bind: Bind) =>
      `state = 'waiting' and clock = ${bind.one(lane.clock)} and due <= ${bind.one(lane.time)}`;
    rows.push(...(await claim(tx, input, input.limit - rows.length, due, 'due')));
  }
  return rows.map((row) => ({
    key: row.id,
    rev: row.rev,
    kind: row.kind,
    account: row.account,
    node: row.node,
    envelope: row.envelope,
    clock: row.clock,
    fingerprint: row.fingerprint,
    request: fromJson(row.request),
    message: row.message,
    progress: fromJson(row.progress),
    attempt: row.attempts,
    error: fromJson(row.error) as Failure | null,
    createdAt: row.created_at,
  }));
}

async function claim(
  tx: Tx,
  input: ClaimOperationsInput,
  limit: number,
  condition: (bind: Bind) => string,
  order: 'due' | 'lease',
): Promise<OperationRow[]> {
  const bind = new Bind();
  return tx.query<OperationRow>(
    `with picked as materialized (
       select id from operations where ${condition(bind)} and node in ${bind.list(input.nodes)}
         and ${kindCondition(bind, input.kinds)} order by ${order} limit ${bind.one(limit)} ${lockMarker})
     update operations set state = 'running', owner = ${bind.one(input.owner)},
       lease = ${bind.one(tx.now + input.leaseMs)}, due = null, rev = rev + 1, attempts = attempts + 1,
       updated_at = ${bind.one(tx.now)}
     where id in (select id from picked) returning *`,
    bind.values,
  );
}
