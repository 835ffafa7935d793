import type { Finding, Invariant } from '../evidence';

/** Every journal holds, nothing was given up, and work has come to rest. */
export const journals: Invariant = ({ ledger, restless }) => [
  ...ledger.journals
    .filter(({ intact }) => !intact)
    .map(({ envelope }): Finding => ({ sort: 'wrong', key: '', text: `the journal of ${envelope} is not intact` })),
  ...ledger.faults.map((text): Finding => ({ sort: 'lost', key: '', text: `given up: ${text}` })),
  ...(restless === null ? [] : [{ sort: 'lost' as const, key: '', text: restless }]),
];
