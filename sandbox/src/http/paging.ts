import { ApiError } from './errors';

export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}

const defaultLimit = 10;
const maxLimit = 100;

/**
 * Cuts one page out of a list by `page` (from 1) and `limit` (default 10, at most 100).
 *
 * @param items everything the filters left, in the order of the list
 * @param toJson makes the answer of one item; called only for those on the page
 * @param address absolute URL of this request, from which `next` and `previous` are made
 * @throws ApiError 404 for a page that does not exist
 */
export function paginate<T, R>(items: T[], toJson: (item: T) => R, address: URL): Page<R> {
  const asked = Number(address.searchParams.get('limit'));
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxLimit) : defaultLimit;
  const pages = Math.max(1, Math.ceil(items.length / limit));
  const page = Number(address.searchParams.get('page') ?? 1);
  if (!Number.isInteger(page) || page < 1 || page > pages) throw new ApiError(404, { detail: 'Invalid page.' });
  const other = (number: number): string => {
    const link = new URL(address);
    link.searchParams.set('page', String(number));
    return link.href;
  };
  return {
    count: items.length,
    next: page < pages ? other(page + 1) : null,
    previous: page > 1 ? other(page - 1) : null,
    results: items.slice((page - 1) * limit, page * limit).map(toJson),
  };
}
