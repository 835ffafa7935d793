/** The calls of Content Metadata and Content Storage. 429 is normal there, so each call has patience with it. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../http/client';
import { systemPace } from '../../../http/retry';
import { digestOfAnswer } from '../digest';
import { multipartBody } from '../multipart';
import { type FaultOptions, fault, isGood, plainFault, readAs, remoteClient, statusOf, uploadTimeMs } from '../remote';
import type { ArchiveFile, Choice, Digest, RepositoryTools } from '../types';
import { TenantToken } from './token';

export interface CoreContentSettings {
  kind: 'core-content';
  /** Of the API with the path `/cms`, for example `https://us.api.opentext.com`. */
  url: string;
  /** Of Content Storage, for example `https://css.us.api.opentext.com`. */
  storageUrl: string;
  /** Of the tenant's OAuth service. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Folder from which container paths go down. */
  rootFolderId?: string;
  /** Type of documents; default `cms_file`. */
  fileType?: string;
  /** Property of that type for the idempotency key; without, documents are known by name and bytes. */
  keyProperty?: string;
  /** Permissions of new documents. */
  aclId?: string;
}

const object = z.object({ id: z.string(), name: z.string().default('') });
export type CoreObject = z.infer<typeof object>;
const collection = z.object({ _embedded: z.object({ collection: z.array(object) }).optional() });
const withBlob = z.object({
  renditions: z.array(z.object({ rendition_type: z.string().optional(), blob_id: z.string().optional() })).optional(),
});
const blob = z.object({ id: z.string() });

const service = 'Core Content';
const patience = 5;
const firstPauseMs = 1000;
const refused = [400, 403, 404, 409, 413, 422, 423, 507];

export interface NewFile {
  name: string;
  parent_folder_id: string;
  acl_id?: string;
  description?: string;
  renditions: readonly unknown[];
  properties: Readonly<Record<string, unknown>>;
}

export type Conditions = readonly (readonly [string, string])[];

const filterOf = (conditions: Conditions): string =>
  conditions.map(([name, value]) => `${name} eq '${value.replaceAll("'", "''")}'`).join(' and ');

export class CoreContentClient {
  readonly #metadata: HttpClient;
  readonly #storage: HttpClient;
  readonly #token: TenantToken;
  readonly #options: FaultOptions;
  readonly #pace;

  constructor(settings: CoreContentSettings, tools: RepositoryTools) {
    const client = (url: string) =>
      remoteClient({ service, baseUrl: `${url.replace(/\/+$/, '')}/`, retries: patience }, tools);
    this.#metadata = client(settings.url.replace(/\/cms\/*$/, ''));
    this.#storage = client(settings.storageUrl);
    this.#pace = tools.pace ?? systemPace;
    this.#token = new TenantToken(settings, tools);
    this.#options = { service, baseUrl: settings.url, secrets: [settings.clientSecret] };
  }

  async find(category: 'file' | 'folder', type: string, conditions: Conditions): Promise<CoreObject | null> {
    return (await this.list(category, type, conditions))[0] ?? null;
  }

  async list(category: 'file' | 'folder', type: string, conditions: Conditions): Promise<Choice[]> {
    const answer = await this.#ask(this.#metadata, () => ({
      method: 'GET',
      url: `cms/instances/${category}/${type}`,
      query: conditions.length === 0 ? {} : { filter: filterOf(conditions) },
      accept: [404],
    }));
    if (answer.status === 404) throw unknownType(type);
    return readAs(collection, answer.data, service)._embedded?.collection ?? [];
  }

  async read(category: 'file' | 'folder', type: string, id: string): Promise<CoreObject | null> {
    const answer = await this.#ask(this.#metadata, () => ({
      method: 'GET',
      url: `cms/instances/${category}/${type}/${encodeURIComponent(id)}`,
      accept: [400, 404],
    }));
    return isGood(answer) ? readAs(object, answer.data, service) : null;
  }

  /** Id of the primary content of a document. */
  async blobOf(type: string, id: string): Promise<string | undefined> {
    const answer = await this.#ask(this.#metadata, () => ({
      method: 'GET',
      url: `cms/instances/file/${type}/${encodeURIComponent(id)}`,
    }));
    const renditions = readAs(withBlob, answer.data, service).renditions ?? [];
    return (renditions.find(({ rendition_type }) => rendition_type?.toLowerCase() === 'primary') ?? renditions[0])
      ?.blob_id;
  }

  async createFolder(type: string, name: string, parent: string | undefined): Promise<CoreObject> {
    const answer = await this.#change('POST', `cms/instances/folder/${type}`, {
      name,
      ...(parent !== undefined && { parent_folder_id: parent }),
      properties: {},
    });
    if (isGood(answer)) return { name, ...readAs(object.pick({ id: true }), answer.data, service) };
    // Another process may have made it meanwhile.
    const found = await this.find('folder', type, [
      ['name', name],
      ...(parent === undefined ? [] : [['parent_folder_id', parent] as const]),
    ]);
    if (found !== null) return found;
    throw this.#refusal(answer, 'NO_CONTAINER');
  }

  /** @returns `taken` when a document of that name is there */
  async createFile(type: string, body: NewFile): Promise<CoreObject | 'taken'> {
    const answer = await this.#change('POST', `cms/instances/file/${type}`, body);
    if (isGood(answer)) return { ...readAs(object.pick({ id: true }), answer.data, service), name: body.name };
    if (answer.status === 404) throw unknownType(type);
    const conditions: Conditions = [
      ['name', body.name],
      ['parent_folder_id', body.parent_folder_id],
    ];
    // What a taken name is answered with is not documented, so it is told by looking again.
    if ((await this.find('file', type, conditions)) !== null) return 'taken';
    throw this.#refusal(answer, undefined);
  }

  async patch(type: string, id: string, body: unknown): Promise<void> {
    const answer = await this.#change('PATCH', `cms/instances/file/${type}/${encodeURIComponent(id)}`, body);
    if (!isGood(answer)) throw this.#refusal(answer, undefined);
  }

  /** Stores bytes. @returns their id */
  async store(file: ArchiveFile): Promise<string> {
    const answer = await this.#ask(this.#storage, () => {
      const body = multipartBody([{ name: 'file', file, filename: file.name }]);
      return {
        method: 'POST',
        url: 'v3/files/fromStream',
        body: body.stream(),
        headers: body.headers,
        timeoutMs: uploadTimeMs(file.size),
        accept: refused,
      };
    });
    if (!isGood(answer)) throw this.#refusal(answer, undefined);
    return readAs(blob, answer.data, service).id;
  }

  async digest(id: string): Promise<Digest> {
    const open = async () =>
      this.#storage.open({
        method: 'GET',
        url: `v3/files/${encodeURIComponent(id)}/stream`,
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          authorization: `Bearer ${await this.#token.value()}`,
        },
      });
    return digestOfAnswer(await this.#patiently(open));
  }

  #refusal(answer: HttpAnswer, code: 'NO_CONTAINER' | undefined): SignatureError {
    const text = JSON.stringify(answer.data ?? '');
    if (/quota/i.test(text) || answer.status === 413 || answer.status === 507) {
      return fault('QUOTA_FULL', answer, this.#options);
    }
    if (answer.status === 423 || /retention|legal hold/i.test(text)) return fault('RETENTION', answer, this.#options);
    if (/required|mandatory/i.test(text)) return fault('MISSING_ATTRIBUTE', answer, this.#options);
    return code === undefined ? plainFault(answer, this.#options) : fault(code, answer, this.#options);
  }

  #change(method: string, url: string, json: unknown): Promise<HttpAnswer> {
    return this.#ask(this.#metadata, () => ({ method, url, json, accept: refused }));
  }

  #ask(http: HttpClient, request: () => HttpRequest): Promise<HttpAnswer> {
    return this.#patiently(async () => {
      const made = request();
      const authorization = `Bearer ${await this.#token.value()}`;
      return http.request({ ...made, headers: { ...made.headers, authorization } });
    });
  }

  /** A throttled request was not carried out, so it is sent again; a stale token is fetched anew once. */
  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    let renewed = false;
    for (let throttled = 0; ; ) {
      try {
        return await attempt();
      } catch (thrown) {
        const status = statusOf(thrown);
        if (status === 401 && !renewed && this.#token.isHeld) {
          renewed = true;
          this.#token.forget();
        } else if (status === 429 && throttled < patience) {
          await this.#pace.sleep(firstPauseMs * 2 ** throttled);
          throttled += 1;
        } else throw thrown;
      }
    }
  }
}

const unknownType = (type: string): SignatureError =>
  new SignatureError('UNKNOWN_TYPE', `type ${JSON.stringify(type)} is not known in Core Content.`, { field: 'type' });
