/** The device registry. */
import type { EpochMs } from './claims';

export interface PutDeviceInput {
  /** Id of the push service that reaches it. */
  service: string;
  /** Whose device it is; compared as it is written. */
  person: string;
  /** What the address is, for example `fcm` or `webpush`. */
  kind: string;
  /** Any JSON. Objects that differ only in the order of their keys are one address. */
  address: unknown;
  /** Text for lists. */
  label: string;
  clock?: string;
}

export interface PutDeviceResult {
  id: string;
  /** false when this person had this device already, and it was not dead. */
  fresh: boolean;
}

/** One device by its id or address, or all devices of a person. */
export type RemoveDeviceInput = { service: string } & ({ id: string } | { address: unknown } | { person: string });

export interface Device {
  id: string;
  service: string;
  person: string;
  kind: string;
  address: unknown;
  label: string;
  clock: string;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  /** When a notification was last accepted for it. */
  lastOk: EpochMs | null;
  /** Set when the push service said that it does not exist any more. */
  deadAt: EpochMs | null;
  /** Why it is dead. */
  reason: string;
}

export interface MarkDeviceInput {
  id: string;
  ok: boolean;
  reason?: string;
}

export interface ListDevicesInput {
  service?: string;
  person?: string;
  /** true: only dead ones, false: only the others, absent: both. */
  dead?: boolean;
  /** Continue after this id. */
  after?: string;
  limit: number;
}
