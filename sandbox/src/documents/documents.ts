import type { Router } from 'express';
import type { Sandbox } from '../context';
import { resource } from '../http/answer';
import { applyFilters, at, equals, equalsAnyCase, type Filters } from '../http/filters';
import { paginate } from '../http/paging';
import { bool, fields, read } from '../http/validate';
import type { DocumentRecord } from '../model';
import { userJson } from '../teams/json';
import { findDocument, isVisible } from './access';
import { createDocument } from './create';
import { documentJson } from './json';
import { hideDocument, removeDocument } from './remove';
import { documentSchema } from './schema';

const deletion = fields({ force_delete: bool().nullish() });

/** The filters of a document, which the list of events has too, with a prefix. */
export function documentFilters(sandbox: Sandbox): Filters<DocumentRecord> {
  const user = (document: DocumentRecord) => userJson(sandbox, document.team, document.user);
  return {
    external_id: equals((document) => document.given.external_id),
    signrequest__who: equals((document) => document.request?.given.who ?? null),
    signrequest__from_email: equalsAnyCase((document) => document.request?.fromEmail),
    status: equals((document) => document.status),
    user__email: equalsAnyCase((document) => document.user),
    user__first_name: equalsAnyCase((document) => user(document)?.first_name),
    user__last_name: equalsAnyCase((document) => user(document)?.last_name),
    created: at((document) => document.createdAt),
    modified: at((document) => document.modifiedAt),
  };
}

/** `/documents/`. */
export function documents(sandbox: Sandbox, router: Router): void {
  const filters = documentFilters(sandbox);
  const toJson = (document: DocumentRecord) => documentJson(sandbox, document);
  resource(sandbox, router, '/documents/', {
    GET: ({ caller, query, address }) => {
      const mine = sandbox.store.documents.newest((document) => isVisible(document, caller));
      return { status: 200, body: paginate(applyFilters(mine, query, filters), toJson, address) };
    },
    POST: async ({ caller, body }) => {
      const document = await createDocument(sandbox, caller, read(documentSchema, body));
      return { status: 201, body: toJson(document) };
    },
  });
  resource(sandbox, router, '/documents/:uuid/', {
    GET: ({ caller, id }) => ({ status: 200, body: toJson(findDocument(sandbox, caller, id)) }),
    DELETE: async ({ caller, id, body }) => {
      const document = findDocument(sandbox, caller, id);
      if (read(deletion, body).force_delete === true) await removeDocument(sandbox, document);
      else hideDocument(sandbox, document);
      return { status: 204 };
    },
  });
}
