/** `/events/`: the history of envelopes, and what became of their webhooks. */
import type { Api, ListOptions, Query } from './api';
import { type Event, eventSchema, type Page } from './models';

/** Filters of the event list; the results are checked for the first two, as the service ignores filters it does not know. */
export interface EventFilter {
  document__uuid?: string;
  event_type?: string;
  document__external_id?: string;
  document__status?: string;
  delivered?: 'True' | 'False';
  timestamp?: string;
  status?: 'ok' | 'error';
}

export class Events {
  constructor(private readonly api: Api) {}

  /** One page, in the service's order; entries that the filter should have kept out are removed. */
  async list(filter: EventFilter = {}, options?: ListOptions): Promise<Page<Event>> {
    const page = await this.api.page('events/', eventSchema, asQuery(filter), options);
    return { ...page, results: page.results.filter((event) => fits(event, filter)) };
  }

  /**
   * Events newest first; stop reading when you have enough. Where the service lists the oldest first, the pages are walked
   * from the last. An event may come twice when others arrive meanwhile.
   */
  async *iterate(filter: EventFilter = {}, signal?: AbortSignal): AsyncGenerator<Event> {
    const query = asQuery(filter);
    const first = await this.api.page('events/', eventSchema, query, { signal });
    const pages = first.next === null ? 1 : Math.ceil(first.count / Math.max(1, first.results.length));
    const oldestFirst = isAscending(first.results);
    for (let read = 0; read < pages; read += 1) {
      const number = oldestFirst ? pages - read : read + 1;
      const results = number === 1 ? first.results : await this.#results(query, number, signal);
      if (results.length === 0 && !oldestFirst) return;
      yield* (oldestFirst ? results.toReversed() : results).filter((event) => fits(event, filter));
    }
  }

  /** All events of a document, newest first. */
  async eventsOf(documentUuid: string, signal?: AbortSignal): Promise<Event[]> {
    const events: Event[] = [];
    for await (const event of this.iterate({ document__uuid: documentUuid }, signal)) events.push(event);
    return events;
  }

  async get(uuid: string, signal?: AbortSignal): Promise<Event> {
    return this.api.read('GET', `events/${encodeURIComponent(uuid)}/`, eventSchema, { signal });
  }

  async #results(query: Query, page: number, signal?: AbortSignal): Promise<Event[]> {
    const answer = await this.api.pageOrEnd('events/', eventSchema, query, page, signal);
    return answer.results;
  }
}

const asQuery = (filter: EventFilter): Query => ({ ...filter });

const fits = (event: Event, filter: EventFilter): boolean =>
  (filter.document__uuid === undefined || event.document?.uuid === filter.document__uuid) &&
  (filter.event_type === undefined || event.event_type === filter.event_type);

function isAscending(events: readonly Event[]): boolean {
  const times = events.map(({ timestamp }) => Date.parse(timestamp));
  const [first, last] = [times.at(0), times.at(-1)];
  return first !== undefined && last !== undefined && first < last;
}
