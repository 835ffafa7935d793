/** CMIS 1.1 (browser binding) as repository: Documentum, Alfresco, Nuxeo, SAP and others. Ids are CMIS object ids. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { checkName, type NameRules, pathNames } from '../names';
import { place } from '../place';
import { isGood, noContainer, noSuchWay, readAs } from '../remote';
import type { ArchiveFile, Filed, Metadata, Repository, RepositoryTools } from '../types';
import { CmisClient, type CmisProperties, type CmisSettings, cmisFault, textIn } from './client';
import { CmisModel } from './model';
import { recordPairs } from './records';

const rules: NameRules = { service: 'the CMIS repository', longest: 255, unit: 'characters', forbidden: /[<>:"|?*]/ };
const folderType = 'cmis:folder';

const results = z.object({ results: z.array(z.object({ succinctProperties: z.record(z.string(), z.unknown()) })) });
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

  const childOf = async (container: string, name: string): Promise<CmisProperties | null> => {
    const folder = await client.object({ id: container });
    const path = folder === null ? '' : textIn(folder, 'cmis:path');
    if (folder === null) throw noContainer(service, JSON.stringify(container));
    return client.object({ path: [...path.split('/').filter(Boolean), name] });
  };

  const keyOf = (key: string) => (settings.keyProperty === undefined ? {} : { [settings.keyProperty]: key });

  const create = async (container: string, file: ArchiveFile, key: string, metadata?: Metadata) => {
    const extra = {
      'cmis:objectTypeId': metadata?.type ?? 'cmis:document',
      'cmis:name': file.name,
      ...(metadata?.aspects?.length && { 'cmis:secondaryObjectTypeIds': metadata.aspects }),
      ...keyOf(key),
    };
    const { pairs, versionable } = await model.pairs(metadata, extra, true);
    const answer = await client.act(
      container,
      [
        ['cmisaction', 'createDocument'],
        ...pairs,
        ['versioningState', versionable ? 'major' : 'none'],
        ['succinct', 'true'],
      ],
      { file },
    );
    if (isGood(answer)) return filedOf(readAs(created, answer.data, service).succinctProperties, key);
    // A taken name comes under several exceptions; whether it is one is told by looking again.
    if ([409, 500].includes(answer.status) && (await childOf(container, file.name)) !== null) return 'taken';
    throw cmisFault(answer, client.options);
  };

  /** A new version, by way of a working copy, which an earlier attempt may have left. */
  const addVersion = async (document: Filed, file: ArchiveFile, key: string): Promise<Filed> => {
    const before = await client.object({ id: document.id });
    if (before === null) throw noContainer(service, JSON.stringify(document.name));
    if (!(await model.type(textIn(before, 'cmis:objectTypeId'))).versionable) {
      throw new SignatureError(
        'BAD_CONFIG',
        `${document.name} is of a type without versions. Choose "rename" or "adopt" as the policy, or a versionable type.`,
        { field: 'collision' },
      );
    }
    const left = textIn(before, 'cmis:versionSeriesCheckedOutId');
    const copy =
      left !== ''
        ? left
        : textIn(
            await client.actOn(document.id, [
              ['cmisaction', 'checkOut'],
              ['succinct', 'true'],
            ]),
            'cmis:objectId',
          );
    const pairs = [
      ['cmisaction', 'checkIn'],
      ['major', 'true'],
      ['checkinComment', key],
      ['succinct', 'true'],
    ] as const;
    return filedOf(await client.actOn(copy, pairs, { file }), key);
  };

  const update = async (id: string, pairs: readonly (readonly [string, string])[]): Promise<void> => {
    await client.actOn(id, [['cmisaction', 'update'], ...pairs, ['succinct', 'true']], { idempotent: true });
  };

  return {
    kind: 'cmis',
    features: { versions: true, record: ['retainUntil', 'hold'], containers: ['path', 'id'], types: true },

    async test() {
      if ((await client.object({ path: [] })) === null) throw noContainer(service, 'the root folder');
    },

    async prepare({ name, metadata }) {
      checkName(name, rules);
      await model.pairs(metadata, settings.keyProperty === undefined ? {} : { [settings.keyProperty]: 'x' }, true);
    },

    async resolveContainer(spec) {
      if (spec.by !== 'path' && spec.by !== 'id') throw noSuchWay(spec.by, service);
      const start = await client.object(spec.by === 'id' ? { id: spec.id } : { path: [] });
      if (start === null) throw noContainer(service, spec.by === 'id' ? JSON.stringify(spec.id) : 'the root folder');
      let at = start;
      for (const name of pathNames(spec.path, rules)) {
        const parent = textIn(at, 'cmis:objectId');
        let next = await childOf(parent, name);
        if (next === null && spec.create === false) throw noContainer(service, JSON.stringify(spec.path));
        if (next === null) {
          const answer = await client.act(parent, [
            ['cmisaction', 'createFolder'],
            ['propertyId[0]', 'cmis:objectTypeId'],
            ['propertyValue[0]', folderType],
            ['propertyId[1]', 'cmis:name'],
            ['propertyValue[1]', name],
            ['succinct', 'true'],
          ]);
          // Another process may have made it meanwhile.
          next = isGood(answer)
            ? readAs(created, answer.data, service).succinctProperties
            : await childOf(parent, name);
          if (next === null) throw cmisFault(answer, client.options);
        }
        at = next;
      }
      if (textIn(at, 'cmis:baseTypeId') !== folderType) throw noContainer(service, 'a folder of this name');
      return { id: textIn(at, 'cmis:objectId'), name: textIn(at, 'cmis:name') };
    },

    async find(container, key, name) {
      if (settings.keyProperty !== undefined) {
        const quoted = key.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
        const statement = `SELECT * FROM cmis:document WHERE ${settings.keyProperty} = '${quoted}'`;
        const answer = await client.act(
          undefined,
          [
            ['cmisaction', 'query'],
            ['statement', statement],
            ['maxItems', '1'],
            ['succinct', 'true'],
          ],
          { idempotent: true },
        );
        const [first] = isGood(answer) ? readAs(results, answer.data, service).results : [];
        if (first !== undefined) return filedOf(first.succinctProperties, key);
        // The index behind the query may lag, and some servers do not search such properties: go on by name.
      }
      const child = await childOf(container.id, name);
      if (child === null || textIn(child, 'cmis:baseTypeId') !== 'cmis:document') return null;
      // By name alone it is ours only if it has our key, or where no keys are kept, if the bytes are the same.
      const other = settings.keyProperty === undefined ? undefined : child[settings.keyProperty];
      return other === undefined || other === null || other === key ? { ...filedOf(child, key), name } : null;
    },

    async upload(container, file, key, { collision, metadata, replaces }) {
      const isOwn = async ({ id }: Filed) =>
        settings.keyProperty !== undefined && (await client.object({ id }))?.[settings.keyProperty] === key;
      if (replaces !== undefined && (await isOwn(replaces))) {
        return { ...(await addVersion(replaces, file, key)), how: 'versioned' };
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
          addVersion: (document) => addVersion(document, file, key),
        },
        file,
        collision,
      );
      if (placed.how !== 'created' && settings.keyProperty !== undefined) {
        await update(placed.id, [
          ['propertyId[0]', settings.keyProperty],
          ['propertyValue[0]', key],
        ]);
      }
      return placed;
    },

    readBack: ({ id }) => client.content(id),

    async setMetadata({ id }, metadata) {
      const before = await client.object({ id });
      const has = before?.['cmis:secondaryObjectTypeIds'];
      const present = Array.isArray(has) ? has : [];
      const aspects = (metadata.aspects ?? []).filter((aspect) => !present.includes(aspect));
      const { pairs } = await model.pairs(metadata, {}, false);
      if (pairs.length + aspects.length === 0) return;
      await update(id, [...pairs, ...aspects.map((aspect, n) => [`addSecondaryTypeId[${n}]`, aspect] as const)]);
    },

    async declareRecord({ id }, options) {
      await update(id, recordPairs(await client.object({ id }), options));
    },

    async containers(parent) {
      const answer = await client.select({ id: parent }, { cmisselector: 'children', succinct: true, maxItems: 500 });
      if (!isGood(answer)) throw cmisFault(answer, client.options);
      return readAs(children, answer.data, service)
        .objects.map(({ object }) => object.succinctProperties)
        .filter((properties) => textIn(properties, 'cmis:baseTypeId') === folderType)
        .map((properties) => ({ id: textIn(properties, 'cmis:objectId'), name: textIn(properties, 'cmis:name') }));
    },
    types: () => model.choices(),
    attributes: (type) => model.attributes(type),
  };
}

const created = z.object({ succinctProperties: z.record(z.string(), z.unknown()) });
