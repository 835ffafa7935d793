/**
 * Any service that takes a document by PUT, or by POST as a form. Idempotency is offered (`If-None-Match: *` for PUT,
 * the header `Idempotency-Key`), but whether the service honours it is up to the service.
 */
import { createReadStream } from 'node:fs';
import { SignatureError } from '../../../errors';
import type { HttpAnswer } from '../../../http/client';
import { credentialHeaders, type HttpCredentials } from '../credentials';
import { digestOfAnswer } from '../digest';
import { multipartBody } from '../multipart';
import { checkName, legalName, type NameRules, pathNames } from '../names';
import { place } from '../place';
import { isGood, noSuchWay, plainFault, remoteClient, statusOf, uploadTimeMs } from '../remote';
import type { ArchiveFile, Digest, Filed, Metadata, Repository, RepositoryTools } from '../types';
import { meaning } from '../webdav/client';

export interface HttpSettings {
  kind: 'http';
  /** PUT: the container's path and the document's name are appended · POST: as it is. */
  url: string;
  method: 'PUT' | 'POST';
  credentials: HttpCredentials;
  /** Form field of the file; default `file`. */
  fileField?: string;
  /** The service lets nobody read, so bytes are not compared. */
  writeOnly?: boolean;
}

const rules: NameRules = { service: 'the HTTP service', longest: 240, unit: 'bytes', forbidden: /[<>:"|?*]/ };
const writing = [400, 401, 403, 404, 405, 409, 412, 413, 414, 423, 500, 507];

export function createHttpRepository(settings: HttpSettings, tools: RepositoryTools): Repository {
  const isPut = settings.method === 'PUT';
  const baseUrl = isPut && !settings.url.endsWith('/') ? `${settings.url}/` : settings.url;
  const service = 'The HTTP service';
  const { headers, secrets } = credentialHeaders(settings.credentials);
  const options = { service, baseUrl, secrets };
  const http = remoteClient({ service, baseUrl }, tools);

  const head = (url: string) =>
    http.request({ method: 'HEAD', url, headers, secrets, read: 'text', accept: [404, 405, 410, 501] });

  const filedOf = (url: string, name: string, key: string, answer?: HttpAnswer): Filed => {
    const size = Number(answer?.headers['content-length'] ?? Number.NaN);
    const encoded = answer?.headers['content-encoding'] !== undefined;
    return { id: url, name, key, url, ...(size > 0 && !encoded && { size }) };
  };

  const locate = (id: string): string => {
    // A service may name where it put the document, but not send our credentials elsewhere.
    if (URL.canParse(id, baseUrl) && new URL(id, baseUrl).origin === new URL(baseUrl).origin) {
      return new URL(id, baseUrl).href;
    }
    throw new SignatureError('REMOTE_FAULT', `${service} names a place on another host. It was not followed.`);
  };

  const read = async (url: string): Promise<Digest | null> => {
    if (settings.writeOnly || url === '') return null;
    const wanted = { accept: '*/*', 'accept-encoding': 'identity', ...headers };
    return digestOfAnswer(await http.open({ method: 'GET', url, headers: wanted, secrets }));
  };

  const put = async (url: string, file: ArchiveFile, key: string): Promise<boolean> => {
    const answer = await http.request({
      method: 'PUT',
      url,
      body: createReadStream(file.path),
      headers: {
        ...headers,
        accept: '*/*',
        'content-type': file.mimeType,
        'content-length': String(file.size),
        'if-none-match': '*',
        'idempotency-key': key,
      },
      read: 'text',
      secrets,
      timeoutMs: uploadTimeMs(file.size),
      accept: writing,
    });
    if (answer.status === 412) return false;
    if (!isGood(answer)) throw meaning(answer, options);
    return true;
  };

  const post = async (folder: string, file: ArchiveFile, key: string, metadata?: Metadata): Promise<Filed> => {
    const fields = { key, sha256: file.sha256, path: folder, ...(metadata && { metadata: JSON.stringify(metadata) }) };
    const body = multipartBody([
      ...Object.entries(fields).map(([name, text]) => ({ name, text })),
      { name: settings.fileField ?? 'file', file, filename: file.name },
    ]);
    const answer = await http.request({
      method: 'POST',
      url: baseUrl,
      body: body.stream(),
      headers: { ...headers, accept: '*/*', ...body.headers, 'idempotency-key': key },
      read: 'text',
      secrets,
      timeoutMs: uploadTimeMs(file.size),
      accept: writing,
    });
    if (!isGood(answer)) throw answer.status === 404 ? plainFault(answer, options) : meaning(answer, options);
    const location = answer.headers.location;
    const url = location === undefined ? '' : locate(location);
    return { id: url, name: file.name, key, ...(url !== '' && { url }) };
  };

  return {
    kind: 'http',
    features: { versions: false, record: [], containers: ['path'], types: false },

    async test() {
      // The address itself need not answer to GET; refused credentials and silence are what counts.
      await http.request({
        method: 'HEAD',
        url: baseUrl,
        headers,
        secrets,
        read: 'text',
        accept: [400, 404, 405, 406, 410, 501],
      });
    },

    async prepare({ name }) {
      checkName(name, rules);
    },

    nameFor: (title, room) => legalName(title, rules, room),

    async resolveContainer(spec) {
      if (spec.by !== 'path') throw noSuchWay(spec.by, rules.service);
      return {
        id: pathNames(spec.path, rules)
          .map((name) => `${encodeURIComponent(name)}/`)
          .join(''),
      };
    },

    async find(container, key, name) {
      if (!isPut || settings.writeOnly) return null;
      const url = new URL(container.id + encodeURIComponent(name), baseUrl).href;
      const answer = await head(url);
      return isGood(answer) ? filedOf(url, name, key, answer) : null;
    },

    async upload(container, file, key, { collision, metadata }) {
      if (!isPut) return { ...(await post(container.id, file, key, metadata)), how: 'created' };
      const urlOf = (name: string) => new URL(container.id + encodeURIComponent(name), baseUrl).href;
      return place(
        {
          rules,
          create: async (name) => ((await put(urlOf(name), file, key)) ? filedOf(urlOf(name), name, key) : 'taken'),
          occupant: async (name) => {
            if (settings.writeOnly) return null;
            const answer = await head(urlOf(name));
            return isGood(answer) ? filedOf(urlOf(name), name, key, answer) : null;
          },
          digest: ({ id }) => read(id),
        },
        file,
        collision,
      );
    },

    readBack: ({ id }) => read(id),

    async setMetadata({ id }, metadata) {
      // With POST it went along with the document. With PUT it lies beside it, and is written again as often as need be.
      if (!isPut) return;
      const url = `${id}.metadata.json`;
      const answer = await http
        .request({ method: 'PUT', url, json: metadata, headers, secrets, read: 'text', idempotent: true })
        .catch((thrown) => {
          if (statusOf(thrown) === 404) return null;
          throw thrown;
        });
      if (answer === null) throw new SignatureError('REFUSED', `${service} takes no metadata beside the document.`);
    },

    async declareRecord() {},
    containers: async () => [],
    types: async () => [],
    attributes: async () => [],
  };
}
