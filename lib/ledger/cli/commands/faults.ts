import { z } from 'zod';
import type { Ledger } from '../../ledger';
import type { Fault } from '../../types';
import { wrongUsage } from '../exit-codes';

export const faultKinds = ['timer', 'delivery', 'operation'] as const;

const faultKind = z.enum(faultKinds);

/** More faults than this are handled in several rounds. */
export const faultPage = 1000;

/** @throws Stop `usage` when the word is none of the kinds of faults */
export function faultKindOf(text: string): Fault['what'] {
  const parsed = faultKind.safeParse(text);
  if (!parsed.success) throw wrongUsage(`Name what it is: ${faultKinds.join(', ')}, then its id (see "list faults").`);
  return parsed.data;
}

/** An effect without a node of its own is part of a ladder's step: the timer of the ladder tries it again. */
export const isOfLadder = ({ what, node }: Pick<Fault, 'what' | 'node'>): boolean =>
  what === 'operation' && node === '';

/** A page of faults, of one account or all. */
export const someFaults = (ledger: Ledger, account: string | undefined): Promise<Fault[]> =>
  ledger.faults({ ...(account !== undefined && { account }), limit: faultPage });
