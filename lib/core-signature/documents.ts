/** `/documents/` and `/document-attachments/`. */
import { SignatureError } from '../errors';
import { type Api, type ListOptions, parseAnswer, type Query } from './api';
import { checkedInput } from './checked-input';
import { type Attachment, attachmentSchema, type Document, documentSchema, type Page } from './models';
import { type AttachmentInput, attachmentInputSchema, type DocumentInput, documentInputSchema } from './requests';

/** A lookup by external id reads at most so many entries of a service that ignores the filter. */
const mostScanned = 5000;

export const unknownEnvelope = (): SignatureError =>
  new SignatureError('UNKNOWN_ENVELOPE', 'The envelope does not exist in this account. Check its id and the account.', {
    status: 404,
  });

export class Documents {
  constructor(private readonly api: Api) {}

  /** Uploads or names a document. Conversion goes on afterwards; a signature request may be made at once. */
  async create(input: DocumentInput, signal?: AbortSignal): Promise<Document> {
    const json = checkedInput(documentInputSchema, input);
    return this.api.read('POST', 'documents/', documentSchema, { json, signal });
  }

  /** @throws SignatureError UNKNOWN_ENVELOPE when it does not exist */
  async get(uuid: string, signal?: AbortSignal): Promise<Document> {
    const answer = await this.api.call('GET', this.#path(uuid), { accept: [404], signal });
    if (answer.status === 404) throw unknownEnvelope();
    return parseAnswer(answer, documentSchema);
  }

  /** One page. @param filter names of the API, for example `{ status: 'se' }`; unknown ones are ignored by the service */
  list(filter: Query = {}, options?: ListOptions): Promise<Page<Document>> {
    return this.api.page('documents/', documentSchema, filter, options);
  }

  /**
   * The documents that carry an external id, in the service's order (newest first).
   *
   * @param externalId exact; each result is checked for it, because an unknown filter would return everything
   * @throws SignatureError REMOTE_FAULT when the service ignores the filter and has too many documents to look through
   */
  async findByExternalId(externalId: string, signal?: AbortSignal): Promise<Document[]> {
    const found: Document[] = [];
    let others = 0;
    for await (const document of this.api.all('documents/', documentSchema, { external_id: externalId }, signal)) {
      if (document.external_id === externalId) found.push(document);
      else others += 1;
      if (others > mostScanned) {
        throw new SignatureError(
          'REMOTE_FAULT',
          'Core Signature ignores the filter external_id, so whether the document exists cannot be told.',
        );
      }
    }
    return [...new Map(found.map((document) => [document.uuid, document])).values()];
  }

  /**
   * Deletes a document; one that is gone already is as good.
   *
   * @param options `force` deletes at once instead of hiding it first
   */
  async delete(uuid: string, options: { force?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    await this.api.call('DELETE', this.#path(uuid), {
      ...(options.force === true && { json: { force_delete: true } }),
      idempotent: true,
      accept: [404],
      signal: options.signal,
    });
  }

  /** The URL by which other resources refer to a document. */
  urlOf(uuid: string): string {
    return this.api.url(this.#path(uuid));
  }

  #path(uuid: string): string {
    return `documents/${encodeURIComponent(uuid)}/`;
  }
}

/** Files the sender puts beside a document, before its signature request is made. */
export class Attachments {
  constructor(private readonly api: Api) {}

  async create(input: AttachmentInput, signal?: AbortSignal): Promise<Attachment> {
    const json = checkedInput(attachmentInputSchema, input);
    return this.api.read('POST', 'document-attachments/', attachmentSchema, { json, signal });
  }

  /** Those of one document. */
  async of(documentUuid: string, signal?: AbortSignal): Promise<Attachment[]> {
    const query = { document__uuid: documentUuid };
    const all = await this.api.collect('document-attachments/', attachmentSchema, query, signal);
    return all.filter(({ document }) => document === null || uuidIn(document) === documentUuid);
  }
}

/** The uuid a resource URL ends with; empty when there is none. */
export const uuidIn = (url: string | null): string => url?.match(/([^/?#]+)\/?(?:[?#].*)?$/)?.[1] ?? '';
