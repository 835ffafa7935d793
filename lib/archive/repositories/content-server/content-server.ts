/**
 * OpenText Content Management (Content Server, REST) as repository. Ids are node ids. The idempotency key becomes the
 * node's nickname, which is unique on the server. Sources: OpenText's own client `pyxecm`.
 */
import { checkName, legalName } from '../names';
import { place } from '../place';
import type { ArchiveFile, Filed, Metadata, Repository, RepositoryTools } from '../types';
import { ContentServerCategories } from './categories';
import { ContentServerContainers, nicknameOf, rules } from './containers';
import { ContentServerNodes, type NodeProperties, nodeType, volumeType } from './nodes';
import { ContentServerRecords } from './records';
import { ContentServerSession } from './session';
import type { ContentServerAuth } from './ticket';

export interface ContentServerSettings {
  kind: 'content-server';
  /** Of the REST API (`…/cs/cs/api`, `…/otcs/cs.exe/api`); `/api` may be left out. */
  url: string;
  auth: ContentServerAuth;
  /** Node from which container paths go down; default the enterprise volume. */
  root?: string;
}

const isContainer = ({ type, container }: NodeProperties): boolean =>
  container === true || type === nodeType.folder || type === nodeType.workspace;

export function createContentServerRepository(settings: ContentServerSettings, tools: RepositoryTools): Repository {
  const session = new ContentServerSession(settings.url, settings.auth, tools);
  const nodes = new ContentServerNodes(session);
  const categories = new ContentServerCategories(nodes);
  const records = new ContentServerRecords(session);
  const containers = new ContentServerContainers(nodes, settings.root);

  const filedOf = (node: NodeProperties, key: string, version?: string): Filed => ({
    id: node.id,
    name: node.name,
    key,
    ...(version !== undefined && { version }),
    ...(typeof node.size === 'number' && { size: node.size }),
  });

  const digest = async ({ id, version }: Filed) =>
    session.digest(`v2/nodes/${id}/versions/${version ?? (await nodes.latestVersion(id))}/content`);

  const addVersion = async (document: Filed, file: ArchiveFile): Promise<Filed> => ({
    ...document,
    version: await nodes.addVersion(document.id, file, `SHA-256 ${file.sha256}`),
    size: file.size,
  });

  return {
    kind: 'content-server',
    features: {
      versions: true,
      record: ['classification', 'official', 'fileStatus', 'hold'],
      containers: ['path', 'id', 'nickname', 'businessObject', 'workspace'],
      types: true,
    },

    async test() {
      await nodes.volume(volumeType.enterprise);
    },

    async prepare({ name, metadata }: { name: string; metadata?: Metadata }) {
      checkName(name, rules);
      if (metadata !== undefined) await categories.check(metadata);
    },

    nameFor: (title, room) => legalName(title, rules, room),

    resolveContainer: (spec) => containers.resolve(spec),

    async find(_container, key) {
      const node = await nodes.byNickname(nicknameOf(key));
      return node === null ? null : filedOf(node, key, await nodes.latestVersion(node.id));
    },

    async upload(container, file, key, { collision, metadata, replaces }) {
      if (replaces !== undefined) return { ...(await addVersion(replaces, file)), how: 'versioned' };
      const placed = await place(
        {
          rules,
          create: async (name) => {
            const node = await nodes.document(container.id, { ...file, name }, metadata);
            return node === null ? 'taken' : { ...filedOf(node, key, '1'), name };
          },
          occupant: async (name) => {
            const node = await nodes.occupant(container.id, name);
            if (node === null) return null;
            const filed = filedOf(node, key);
            // Only a document can be compared or get a version.
            return node.type === undefined || node.type === nodeType.document ? filed : { ...filed, size: -1 };
          },
          digest,
          addVersion: (document) => addVersion(document, file),
        },
        file,
        collision,
      );
      await nodes.nickname(placed.id, nicknameOf(key));
      return placed;
    },

    readBack: (filed) => digest(filed),
    setMetadata: (filed, metadata) => categories.set(filed.id, metadata),
    declareRecord: (filed, options) => records.declare(filed.id, options),

    async containers(parent, search) {
      const top = parent ?? settings.root;
      const found = search
        ? await nodes.search(search)
        : await nodes.children(top ?? (await nodes.volume(volumeType.enterprise)).id);
      return found.filter(isContainer).map(({ id, name }) => ({ id, name }));
    },
    types: () => categories.choices(),
    attributes: (type) => categories.attributes(type),
  };
}
