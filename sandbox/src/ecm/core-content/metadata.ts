import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, Router } from 'express';
import { z } from 'zod';
import { timestamp } from '../../clock';
import type { Sandbox } from '../../context';
import { type EcmCall, type EcmWork, ecmCall, type StepOf } from '../answer';
import type { CmsInstance } from '../model';
import { filterOf } from './filter';
import { coreError, coreService, withToken } from './service';
import { propertyProblem, type TypeDefinition, typeDefinitions } from './types';

const rendition = z.object({
  name: z.string().min(1),
  rendition_type: z.string().default('primary'),
  source: z.string().default('FILE_ID'),
  blob_id: z.string(),
  mime_type: z.string().optional(),
});
const newInstance = z.object({
  name: z.string().trim().min(1).max(250),
  parent_folder_id: z.string().optional(),
  acl_id: z.string().optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  traits: z.record(z.string(), z.unknown()).default({}),
  renditions: z.array(rendition).default([]),
});
const acl = { id: '5f0c8a0e-6f1d-4a55-9a3e-0d5b7d1c0001', name: 'sandbox_default' };

/** Content Metadata, to be mounted at `/cms`: folders and files that point to blobs of Content Storage. */
export function contentMetadata(sandbox: Sandbox): Router {
  const { cmsInstances } = sandbox.store;
  const router = Router();
  router.use(express.json({ limit: '4mb' }));
  const on = (step: StepOf, work: EcmWork) => ecmCall(sandbox, coreService, step, withToken(sandbox, work));

  const instances = (call: EcmCall): CmsInstance[] => {
    const { category, type } = typeOf(call);
    return cmsInstances.all().filter((one) => one.category === category && (type === one.type || isRoot(type)));
  };
  const instanceOf = (call: EcmCall): CmsInstance => {
    const found = instances(call).find(({ uuid }) => uuid === call.params.id);
    if (found === undefined) throw coreError(404, 'The instance does not exist.');
    return found;
  };
  const save = (call: EcmCall, body: unknown, old?: CmsInstance): CmsInstance => {
    const { category, type } = typeOf(call);
    const given = check(sandbox, old?.type ?? type, body, old);
    const now = sandbox.clock.now();
    const isNewVersion = given.renditions.length > 0 && !same(given.renditions, old?.given.renditions);
    const versions = old?.versions ?? [];
    const version = { number: versions.length + 1, renditions: given.renditions, at: now };
    return cmsInstances.put({
      uuid: old?.uuid ?? randomUUID(),
      category,
      type: old?.type ?? type,
      given,
      versions: isNewVersion ? [...versions, version] : versions,
      createdAt: old?.createdAt ?? now,
      modifiedAt: now,
    });
  };
  const newStep: StepOf = ({ params }) => (params.category === 'folder' ? 'container' : 'upload');
  const collection = '/instances/:category/:type';
  const single = `${collection}/:id`;

  router.get(
    collection,
    on('find', (call) => {
      const kept = instances(call).filter(filterOf(call.query.get('filter')));
      return { status: 200, body: collectionJson(kept.map(instanceJson), call.query) };
    }),
  );
  router.post(
    collection,
    on(newStep, (call) => ({ status: 201, body: instanceJson(save(call, call.request.body)) })),
  );
  router.get(
    single,
    on('find', (call) => ({ status: 200, body: instanceJson(instanceOf(call)) })),
  );
  router.put(
    single,
    on('metadata', (call) => {
      return { status: 200, body: instanceJson(save(call, call.request.body, instanceOf(call))) };
    }),
  );
  router.patch(
    single,
    on('metadata', (call) => {
      const old = instanceOf(call);
      const { properties = {}, traits = {}, ...rest } = (call.request.body ?? {}) as Record<string, object>;
      const merged = {
        ...old.given,
        ...rest,
        properties: { ...old.given.properties, ...properties },
        traits: { ...old.given.traits, ...traits },
      };
      return { status: 200, body: instanceJson(save(call, merged, old)) };
    }),
  );
  router.put(
    `${single}/acl`,
    on('record', (call) => {
      const old = instanceOf(call);
      const { id } = (call.request.body ?? {}) as { id?: unknown };
      if (id !== acl.id) throw coreError(400, 'The ACL does not exist.');
      return { status: 200, body: instanceJson(save(call, { ...old.given, acl_id: acl.id }, old)) };
    }),
  );
  router.delete(
    single,
    on('record', (call) => {
      const { uuid } = instanceOf(call);
      if (cmsInstances.all().some(({ given }) => given.parent_folder_id === uuid)) {
        throw coreError(400, 'The folder is not empty.');
      }
      cmsInstances.delete(uuid);
      return { status: 204 };
    }),
  );
  router.get(
    '/permissions',
    on('types', ({ query }) => {
      const name = /^\s*name\s*(?:eq|=)\s*'(.*)'\s*$/i.exec(query.get('filter') ?? '')?.[1];
      return { status: 200, body: collectionJson(name === undefined || name === acl.name ? [acl] : [], query) };
    }),
  );
  const definitions = (isTrait: boolean): EcmWork => {
    return ({ query }) => {
      const category = query.get('category');
      const kept = typeDefinitions.filter(
        (type) => (type.category === 'trait') === isTrait && (category === null || type.category === category),
      );
      return { status: 200, body: collectionJson(kept.map(typeJson), query) };
    };
  };
  router.get('/type-definitions', on('types', definitions(false)));
  router.get('/trait-definitions', on('types', definitions(true)));
  router.get(
    ['/type-definitions/:type/attributes-all', '/trait-definitions/:type/attributes'],
    on('types', ({ params, query }) => ({
      status: 200,
      body: collectionJson([...definitionOf(params.type ?? '').attributes], query),
    })),
  );
  router.get(
    ['/type-definitions/:type', '/trait-definitions/:type'],
    on('types', ({ params }) => ({ status: 200, body: typeJson(definitionOf(params.type ?? '')) })),
  );
  router.use((_request, response) => void response.status(404).json(coreError(404, 'There is no such path.').body));
  router.use(bodyErrors);
  return router;
}

const bodyErrors: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number };
  if (status === undefined || response.headersSent) next(error);
  else response.status(status).json(coreError(status, 'The body is not valid JSON.').body);
};

const isRoot = (type: string): boolean => type === 'cms_file' || type === 'cms_folder';

function definitionOf(name: string): TypeDefinition {
  const found = typeDefinitions.find(({ system_name: systemName }) => systemName === name);
  if (found === undefined) throw coreError(404, `The type '${name}' does not exist.`);
  return found;
}

function typeOf({ params }: EcmCall): { category: 'file' | 'folder'; type: string } {
  const { category, system_name: type } = definitionOf(params.type ?? '');
  if (category === 'trait' || category !== params.category) {
    throw coreError(404, `The type '${type}' does not exist in the category '${params.category}'.`);
  }
  return { category, type };
}

/** @throws ApiError 400, or 409 for a name that is taken in its folder */
function check(sandbox: Sandbox, type: string, body: unknown, old?: CmsInstance): CmsInstance['given'] {
  const parsed = newInstance.safeParse(body ?? {});
  if (!parsed.success) throw coreError(400, z.prettifyError(parsed.error));
  const given = parsed.data;
  const problem = propertyProblem(definitionOf(type), given.properties);
  if (problem !== undefined) throw coreError(400, problem);
  for (const trait of Object.keys(given.traits)) {
    if (definitionOf(trait).category !== 'trait') throw coreError(400, `The trait '${trait}' does not exist.`);
  }
  const { cmsInstances, blobs } = sandbox.store;
  const parent = given.parent_folder_id;
  if (parent !== undefined && cmsInstances.get(parent)?.category !== 'folder') {
    throw coreError(400, 'The parent folder does not exist.');
  }
  if (parent !== undefined && parent === old?.uuid) throw coreError(400, 'A folder cannot be in itself.');
  const isTaken = cmsInstances
    .all()
    .some(
      (one) =>
        one.uuid !== old?.uuid &&
        one.category === definitionOf(type).category &&
        one.given.parent_folder_id === parent &&
        one.given.name === given.name,
    );
  if (isTaken) throw coreError(409, `An object named '${given.name}' already exists in the folder.`);
  if (given.acl_id !== undefined && given.acl_id !== acl.id) throw coreError(400, 'The ACL does not exist.');
  const missing = given.renditions.find(
    ({ source, blob_id: id }) => source === 'FILE_ID' && blobs.get(id) === undefined,
  );
  if (missing !== undefined) throw coreError(400, `The blob ${missing.blob_id} does not exist.`);
  return given;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const typeJson = ({ system_name, display_name, category, attributes }: TypeDefinition) => ({
  id: system_name,
  system_name,
  name: system_name,
  display_name,
  category,
  attributes,
});

const instanceJson = ({ uuid, category, type, given, versions, createdAt, modifiedAt }: CmsInstance) => ({
  id: uuid,
  category,
  type,
  ...given,
  version_no: Math.max(versions.length, 1),
  version_label: [String(Math.max(versions.length, 1))],
  latest: true,
  create_time: timestamp(createdAt),
  update_time: timestamp(modifiedAt),
});

/** One page; an empty one has no `_embedded`. */
function collectionJson(items: readonly object[], query: URLSearchParams) {
  const size = Math.min(Math.max(Number(query.get('items-per-page')) || 10, 1), 1000);
  const page = Math.max(Number(query.get('page')) || 1, 1);
  const shown = items.slice((page - 1) * size, page * size);
  return {
    page,
    'items-per-page': size,
    ...(query.get('include-total') === 'true' && { total: items.length }),
    ...(shown.length > 0 && { _embedded: { collection: shown } }),
  };
}
