import type { Migration } from './migration';

/** Escalation ladders, envelopes that take the place of others, and the registry of devices. */
export const ladders: Migration = {
  version: 2,
  name: 'ladders',
  statements: [
    `create table ladders(
      id text primary key, account text not null, envelope text not null, node text not null, clock text not null,
      name text not null, spec text not null, message text not null, state text not null, next_id text not null,
      next_at bigint, fired text not null default '[]', rev int not null default 1, reason text not null default '',
      opened_at bigint not null, closed_at bigint)`,
    `create index ladders_envelope on ladders(account, envelope, state)`,
    `create index ladders_running on ladders(node, next_at, clock) where state = 'running'`,
    `create index ladders_paused on ladders(node) where state = 'paused'`,
    `alter table deliveries add column ladder_id text not null default ''`,
    `create index deliveries_ladder on deliveries(ladder_id) where ladder_id <> ''`,

    `alter table envelopes add column held_by text not null default ''`,
    `alter table envelopes add column successor text not null default ''`,
    `alter table envelopes add column predecessor text not null default ''`,
    `alter table envelopes add column lineage text not null default ''`,
    `create index envelopes_held on envelopes(account, id) where held_by <> ''`,

    `create table devices(
      id text primary key, service text not null, person text not null, kind text not null, address text not null,
      address_key text not null, label text not null, clock text not null, created_at bigint not null,
      updated_at bigint not null, last_ok bigint, dead_at bigint, reason text not null default '')`,
    `create index devices_person on devices(service, person)`,
    `create index devices_address on devices(service, address_key)`,
    `create index devices_dead on devices(dead_at) where dead_at is not null`,
  ],
};
