import { appendAudit, journal } from './audit';
import { count, counters } from './counters';
import { claimDeliveries, finishDeliveries, renewDelivery, retryDelivery } from './deliveries';
import { devicesOf, listDevices, markDevice, putDevice, removeDevice } from './devices';
import { nextDue } from './due';
import { envelope, envelopeByExternalId, listEnvelopes, staleEnvelopes, touchEnvelope } from './envelopes';
import { dropFault, faults, reviveFault } from './faults';
import { findEnvelopes } from './find-envelopes';
import { gauges } from './gauges';
import { receiveEvents, rejectHints } from './inbox';
import { checkJournals, strayJournals } from './journal-checks';
import { ladder, ladderStats, listLadders } from './ladder-lists';
import { fireLadder, moveLadder, openLadder } from './ladders';
import { acquireLease, owners, releaseDeadOwners, releaseLease } from './leases';
import { removeListener, setListener } from './listeners';
import { mark, setMark } from './marks';
import { claimOperations } from './operation-claims';
import {
  beginOperation,
  failOperation,
  finishOperation,
  listOperations,
  noteOperation,
  operation,
  operationAttachments,
  renewOperation,
  withdrawOperation,
} from './operations';
import { dropNode, orphans, rebind } from './orphans';
import { prune } from './prune';
import { stats } from './stats';
import { holdEnvelope, releaseHold, succeedEnvelope } from './succession';
import { cancelTimer, claimTimers, finishTimer, renewTimer, retryTimer, setTimer } from './timers';
import { applyTruth, recordEnvelope } from './truth';
import { cancelWaits, expireWait, listWaits, openWait, waitStats } from './waits';

/** Verbs that change something. Each call is one transaction. */
const writing = {
  receiveEvents,
  rejectHints,
  recordEnvelope,
  applyTruth,
  touchEnvelope,
  setListener,
  removeListener,
  openWait,
  cancelWaits,
  expireWait,
  openLadder,
  fireLadder,
  moveLadder,
  holdEnvelope,
  releaseHold,
  succeedEnvelope,
  rebind,
  dropNode,
  setTimer,
  claimTimers,
  renewTimer,
  finishTimer,
  retryTimer,
  cancelTimer,
  claimDeliveries,
  renewDelivery,
  finishDeliveries,
  retryDelivery,
  beginOperation,
  renewOperation,
  noteOperation,
  finishOperation,
  failOperation,
  withdrawOperation,
  claimOperations,
  acquireLease,
  releaseLease,
  releaseDeadOwners,
  reviveFault,
  dropFault,
  putDevice,
  removeDevice,
  markDevice,
  appendAudit,
  setMark,
  count,
  prune,
};

/** Verbs that only read. */
const reading = {
  envelope,
  envelopeByExternalId,
  staleEnvelopes,
  listEnvelopes,
  waitStats,
  listWaits,
  ladder,
  listLadders,
  ladderStats,
  devicesOf,
  listDevices,
  orphans,
  nextDue,
  mark,
  operation,
  operationAttachments,
  listOperations,
  owners,
  faults,
  journal,
  checkJournals,
  strayJournals,
  findEnvelopes,
  counters,
  gauges,
  stats,
};

export const verbs = { ...writing, ...reading };

export type Verbs = typeof verbs;
export type VerbName = keyof Verbs;

export const verbNames = Object.keys(verbs) as VerbName[];

/** Whether a call may wait a moment for others that it can share a commit with: its answer only tidies up. */
export const isUnhurried = (name: VerbName): boolean => name === 'finishDeliveries';

export const isReading = (name: VerbName): boolean => name in reading;
