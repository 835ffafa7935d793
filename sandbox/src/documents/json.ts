import { timestamp, timestampOrNull } from '../clock';
import { apiUrl, type Sandbox } from '../context';
import type { Attachment, DocumentRecord } from '../model';
import { inlineRequest } from '../signature-requests/json';
import { inlineTeam, userJson } from '../teams/json';

const dayMs = 86_400_000;

/** When an unfinished document expires, or null for never. */
export function expiresAt(document: DocumentRecord): number | null {
  const days = document.given.auto_expire_days;
  return days ? document.createdAt + days * dayMs : null;
}

/** When a finished document is deleted, or null for never or not yet known. */
export function deletesAt(document: DocumentRecord): number | null {
  const days = document.given.auto_delete_days;
  return days && document.finishedAt !== null ? document.finishedAt + days * dayMs : null;
}

/** File name without its extension. */
export function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

/** A document as the API answers it. Every file URL in it is fresh and good for five minutes. */
export function documentJson(sandbox: Sandbox, document: DocumentRecord) {
  const { given, files, hashes } = document;
  const base = stem(document.originalName);
  const outcome = document.status === 'de' ? 'declined' : 'signed';
  return {
    team: inlineTeam(sandbox, document.team),
    uuid: document.uuid,
    url: apiUrl(sandbox, 'documents', document.uuid),
    user: userJson(sandbox, document.team, document.user),
    file_as_pdf: sandbox.files.urlOrNull(files.asPdf, `${base}.pdf`),
    name: document.name,
    external_id: given.external_id ?? null,
    frontend_id: given.frontend_id ?? null,
    file: sandbox.files.urlOrNull(files.original, document.originalName),
    file_from_url: given.file_from_url ?? null,
    events_callback_url: given.events_callback_url ?? null,
    template: document.template && apiUrl(sandbox, 'templates', document.template),
    prefill_tags: (given.prefill_tags ?? []).map((tag) => ({
      external_id: tag.external_id ?? null,
      text: tag.text ?? null,
      checkbox_value: tag.checkbox_value ?? null,
      date_value: tag.date_value ?? null,
    })),
    integrations: given.integrations ?? [],
    file_from_sf: null,
    auto_delete_days: given.auto_delete_days ?? null,
    auto_expire_days: given.auto_expire_days ?? null,
    link_expire_days: given.link_expire_days ?? null,
    pdf: sandbox.files.urlOrNull(files.signed, `${base}_${outcome}.pdf`),
    status: document.status,
    signrequest: document.request && inlineRequest(sandbox, document, document.request),
    api_used: true,
    signing_log:
      files.log === null
        ? null
        : { pdf: sandbox.files.url(files.log, `${base}_signing_log.pdf`), security_hash: hashes.log },
    security_hash: hashes.signed,
    attachments: sandbox.store.attachments
      .all()
      .filter((attachment) => attachment.document === document.uuid)
      .map((attachment) => attachmentJson(sandbox, attachment)),
    auto_delete_after: timestampOrNull(deletesAt(document)),
    auto_expire_after: timestampOrNull(expiresAt(document)),
    sandbox: true,
    processing: document.processing,
  };
}

/** An attachment that the sender put beside the document. */
export function attachmentJson(sandbox: Sandbox, attachment: Attachment) {
  return {
    url: apiUrl(sandbox, 'document-attachments', attachment.uuid),
    uuid: attachment.uuid,
    name: attachment.name,
    file: sandbox.files.url(attachment.file, attachment.name),
    file_from_url: null,
    document: apiUrl(sandbox, 'documents', attachment.document),
  };
}

/** Instants as whole seconds, beside their text, as `documents-search` gives both. */
export function searchTimes(document: DocumentRecord) {
  const seconds = (at: number | null): number | null => (at === null ? null : Math.floor(at / 1000));
  return {
    created: timestamp(document.createdAt),
    created_timestamp: seconds(document.createdAt),
    finished_on: timestampOrNull(document.finishedAt),
    finished_on_timestamp: seconds(document.finishedAt),
  };
}
