import type { Document, Event } from '../core-signature/models';
import { envelopeOf } from '../core-signature/signers';
import { envelopeStatuses } from '../core-signature/status';
import { SignatureError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import type { ApplyTruthResult, Claim, ClaimedTimer, Origin } from '../ledger/types';
import type { SignatureAccount } from './account';
import { askForRefresh } from './ask-for-refresh';
import { eventFact } from './event-fact';

/**
 * Reads a document and its events with our own credentials and records what they say. This is the only way anything
 * about an envelope is believed: webhooks, polls and start-up all end here, so it does not matter whether a webhook came
 * late, twice, out of order, forged or never.
 *
 * @param claim the refresh timer that is worked on, if one is
 * @throws SignatureError `UNKNOWN_ENVELOPE` when the account cannot see the document, else as the client throws
 */
export async function refreshEnvelope(
  account: SignatureAccount,
  uuid: string,
  origin: Origin,
  claim?: Claim,
): Promise<ApplyTruthResult> {
  const ledger = await account.dispatcher.ledger();
  // The events first: one that is listed must not be newer than the document's state, since its webhook, when it comes,
  // is no news any more and would not have the document read again. An event the list lacks is still news.
  const events = await account.client.events.eventsOf(uuid);
  const document = await account.client.documents.get(uuid);
  return record(account, ledger, document, events, origin, claim);
}

/** Works off one refresh timer. */
export async function runRefresh(account: SignatureAccount, timer: ClaimedTimer, ledger: Ledger): Promise<void> {
  const claim = { id: timer.id, rev: timer.rev };
  try {
    const { oldestHint } = await refreshEnvelope(account, timer.envelope, 'webhook', claim);
    if (oldestHint !== null) await doubtHints(account, timer.envelope, oldestHint, ledger);
  } catch (thrown) {
    if (!(thrown instanceof SignatureError) || thrown.code !== 'UNKNOWN_ENVELOPE') throw thrown;
    // Not ours, or deleted at the service: nothing to read, now or later.
    await ledger.rejectHints({
      account: account.id,
      envelope: timer.envelope,
      olderThan: Number.MAX_SAFE_INTEGER,
      reason: 'foreign',
    });
    await ledger.finishTimer(claim);
  }
}

/** How long the service may take to list an event that it has already called us about. */
const graceMs = 5 * 60_000;

/**
 * A hint that the service's own list does not confirm is looked into again, each time after three times as long as it is
 * old, and given up in the end: it was forged.
 */
async function doubtHints(account: SignatureAccount, envelope: string, since: number, ledger: Ledger): Promise<void> {
  const now = account.dispatcher.clock.now();
  const age = now - since;
  if (age < graceMs) return askForRefresh(account, ledger, envelope, Math.max(5_000, 2 * age));
  await ledger.rejectHints({ account: account.id, envelope, olderThan: now - graceMs, reason: 'unconfirmed' });
}

async function record(
  account: SignatureAccount,
  ledger: Ledger,
  document: Document,
  events: Event[],
  origin: Origin,
  claim?: Claim,
): Promise<ApplyTruthResult> {
  const known = await ledger.envelope({ account: account.id, id: document.uuid });
  const sentAt = known?.sentAt ?? firstSent(events);
  const snapshot = envelopeOf(document, account.id, {
    sentAt: sentAt === null ? null : new Date(sentAt).toISOString(),
  });
  const { rank, terminal } = envelopeStatuses[snapshot.status];
  return ledger.applyTruth({
    account: account.id,
    envelope: {
      id: snapshot.id,
      externalId: snapshot.externalId ?? '',
      name: snapshot.name,
      status: snapshot.status,
      rank,
      terminal,
      snapshot,
      dueAt: snapshot.dueAt === null ? null : Date.parse(snapshot.dueAt),
      clock: account.lane,
    },
    // The service lists the newest first; of those with equal times the one listed last happened first.
    events: events.toReversed().map((event) => eventFact(document.uuid, event)),
    origin,
    claim,
  });
}

const firstSent = (events: Event[]): number | null => {
  const sent = events.filter(({ event_type }) => event_type === 'sent').map(({ timestamp }) => Date.parse(timestamp));
  return sent.length > 0 ? Math.min(...sent) : null;
};
