import { timestamp } from '../clock';

/** How one query parameter picks objects: `true` keeps the object. */
export type Filters<T> = Record<string, (item: T, wanted: string) => boolean>;

/**
 * Applies those query parameters that are filters of the list; all others are ignored, as the service does, so a
 * misspelt filter lets everything through. An empty value does not filter.
 */
export function applyFilters<T>(items: T[], query: URLSearchParams, filters: Filters<T>): T[] {
  const active = Object.entries(filters).flatMap(([name, keep]) => {
    const wanted = query.get(name);
    return wanted === null || wanted === '' ? [] : [{ keep, wanted }];
  });
  return items.filter((item) => active.every(({ keep, wanted }) => keep(item, wanted)));
}

/** Filter on a text, compared exactly. */
export function equals<T>(value: (item: T) => string | null | undefined): Filters<T>[string] {
  return (item, wanted) => value(item) === wanted;
}

/** Filter on an e-mail address or name, compared without regard to case. */
export function equalsAnyCase<T>(value: (item: T) => string | null | undefined): Filters<T>[string] {
  return (item, wanted) => value(item)?.toLowerCase() === wanted.toLowerCase();
}

/** Filter on a boolean, written `true`, `True` or `1`, and the opposites. */
export function is<T>(value: (item: T) => boolean): Filters<T>[string] {
  return (item, wanted) => {
    const yes = ['true', '1'].includes(wanted.toLowerCase());
    const no = ['false', '0'].includes(wanted.toLowerCase());
    return yes || no ? value(item) === yes : true;
  };
}

/** Filter on an instant: an exact time, or the beginning of one, such as a day. */
export function at<T>(value: (item: T) => number | null): Filters<T>[string] {
  return (item, wanted) => {
    const time = value(item);
    if (time === null) return false;
    return timestamp(time).startsWith(wanted) || (wanted.length > 10 && Date.parse(wanted) === time);
  };
}
