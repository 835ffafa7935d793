/** CMIS 1.1 browser binding: the service document, objects, actions, and what the exceptions mean. */
import { z } from 'zod';
import { type ErrorCode, SignatureError } from '../../../errors';
import type { HttpAnswer, HttpClient } from '../../../http/client';
import { credentialHeaders, type HttpCredentials } from '../credentials';
import { digestOfAnswer } from '../digest';
import { multipartBody } from '../multipart';
import { type FaultOptions, fault, isGood, plainFault, readAs, remoteClient, uploadTimeMs } from '../remote';
import type { ArchiveFile, Digest, RepositoryTools } from '../types';

export interface CmisSettings {
  kind: 'cmis';
  /** Of the service document. */
  url: string;
  credentials: HttpCredentials;
  /** Needed when the service has several. */
  repositoryId?: string;
  /** Property that keeps the idempotency key; without, documents are known by name and bytes. */
  keyProperty?: string;
}

const serviceDocument = z.record(
  z.string(),
  z.object({ repositoryId: z.string().optional(), repositoryUrl: z.string(), rootFolderUrl: z.string() }),
);

const object = z.object({ succinctProperties: z.record(z.string(), z.unknown()) });
export type CmisProperties = z.infer<typeof object>['succinctProperties'];

export type Pairs = readonly (readonly [string, string])[];

const service = 'The CMIS repository';
const handled = [400, 403, 404, 405, 409, 500];

const codes: Readonly<Record<string, ErrorCode>> = {
  permissionDenied: 'FORBIDDEN',
  objectNotFound: 'NO_CONTAINER',
  storage: 'QUOTA_FULL',
  versioning: 'RETENTION',
  updateConflict: 'RETENTION',
  nameConstraintViolation: 'NAME_NOT_ALLOWED',
};

const exceptionOf = ({ data }: HttpAnswer): string =>
  typeof data === 'object' && data !== null && 'exception' in data ? String(data.exception) : '';

/** The error of a refused request. A `constraint` is told by its words, as CMIS has no finer code. */
export function cmisFault(answer: HttpAnswer, options: FaultOptions): SignatureError {
  const exception = exceptionOf(answer);
  const text = JSON.stringify(answer.data ?? '');
  const byText: ErrorCode | undefined =
    exception !== 'constraint' && exception !== 'invalidArgument'
      ? undefined
      : /required|mandatory|must be set/i.test(text)
        ? 'MISSING_ATTRIBUTE'
        : /retention|hold|record/i.test(text)
          ? 'RETENTION'
          : /quota|space|too (?:large|big)/i.test(text)
            ? 'QUOTA_FULL'
            : undefined;
  const code = byText ?? codes[exception];
  return code === undefined ? plainFault(answer, options) : fault(code, answer, options);
}

export class CmisClient {
  readonly #http: HttpClient;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];
  readonly options: FaultOptions;
  #urls: Promise<{ repositoryUrl: string; rootFolderUrl: string }> | undefined;

  constructor(
    private readonly settings: CmisSettings,
    tools: RepositoryTools,
  ) {
    const { headers, secrets } = credentialHeaders(settings.credentials);
    this.#headers = headers;
    this.#secrets = secrets;
    this.options = { service, baseUrl: settings.url, secrets };
    this.#http = remoteClient({ service, baseUrl: settings.url }, tools);
  }

  /** @throws SignatureError BAD_CONFIG when the repository is not among those of the service */
  async urls(): Promise<{ repositoryUrl: string; rootFolderUrl: string }> {
    this.#urls ??= this.#readUrls().catch((thrown) => {
      this.#urls = undefined;
      throw thrown;
    });
    return this.#urls;
  }

  async #readUrls() {
    const answer = await this.#http.request({
      method: 'GET',
      url: this.settings.url,
      headers: this.#headers,
      secrets: this.#secrets,
    });
    const repositories = readAs(serviceDocument, answer.data, service);
    const ids = Object.keys(repositories);
    const id = this.settings.repositoryId ?? (ids.length === 1 ? ids[0] : undefined);
    const found = id === undefined ? undefined : repositories[id];
    if (found === undefined) {
      throw new SignatureError('BAD_CONFIG', `repositoryId must be one of: ${ids.join(', ') || '(none offered)'}.`, {
        field: 'repositoryId',
      });
    }
    return found;
  }

  /** The properties of an object by path below the root, or by id; null when there is none. */
  async object(where: { path: readonly string[] } | { id: string }): Promise<CmisProperties | null> {
    const { rootFolderUrl } = await this.urls();
    const path = 'path' in where ? where.path.map((name) => `/${encodeURIComponent(name)}`).join('') : '';
    const answer = await this.#http.request({
      method: 'GET',
      url: rootFolderUrl + path,
      query: { ...('id' in where && { objectId: where.id }), cmisselector: 'object', succinct: true },
      headers: this.#headers,
      secrets: this.#secrets,
      accept: [400, 404],
    });
    if (answer.status === 404 || exceptionOf(answer) === 'objectNotFound') return null;
    if (!isGood(answer)) throw cmisFault(answer, this.options);
    return readAs(object, answer.data, service).succinctProperties;
  }

  /** A read of the repository (types) or of an object (children, versions); accepts 4xx for the caller to judge. */
  async select(
    of: 'repository' | { id?: string },
    query: Record<string, string | number | boolean>,
  ): Promise<HttpAnswer> {
    const { repositoryUrl, rootFolderUrl } = await this.urls();
    return this.#http.request({
      method: 'GET',
      url: of === 'repository' ? repositoryUrl : rootFolderUrl,
      query: { ...(of !== 'repository' && { objectId: of.id }), ...query },
      headers: this.#headers,
      secrets: this.#secrets,
      accept: [400, 404],
    });
  }

  /**
   * Acts on an object.
   *
   * @param id of the folder or document; none means the repository itself
   * @param file sent last, as `content`
   */
  async act(id: string | undefined, pairs: Pairs, options: { file?: ArchiveFile; idempotent?: boolean } = {}) {
    const { repositoryUrl, rootFolderUrl } = await this.urls();
    const { file, idempotent = false } = options;
    const common = { method: 'POST', url: id === undefined ? repositoryUrl : rootFolderUrl, query: { objectId: id } };
    const shared = { ...common, secrets: this.#secrets, accept: handled, idempotent };
    if (file === undefined) {
      const body = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
      const type = 'application/x-www-form-urlencoded; charset=utf-8';
      return this.#http.request({ ...shared, body, headers: { ...this.#headers, 'content-type': type } });
    }
    const body = multipartBody([
      ...pairs.map(([name, text]) => ({ name, text, contentType: 'text/plain; charset=utf-8' })),
      { name: 'content', file, filename: file.name },
    ]);
    return this.#http.request({
      ...shared,
      body: body.stream(),
      headers: { ...this.#headers, ...body.headers },
      timeoutMs: uploadTimeMs(file.size),
    });
  }

  /** Like `act`, and gives the object's properties. @throws SignatureError of the refusal */
  async actOn(id: string | undefined, pairs: Pairs, options: { file?: ArchiveFile; idempotent?: boolean } = {}) {
    const answer = await this.act(id, pairs, options);
    if (!isGood(answer)) throw cmisFault(answer, this.options);
    return readAs(object, answer.data, service).succinctProperties;
  }

  async content(id: string): Promise<Digest> {
    const { rootFolderUrl } = await this.urls();
    const answer = await this.#http.open({
      method: 'GET',
      url: rootFolderUrl,
      query: { objectId: id, cmisselector: 'content' },
      headers: { accept: '*/*', 'accept-encoding': 'identity', ...this.#headers },
      secrets: this.#secrets,
    });
    return digestOfAnswer(answer);
  }
}

/** A property as text. */
export const textIn = (properties: CmisProperties, name: string): string => {
  const value = properties[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};
