import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { shortHash } from './canonical';

/** Where a process lives: only processes with an equal place can see each other's process ids. */
const place = `${hostname().replaceAll('/', '_')}.${shortHash(`${read('/proc/sys/kernel/random/boot_id')} ${pidNamespace()}`).slice(0, 8)}`;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

const key = Symbol.for('@signature-flows/node-red-core-signature/owner');
const shared = globalThis as { [key]?: string };

/**
 * Who holds a lease: `host/pid/uuid`. One per process, also when this module is loaded twice, so that an owner with our
 * process id and another uuid is certainly an earlier process.
 */
export function makeOwner(): string {
  shared[key] ??= `${place}/${process.pid}/${randomUUID()}`;
  return shared[key];
}

/**
 * Those owners that certainly no longer run: processes of this host and boot whose process id is gone, or is now ours.
 * Of another host, boot or container nothing is certain; their leases have to run out.
 */
export function deadOwners(owners: readonly string[], self: string = makeOwner()): string[] {
  const [ownPlace, ownPid] = self.split('/');
  return owners.filter((owner) => {
    const [otherPlace, pid] = owner.split('/');
    if (owner === self || otherPlace !== ownPlace) return false;
    return pid === ownPid || !isRunning(Number(pid));
  });
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
