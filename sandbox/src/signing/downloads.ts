import type { Sandbox } from '../context';
import { stem } from '../documents/json';
import { emit } from '../events/emit';
import { assertUnlocked, type Session, SigningError } from './session';
import { attachmentsOf } from './view';

export interface Download {
  name: string;
  content: Buffer;
  type: string;
}

/** The document as it was converted, for the page to show. */
export async function originalPdf(sandbox: Sandbox, session: Session): Promise<Download> {
  assertUnlocked(sandbox, session);
  return pdf(sandbox, session.document.files.asPdf, `${stem(session.document.originalName)}.pdf`);
}

/** The finished document. Fetching it counts as downloaded, for the signer and for the document. */
export async function signedPdf(sandbox: Sandbox, session: Session): Promise<Download> {
  const { document, signer } = session;
  assertUnlocked(sandbox, session);
  const file = await pdf(sandbox, document.files.signed, `${stem(document.originalName)}_signed.pdf`);
  if (signer.downloadedAt === null) {
    const at = sandbox.clock.now();
    signer.downloadedAt = at;
    emit(sandbox, document, 'signer_downloaded', { at, signer });
    if (document.status === 'si') {
      document.status = 'sd';
      emit(sandbox, document, 'downloaded', { at });
    }
    sandbox.store.documents.put(document);
  }
  return file;
}

/** The signing log of a finished document. */
export async function signingLogPdf(sandbox: Sandbox, session: Session): Promise<Download> {
  assertUnlocked(sandbox, session);
  return pdf(sandbox, session.document.files.log, `${stem(session.document.originalName)}_signing_log.pdf`);
}

/** A file that the sender put beside the document. */
export async function attachment(sandbox: Sandbox, session: Session, uuid: string): Promise<Download> {
  assertUnlocked(sandbox, session);
  const found = attachmentsOf(sandbox, session.document).find((one) => one.uuid === uuid);
  if (!found) throw new SigningError(404, 'There is no such attachment.');
  return { name: found.name, content: await sandbox.files.read(found.file), type: 'application/octet-stream' };
}

async function pdf(sandbox: Sandbox, file: string | null, name: string): Promise<Download> {
  if (file === null) throw new SigningError(404, 'This file is not ready yet.');
  return { name, content: await sandbox.files.read(file), type: 'application/pdf' };
}
