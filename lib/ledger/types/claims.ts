/** What every verb speaks of: moments, clock lanes, claims and their fencing tokens. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A clock lane: '' is the system clock, any other id a virtual clock that runs `shift` ms ahead of it. */
export interface Lane {
  clock: string;
  shift: number;
}

/** What a claimer holds of a claimed row. `rev` is the fencing token: it is stale once anybody else took the row. */
export interface Claim {
  id: string;
  rev: number;
}

/** Answer of every fenced verb. `stale` means: somebody else owns the row now, stop and do nothing more. */
export type Fenced = 'ok' | 'stale';

/** Whose work is meant: rows of these nodes, or rows of these accounts that belong to no node. Both absent: all. */
export interface Scope {
  nodes?: string[];
  accounts?: string[];
}

export interface RenewInput extends Claim {
  leaseMs: number;
}
