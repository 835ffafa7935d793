import type { Ledger } from '../../../dist/lib/ledger/ledger';
import type {
  ClaimedTimer,
  FireLadderInput,
  FireLadderResult,
  Lane,
  NextFiring,
  OpenLadderInput,
  RecordEnvelopeInput,
} from '../../../dist/lib/ledger/types';
import { account, isTerminal, node, owner, ranks, type Status } from './stores';

/** A ladder of `node` whose first firing `s1` is due at `at`. */
export const opening = (
  id: string,
  envelope: string,
  at: number,
  more: Partial<OpenLadderInput> = {},
): OpenLadderInput => ({
  id,
  account,
  envelope,
  node,
  clock: '',
  name: id,
  spec: { steps: [id] },
  message: `{"parked":"${id}"}`,
  first: { id: 's1', at },
  ...more,
});

/** Claims the timers that are due. */
export const due = (ledger: Ledger, more: { lanes?: Lane[]; owner?: string; leaseMs?: number } = {}) =>
  ledger.claimTimers({ owner, nodes: [node], kinds: ['ladder'], lanes: [], leaseMs: 1000, limit: 100, ...more });

/** Fires a claimed firing as its node would. */
export const fire = (
  ledger: Ledger,
  claim: Pick<ClaimedTimer, 'id' | 'rev' | 'ref'>,
  firing: string,
  next: NextFiring | null,
  more: Partial<FireLadderInput> = {},
): Promise<FireLadderResult> =>
  ledger.fireLadder({
    id: claim.ref,
    claim: { id: claim.id, rev: claim.rev },
    firing,
    next,
    body: { firing },
    emit: true,
    ...more,
  });

export const record = (
  id: string,
  status: Status = 'sent',
  more: Partial<RecordEnvelopeInput> = {},
): RecordEnvelopeInput => ({
  account,
  id,
  externalId: `x-${id}`,
  name: id,
  status,
  rank: ranks[status],
  terminal: isTerminal(status),
  snapshot: { id, status },
  clock: '',
  sentAt: 1,
  dueAt: null,
  node,
  ...more,
});
