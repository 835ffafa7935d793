import type { Request, Response } from 'express';
import { timestamp } from '../clock';
import type { Sandbox } from '../context';
import { categoryOf } from './content-server/attributes';
import { classifications, holds, recordsClassifications } from './content-server/catalog';
import { pathOf } from './content-server/tree';
import { sendFile } from './download';
import type { CmsInstance, ContentNode, EcmServiceName, PathResource, RecordDetails, StoredFile } from './model';
import { nameOf, parentOf } from './path-tree';

/** A document that was filed somewhere. */
export interface FiledDocument {
  id: string;
  service: EcmServiceName;
  path: string;
  name: string;
  size: number;
  sha256: string;
  versions: FiledVersion[];
  metadata: Record<string, unknown>;
  record: Record<string, unknown> | null;
  at: string;
  url: string;
}

interface FiledVersion {
  number: number;
  size: number;
  sha256: string;
  at: string;
  url: string;
}

type Contents = (StoredFile & { number: number; at: number })[];

const limit = 200;
const sidecar = '.metadata.json';

/** Everything that was filed in any of the repositories, newest first. */
export function filedState(sandbox: Sandbox): { filed: FiledDocument[] } {
  const { contentNodes, cmsInstances, pathResources } = sandbox.store;
  const all = [
    ...contentNodes.all().flatMap((node) => fromContentServer(sandbox, node)),
    ...cmsInstances.all().flatMap((instance) => fromCoreContent(sandbox, instance)),
    ...pathResources.all().flatMap((resource) => fromPath(sandbox, resource)),
  ];
  return { filed: all.sort((a, b) => b.at.localeCompare(a.at)).slice(0, limit) };
}

/** `GET /sandbox/filed/{id}/{version}`: the content of a version, to be saved. */
export async function downloadFiled(sandbox: Sandbox, request: Request, response: Response): Promise<void> {
  const { id = '', version = '' } = request.params as Record<string, string>;
  const { contentNodes, cmsInstances, pathResources } = sandbox.store;
  const contents =
    contentsOf(contentNodes.get(id)) ??
    blobsOf(sandbox, cmsInstances.get(id)) ??
    contentsOfPath(pathResources.get(Buffer.from(id, 'base64url').toString()));
  const found = contents?.find(({ number }) => String(number) === version);
  if (found === undefined) {
    response.status(404).json({ error: 'There is no such document any more.' });
    return;
  }
  response.set('Content-Type', 'application/octet-stream');
  response.attachment(filedState(sandbox).filed.find((one) => one.id === id)?.name ?? 'document');
  await sendFile(sandbox.ecm, request, response, found);
}

function describe(
  id: string,
  contents: Contents,
): Pick<FiledDocument, 'id' | 'size' | 'sha256' | 'versions' | 'at' | 'url'> {
  const versions = contents.map(({ number, size, sha256, at }) => {
    return { number, size, sha256, at: timestamp(at), url: `/sandbox/filed/${id}/${number}` };
  });
  const { size = 0, sha256 = '', at = timestamp(0), url = '' } = versions.at(-1) ?? {};
  return { id, size, sha256, versions, at, url };
}

const contentsOf = (node: ContentNode | undefined): Contents | undefined => node?.versions;

function fromContentServer(sandbox: Sandbox, node: ContentNode): FiledDocument[] {
  if (node.versions.length === 0) return [];
  const parent = sandbox.store.contentNodes.get(String(node.parent));
  const values = Object.entries(node.categories).flatMap(([id, given]) => named(id, given));
  const metadata = {
    ...(node.description !== '' && { description: node.description }),
    ...(node.externalCreateDate !== null && { externalCreateDate: node.externalCreateDate }),
    ...(node.nickname !== null && { nickname: node.nickname }),
    ...(node.classifications.length > 0 && { classifications: namesOf(classifications, node.classifications) }),
    ...Object.fromEntries(values),
  };
  const record = recordOf(node.record, node.holds);
  const path = parent === undefined ? '' : [pathOf(sandbox, parent), parent.name].filter(Boolean).join('/');
  return [
    { service: 'content-server', path, name: node.name, metadata, record, ...describe(node.uuid, node.versions) },
  ];
}

/** Values by the names of their attributes; empty ones are left out. */
function named(id: string, given: Record<string, unknown>): [string, unknown][] {
  const { name, attributes } = categoryOf(id);
  return Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => {
      const [, set, row, inner] = key.split('_');
      const attribute = attributes.find((one) => String(one.id) === (inner ?? set));
      return [`${name}: ${attribute?.name ?? key}${inner === undefined ? '' : ` (${row})`}`, value];
    });
}

const namesOf = (list: readonly { id: number; name: string }[], ids: readonly number[]): string[] =>
  list.filter(({ id }) => ids.includes(id)).map(({ name }) => name);

function recordOf(record: RecordDetails | null, ids: number[]): FiledDocument['record'] {
  if (record === null && ids.length === 0) return null;
  return {
    ...(record !== null && {
      classification: namesOf(recordsClassifications, [record.classification])[0],
      classificationId: record.classification,
      fileNumber: record.fileNumber,
      fileStatus: record.fileStatus,
      official: record.official,
    }),
    ...(ids.length > 0 && { holds: namesOf(holds, ids) }),
  };
}

function blobsOf({ store }: Sandbox, instance: CmsInstance | undefined): Contents | undefined {
  return instance?.versions.flatMap(({ number, renditions, at }) => {
    const primary = renditions.find(({ rendition_type: type }) => type === 'primary') ?? renditions[0];
    const blob = store.blobs.get(primary?.blob_id ?? '');
    return blob === undefined ? [] : [{ ...blob, number, at }];
  });
}

function fromCoreContent(sandbox: Sandbox, instance: CmsInstance): FiledDocument[] {
  const contents = blobsOf(sandbox, instance) ?? [];
  if (instance.category !== 'file' || contents.length === 0) return [];
  const { cmsInstances } = sandbox.store;
  const names: string[] = [];
  for (let id = instance.given.parent_folder_id; id !== undefined; id = cmsInstances.get(id)?.given.parent_folder_id) {
    names.unshift(cmsInstances.get(id)?.given.name ?? '?');
  }
  const { name, description, properties, traits } = instance.given;
  const metadata = { type: instance.type, ...(description !== undefined && { description }), ...properties, ...traits };
  return [
    {
      service: 'core-content',
      path: names.join('/'),
      name,
      metadata,
      record: null,
      ...describe(instance.uuid, contents),
    },
  ];
}

const contentsOfPath = (resource: PathResource | undefined): Contents | undefined =>
  resource?.content ? [{ ...resource.content, number: 1, at: resource.modifiedAt }] : undefined;

function fromPath({ store }: Sandbox, resource: PathResource): FiledDocument[] {
  const contents = contentsOfPath(resource);
  const { tree, path, properties, uuid } = resource;
  if (contents === undefined) return [];
  // Metadata that lies beside its document is no document of its own.
  if (path.endsWith(sidecar) && store.pathResources.get(uuid.slice(0, -sidecar.length)) !== undefined) return [];
  const beside = store.pathResources.get(uuid + sidecar);
  const metadata = {
    ...Object.fromEntries(properties.map(({ name, text }) => [name, text])),
    ...(beside !== undefined && { metadata: nameOf(beside.path) }),
  };
  const id = Buffer.from(uuid).toString('base64url');
  const place = parentOf(path).slice(1);
  return [{ service: tree, path: place, name: nameOf(path), metadata, record: null, ...describe(id, contents) }];
}
