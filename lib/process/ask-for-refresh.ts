import type { Ledger } from '../ledger/ledger';
import type { SignatureAccount } from './account';

/**
 * Has a document read, once, however many ask for it.
 *
 * @param inMs real milliseconds from now; an earlier date that is set already stays
 */
export async function askForRefresh(
  account: SignatureAccount,
  ledger: Ledger,
  envelope: string,
  inMs = 0,
): Promise<void> {
  await ledger.setTimer({
    id: `refresh:${account.id}:${envelope}`,
    kind: 'refresh',
    account: account.id,
    envelope,
    node: '',
    ref: '',
    clock: '',
    due: inMs === 0 ? 0 : account.dispatcher.clock.now() + inMs,
    data: null,
  });
  account.dispatcher.kick();
}
