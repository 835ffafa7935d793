import type { Command } from '../command';
import { backup } from './backup';
import { drop } from './drop';
import { list } from './list';
import { migrate } from './migrate';
import { orphans } from './orphans';
import { prune } from './prune';
import { rebind } from './rebind';
import { retry } from './retry';
import { show } from './show';
import { status } from './status';
import { verify } from './verify';

/** Every command by its name, in the order of the help. */
export const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({ status, list, show, orphans, rebind, retry, drop, prune, verify, backup, migrate }),
);
