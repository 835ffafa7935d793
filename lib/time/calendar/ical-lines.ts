/** Content lines and components of an iCalendar text (RFC 5545, 3.1 and 3.6). */
import { SignatureError } from '../../errors';

/** Far more than a calendar of holidays needs. */
const longestText = 2_000_000;

/** One property of a component. */
export interface Property {
  /** Upper case, for example `DTSTART`. */
  name: string;
  /** By upper-case name. */
  params: Readonly<Record<string, string>>;
  value: string;
  /** Number of its first line in the text, from 1. */
  line: number;
}

/** A `VEVENT` with the properties that are directly in it. */
export interface EventLines {
  line: number;
  properties: Property[];
}

/** @throws SignatureError BAD_INPUT that names the line */
export function broken(line: number, what: string): never {
  throw new SignatureError('BAD_INPUT', `iCalendar text, line ${line}: ${what}.`, { field: 'ics' });
}

/** Joins folded lines: one that begins with a space or tab continues the line before it. */
function unfold(text: string): { line: number; content: string }[] {
  const lines: { line: number; content: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.content += raw.slice(1);
    else if (raw.trim() !== '') lines.push({ line: index + 1, content: raw });
  }
  return lines;
}

const contentLine = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

function propertyOf({ line, content }: { line: number; content: string }): Property {
  const [, name = '', params = '', value = ''] = contentLine.exec(content) ?? [];
  if (name === '') broken(line, `"${content.slice(0, 40)}" is not of the form NAME:value`);
  const pairs = [...params.matchAll(/;([^=]+)=((?:"[^"]*"|[^";])*)/g)].map(([, key = '', given = '']) => [
    key.toUpperCase(),
    given.replaceAll('"', ''),
  ]);
  return { name: name.toUpperCase(), params: Object.fromEntries(pairs), value: value.trim(), line };
}

/**
 * The events of an iCalendar text; everything else in it (time zones, alarms, tasks) is passed over.
 *
 * @param text one or several `VCALENDAR` objects; blank text has no events
 * @throws SignatureError BAD_INPUT naming the line that is not a property, or where BEGIN and END do not match
 */
export function eventsOf(text: string): EventLines[] {
  if (text.length > longestText) broken(1, `the text is longer than ${longestText} characters`);
  const events: EventLines[] = [];
  const open: Property[] = [];
  for (const property of unfold(text).map(propertyOf)) {
    const { name, value, line } = property;
    const inner = open.at(-1);
    if (name === 'BEGIN') {
      if (inner === undefined && value.toUpperCase() !== 'VCALENDAR') broken(line, 'BEGIN:VCALENDAR must come first');
      open.push(property);
      if (value.toUpperCase() === 'VEVENT') events.push({ line, properties: [] });
    } else if (inner === undefined) {
      broken(line, 'BEGIN:VCALENDAR must come first');
    } else if (name === 'END') {
      if (value.toUpperCase() !== inner.value.toUpperCase()) {
        broken(line, `END:${value} does not match BEGIN:${inner.value} of line ${inner.line}`);
      }
      open.pop();
    } else if (inner.value.toUpperCase() === 'VEVENT') {
      events.at(-1)?.properties.push(property);
    }
  }
  const unfinished = open.at(-1);
  if (unfinished !== undefined) broken(unfinished.line, `BEGIN:${unfinished.value} has no END:${unfinished.value}`);
  return events;
}
