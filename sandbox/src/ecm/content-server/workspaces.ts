import type { Sandbox } from '../../context';
import type { ContentNode } from '../model';
import { newCategories } from './attributes';
import { externalSystems, workspaceTypes } from './catalog';
import { listJson, propertiesOf } from './json';
import { nameMatches } from './nodes';
import { bodyOf, csError, formOf, type Routes } from './service';
import { addNode, checkName, containerOf, nodeOf, touch } from './tree';

interface BusinessObject {
  system: string;
  type: string;
  id: string;
}

/** Business workspaces, their types, and the business objects of external systems. */
export function workspaceRoutes(sandbox: Sandbox, routes: Routes): void {
  const workspaces = () => sandbox.store.contentNodes.all().filter(({ type }) => type === 848);
  const linkedTo = ({ system, type, id }: BusinessObject) =>
    workspaces().find(({ businessObjects }) =>
      businessObjects.some((one) => one.system === system && one.type === type && one.id === id),
    );
  const data = (node: ContentNode) => ({ properties: propertiesOf(sandbox, node) });

  /** @throws ApiError 400 for what the external system does not have, or what has a workspace already */
  const linkable = (given: BusinessObject, self?: string): BusinessObject => {
    checkObject(given);
    const other = linkedTo(given);
    if (other !== undefined && other.uuid !== self) {
      throw csError(400, `The business object ${given.id} already has a workspace.`);
    }
    return given;
  };

  routes
    .add('get', '/v2/externalsystems', 'types', () => ({
      status: 200,
      body: {
        results: externalSystems.map(({ name }) => ({ data: { properties: { external_system_id: name, name } } })),
      },
    }))
    .add('get', '/v2/externalsystems/:system/botypes/:type/boids/:id', 'container', ({ params }) => {
      const { system = '', type = '', id = '' } = params;
      checkObject({ system, type });
      const node = linkedTo({ system, type, id });
      if (node === undefined) throw csError(404, `No workspace exists for the business object ${id}.`);
      return { status: 200, body: { results: [{ data: data(node) }] } };
    })
    .add('get', '/v2/businessworkspacetypes', 'types', ({ query }) => {
      const types = workspaceTypes.filter(({ name }) => nameMatches(name, query.get('where_name')));
      const results = types.map(({ id, name, template }) => ({
        data: {
          properties: {
            wksp_type_id: id,
            wksp_type_name: name,
            rm_enabled: true,
            templates: [{ id: template, name: `${name} Template`, subtype: 848 }],
          },
        },
      }));
      return { status: 200, body: { results } };
    })
    .add('get', '/v2/businessworkspaces', 'container', ({ query }) => {
      const id = query.get('where_workspace_type_id');
      // As the service does it: a name of a type means every type that starts with it.
      const typeName = query.get('where_workspace_type_name')?.toLowerCase();
      const types = workspaceTypes.filter(
        (type) =>
          (id === null || String(type.id) === id) &&
          (typeName === undefined || type.name.toLowerCase().startsWith(typeName)),
      );
      const found = workspaces()
        .filter((node) => types.some((type) => type.id === node.workspaceType))
        .filter((node) => nameMatches(node.name, query.get('where_name')))
        .sort((a, b) => a.name.localeCompare(b.name));
      return { status: 200, body: listJson(found, data, query) };
    })
    .add('get', '/v2/businessworkspaces/:id', 'container', ({ params }) => {
      const node = workspaceOf(sandbox, params.id);
      return { status: 200, body: { results: { data: { ...data(node), business_properties: node.businessObjects } } } };
    })
    .add('post', '/v2/businessworkspaces', 'container', (call) => {
      const given = bodyOf(formOf(call));
      const type = workspaceTypes.find(
        ({ id, template }) =>
          String(template) === String(given.template_id) || String(id) === String(given.wksp_type_id),
      );
      if (type === undefined) throw csError(400, 'The workspace type or its template does not exist.');
      const parent = containerOf(sandbox, given.parent_id ?? type.location);
      const roles = (given.roles ?? {}) as { categories?: unknown };
      const isLinked = given.bo_id !== undefined;
      const node = addNode(sandbox, parent, 848, checkName(sandbox, parent.uuid, given.name ?? given.bo_id), {
        workspaceType: type.id,
        description: typeof given.description === 'string' ? given.description : '',
        categories: newCategories(roles.categories),
        businessObjects: isLinked ? [linkable(objectOf(given))] : [],
      });
      return { status: 201, body: { results: { id: Number(node.uuid), direct_open: true } } };
    })
    .add('put', '/v2/businessworkspaces/:id/workspacereferences', 'container', (call) => {
      const node = workspaceOf(sandbox, call.params.id);
      const object = linkable(objectOf(bodyOf(formOf(call))), node.uuid);
      const others = node.businessObjects.filter(
        ({ system, type }) => system !== object.system || type !== object.type,
      );
      touch(sandbox, node, { businessObjects: [...others, object] });
      return { status: 200, body: { results: { id: Number(node.uuid) } } };
    });
}

const objectOf = (given: Record<string, unknown>): BusinessObject => ({
  system: String(given.ext_system_id ?? ''),
  type: String(given.bo_type ?? ''),
  id: String(given.bo_id ?? ''),
});

/** @throws ApiError 400; leading zeros of an id count */
function checkObject({ system, type, id }: Omit<BusinessObject, 'id'> & { id?: string }): void {
  const types = externalSystems.find(({ name }) => name === system)?.types;
  if (types === undefined) throw csError(400, `The external system ${system} does not exist.`);
  const ids = types[type];
  if (ids === undefined) throw csError(400, `The business object type ${type} does not exist in ${system}.`);
  if (id !== undefined && !ids.includes(id))
    throw csError(400, `The business object ${id} does not exist in ${system}.`);
}

function workspaceOf(sandbox: Sandbox, id: unknown): ContentNode {
  const node = nodeOf(sandbox, id);
  if (node.type !== 848) throw csError(400, `The item ${node.uuid} is not a business workspace.`);
  return node;
}
