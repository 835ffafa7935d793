import { extname } from 'node:path';
import type { Sandbox } from '../context';
import { emit } from '../events/emit';
import type { DocumentRecord } from '../model';
import { readPdf, toPdf } from '../pdf';
import { finish } from '../signature-requests/finish';
import { send } from '../signature-requests/send';
import { fetchContent } from './content';
import { fieldsFromTags } from './fields';

/**
 * Converts a new document to PDF in the background and reads its tags. When a signature request came in meanwhile, it
 * is sent right after.
 */
export function startConversion(sandbox: Sandbox, document: DocumentRecord): void {
  sandbox.jobs.run(async () => {
    await sandbox.jobs.moment();
    const problem = await convert(sandbox, document).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    // Cancelled, expired, deleted or closed in the meantime: nothing to tell any more.
    if (document.status !== 'co' || !sandbox.store.documents.get(document.uuid) || sandbox.jobs.signal.aborted) return;
    const now = sandbox.clock.now();
    if (problem === undefined) {
      document.status = 'ne';
      emit(sandbox, document, 'converted', { at: now });
      if (document.request && document.request.given.is_being_prepared !== true) send(sandbox, document, now);
    } else {
      emit(sandbox, document, 'convert_error', { at: now, detail: problem });
      finish(sandbox, document, 'ec', now);
    }
    sandbox.store.documents.put(document);
    sandbox.store.commit();
  });
}

async function convert(sandbox: Sandbox, document: DocumentRecord): Promise<void> {
  const { files, store } = sandbox;
  if (document.files.original === null) {
    const content = await fetchContent(document.given.file_from_url ?? '', sandbox.jobs.signal);
    const original = `${document.uuid}-original${extname(content.name).replace(/[^.\w]/g, '')}`;
    await files.write(original, content.bytes);
    document.originalName = content.name;
    document.files.original = original;
  }
  const pdf = await toPdf(await files.read(document.files.original), document.originalName);
  const facts = await readPdf(pdf);
  const template = document.template && store.templates.get(document.template);
  document.pages = facts.pages;
  document.fields = template ? template.fields : fieldsFromTags(facts.tags);
  document.hashes.asPdf = await files.write(`${document.uuid}-as-pdf.pdf`, pdf);
  document.files.asPdf = `${document.uuid}-as-pdf.pdf`;
}
