import type { Router } from 'express';
import type { Sandbox } from '../context';
import { resource } from '../http/answer';
import { applyFilters, type Filters } from '../http/filters';
import { paginate } from '../http/paging';
import { type DocumentRecord, statusNames } from '../model';
import { acts } from '../signature-requests/turns';
import { isVisible } from './access';
import { searchTimes } from './json';
import { exportRows, toCsv, toSpreadsheet } from './search-export';

/** Several values of one filter are joined with `|`. */
const anyOf =
  (values: (document: DocumentRecord) => string[]): Filters<DocumentRecord>[string] =>
  (document, wanted) =>
    wanted.split('|').some((value) => values(document).includes(value.toLowerCase()));

const filters: Filters<DocumentRecord> = {
  subdomain: anyOf((document) => [document.team.toLowerCase()]),
  status: anyOf((document) => [document.status]),
  who: anyOf((document) => [document.request?.given.who ?? 'o']),
  signer_emails: anyOf((document) => signerEmails(document)),
};

/**
 * `GET /documents-search/`. The token stands for its team here, so `subdomain` may be left out. Newest first, or by
 * the strength of the match as soon as words are searched.
 */
export function documentsSearch(sandbox: Sandbox, router: Router): void {
  resource(sandbox, router, '/documents-search/', {
    GET: ({ caller, query, address }) => {
      const mine = sandbox.store.documents.newest((document) => isVisible(document, caller));
      const found = byWords(applyFilters(mine, query, filters), query);
      const format = query.get('format');
      if (format === 'csv' || format === 'xls') {
        const rows = exportRows(found.map(searchJson), found, query.get('signer_data') === '1');
        return format === 'csv'
          ? { status: 200, type: 'text/csv', body: toCsv(rows) }
          : { status: 200, type: 'application/vnd.ms-excel', body: toSpreadsheet(rows) };
      }
      return { status: 200, body: paginate(found, searchJson, address) };
    },
  });
}

/** Addresses of those who had to sign or approve. */
function signerEmails(document: DocumentRecord): string[] {
  return (document.request?.signers ?? []).filter(acts).map((signer) => signer.given.email.toLowerCase());
}

function searchJson(document: DocumentRecord) {
  return {
    uuid: document.uuid,
    name: document.name,
    from_email: document.request?.fromEmail ?? document.user,
    who: document.request?.given.who ?? 'o',
    status: document.status,
    status_display: statusNames[document.status],
    ...searchTimes(document),
    autocomplete: document.name,
    nr_extra_docs: 0,
    extra_docs: [],
    signer_emails: signerEmails(document),
    parent_doc: null,
    subdomain: document.team,
    processing: document.processing,
  };
}
export type SearchRow = ReturnType<typeof searchJson>;

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s\-_.]+/)
    .filter(Boolean);

function byWords(documents: DocumentRecord[], query: URLSearchParams): DocumentRecord[] {
  const whole = words(query.get('q') ?? '');
  const inName = words(query.get('name') ?? '');
  const begun = words(query.get('autocomplete') ?? '');
  if (whole.length + inName.length + begun.length === 0) return documents;
  const score = (document: DocumentRecord): number => {
    const name = words(document.name);
    const everything = [...name, ...signerEmails(document), document.given.external_id?.toLowerCase() ?? ''];
    const hits =
      whole.filter((word) => everything.includes(word)).length +
      inName.filter((word) => name.includes(word)).length +
      begun.filter((word) => everything.some((candidate) => candidate.startsWith(word))).length;
    return hits / Math.max(1, name.length) + hits;
  };
  return documents
    .map((document) => ({ document, score: score(document) }))
    .filter((candidate) => candidate.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((candidate) => candidate.document);
}
