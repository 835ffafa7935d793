import { createHash } from 'node:crypto';
import {
  type ChoosableStatus,
  type EnvelopeStatus,
  envelopeStatuses,
  isTerminal,
  reached,
} from '../core-signature/status';
import type { OpenWaitResult } from '../ledger/types';
import type { EpochMs } from '../time/clock';
import type { SignatureAccount } from './account';
import { askForRefresh } from './ask-for-refresh';

/** A message to be parked. */
export interface WaitRequest {
  node: string;
  envelope: string;
  name: string;
  statuses: readonly ChoosableStatus[];
  /** On the account's clock; null waits for ever. */
  deadline: EpochMs | null;
  /** The message as `encodeMessage` writes it. */
  message: string;
  /** What tells this message from others: its delivery id, or its `_msgid`. A repeat opens no second wait. */
  messageKey: string;
  /** Of those with the same group in an account, one leaves and the others are released; '' for none. */
  group: string;
}

/**
 * Parks a message until its envelope has one of the statuses, and looks at the service once, so that a status that was
 * reached before, or while nobody listened, resolves the wait as well.
 *
 * @returns when the message is safely on disk
 * @throws SignatureError `LEDGER_*`
 */
export async function parkMessage(account: SignatureAccount, request: WaitRequest): Promise<OpenWaitResult> {
  const ledger = await account.dispatcher.ledger();
  const all = Object.keys(envelopeStatuses) as EnvelopeStatus[];
  const reachedBy = all.filter((status) => reached(request.statuses, status));
  const result = await ledger.openWait({
    id: waitId(request),
    account: account.id,
    envelope: request.envelope,
    node: request.node,
    name: request.name,
    statuses: [...request.statuses],
    reachedBy,
    endedBy: all.filter((status) => isTerminal(status) && !reachedBy.includes(status)),
    deadline: request.deadline,
    clock: account.lane,
    message: request.message,
    ...(request.group !== '' && { group: hashOf([account.id, request.group]) }),
  });
  if (result.state === 'waiting') await askForRefresh(account, ledger, request.envelope);
  account.dispatcher.kick();
  return result;
}

/** Releases what is parked on an envelope at a node; nothing is emitted. Returns how many messages that were. */
export async function cancelWaits(account: SignatureAccount, node: string, envelope: string): Promise<number> {
  const ledger = await account.dispatcher.ledger();
  return ledger.cancelWaits({ account: account.id, node, envelope, reason: 'cancelled by message' });
}

const waitId = ({ node, envelope, messageKey, statuses }: WaitRequest): string =>
  hashOf([node, envelope, messageKey, statuses]);

const hashOf = (parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
