import type { Evidence, Finding } from '../evidence';
import { archives } from './archives';
import { events } from './events';
import { fencing } from './fencing';
import { journals } from './journals';
import { ladders } from './ladders';
import { processes } from './processes';
import { pushes } from './pushes';
import { reminders } from './reminders';
import { saga } from './saga';
import { sending } from './sending';
import { waits } from './waits';

const all = { sending, waits, ladders, reminders, saga, pushes, archives, events, fencing, journals, processes };

/** Judges a run by every promise; each finding names the promise. */
export const judge = (evidence: Evidence): Finding[] =>
  Object.entries(all).flatMap(([name, invariant]) =>
    invariant(evidence).map((finding) => ({ ...finding, text: `${name}: ${finding.text}` })),
  );
