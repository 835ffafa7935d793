import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FilingItem, type FilingResult, fileOne } from '../../../dist/lib/archive/repositories/file';
import { openRepository } from '../../../dist/lib/archive/repositories/open';
import type { ArchiveFile, Repository } from '../../../dist/lib/archive/repositories/types';
import { type Json, type Reply, TestSandbox } from '../api/helpers';

export type { Json, Reply };

export const basic = `Basic ${Buffer.from('sandbox-user:sandbox-password').toString('base64')}`;
const system = '/cs/cs/api';

/** A sandbox with the calls that the tests of the repositories make. */
export class EcmSandbox extends TestSandbox {
  override tolerated = /\/otdsws\//;
  #ticket = '';
  #files = 0;

  override async stop(): Promise<void> {
    // The contract is about the other API, so there may be no recording.
    await appendFile(this.recording, '');
    await super.stop();
  }

  /** Logs in to Content Server by name and password. */
  async logIn(): Promise<string> {
    const { body } = await this.cs('POST', '/v1/auth', { username: 'sandbox-user', password: 'sandbox-password' });
    this.#ticket = body.ticket;
    return body.ticket;
  }

  /** A call of Content Server: a form, with the ticket. */
  cs(method: string, path: string, form?: Json, headers: Record<string, string> = {}): Promise<Reply> {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    return this.call(method, system + path, body, {
      'content-type': 'application/x-www-form-urlencoded',
      ...(this.#ticket !== '' && { otcsticket: this.#ticket }),
      ...headers,
    });
  }

  /** The same with JSON in the form field `body`. */
  csBody(method: string, path: string, body: Json): Promise<Reply> {
    return this.cs(method, path, { body: JSON.stringify(body) });
  }

  /** Uploads a document or a version. */
  async csUpload(path: string, fields: Record<string, string>, content: string, name = 'a.pdf'): Promise<Reply> {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    form.append('file', new Blob([content], { type: 'application/pdf' }), name);
    const response = await fetch(`${this.url}${system}${path}`, {
      method: 'POST',
      body: form,
      headers: { otcsticket: this.#ticket },
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** A new document of Content Server; its id. */
  async document(name: string, content = 'one', more: Json = {}, parent = 2300): Promise<number> {
    const body = JSON.stringify({ type: '144', name, parent_id: String(parent), roles: {}, ...more });
    const reply = await this.csUpload('/v2/nodes', { body }, content, name);
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
    return reply.body.results.data.properties.id;
  }

  /** What was filed, as the page shows it. */
  async filed(): Promise<Json[]> {
    return (await this.state()).filed;
  }

  /** A file on disk that can be filed. */
  async file(name: string, content: string | Buffer): Promise<ArchiveFile> {
    const path = join(this.folder, `source-${++this.#files}`);
    await writeFile(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path, size: Buffer.byteLength(content), sha256, name, mimeType: 'application/pdf' };
  }

  /** A client of the package for one of the repositories here. */
  repository(kind: string, more: Json = {}): Repository {
    const credentials = { kind: 'basic', username: 'sandbox-user', password: 'sandbox-password' };
    const settings: Record<string, Json> = {
      'content-server': {
        url: `${this.url}/cs/cs`,
        auth: { kind: 'password', username: 'sandbox-user', password: 'sandbox-password' },
      },
      'core-content': {
        url: this.url,
        storageUrl: `${this.url}/css`,
        tokenUrl: `${this.url}/oauth2/token`,
        clientId: 'sandbox-client',
        clientSecret: 'sandbox-secret',
        fileType: 'cms_file',
        keyProperty: 'envelope_key',
      },
      webdav: { url: `${this.url}/webdav/`, credentials },
      http: { url: `${this.url}/upload/`, method: 'PUT', credentials },
    };
    return openRepository({ kind, ...settings[kind], ...more }, { userAgent: 'test' });
  }
}

/** Files one document with the client of the package. */
export const fileWith = (repository: Repository, item: FilingItem): Promise<FilingResult> =>
  fileOne(repository, item, {}, async () => undefined);

export const sha = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
