import type { Sandbox } from '../../context';
import type { ContentNode, FileVersion } from '../model';
import { containerTypes, typeNames } from './catalog';
import { childrenOf } from './tree';

const user = 1000;

/** An instant as Content Server writes it. */
export const csTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** The properties of a node. */
export function propertiesOf(sandbox: Sandbox, node: ContentNode) {
  const latest = node.versions.at(-1);
  const isContainer = containerTypes.includes(node.type);
  const size = isContainer ? childrenOf(sandbox, node.uuid).length : (latest?.size ?? null);
  return {
    id: Number(node.uuid),
    name: node.name,
    parent_id: node.parent,
    volume_id: -2000,
    type: node.type,
    type_name: typeNames[node.type] ?? '',
    description: node.description,
    container: isContainer,
    container_size: isContainer ? size : 0,
    size,
    size_formatted: isContainer ? `${size} Items` : `${Math.ceil((latest?.size ?? 0) / 1024)} KB`,
    mime_type: latest?.mimeType ?? null,
    create_date: csTime(node.createdAt),
    create_user_id: user,
    modify_date: csTime(node.modifiedAt),
    modify_user_id: user,
    owner_user_id: user,
    external_create_date: node.externalCreateDate,
    external_identity: '',
    external_source: '',
    reserved: false,
    versionable: node.type === 144,
    versions_control_advanced: false,
    ...(node.workspaceType !== null && { wksp_type_id: node.workspaceType }),
  };
}

/** A version of a document. The service shows no hash. */
export const versionJson = (node: ContentNode, version: FileVersion) => ({
  id: Number(node.uuid),
  version_id: Number(node.uuid) * 1000 + version.number,
  version_number: version.number,
  version_number_major: 0,
  version_number_minor: version.number,
  version_number_name: String(version.number),
  name: node.name,
  file_name: version.name,
  file_size: version.size,
  file_type: version.name.includes('.') ? version.name.slice(version.name.lastIndexOf('.') + 1) : '',
  mime_type: version.mimeType,
  description: version.description,
  create_date: csTime(version.at),
  file_create_date: csTime(version.at),
  modify_date: csTime(version.at),
  owner_id: user,
  provider_id: 1,
  locked: false,
});

/** One page of nodes, in the shape of every list of version 2. */
export function listJson<T>(items: T[], toJson: (item: T) => object, query: URLSearchParams) {
  const limit = Math.min(Math.max(Number(query.get('limit')) || 25, 1), 500);
  const page = Math.max(Number(query.get('page')) || 1, 1);
  const from = (page - 1) * limit;
  const shown = items.slice(from, from + limit);
  return {
    collection: {
      paging: {
        limit,
        page,
        page_total: Math.max(Math.ceil(items.length / limit), 1),
        range_max: from + shown.length,
        range_min: shown.length === 0 ? 0 : from + 1,
        total_count: items.length,
      },
      sorting: { sort: ['asc_name'] },
    },
    results: shown.map((item) => ({ data: toJson(item) })),
  };
}
