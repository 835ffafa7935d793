import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import type { Caller } from '../auth/authenticate';
import { referencedUuid, type Sandbox } from '../context';
import { ApiError, invalid } from '../http/errors';
import type { DocumentRecord, Template } from '../model';
import { scheduleExpiry } from '../signature-requests/expiry';
import { inlineContent } from './content';
import { startConversion } from './convert';
import type { DocumentBody } from './schema';

/**
 * Makes a document from one of its three sources and starts the conversion, which ends with the event `converted` or
 * `convert_error`.
 *
 * @throws ApiError 400 when there is not exactly one source, or it cannot be used
 */
export async function createDocument(sandbox: Sandbox, caller: Caller, body: DocumentBody): Promise<DocumentRecord> {
  const sources = [body.file_from_content, body.file_from_url, body.template].filter((source) => Boolean(source));
  if (body.file_from_sf) throw invalid('file_from_sf', 'The sandbox is not connected to Salesforce.');
  if (sources.length !== 1) {
    const text = 'Give exactly one of file_from_content, file_from_url and template.';
    throw new ApiError(400, { non_field_errors: [text] });
  }
  const template = body.template ? findTemplate(sandbox, caller, body.template) : undefined;
  const content = inlineContent(body);
  const uuid = randomUUID();
  const { file_from_content: _bytes, template: _template, ...given } = body;
  const now = sandbox.clock.now();
  const document: DocumentRecord = {
    uuid,
    team: caller.team.uuid,
    user: caller.member.email,
    given,
    template: template?.uuid ?? null,
    name: body.name || content?.name || (template ? `${template.name}.pdf` : nameInUrl(body.file_from_url ?? '')),
    createdAt: now,
    modifiedAt: now,
    status: 'co',
    processing: false,
    hidden: false,
    finishedAt: null,
    files: { original: null, asPdf: null, signed: null, log: null },
    originalName: content?.name ?? (template ? `${template.name}.pdf` : nameInUrl(body.file_from_url ?? '')),
    hashes: { asPdf: null, signed: null, log: null },
    pages: [],
    fields: [],
    request: null,
  };
  const bytes = template ? await sandbox.files.read(template.file) : content?.bytes;
  if (bytes) {
    document.files.original = `${uuid}-original${extname(document.originalName).replace(/[^.\w]/g, '')}`;
    await sandbox.files.write(document.files.original, bytes);
  }
  sandbox.store.documents.put(document);
  scheduleExpiry(sandbox, document);
  startConversion(sandbox, document);
  return document;
}

function findTemplate(sandbox: Sandbox, caller: Caller, reference: string): Template {
  const uuid = referencedUuid(reference, 'templates');
  if (uuid === undefined) throw invalid('template', 'Invalid hyperlink - No URL match.');
  const template = sandbox.store.templates.get(uuid);
  if (template?.team !== caller.team.uuid) throw invalid('template', 'Invalid hyperlink - Object does not exist.');
  return template;
}

function nameInUrl(address: string): string {
  return decodeURIComponent(URL.parse(address)?.pathname.split('/').pop() ?? '') || 'document';
}
