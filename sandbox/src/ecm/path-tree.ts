import type { Request } from 'express';
import { users } from '../auth/accounts';
import type { Sandbox } from '../context';
import { freshTag } from './answer';
import { isAccessToken } from './content-server/auth';
import type { PathResource, StoredFile } from './model';

/** Resources that are addressed by their path, as in WebDAV and behind plain PUT. */
export class PathTree {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly tree: PathResource['tree'],
  ) {}

  /** The resource at a path; the root is always there. */
  get(path: string): PathResource | undefined {
    const found = this.sandbox.store.pathResources.get(this.#uuid(path));
    return found ?? (path === '' ? this.#make('', null) : undefined);
  }

  isCollection(path: string): boolean {
    return this.get(path)?.content === null;
  }

  children(path: string): PathResource[] {
    return this.below(path).filter((resource) => parentOf(resource.path) === path);
  }

  /** Everything below a path, parents first. */
  below(path: string): PathResource[] {
    return this.sandbox.store.pathResources
      .all()
      .filter((resource) => resource.tree === this.tree && resource.path.startsWith(`${path}/`))
      .sort((a, b) => a.path.length - b.path.length);
  }

  /** Puts a content, or a collection, at a path. What the old content was is to be removed by the caller. */
  put(path: string, content: (StoredFile & { mimeType: string }) | null, more: Partial<PathResource> = {}) {
    const old = this.sandbox.store.pathResources.get(this.#uuid(path));
    const fresh = this.#make(path, content);
    const kept = old === undefined ? {} : { createdAt: old.createdAt, properties: old.properties };
    return this.sandbox.store.pathResources.put({ ...fresh, ...kept, ...more });
  }

  /** Changes properties; the content and its etag stay. */
  change(resource: PathResource, changes: Partial<PathResource>): PathResource {
    return this.sandbox.store.pathResources.put({ ...resource, ...changes });
  }

  /** Takes a resource and everything below it away. @returns contents that nobody needs any more */
  delete(path: string): string[] {
    const gone = [...this.below(path), ...[this.get(path)].filter((resource) => resource !== undefined)];
    for (const { uuid } of gone) this.sandbox.store.pathResources.delete(uuid);
    return gone.flatMap(({ content }) => (content === null ? [] : [content.file]));
  }

  /** Moves a resource and everything below it. */
  move(from: string, to: string): void {
    for (const resource of [this.get(from), ...this.below(from)]) {
      if (resource === undefined) continue;
      const path = to + resource.path.slice(from.length);
      this.sandbox.store.pathResources.delete(resource.uuid);
      this.sandbox.store.pathResources.put({ ...resource, uuid: this.#uuid(path), path });
    }
  }

  #make(path: string, content: PathResource['content']): PathResource {
    const now = this.sandbox.clock.now();
    return {
      uuid: this.#uuid(path),
      tree: this.tree,
      path,
      content,
      etag: `"${freshTag()}"`,
      properties: [],
      key: null,
      createdAt: now,
      modifiedAt: now,
    };
  }

  #uuid(path: string): string {
    return `${this.tree}:${path}`;
  }
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A path as it stands in a URL. */
export const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/**
 * Decodes the path of a request below a mount point.
 *
 * @returns a path with a slash at its beginning and none at its end, empty for the root; undefined when it is no path
 */
export function decodedPath(urlPath: string, mount: string): string | undefined {
  const names = urlPath
    .slice(mount.length)
    .split('/')
    .filter((name) => name !== '');
  try {
    const decoded = names.map(decodeURIComponent);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
    if (decoded.some((name) => name === '.' || name === '..' || /[\u0000-\u001f/\\]/.test(name))) return undefined;
    return decoded.map((name) => `/${name}`).join('');
  } catch {
    return undefined;
  }
}

/**
 * `If-Match` and `If-None-Match` of a request that changes something (RFC 9110, 13.1).
 *
 * @returns whether the request may go on
 */
export function preconditionsHold({ headers }: Request, resource: PathResource | undefined): boolean {
  const lists = (value: string | undefined): boolean => {
    if (value === undefined || resource === undefined) return false;
    return value.trim() === '*' || value.split(',').some((tag) => tag.trim() === resource.etag);
  };
  if (headers['if-match'] !== undefined && !lists(headers['if-match'])) return false;
  return headers['if-none-match'] === undefined || !lists(headers['if-none-match']);
}

/** Whether a request proves itself: Basic, a Bearer token of the sandbox, or the key in a header of its own. */
export function isAuthorized(sandbox: Sandbox, { headers }: Request): boolean {
  const [, basic] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString();
    return users.some(({ name, password }) => pair === `${name}:${password}`);
  }
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return isAccessToken(sandbox, bearer);
  return headers['x-api-key'] === 'sandbox-token';
}
