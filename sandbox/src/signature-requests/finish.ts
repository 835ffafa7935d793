import type { Sandbox } from '../context';
import { deletesAt } from '../documents/json';
import { scheduleRemoval } from '../documents/remove';
import { sendCopies, sendEnding } from '../mail/ending-mails';
import type { DocumentRecord } from '../model';
import { dropDeadlines } from './agenda';
import { renderLog, renderPdf } from './render';

/**
 * Ends a document. After the last signature and after a decline the PDF and the signing log are made in the background;
 * callbacks wait for that.
 */
export function finish(
  sandbox: Sandbox,
  document: DocumentRecord,
  status: 'si' | 'de' | 'ca' | 'xp' | 'ec' | 'es',
  at: number,
): void {
  document.status = status;
  document.finishedAt = at;
  document.modifiedAt = at;
  dropDeadlines(sandbox, document);
  const removal = deletesAt(document);
  if (removal !== null) scheduleRemoval(sandbox, document, removal);
  if (status === 'si' || status === 'de') startRendering(sandbox, document);
  if (status !== 'si') sendEnding(sandbox, document, at);
  sandbox.store.documents.put(document);
}

/** Marks a document as changing and renders it in the background; only the last change ends `processing`. */
export function startRendering(sandbox: Sandbox, document: DocumentRecord): void {
  document.processing = true;
  sandbox.store.documents.put(document);
  const turn = (turns.get(document) ?? 0) + 1;
  turns.set(document, turn);
  sandbox.jobs.run(async () => {
    await sandbox.jobs.moment();
    if (turns.get(document) !== turn || !sandbox.store.documents.get(document.uuid)) return;
    const finishedAt = document.finishedAt;
    if (finishedAt !== null && ['si', 'de'].includes(document.status) && document.files.signed === null) {
      await renderPdf(sandbox, document, finishedAt);
      await renderLog(sandbox, document, finishedAt);
    }
    if (turns.get(document) !== turn || !sandbox.store.documents.get(document.uuid)) return;
    document.processing = false;
    sandbox.store.documents.put(document);
    if (document.status === 'si') sendCopies(sandbox, document, finishedAt ?? sandbox.clock.now());
    sandbox.store.commit();
    sandbox.callbacks.release(document.uuid);
  });
}

/** Counts the changes of each document in this process, to know which rendering is the last. */
const turns = new WeakMap<DocumentRecord, number>();
