/** The requests of WebDAV that filing needs, with the meaning of their answers. */
import { createReadStream } from 'node:fs';
import { SignatureError } from '../../../errors';
import type { HttpAnswer, HttpRequest } from '../../../http/client';
import { credentialHeaders, type HttpCredentials } from '../credentials';
import { digestOfAnswer, readBytes } from '../digest';
import { type FaultOptions, fault, isGood, plainFault, remoteClient, uploadTimeMs } from '../remote';
import type { ArchiveFile, Digest, RepositoryTools } from '../types';
import { type PropertyName, propfindBody, proppatchBody, type ResourceState, readMultistatus } from './multistatus';

export interface WebDavClient {
  readonly options: FaultOptions;
  /** Absolute URL of a path below the base. */
  urlOf(path: string): string;
  /** Properties of a resource (depth 0) or of what is in it too (depth 1); null when it does not exist. */
  properties(path: string, names: readonly PropertyName[], depth: 0 | 1): Promise<ResourceState[] | null>;
  setProperties(path: string, values: readonly (PropertyName & { text: string })[]): Promise<ResourceState[]>;
  /** Makes a collection; fine when it exists. */
  makeCollection(path: string): Promise<void>;
  /** @returns false when the name is taken */
  putNew(path: string, file: ArchiveFile): Promise<boolean>;
  digest(path: string): Promise<Digest>;
}

const writing = [400, 401, 403, 404, 405, 409, 412, 413, 414, 423, 424, 500, 507];

export function createWebDavClient(
  settings: { url: string; credentials: HttpCredentials },
  tools: RepositoryTools,
): WebDavClient {
  const baseUrl = settings.url.endsWith('/') ? settings.url : `${settings.url}/`;
  const service = 'The WebDAV server';
  const { headers, secrets } = credentialHeaders(settings.credentials);
  const options: FaultOptions = { service, baseUrl, secrets };
  const http = remoteClient({ service, baseUrl }, tools);
  const urlOf = (path: string) => new URL(path, baseUrl).href;

  const send = (request: Omit<HttpRequest, 'url'> & { path: string }): Promise<HttpAnswer> =>
    http.request({
      read: 'text',
      secrets,
      ...request,
      url: urlOf(request.path),
      headers: { accept: '*/*', ...headers, ...request.headers },
    });

  const xml = { 'content-type': 'application/xml; charset=utf-8' };

  return {
    options,
    urlOf,

    async properties(path, names, depth) {
      const answer = await send({
        method: 'PROPFIND',
        path,
        body: propfindBody(names),
        headers: { ...xml, depth: String(depth) },
        idempotent: true,
        accept: [404, 405],
      });
      if (answer.status === 404) return null;
      if (answer.status !== 207) throw noWebDav(answer.status);
      return readMultistatus(String(answer.data));
    },

    async setProperties(path, values) {
      const answer = await send({
        method: 'PROPPATCH',
        path,
        body: proppatchBody(values),
        headers: xml,
        idempotent: true,
        accept: writing,
      });
      if (answer.status !== 207) throw meaning(answer, options);
      return readMultistatus(String(answer.data));
    },

    async makeCollection(path) {
      const answer = await send({ method: 'MKCOL', path, idempotent: true, accept: writing });
      // 405: it exists (RFC 4918, 9.3.1).
      if (!isGood(answer) && answer.status !== 405) throw meaning(answer, options);
    },

    async putNew(path, file) {
      const answer = await send({
        method: 'PUT',
        path,
        body: createReadStream(file.path, { highWaterMark: readBytes }),
        headers: { 'content-type': file.mimeType, 'content-length': String(file.size), 'if-none-match': '*' },
        timeoutMs: uploadTimeMs(file.size),
        accept: writing,
      });
      if (answer.status === 412) return false;
      if (!isGood(answer)) throw meaning(answer, options);
      return true;
    },

    async digest(path) {
      return digestOfAnswer(
        await http.open({
          method: 'GET',
          url: urlOf(path),
          headers: { accept: '*/*', 'accept-encoding': 'identity', ...headers },
          secrets,
        }),
      );
    },
  };
}

/** The error of an answer to a request that changes something. */
export function meaning(answer: HttpAnswer, options: FaultOptions): SignatureError {
  switch (answer.status) {
    case 404:
    case 409:
      return fault('NO_CONTAINER', answer, options);
    case 414:
      return fault('NAME_NOT_ALLOWED', answer, options);
    case 413:
    case 507:
      return fault('QUOTA_FULL', answer, options);
    case 423:
      return fault('RETENTION', answer, options);
    default:
      return plainFault(answer, options);
  }
}

const noWebDav = (status: number): SignatureError =>
  new SignatureError('REMOTE_FAULT', `The URL does not answer as WebDAV (${status}). Check the URL.`, { status });
