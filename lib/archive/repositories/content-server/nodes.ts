/** Nodes of Content Server: reading them, finding them by name or nickname, making folders, documents and versions. */
import { z } from 'zod';
import type { HttpAnswer } from '../../../http/client';
import { isGood, readAs } from '../remote';
import type { ArchiveFile, AttributeValue, Metadata } from '../types';
import { contentServerFault } from './faults';
import { spacedJson } from './json';
import type { ContentServerSession } from './session';

const id = z.union([z.number(), z.string()]).transform(String);
const properties = z.object({
  id,
  name: z.string().default(''),
  type: z.number().optional(),
  size: z.number().nullish(),
  parent_id: id.optional(),
  container: z.boolean().optional(),
});
export type NodeProperties = z.infer<typeof properties>;

const entry = z.object({ data: z.object({ properties }) });
const one = z.object({ results: entry });
const many = z.object({ results: z.array(entry).default([]) });
/** Some versions answer with a list where one is meant. */
const oneOrMany = z.object({ results: z.union([z.array(entry), entry.transform((single) => [single])]) });
const freeNames = z.object({ results: z.array(z.object({ name: z.string(), id: id.nullish() })).default([]) });
const version = z.object({ version_number: z.number() });
const versionAnswer = z.object({
  results: z.object({ data: z.object({ versions: z.union([version, z.array(version)]) }) }),
});
const versionList = z.object({ results: z.array(z.object({ data: z.object({ versions: version }) })) });

/** Node type numbers. */
export const nodeType = { folder: 0, category: 131, document: 144, workspace: 848 } as const;
/** Volume type numbers. */
export const volumeType = { categories: 133, enterprise: 141 } as const;

/** Reads a list of nodes out of an answer. */
export const nodesIn = (answer: HttpAnswer): NodeProperties[] =>
  readAs(many, answer.data, 'Content Server').results.map(({ data }) => data.properties);

const firstIn = (answer: HttpAnswer): NodeProperties | null =>
  readAs(oneOrMany, answer.data, 'Content Server').results[0]?.data.properties ?? null;

export class ContentServerNodes {
  readonly #volumes = new Map<number, Promise<NodeProperties>>();

  constructor(readonly session: ContentServerSession) {}

  #assert(answer: HttpAnswer): HttpAnswer {
    if (isGood(answer)) return answer;
    throw contentServerFault(answer, this.session.options);
  }

  /** A node; null when it does not exist or cannot be seen, which Content Server does not tell apart. */
  async read(node: string): Promise<NodeProperties | null> {
    const answer = await this.session.get(`v2/nodes/${encodeURIComponent(node)}`, { fields: 'properties' }, [403, 404]);
    if ([400, 403, 404].includes(answer.status)) return null;
    return firstIn(this.#assert(answer));
  }

  /** The root of a volume, by type number. */
  volume(type: number): Promise<NodeProperties> {
    const known = this.#volumes.get(type);
    if (known !== undefined) return known;
    const read = this.session
      .get(`v2/volumes/${type}`, {}, [404])
      .then((answer) => readAs(oneOrMany, this.#assert(answer).data, 'Content Server').results[0])
      .then((found) => readAs(entry, found, 'Content Server').data.properties);
    this.#volumes.set(type, read);
    read.catch(() => this.#volumes.delete(type));
    return read;
  }

  async byNickname(nickname: string): Promise<NodeProperties | null> {
    const answer = await this.session.get(`v2/nicknames/${encodeURIComponent(nickname)}/nodes`, {}, [404]);
    if (answer.status === 400 || answer.status === 404) return null;
    return firstIn(this.#assert(answer));
  }

  /** Sets a nickname; fine when the node has it. */
  async nickname(node: string, nickname: string): Promise<void> {
    const answer = await this.session.form('PUT', `v2/nodes/${node}/nicknames`, [['nickname', nickname]]);
    if (isGood(answer)) return;
    if ((await this.byNickname(nickname))?.id !== node) throw contentServerFault(answer, this.session.options);
  }

  /** A child by its exact name. */
  async child(parent: string, name: string): Promise<NodeProperties | null> {
    const query = { where_name: name, limit: 100, fields: 'properties' };
    const found = nodesIn(this.#assert(await this.session.get(`v2/nodes/${parent}/nodes`, query)));
    return found.find((node) => node.name === name) ?? null;
  }

  /** What has a name in a container, by the server's own check of names, whatever the number of children. */
  async occupant(parent: string, name: string): Promise<NodeProperties | null> {
    const asked = { parent_id: Number(parent), names: [name] };
    const answer = this.#assert(await this.session.body('POST', 'v1/validation/nodes/names', asked));
    const [taken] = readAs(freeNames, answer.data, 'Content Server').results;
    if (taken === undefined) return null;
    const node = taken.id == null ? null : await this.read(taken.id);
    return node ?? this.child(parent, name);
  }

  async children(parent: string, type?: number): Promise<NodeProperties[]> {
    const query = { where_type: type, limit: 500, fields: 'properties' };
    return nodesIn(this.#assert(await this.session.get(`v2/nodes/${parent}/nodes`, query)));
  }

  /** Nodes by name from the search index, which lags behind: for people who look around, never to decide. */
  async search(name: string): Promise<NodeProperties[]> {
    const where = `OTName:"${name.replaceAll('"', ' ')}"`;
    const fields = { where, lookfor: 'complexQuery', within: 'all', page: '1', limit: '100' };
    return nodesIn(this.#assert(await this.session.form('POST', 'v2/search', Object.entries(fields))));
  }

  /** Makes a folder; when that fails because another process made it, that one is taken. */
  async folder(parent: string, name: string): Promise<NodeProperties> {
    const made = { parent_id: Number(parent), type: String(nodeType.folder), name, description: '', roles: {} };
    const answer = await this.session.body('POST', 'v2/nodes', made);
    const node = isGood(answer) ? firstIn(answer) : await this.child(parent, name);
    if (node === null) throw contentServerFault(answer, this.session.options);
    return node;
  }

  /** @returns null when the name is taken */
  async document(parent: string, file: ArchiveFile, metadata: Metadata | undefined): Promise<NodeProperties | null> {
    const categories = metadata?.attributes ?? {};
    const classifications = (metadata?.classifications ?? []).map(Number);
    const body = {
      type: String(nodeType.document),
      name: file.name,
      parent_id: parent,
      roles: {
        ...(Object.keys(categories).length > 0 && { categories }),
        ...(classifications.length > 0 && { classifications: { create_id: [], id: classifications } }),
      },
      external_create_date: metadata?.createdOn,
      description: metadata?.description,
    };
    const answer = await this.session.multipart(
      'v2/nodes',
      [
        { name: 'body', text: spacedJson(body) },
        { name: 'file', file, filename: file.name },
      ],
      file.size,
    );
    if (isGood(answer)) return readAs(one, answer.data, 'Content Server').results.data.properties;
    if ([400, 409, 500].includes(answer.status) && (await this.occupant(parent, file.name)) !== null) return null;
    throw contentServerFault(answer, this.session.options);
  }

  /** @returns the number of the new version */
  async addVersion(node: string, file: ArchiveFile, description: string): Promise<string> {
    const answer = this.#assert(
      await this.session.multipart(
        `v2/nodes/${node}/versions`,
        [
          { name: 'description', text: description.slice(0, 255) },
          { name: 'file', file, filename: file.name },
        ],
        file.size,
      ),
    );
    const { versions } = readAs(versionAnswer, answer.data, 'Content Server').results.data;
    return String(Math.max(...[versions].flat().map(({ version_number }) => version_number)));
  }

  async latestVersion(node: string): Promise<string> {
    const answer = this.#assert(await this.session.get(`v2/nodes/${node}/versions`));
    const { results } = readAs(versionList, answer.data, 'Content Server');
    return String(Math.max(1, ...results.map(({ data }) => data.versions.version_number)));
  }
}

/** An attribute's value as form fields; several values repeat the field. */
export const fieldPairs = (name: string, value: AttributeValue): [string, string][] =>
  (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)]);
