/**
 * WebDAV (RFC 4918) as repository. A document is stored with `If-None-Match: *`, so never over another; the idempotency
 * key and the metadata are properties of it, in a namespace of their own. Ids are paths from the base URL.
 */
import { SignatureError } from '../../../errors';
import type { HttpCredentials } from '../credentials';
import { checkName, legalName, type NameRules, numberedName, pathNames } from '../names';
import { place } from '../place';
import { noContainer, noSuchWay } from '../remote';
import type { AttributeValue, Filed, Metadata, Repository, RepositoryTools } from '../types';
import { createWebDavClient } from './client';
import { dav, type PropertyName, propertyOf, type ResourceState } from './multistatus';

export interface WebDavSettings {
  kind: 'webdav';
  /** Of the folder at the top. */
  url: string;
  credentials: HttpCredentials;
  /** Of properties given without one; default `urn:signature-flows:archive`. */
  namespace?: string;
}

const rules: NameRules = { service: 'the WebDAV server', longest: 240, unit: 'bytes', forbidden: /[<>:"|?*]/ };
const length: PropertyName = { space: dav, name: 'getcontentlength' };
const resourceType: PropertyName = { space: dav, name: 'resourcetype' };
/** Servers that keep no properties of others answer with one of these; then documents are known by name and bytes. */
const refusals = new Set([401, 403, 404, 405, 409, 422, 424, 501]);
const mostNames = 20;

export function createWebDavRepository(settings: WebDavSettings, tools: RepositoryTools): Repository {
  const client = createWebDavClient(settings, tools);
  const namespace = settings.namespace ?? 'urn:signature-flows:archive';
  const keyName: PropertyName = { space: namespace, name: 'key' };
  const wanted = [length, resourceType, keyName];

  const isCollection = (state: ResourceState) =>
    propertyOf(state, resourceType)?.children.some(({ space, name }) => space === dav && name === 'collection') ===
    true;

  const look = async (path: string): Promise<ResourceState | null> =>
    (await client.properties(path, wanted, 0))?.[0] ?? null;

  const filedOf = (path: string, key: string, state?: ResourceState): Filed => {
    const size = state && propertyOf(state, length)?.text;
    return {
      id: path,
      name: decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)),
      key,
      url: client.urlOf(path),
      ...(size && { size: Number(size) }),
    };
  };

  const keep = async (path: string, values: (PropertyName & { text: string })[]): Promise<ResourceState['failed']> =>
    (await client.setProperties(path, values)).flatMap(({ failed }) => failed);

  return {
    kind: 'webdav',
    features: { versions: false, record: [], containers: ['path'], types: false },

    async test() {
      const state = await look('');
      if (state === null || !isCollection(state)) throw noContainer(rules.service, 'the folder of the URL');
    },

    async prepare({ name, metadata }) {
      checkName(name, rules);
      if (metadata !== undefined) properties(metadata, namespace);
    },

    nameFor: (title, room) => legalName(title, rules, room),

    async resolveContainer(spec) {
      if (spec.by !== 'path') throw noSuchWay(spec.by, rules.service);
      let path = '';
      for (const name of pathNames(spec.path, rules)) {
        path += `${encodeURIComponent(name)}/`;
        const state = await look(path);
        if (state === null && spec.create === false) throw noContainer(rules.service, JSON.stringify(spec.path));
        if (state === null) await client.makeCollection(path);
        else if (!isCollection(state)) throw noContainer(rules.service, `a folder at ${JSON.stringify(spec.path)}`);
      }
      return { id: path };
    },

    async find(container, key, name) {
      for (let n = 1; n <= mostNames; n += 1) {
        const path = container.id + encodeURIComponent(numberedName(name, n, rules));
        const state = await look(path);
        if (state === null) return null;
        const owner = propertyOf(state, keyName)?.text;
        // Without any key, which some servers do not keep, the caller compares the bytes.
        if (owner === key || (owner === undefined && n === 1 && !isCollection(state))) return filedOf(path, key, state);
      }
      return null;
    },

    async upload(container, file, key, { collision }) {
      const pathOf = (name: string) => container.id + encodeURIComponent(name);
      const placed = await place(
        {
          rules,
          create: async (name) => ((await client.putNew(pathOf(name), file)) ? filedOf(pathOf(name), key) : 'taken'),
          occupant: async (name) => {
            const state = await look(pathOf(name));
            if (state === null) return null;
            const filed = filedOf(pathOf(name), key, state);
            return isCollection(state) ? { ...filed, size: -1 } : filed;
          },
          digest: ({ id }) => client.digest(id),
        },
        file,
        collision,
      );
      const hash = { space: namespace, name: 'sha256', text: file.sha256 };
      await keep(placed.id, [{ ...keyName, text: key }, hash]).catch((thrown) => {
        if (!(thrown instanceof SignatureError && refusals.has(thrown.status ?? 0))) throw thrown;
      });
      return { ...placed, size: file.size };
    },

    readBack: ({ id }) => client.digest(id),

    async setMetadata(filed, metadata) {
      const values = properties(metadata, namespace);
      if (values.length === 0) return;
      const [failed] = await keep(filed.id, values);
      if (failed === undefined) return;
      const code = failed.status === 507 ? 'QUOTA_FULL' : failed.status === 423 ? 'RETENTION' : 'UNKNOWN_TYPE';
      throw new SignatureError(
        code,
        `attributes.${failed.name} was not taken by the WebDAV server (${failed.status}). Remove it from the mapping.`,
        { field: `attributes.${failed.name}`, status: failed.status },
      );
    },

    async declareRecord() {},

    async containers(parent = '') {
      const states = (await client.properties(parent, wanted, 1)) ?? [];
      const here = new URL(client.urlOf(parent)).pathname;
      return states
        .filter(isCollection)
        .map(({ href }) => new URL(href, client.options.baseUrl).pathname)
        .filter((path) => path.startsWith(here) && path !== here)
        .map((path) => path.slice(here.length).replace(/\/$/, ''))
        .map((name) => ({ id: `${parent}${name}/`, name: decodeURIComponent(name) }));
    },
    types: async () => [],
    attributes: async () => [],
  };
}

const plain = /^[\p{L}_][\p{L}\p{N}._-]*$/u;

const textOf = (value: AttributeValue): string => (Array.isArray(value) ? value.map(String).join(', ') : String(value));

/** Attributes as properties; an id is `name` or `{namespace}name`. */
function properties(metadata: Metadata, namespace: string): (PropertyName & { text: string })[] {
  const described = metadata.description === undefined ? {} : { description: metadata.description };
  return Object.entries({ ...described, ...metadata.attributes }).map(([id, value]) => {
    const [, space = namespace, name = id] = /^\{([^{}]+)\}(.+)$/.exec(id) ?? [];
    if (!plain.test(name) || space === dav) {
      throw new SignatureError(
        'UNKNOWN_TYPE',
        `attributes.${id} is no name of a property. Use letters, digits, ".", "-" and "_", with {namespace} before it if need be.`,
        { field: `attributes.${id}` },
      );
    }
    return { space, name, text: textOf(value) };
  });
}
