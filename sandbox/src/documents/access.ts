import type { Caller } from '../auth/authenticate';
import { referencedUuid, type Sandbox } from '../context';
import { invalid, notFound } from '../http/errors';
import type { DocumentRecord } from '../model';

/** Whether the caller may see a document: it is the team's, and nobody deleted it. */
export function isVisible(document: DocumentRecord | undefined, caller: Caller): document is DocumentRecord {
  return document !== undefined && document.team === caller.team.uuid && !document.hidden;
}

/** The document of that uuid. @throws ApiError 404 */
export function findDocument(sandbox: Sandbox, caller: Caller, uuid: string): DocumentRecord {
  const document = sandbox.store.documents.get(uuid);
  if (!isVisible(document, caller)) throw notFound();
  return document;
}

/** The document to which the field `document` of a body refers by URL. @throws ApiError 400 */
export function referencedDocument(sandbox: Sandbox, caller: Caller, reference: string): DocumentRecord {
  const uuid = referencedUuid(reference, 'documents');
  if (uuid === undefined) throw invalid('document', 'Invalid hyperlink - No URL match.');
  const document = sandbox.store.documents.get(uuid);
  if (!isVisible(document, caller)) throw invalid('document', 'Invalid hyperlink - Object does not exist.');
  return document;
}
