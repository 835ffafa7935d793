/**
 * OpenText Core Content: metadata in Content Metadata (CMS), bytes in Content Storage (CSS). Ids are CMS object ids.
 * Retention has no public calls, so records are not declared here.
 */
import { SignatureError } from '../../../errors';
import { checkName, legalName, type NameRules, numberedName, pathNames } from '../names';
import { place } from '../place';
import { noContainer, noSuchWay } from '../remote';
import type { ArchiveFile, Filed, Metadata, Repository, RepositoryTools, UploadOptions } from '../types';
import { CoreContentClient, type CoreContentSettings, type CoreObject } from './client';

const rules: NameRules = { service: 'Core Content', longest: 240, unit: 'characters', forbidden: /[<>:"|?*]/ };
const folderType = 'cms_folder';
const fileType = 'cms_file';

export function createCoreContentRepository(settings: CoreContentSettings, tools: RepositoryTools): Repository {
  const client = new CoreContentClient(settings, tools);
  const service = rules.service;
  const keyProperty = settings.keyProperty;

  const typeOf = (metadata?: Metadata) => metadata?.type ?? settings.fileType ?? fileType;

  /** The type is needed to read the object again, so it is part of the id. */
  const filedOf = (object: CoreObject, type: string, key: string): Filed => ({
    id: `${type}/${object.id}`,
    name: object.name,
    key,
  });

  const blobOf = async ({ id }: Filed): Promise<string> => {
    const [type = '', object = ''] = id.split('/');
    const blob = await client.blobOf(type, object);
    if (blob !== undefined) return blob;
    throw new SignatureError(
      'REMOTE_FAULT',
      `Core Content has ${JSON.stringify(id)} without content. Repeat the message.`,
    );
  };

  const child = (category: 'file' | 'folder', type: string, container: string, name: string) =>
    client.find(category, type, [
      ['name', name],
      ['parent_folder_id', container],
    ]);

  const propertiesOf = (metadata: Metadata | undefined, key: string) => ({
    ...metadata?.attributes,
    ...(keyProperty !== undefined && { [keyProperty]: key }),
  });

  /** The bytes go first; their id is noted, so that a repeat does not send them again. */
  const blobFor = async (file: ArchiveFile, { parts, notePart }: UploadOptions): Promise<string> => {
    const part = `blob ${file.sha256}`;
    const known = parts?.[part];
    if (known !== undefined) return known;
    const blob = await client.store(file);
    await notePart?.(part, blob);
    return blob;
  };

  return {
    kind: 'core-content',
    features: { versions: false, record: [], containers: ['path', 'id'], types: false },

    async test() {
      await client.find('folder', folderType, [['name', 'connection test']]);
    },

    async prepare({ name, metadata }) {
      checkName(name, rules);
      const type = typeOf(metadata);
      if (/^\w+$/.test(type)) return;
      throw new SignatureError('UNKNOWN_TYPE', `type ${JSON.stringify(type)} is no name of a type in Core Content.`, {
        field: 'type',
      });
    },

    nameFor: (title, room) => legalName(title, rules, room),

    async resolveContainer(spec) {
      if (spec.by !== 'path' && spec.by !== 'id') throw noSuchWay(spec.by, service);
      let at = spec.by === 'id' ? spec.id : settings.rootFolderId;
      if (spec.by === 'id' && (await client.read('folder', folderType, spec.id)) === null) {
        throw noContainer(service, JSON.stringify(spec.id));
      }
      const names = pathNames(spec.path, rules);
      for (const name of names) {
        const found = await client.find('folder', folderType, [
          ['name', name],
          ...(at === undefined ? [] : [['parent_folder_id', at] as const]),
        ]);
        if (found === null && spec.create === false) throw noContainer(service, JSON.stringify(spec.path));
        at = (found ?? (await client.createFolder(folderType, name, at))).id;
      }
      if (at === undefined) throw noContainer(service, 'a folder without a name');
      return { id: at, ...(names.length > 0 && { name: names.at(-1) }) };
    },

    async find(container, key, name) {
      const type = settings.fileType ?? fileType;
      if (keyProperty !== undefined) {
        const found = await client.find('file', type, [[keyProperty, key]]);
        return found === null ? null : filedOf(found, type, key);
      }
      const found = await child('file', type, container.id, numberedName(name, 1, rules));
      return found === null ? null : filedOf(found, type, key);
    },

    async upload(container, file, key, options) {
      const type = typeOf(options.metadata);
      return place(
        {
          rules,
          create: async (name) => {
            const blob = await blobFor(file, options);
            const created = await client.createFile(type, {
              name,
              parent_folder_id: container.id,
              ...(settings.aclId !== undefined && { acl_id: settings.aclId }),
              renditions: [
                { name, rendition_type: 'primary', source: 'FILE_ID', blob_id: blob, mime_type: file.mimeType },
              ],
              properties: propertiesOf(options.metadata, key),
              ...(options.metadata?.description !== undefined && { description: options.metadata.description }),
            });
            return created === 'taken' ? 'taken' : filedOf(created, type, key);
          },
          occupant: async (name) => {
            const found = await child('file', type, container.id, name);
            return found === null ? null : filedOf(found, type, key);
          },
          digest: async (document) => client.digest(await blobOf(document)),
        },
        file,
        options.collision,
      );
    },

    readBack: async (filed) => client.digest(await blobOf(filed)),

    async setMetadata({ id, key }, metadata) {
      const [type = '', object = ''] = id.split('/');
      await client.patch(type, object, {
        properties: propertiesOf(metadata, key),
        ...(metadata.description !== undefined && { description: metadata.description }),
        ...(metadata.aspects?.length && { traits: Object.fromEntries(metadata.aspects.map((trait) => [trait, {}])) }),
      });
    },

    async declareRecord() {},

    async containers(parent) {
      const below = parent ?? settings.rootFolderId;
      return client.list('folder', folderType, below === undefined ? [] : [['parent_folder_id', below]]);
    },
    types: async () => [],
    attributes: async () => [],
  };
}
