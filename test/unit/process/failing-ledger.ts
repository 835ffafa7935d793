import { SignatureError } from '../../../dist/lib/errors';
import type { Ledger } from '../../../dist/lib/ledger/ledger';

/** Which call of the ledger fails, counted from 1; whether its work is done all the same; whether all later ones fail too. */
export interface LedgerFault {
  at: number;
  when: 'before' | 'after';
  lasting: boolean;
}

/** The ways in which a call can fail, in words and as a fault without its place. */
export const everyFault: readonly (readonly [string, Omit<LedgerFault, 'at'>])[] = [
  ['at a call, before it was done', { when: 'before', lasting: false }],
  ['at a call, when it was done', { when: 'after', lasting: false }],
  ['from a call on, before it was done', { when: 'before', lasting: true }],
  ['from a call on, when it was done', { when: 'after', lasting: true }],
];

/** A ledger call that never comes, so that none fails. */
export const never: LedgerFault = { at: Number.POSITIVE_INFINITY, when: 'before', lasting: false };

/** A ledger, one of whose calls fails. */
export function failing(ledger: Ledger, { at, when, lasting }: LedgerFault): { ledger: Ledger; struck(): boolean } {
  let calls = 0;
  const away = (): SignatureError => new SignatureError('LEDGER_UNAVAILABLE', 'The ledger is away.');
  const verb = (work: (input: unknown) => Promise<unknown>) => async (input: unknown) => {
    calls += 1;
    if (calls < at || (calls > at && !lasting)) return work(input);
    if (calls === at && when === 'after') await work(input);
    throw away();
  };
  const wrapped = Object.fromEntries(
    Object.entries(ledger).map(([name, call]) => [
      name,
      ['onChange', 'onDamage', 'info', 'close'].includes(name) ? call : verb(call as never),
    ]),
  );
  return { ledger: wrapped as unknown as Ledger, struck: () => calls >= at };
}
