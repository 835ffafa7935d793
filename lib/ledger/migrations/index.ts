import { initial } from './0001-initial';
import { ladders } from './0002-ladders';
import type { Migration } from './migration';

export type { Migration } from './migration';

/** All steps in order. A released step is never changed; a change of the schema is a new step. */
export const migrations: Migration[] = [initial, ladders];

/** The schema version this code works with. */
export const newestVersion = (list: readonly Migration[]): number => list.at(-1)?.version ?? 0;
