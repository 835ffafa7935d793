/**
 * Inputs and outputs of every verb of the ledger.
 *
 * Conventions: ids are text, times are epoch milliseconds (`EpochMs`), durations are milliseconds. Fields typed
 * `unknown` hold any JSON value; the ledger stores them as text and gives objects back.
 * `account` is the id of the account the row belongs to, `envelope` the uuid of the document at the provider,
 * `node` the id of the Node-RED node that owns the row ('' when only the account matters).
 */
export * from './care';
export * from './claims';
export * from './deliveries';
export * from './devices';
export * from './envelopes';
export * from './events';
export * from './journal';
export * from './ladders';
export * from './leases';
export * from './operations';
export * from './successions';
export * from './timers';
export * from './waits';
