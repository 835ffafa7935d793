import { deadOwners } from '../../owner';
import { owners } from '../../verbs/leases';
import { nameOf } from '../existing';
import { exitCode, Stop } from '../exit-codes';
import type { Io } from '../io';
import type { Place } from '../place';
import { readPostgres, readPostgresAlone, writePostgres } from './postgres-side';
import { asTx, type Side, saying } from './side';
import { readSqlite, readSqliteAlone, writeSqlite } from './sqlite-side';
import type { Table } from './tables';

/** Opens a ledger to read one moment of it, while runtimes go on. */
export const openSnapshot = (place: Place): Promise<Side> =>
  saying(place, async () => (place.engine === 'sqlite' ? readSqlite(place) : readPostgres(place)));

/**
 * Opens the source of a migration, which nobody may use meanwhile.
 *
 * @param force reads one moment of it all the same when somebody does
 * @throws Stop `failed` when a runtime uses it
 */
export async function openSource(place: Place, tables: readonly Table[], io: Io, force: boolean): Promise<Side> {
  const where = nameOf(place);
  const side = await saying(place, async () =>
    place.engine === 'sqlite' ? readSqliteAlone(place) : readPostgresAlone(place, tables),
  );
  const holders = side === null ? [] : await saying(place, () => liveOwners(side));
  if (side !== null && holders.length === 0) return side;
  const why = side === null ? 'it is open in another process' : `leases are held by ${holders.join(', ')}`;
  if (!force) {
    await side?.close();
    throw new Stop(
      exitCode.failed,
      `The source ${where} is in use: ${why}. Stop every Node-RED that uses it, or the work it does from now on would be missing in the target. (--force copies it as it is at this moment.)`,
    );
  }
  io.note(`The source ${where} is in use: ${why}. What happens in it from now on will be missing in the target.`);
  return side ?? openSnapshot(place);
}

/** Who holds an unexpired lease and may still run. */
async function liveOwners(side: Side): Promise<string[]> {
  const holders = await owners(asTx(side), {});
  const dead = new Set(deadOwners(holders));
  return holders.filter((owner) => !dead.has(owner));
}

/** Opens the target of a copy for one transaction; it is made when there is none. */
export const openTarget = (place: Place, tables: readonly Table[]): Promise<Side> =>
  saying(place, async () => (place.engine === 'sqlite' ? writeSqlite(place) : writePostgres(place, tables)));
