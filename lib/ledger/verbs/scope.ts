import type { Bind } from '../sql';
import type { EpochMs, Lane, Scope } from '../types';

/** The lanes of a call with their present time; the system lane is always one of them. */
export function laneTimes(lanes: readonly Lane[], now: EpochMs): { clock: string; time: EpochMs; shift: number }[] {
  const all = lanes.some((lane) => lane.clock === '') ? lanes : [{ clock: '', shift: 0 }, ...lanes];
  return all.map((lane) => ({ clock: lane.clock, time: now + lane.shift, shift: lane.shift }));
}

/** The condition "this row is the caller's": of its nodes, or of its accounts without a node. */
export function scopeCondition(bind: Bind, scope: Scope): string {
  if (scope.nodes === undefined && scope.accounts === undefined) return '1 = 1';
  const parts: string[] = [];
  if (scope.nodes !== undefined) parts.push(`(node <> '' and node in ${bind.list(scope.nodes)})`);
  if (scope.accounts !== undefined) parts.push(`(node = '' and account in ${bind.list(scope.accounts)})`);
  return `(${parts.join(' or ')})`;
}

/** The condition "of one of these kinds"; no list means any. */
export const kindCondition = (bind: Bind, kinds: readonly string[] | undefined): string =>
  kinds === undefined ? '1 = 1' : `kind in ${bind.list(kinds)}`;
