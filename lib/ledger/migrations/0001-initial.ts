import type { Migration } from './migration';

/**
 * The first schema. Partial indexes keep the work lists (pending, claimed, waiting) small however much history there is.
 * `bytea` has no special meaning to SQLite, which stores bytes as they are.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: [
    `create table envelopes(
      account text not null, id text not null, external_id text not null default '', name text not null default '',
      status text not null default '', rank int not null default -1, terminal int not null default 0,
      snapshot text not null default 'null', clock text not null default '', node text not null default '',
      sent_at bigint, due_at bigint, checked_at bigint, created_at bigint not null, updated_at bigint not null,
      pruned_at bigint, last_ord bigint not null default 0, audit_seq int not null default 0,
      audit_hash text not null default '', primary key(account, id))`,
    `create index envelopes_external on envelopes(account, external_id) where external_id <> ''`,
    `create index envelopes_open on envelopes(account, id) where terminal = 0`,
    `create index envelopes_checked on envelopes(account, checked_at) where terminal = 0 and status <> ''`,
    `create index envelopes_ended on envelopes(updated_at) where terminal = 1 and pruned_at is null`,

    `create table events(
      account text not null, envelope text not null, dedupe text not null, uuid text not null, type text not null,
      happened_at bigint not null, signer text not null, origin text not null, state text not null,
      received_at bigint not null, confirmed_at bigint, primary key(account, envelope, dedupe))`,
    `create index events_open on events(received_at) where state <> 'confirmed'`,

    `create table listeners(node text primary key, account text not null)`,
    `create index listeners_account on listeners(account)`,

    `create table waits(
      id text primary key, account text not null, envelope text not null, node text not null, name text not null,
      cohort text not null, clock text not null, statuses text not null, reached_by text not null,
      ended_by text not null, deadline bigint, state text not null, outcome text, reason text not null default '',
      message text not null, opened_at bigint not null, closed_at bigint)`,
    `create index waits_envelope on waits(account, envelope, state)`,
    `create index waits_node on waits(node, deadline, clock) where state = 'waiting'`,
    `create index waits_cohort on waits(cohort) where state = 'waiting' and cohort <> ''`,
    `create table cohorts(id text primary key, winner text not null)`,

    `create table timers(
      id text primary key, kind text not null, account text not null, envelope text not null, node text not null,
      ref text not null, clock text not null, due bigint not null, data text not null, state text not null,
      owner text not null default '', lease bigint not null default 0, rev int not null default 0,
      attempts int not null default 0, fired_at bigint, error text not null default '', updated_at bigint not null)`,
    `create index timers_due on timers(clock, due, node, account, kind) where state = 'pending'`,
    `create index timers_lease on timers(lease) where state = 'claimed'`,
    `create index timers_envelope on timers(account, envelope)`,
    `create index timers_over on timers(updated_at) where state in ('done', 'cancelled')`,
    `create index timers_dead on timers(updated_at) where state = 'dead'`,

    `create table deliveries(
      id text primary key, kind text not null, account text not null, node text not null, port int not null,
      envelope text not null, wait_id text not null, operation_id text not null, body text not null,
      ord bigint not null, state text not null, due bigint not null, owner text not null default '',
      lease bigint not null default 0, rev int not null default 0, attempts int not null default 0,
      error text not null default '', created_at bigint not null)`,
    `create index deliveries_queue on deliveries(ord, node, due) where state = 'pending'`,
    `create index deliveries_order on deliveries(account, envelope, node, ord)`,
    `create index deliveries_lease on deliveries(lease) where state = 'claimed'`,
    `create index deliveries_dead on deliveries(created_at) where state = 'dead'`,

    `create table operations(
      id text primary key, kind text not null, account text not null, node text not null, envelope text not null,
      clock text not null, fingerprint text not null, request text not null, message text not null,
      state text not null, owner text not null default '', lease bigint not null default 0, due bigint,
      rev int not null default 0, attempts int not null default 0, progress text not null default 'null',
      result text not null default 'null', error text not null default 'null', created_at bigint not null,
      updated_at bigint not null)`,
    `create index operations_due on operations(clock, due, node, kind) where state = 'waiting'`,
    `create index operations_lease on operations(lease) where state = 'running'`,
    `create index operations_envelope on operations(account, envelope)`,
    `create index operations_over on operations(updated_at) where state in ('done', 'failed')`,
    `create index operations_failed on operations(updated_at) where state = 'failed'`,
    `create table attachments(
      operation_id text not null, position int not null, name text not null, bytes bytea not null,
      primary key(operation_id, position))`,

    `create table leases(name text primary key, owner text not null, lease bigint not null, rev int not null)`,

    `create table marks(name text primary key, value bigint not null)`,

    `create table audit(
      account text not null, envelope text not null, seq int not null, written_at bigint not null,
      kind text not null, body text not null, hash text not null, primary key(account, envelope, seq))`,

    `create table counters(
      scope text not null, name text not null, shard int not null, n bigint not null, primary key(scope, name, shard))`,
  ],
};
