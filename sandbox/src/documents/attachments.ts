import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import type { Caller } from '../auth/authenticate';
import type { Sandbox } from '../context';
import { resource } from '../http/answer';
import { ApiError, invalid, notFound } from '../http/errors';
import { applyFilters, at, equals, type Filters } from '../http/filters';
import { paginate } from '../http/paging';
import { read } from '../http/validate';
import type { Attachment } from '../model';
import { isVisible, referencedDocument } from './access';
import { type Content, fetchContent, inlineContent } from './content';
import { attachmentJson } from './json';
import { attachmentSchema } from './schema';

/** `/document-attachments/`: files that the sender puts beside a document before it is sent. */
export function documentAttachments(sandbox: Sandbox, router: Router): void {
  const { attachments, documents } = sandbox.store;
  const toJson = (attachment: Attachment) => attachmentJson(sandbox, attachment);
  const visible = (caller: Caller) => (attachment: Attachment) => isVisible(documents.get(attachment.document), caller);
  const filters: Filters<Attachment> = {
    document__uuid: equals((attachment) => attachment.document),
    document__external_id: equals((attachment) => documents.get(attachment.document)?.given.external_id),
    created: at((attachment) => attachment.createdAt),
  };

  resource(sandbox, router, '/document-attachments/', {
    GET: ({ caller, query, address }) => {
      const mine = attachments.newest(visible(caller));
      return { status: 200, body: paginate(applyFilters(mine, query, filters), toJson, address) };
    },
    POST: async ({ caller, body }) => {
      const given = read(attachmentSchema, body);
      const document = referencedDocument(sandbox, caller, given.document);
      if (document.request) throw invalid('document', 'Attachments have to be added before the signature request.');
      if (document.template) throw invalid('document', 'A document from a template cannot have attachments.');
      const content = inlineContent(given) ?? (await remoteContent(given.file_from_url, sandbox.jobs.signal));
      const uuid = randomUUID();
      await sandbox.files.write(`${uuid}-attachment`, content.bytes);
      const attachment = attachments.put({
        uuid,
        document: document.uuid,
        name: given.name || content.name,
        file: `${uuid}-attachment`,
        createdAt: sandbox.clock.now(),
      });
      return { status: 201, body: toJson(attachment) };
    },
  });
  resource(sandbox, router, '/document-attachments/:uuid/', {
    GET: ({ caller, id }) => {
      const attachment = attachments.get(id);
      if (!attachment || !visible(caller)(attachment)) throw notFound();
      return { status: 200, body: toJson(attachment) };
    },
  });
}

async function remoteContent(address: string | null | undefined, signal: AbortSignal): Promise<Content> {
  if (!address) throw new ApiError(400, { non_field_errors: ['Give one of file_from_content and file_from_url.'] });
  return fetchContent(address, signal).catch((error: Error) => {
    throw invalid('file_from_url', `The file could not be fetched: ${error.message}`);
  });
}
