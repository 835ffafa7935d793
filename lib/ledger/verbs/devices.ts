import { canonicalJson, shortHash } from '../canonical';
import { Bind, fromJson, type Tx } from '../sql';
import type {
  Device,
  EpochMs,
  ListDevicesInput,
  MarkDeviceInput,
  PutDeviceInput,
  PutDeviceResult,
  RemoveDeviceInput,
} from '../types';

interface DeviceRow {
  id: string;
  service: string;
  person: string;
  kind: string;
  address: string;
  label: string;
  clock: string;
  created_at: EpochMs;
  updated_at: EpochMs;
  last_ok: EpochMs | null;
  dead_at: EpochMs | null;
  reason: string;
}

const columns = 'id, service, person, kind, address, label, clock, created_at, updated_at, last_ok, dead_at, reason';

const toDevice = (row: DeviceRow): Device => ({
  id: row.id,
  service: row.service,
  person: row.person,
  kind: row.kind,
  address: fromJson(row.address),
  label: row.label,
  clock: row.clock,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  lastOk: row.last_ok,
  deadAt: row.dead_at,
  reason: row.reason,
});

/** Addresses may be long; their hash is what is searched for. */
const addressKey = (address: unknown): string => shortHash(canonicalJson(address));

/**
 * Registers a device of a person. The same address again is the same device: it is brought up to date, comes back to life
 * when it was dead, and changes hands when it belonged to another person.
 */
export async function putDevice(tx: Tx, input: PutDeviceInput): Promise<PutDeviceResult> {
  const { service, person, kind, label } = input;
  const address = canonicalJson(input.address);
  const id = shortHash(canonicalJson([service, kind, input.address]));
  const inserted = await tx.query(
    `insert into devices(id, service, person, kind, address, address_key, label, clock, created_at, updated_at)
     values($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) on conflict(id) do nothing returning id`,
    [id, service, person, kind, address, addressKey(input.address), label, input.clock ?? '', tx.now],
  );
  if (inserted.length > 0) return { id, fresh: true };
  const known = await tx.query(
    `update devices set label = $3, clock = $4, updated_at = $5 where id = $1 and person = $2 and dead_at is null
     returning id`,
    [id, person, label, input.clock ?? '', tx.now],
  );
  if (known.length > 0) return { id, fresh: false };
  await tx.query(
    `update devices set person = $2, label = $3, clock = $4, updated_at = $5, last_ok = null, dead_at = null,
       reason = '' where id = $1`,
    [id, person, label, input.clock ?? '', tx.now],
  );
  return { id, fresh: true };
}

/** Removes a device or all devices of a person. Returns how many that were. */
export async function removeDevice(tx: Tx, input: RemoveDeviceInput): Promise<number> {
  const [column, value] =
    'id' in input
      ? ['id', input.id]
      : 'person' in input
        ? ['person', input.person]
        : ['address_key', addressKey(input.address)];
  const rows = await tx.query(`delete from devices where service = $1 and ${column} = $2 returning id`, [
    input.service,
    value,
  ]);
  return rows.length;
}

/** The living devices of these persons, in the order of the persons' names. */
export async function devicesOf(tx: Tx, input: { service: string; persons: string[] }): Promise<Device[]> {
  const bind = new Bind();
  const rows = await tx.query<DeviceRow>(
    `select ${columns} from devices where service = ${bind.one(input.service)} and person in ${bind.list(input.persons)}
       and dead_at is null order by person, created_at, id`,
    bind.values,
  );
  return rows.map(toDevice);
}

/**
 * Notes how the push service answered for a device: accepted, or that it does not exist any more, which ends its use.
 *
 * @returns false when the device is not known (any more)
 */
export async function markDevice(tx: Tx, input: MarkDeviceInput): Promise<boolean> {
  const rows = input.ok
    ? await tx.query('update devices set last_ok = $2 where id = $1 returning id', [input.id, tx.now])
    : await tx.query('update devices set dead_at = $2, reason = $3 where id = $1 returning id', [
        input.id,
        tx.now,
        input.reason ?? '',
      ]);
  return rows.length > 0;
}

/** A page of devices in the order of their ids. */
export async function listDevices(tx: Tx, input: ListDevicesInput): Promise<Device[]> {
  const bind = new Bind();
  const where = ['1 = 1'];
  for (const column of ['service', 'person'] as const) {
    const value = input[column];
    if (value !== undefined) where.push(`${column} = ${bind.one(value)}`);
  }
  if (input.dead !== undefined) where.push(`dead_at is ${input.dead ? 'not null' : 'null'}`);
  if (input.after !== undefined) where.push(`id > ${bind.one(input.after)}`);
  const rows = await tx.query<DeviceRow>(
    `select ${columns} from devices where ${where.join(' and ')} order by id limit ${bind.one(input.limit)}`,
    bind.values,
  );
  return rows.map(toDevice);
}
