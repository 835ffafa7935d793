import { SignatureError } from '../../lib/errors';
import type { SignatureEventInConfig } from './config';

/** Whether an event passes the node's filters. */
export type EventFilter = (event: { type: string }, envelope: object | undefined) => boolean;

/**
 * @param value what the envelope's property is compared with
 * @throws SignatureError `BAD_CONFIG` for a regular expression that is none
 */
export function eventFilter(config: SignatureEventInConfig, value: string): EventFilter {
  const { events, filterProperty } = config;
  const fits = filterProperty === '' ? () => true : rule(config.filterRule, value);
  return (event, envelope) =>
    (events.length === 0 || (events as string[]).includes(event.type)) &&
    (filterProperty === '' || fits(String((envelope as Record<string, unknown> | undefined)?.[filterProperty] ?? '')));
}

function rule(name: SignatureEventInConfig['filterRule'], value: string): (given: string) => boolean {
  switch (name) {
    case 'is':
      return (given) => given === value;
    case 'starts':
      return (given) => given.startsWith(value);
    case 'contains':
      return (given) => given.includes(value);
    case 'matches': {
      const expression = regularExpression(value);
      return (given) => expression.test(given);
    }
  }
}

function regularExpression(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch {
    throw new SignatureError('BAD_CONFIG', `filterValue: "${value}" is not a regular expression.`, {
      field: 'filterValue',
    });
  }
}
