import type { Router } from 'express';
import type { Caller } from '../auth/authenticate';
import type { Sandbox } from '../context';
import { isVisible } from '../documents/access';
import { documentFilters } from '../documents/documents';
import { resource } from '../http/answer';
import { notFound } from '../http/errors';
import { applyFilters, at, equals, type Filters, is } from '../http/filters';
import { paginate } from '../http/paging';
import type { EventRecord } from '../model';
import { eventJson } from './json';

/** `/events/`: what happened to the team's documents, newest first. */
export function events(sandbox: Sandbox, router: Router): void {
  const { store } = sandbox;
  const toJson = (event: EventRecord) => eventJson(sandbox, event);
  const visible = (event: EventRecord | undefined, caller: Caller): event is EventRecord =>
    event !== undefined && isVisible(store.documents.get(event.document), caller);
  const filters: Filters<EventRecord> = {
    ...ofDocument(sandbox),
    document__uuid: equals((event) => event.document),
    delivered: is((event) => event.deliveredAt !== null),
    delivered_on: at((event) => event.deliveredAt),
    timestamp: at((event) => event.at),
    status: equals((event) => event.status),
    event_type: equals((event) => event.type),
  };

  resource(sandbox, router, '/events/', {
    GET: ({ caller, query, address }) => {
      const mine = store.events.newest((event) => visible(event, caller));
      return { status: 200, body: paginate(applyFilters(mine, query, filters), toJson, address) };
    },
  });
  resource(sandbox, router, '/events/:uuid/', {
    GET: ({ caller, id }) => {
      const event = store.events.get(id) ?? store.events.all().find((one) => String(one.number) === id);
      if (!visible(event, caller)) throw notFound();
      return { status: 200, body: toJson(event) };
    },
  });
}

/** The filters of documents, under names such as `document__status`. */
function ofDocument(sandbox: Sandbox): Filters<EventRecord> {
  const filters = Object.entries(documentFilters(sandbox)).map(
    ([name, keep]): [string, Filters<EventRecord>[string]] => [
      `document__${name}`,
      (event, wanted) => {
        const document = sandbox.store.documents.get(event.document);
        return document !== undefined && keep(document, wanted);
      },
    ],
  );
  return Object.fromEntries(filters);
}
