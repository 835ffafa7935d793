/** CMIS 1.1 (browser binding) as repository: Documentum, Alfresco, Nuxeo, SAP and others. Ids are CMIS object ids. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { checkName, legalName, type NameRules, pathNames } from '../names';
import { place } from '../place';
import { isGood, noContainer, noSuchWay, readAs } from '../remote';
import type { ArchiveFile, Filed, Metadata, Repository, RepositoryTools } from '../types';
import { CmisClient, type CmisProperties, type CmisSettings, cmisFault, textIn } from './client';
import { addedTypes, changedValues, listIn, propertyFields, type Value } from './form';
import { CmisKeys } from './keys';
import { CmisModel, documentType } from './model';
import { recordValues } from './records';
import { addVersion, changesTo } from './versions';

const rules: NameRules = { service: 'the CMIS repository', longest: 255, unit: 'characters', forbidden: /[<>:"|?*]/ };
const folderType = 'cmis:folder';

const children = z.object({
  objects: z.array(z.object({ object: z.object({ succinctProperties: z.record(z.string(), z.unknown()) }) })),
});

export function createCmisRepository(settings: CmisSettings, tools: RepositoryTools): Repository {
  const client = new CmisClient(settings, tools);
  const model = new CmisModel(client);
  const { service } = client.options;

  const filedOf = (properties: CmisProperties, key: string): Filed => {
    const size = properties['cmis:contentStreamLength'];
    const version = textIn(properties, 'cmis:versionLabel');
    return {
      id: textIn(properties, 'cmis:objectId'),
      name: textIn(properties, 'cmis:name'),
      key,
      ...(version !== '' && { version }),
      ...(typeof size === 'number' && size >= 0 && { size }),
    };
  };

  const isFolder = (properties: CmisProperties): boolean => textIn(properties, 'cmis:baseTypeId') === folderType;

  /** @throws SignatureError NO_CONTAINER when it is missing, or a document */
  const folderAt = async (id: string | undefined): Promise<CmisProperties> => {
    const folder = await client.object(id === undefined ? { path: [] } : { id });
    const what = id === undefined ? 'the root folder' : JSON.stringify(id);
    if (folder === null || !isFolder(folder)) throw noContainer(service, what);
    return folder;
  };

  const objectOf = async (id: string): Promise<CmisProperties> => {
    const found = await client.object({ id });
    if (found === null) throw noContainer(service, JSON.stringify(id));
    return found;
  };

  const childOf = async (container: string, name: string): Promise<CmisProperties | null> => {
    const path = textIn(await folderAt(container), 'cmis:path');
    return client.object({ path: [...path.split('/').filter(Boolean), name] });
  };

  const { keyProperty } = settings;
  const keys = keyProperty === undefined ? undefined : new CmisKeys(client, model, keyProperty);
  const keyOf = (key: string) => (keyProperty === undefined ? {} : { [keyProperty]: key });

  /** With the secondary types that its attributes and the key need. */
  const complete = async (metadata: Metadata = { attributes: {} }): Promise<Metadata> => {
    const properties = Object.keys({ ...keyOf(''), ...metadata.attributes });
    return {
      ...metadata,
      aspects: await model.aspectsFor(metadata.type ?? documentType, metadata.aspects, properties),
    };
  };

  const create = async (container: string, file: ArchiveFile, key: string, metadata?: Metadata) => {
    const type = metadata?.type ?? documentType;
    const { versionable } = await model.type(type);
    const whole = await complete(metadata);
    const extra = {
      'cmis:objectTypeId': type,
      'cmis:name': file.name,
      ...(whole.aspects?.length && { 'cmis:secondaryObjectTypeIds': whole.aspects }),
      ...keyOf(key),
    };
    const values = await model.values(whole, extra, true);
    const form = { cmisaction: 'createDocument', versioningState: versionable ? 'major' : 'none', succinct: 'true' };
    const answer = await client.act(container, [...Object.entries(form), ...propertyFields(values)], { file });
    if (isGood(answer)) return filedOf(readAs(created, answer.data, service).succinctProperties, key);
    // A taken name comes under several exceptions; whether it is one is told by looking again.
    if ([409, 500].includes(answer.status) && (await childOf(container, file.name)) !== null) return 'taken';
    throw cmisFault(answer, client.options);
  };

  const createFolder = async (parent: string, name: string): Promise<CmisProperties> => {
    const values = propertyFields([
      ['cmis:objectTypeId', folderType],
      ['cmis:name', name],
    ]);
    const form = { cmisaction: 'createFolder', succinct: 'true' };
    const answer = await client.act(parent, [...Object.entries(form), ...values]);
    if (isGood(answer)) return readAs(created, answer.data, service).succinctProperties;
    // Another process may have made it meanwhile.
    const found = await childOf(parent, name);
    if (found === null) throw cmisFault(answer, client.options);
    return found;
  };

  const update = async (id: string, values: readonly Value[]): Promise<void> => {
    if (values.length === 0) return;
    const form = { cmisaction: 'update', succinct: 'true' };
    await client.actOn(id, [...Object.entries(form), ...propertyFields(values)], { idempotent: true });
  };

  const version = async (document: Filed, file: ArchiveFile, key: string, metadata?: Metadata): Promise<Filed> =>
    filedOf(await addVersion(client, model, document, file, { key, metadata, extra: keyOf(key) }), key);

  /** A document that is taken over gets our key, unless it has that of another envelope or can have none. */
  const leaveKey = async (id: string, key: string): Promise<void> => {
    if (keyProperty === undefined) return;
    const before = await objectOf(id);
    if (textIn(before, keyProperty) !== '') return;
    const type = textIn(before, 'cmis:objectTypeId');
    const aspects = await model.aspectsFor(type, listIn(before, 'cmis:secondaryObjectTypeIds'), [keyProperty]);
    const definition = (await model.definitions(type, aspects)).get(keyProperty);
    if (definition?.updatability === 'readwrite')
      await update(id, [...addedTypes(before, aspects), [keyProperty, key]]);
  };

  return {
    kind: 'cmis',
    features: { versions: true, record: ['retainUntil', 'hold'], containers: ['path', 'id'], types: true },

    async test() {
      await folderAt(undefined);
    },

    async prepare({ name, metadata }) {
      checkName(name, rules);
      const whole = await complete(metadata);
      if (keyProperty !== undefined) {
        const type = whole.type ?? documentType;
        if (!(await model.definitions(type, whole.aspects)).has(keyProperty)) throw noSuchKey(keyProperty, type);
      }
      await model.values(whole, keyOf('x'), true);
    },

    nameFor: (title, room) => legalName(title, rules, room),

    async resolveContainer(spec) {
      if (spec.by !== 'path' && spec.by !== 'id') throw noSuchWay(spec.by, service);
      let at = await folderAt(spec.by === 'id' ? spec.id : undefined);
      for (const name of pathNames(spec.path, rules)) {
        const parent = textIn(at, 'cmis:objectId');
        const next = await childOf(parent, name);
        if (next === null && spec.create === false) throw noContainer(service, JSON.stringify(spec.path));
        at = next ?? (await createFolder(parent, name));
        if (!isFolder(at)) throw noContainer(service, `a folder ${JSON.stringify(name)}`);
      }
      return { id: textIn(at, 'cmis:objectId'), name: textIn(at, 'cmis:name') };
    },

    async find(container, key, name) {
      const found = await keys?.find(key);
      if (found) return filedOf(found, key);
      const child = await childOf(container.id, name);
      if (child === null || textIn(child, 'cmis:baseTypeId') !== 'cmis:document') return null;
      // By name alone it is ours only if it has our key, or where no keys are kept, if the bytes are the same.
      return keyProperty === undefined || child[keyProperty] === key ? { ...filedOf(child, key), name } : null;
    },

    async upload(container, file, key, { collision, metadata, replaces }) {
      const isOwn = async ({ id }: Filed) =>
        keyProperty !== undefined && (await client.object({ id }))?.[keyProperty] === key;
      if (replaces !== undefined && (await isOwn(replaces))) {
        return { ...(await version(replaces, file, key, metadata)), how: 'versioned' };
      }
      const placed = await place(
        {
          rules,
          create: (name) => create(container.id, { ...file, name }, key, metadata),
          occupant: async (name) => {
            const child = await childOf(container.id, name);
            return child === null ? null : filedOf(child, key);
          },
          digest: ({ id }) => client.content(id),
          addVersion: (document) => version(document, file, key, metadata),
        },
        file,
        collision,
      );
      if (placed.how === 'adopted') await leaveKey(placed.id, key);
      return placed;
    },

    readBack: ({ id }) => client.content(id),

    async setMetadata({ id }, metadata) {
      await update(id, await changesTo(await objectOf(id), metadata, model));
    },

    async declareRecord({ id }, options) {
      const before = await objectOf(id);
      await update(id, changedValues(recordValues(before, options), before));
    },

    async containers(parent) {
      const answer = await client.select({ id: parent }, { cmisselector: 'children', succinct: true, maxItems: 500 });
      if (!isGood(answer)) throw cmisFault(answer, client.options);
      return readAs(children, answer.data, service)
        .objects.map(({ object }) => object.succinctProperties)
        .filter(isFolder)
        .map((properties) => ({ id: textIn(properties, 'cmis:objectId'), name: textIn(properties, 'cmis:name') }));
    },
    types: () => model.choices(),
    attributes: (type) => model.attributes(type),
  };
}

const created = z.object({ succinctProperties: z.record(z.string(), z.unknown()) });

const noSuchKey = (property: string, type: string): SignatureError =>
  new SignatureError(
    'BAD_CONFIG',
    `keyProperty ${JSON.stringify(property)} is no writable property of ${type} or of an aspect. Choose a type that has it, or leave keyProperty empty.`,
    { field: 'keyProperty' },
  );
