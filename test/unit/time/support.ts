import { expect } from 'chai';
import { parseCalendar } from '../../../dist/lib/time/calendar/config';
import { createCalendar, type WorkingCalendar } from '../../../dist/lib/time/calendar/working-hours';

export const hour = 3_600_000;
export const at = (iso: string): number => {
  const moment = Date.parse(iso);
  if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(iso) || Number.isNaN(moment)) throw new Error(`not an instant: ${iso}`);
  return moment;
};
export const iso = (moment: number): string => new Date(moment).toISOString().replace('.000Z', 'Z');

/** Monday to Friday with the same hours. */
export const weekdaysOnly = (...spans: [string, string][]) => ({
  mon: spans,
  tue: spans,
  wed: spans,
  thu: spans,
  fri: spans,
});
export const everyDay = (...spans: [string, string][]) => ({ ...weekdaysOnly(...spans), sat: spans, sun: spans });

export const calendar = (value: Record<string, unknown>): WorkingCalendar =>
  createCalendar(parseCalendar({ zone: 'Europe/Berlin', hours: weekdaysOnly(['08:00', '17:00']), ...value }));

/** Lines of an iCalendar object around events. */
export const icsOf = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
export const event = (...lines: string[]): string[] => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];

/** Expects a `BAD_INPUT` whose message fits. */
export function refused(action: () => unknown, message: RegExp): void {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, 'nothing was thrown').to.be.instanceOf(Error);
  expect((thrown as { code?: string }).code).to.equal('BAD_INPUT');
  expect((thrown as Error).message).to.match(message);
}

/** Pseudo-random numbers from a printed seed (mulberry32); SEED repeats a run. */
export function seeded(title: string) {
  const seed = Number(process.env.SEED) || Math.floor(Math.random() * 1e9);
  console.log(`      ${title}: seed ${seed}`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T };
}
