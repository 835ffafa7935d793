import type { Sandbox } from '../context';
import type { DocumentRecord } from '../model';
import { dropDeadlines, removalEntry } from '../signature-requests/agenda';

/** Days for which signers can still fetch a finished document that its sender deleted. */
export const graceDays = 30;
const dayMs = 86_400_000;

/** Deletes a document for its sender; signers keep what is finished for a while, what is open ends. */
export function hideDocument(sandbox: Sandbox, document: DocumentRecord): void {
  document.hidden = true;
  document.modifiedAt = sandbox.clock.now();
  sandbox.store.documents.put(document);
  stopWork(sandbox, document);
  scheduleRemoval(sandbox, document, document.modifiedAt + graceDays * dayMs);
}

/** Deletes a document with everything that belongs to it, at once. */
export async function removeDocument(sandbox: Sandbox, document: DocumentRecord): Promise<void> {
  const { store, files } = sandbox;
  stopWork(sandbox, document);
  sandbox.clock.drop(removalEntry(document));
  store.documents.delete(document.uuid);
  for (const event of store.events.all()) if (event.document === document.uuid) store.events.delete(event.uuid);
  const attachments = store.attachments.all().filter((attachment) => attachment.document === document.uuid);
  for (const attachment of attachments) store.attachments.delete(attachment.uuid);
  const signers = document.request?.signers ?? [];
  const names = [
    ...Object.values(document.files),
    ...attachments.map((attachment) => attachment.file),
    ...signers.flatMap((signer) => [signer.signature?.file ?? null, ...signer.attachments.map((one) => one.file)]),
  ];
  await Promise.all(names.map((name) => (name === null ? undefined : files.remove(name))));
}

/** Puts the final deletion on the agenda. */
export function scheduleRemoval(sandbox: Sandbox, document: DocumentRecord, at: number): void {
  sandbox.clock.set(removalEntry(document), at, () => removeDocument(sandbox, document));
}

function stopWork(sandbox: Sandbox, document: DocumentRecord): void {
  dropDeadlines(sandbox, document);
  sandbox.callbacks.forget(document.uuid);
}
