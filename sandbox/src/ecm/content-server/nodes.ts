import type { Sandbox } from '../../context';
import type { ContentNode } from '../model';
import { containerTypes } from './catalog';
import { createNode, readForm, versionOf } from './create';
import { listJson, propertiesOf, versionJson } from './json';
import { categoryVolume, classificationVolume, enterpriseVolume } from './seed';
import { bodyOf, csError, formOf, isMultipart, type Routes } from './service';
import { checkChangeable, checkName, childNamed, childrenOf, containerOf, nodeOf, pathOf, touch } from './tree';

const volumes: Record<string, number> = { 133: categoryVolume, 141: enterpriseVolume, 198: classificationVolume };

/** Nodes: reading, listing, creating, renaming, moving, deleting. */
export function nodeRoutes(sandbox: Sandbox, routes: Routes): void {
  const properties = (node: ContentNode) => propertiesOf(sandbox, node);

  routes
    .add('get', '/v2/volumes/:type', 'container', ({ params }) => {
      const id = volumes[params.type ?? ''];
      if (id === undefined) throw csError(404, 'There is no such volume.');
      return { status: 200, body: { results: { data: { properties: properties(nodeOf(sandbox, id)) } } } };
    })
    .add('get', '/v2/nodes/:id', 'find', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      const latest = node.versions.at(-1);
      const data = {
        categories: Object.values(node.categories),
        properties: properties(node),
        ...(latest !== undefined && { versions: versionJson(node, latest) }),
      };
      return { status: 200, body: { results: { data, path: pathOf(sandbox, node) } } };
    })
    .add('get', '/v1/nodes/:id', 'find', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      return { status: 200, body: { data: properties(node), type: node.type } };
    })
    .add('get', '/v2/nodes/:id/nodes', 'find', ({ params, query }) => {
      const parent = nodeOf(sandbox, params.id);
      const nodes = childrenOf(sandbox, parent.uuid)
        .filter((node) => nameMatches(node.name, query.get('where_name')) && typeMatches(node, query))
        .sort((a, b) => a.name.localeCompare(b.name));
      return { status: 200, body: listJson(nodes, (node) => ({ properties: properties(node) }), query) };
    })
    .add(
      'post',
      '/v2/nodes',
      (request) => (isMultipart(request) ? 'upload' : 'container'),
      (call) => createNode(sandbox, call),
    )
    .add('put', '/v2/nodes/:id', 'metadata', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const { name = node.name, parent_id: parentId = node.parent, description } = bodyOf(formOf(call));
      const parent = containerOf(sandbox, parentId);
      checkChangeable(node);
      const changed = touch(sandbox, node, {
        name: checkName(sandbox, parent.uuid, name, node.uuid),
        parent: Number(parent.uuid),
        ...(typeof description === 'string' && { description }),
      });
      return { status: 200, body: { results: { data: { properties: properties(changed) } } } };
    })
    .add('delete', '/v{n}/nodes/:id', 'record', async ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      if (node.type !== 144 && node.type !== 0) throw csError(403, 'Only documents and folders can be deleted here.');
      const all = [node];
      for (const one of all) all.push(...childrenOf(sandbox, one.uuid));
      all.forEach(checkChangeable);
      for (const one of all) sandbox.store.contentNodes.delete(one.uuid);
      await sandbox.ecm.remove(...all.flatMap(({ versions }) => versions.map(({ file }) => file)));
      return { status: 200, body: { results: {} } };
    })
    .add('post', '/v1/validation/nodes/names', 'find', (call) => {
      const { parent_id: parentId, names } = bodyOf(formOf(call));
      const parent = containerOf(sandbox, parentId);
      const taken = (Array.isArray(names) ? names : [names]).flatMap((name) => {
        const node = childNamed(sandbox, parent.uuid, String(name));
        return node === undefined ? [] : [{ id: Number(node.uuid), name: node.name }];
      });
      return { status: 200, body: { results: taken } };
    });
}

/** Versions of a document and their content. */
export function versionRoutes(sandbox: Sandbox, routes: Routes): void {
  const versionAt = (id: unknown, number: unknown) => {
    const node = nodeOf(sandbox, id);
    const version =
      number === 'latest' ? node.versions.at(-1) : node.versions.find((one) => String(one.number) === String(number));
    if (version === undefined) throw csError(404, `The item ${node.uuid} has no such version.`);
    return { node, version };
  };
  const content = (id: unknown, number: unknown) => {
    const { version } = versionAt(id, number);
    const name = encodeURIComponent(version.name);
    return {
      status: 200,
      headers: {
        'Content-Type': version.mimeType,
        'Content-Disposition': `attachment; filename*=UTF-8''${name}`,
      },
      content: version,
    };
  };

  routes
    .add('get', '/v2/nodes/:id/versions', 'find', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      const results = node.versions.toReversed().map((version) => ({ data: { versions: versionJson(node, version) } }));
      return { status: 200, body: { results } };
    })
    .add('get', '/v2/nodes/:id/versions/:number', 'find', ({ params }) => {
      const { node, version } = versionAt(params.id, params.number);
      return { status: 200, body: { results: { data: { versions: versionJson(node, version) } } } };
    })
    .add('get', '/v1/nodes/:id/versions', 'find', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      return { status: 200, body: { data: node.versions.map((version) => versionJson(node, version)) } };
    })
    .add('get', '/v1/nodes/:id/versions/:number', 'find', ({ params }) => {
      const { node, version } = versionAt(params.id, params.number);
      return { status: 200, body: { data: versionJson(node, version) } };
    })
    .add('get', '/v{n}/nodes/:id/versions/:number/content', 'read', ({ params }) => content(params.id, params.number))
    .add('get', '/v{n}/nodes/:id/content', 'read', ({ params }) => content(params.id, 'latest'))
    .add('post', '/v2/nodes/:id/versions', 'upload', async (call) => {
      const { form, file } = await readForm(call);
      const node = nodeOf(sandbox, call.params.id);
      if (node.type !== 144) throw csError(400, `The item ${node.uuid} is not a document.`);
      if (file === undefined) throw csError(400, 'A file is required for a version.');
      const description = String(bodyOf(form).description ?? '');
      if ([...description].length > 255) throw csError(400, 'The description has more than 255 characters.');
      checkChangeable(node);
      const version = versionOf(sandbox, (node.versions.at(-1)?.number ?? 0) + 1, file, description);
      const changed = touch(sandbox, node, { versions: [...node.versions, version] });
      return { status: 200, body: { results: { data: { versions: versionJson(changed, version) } } } };
    })
    .add('get', '/v2/multipart/settings', 'types', () => ({
      status: 200,
      body: { results: { data: { is_enabled: false, min_size: 104_857_600, max_size: 3_638_558_720 } } },
    }));
}

/** `where_name` finds the text anywhere; a prefix may narrow it. */
export function nameMatches(name: string, wanted: string | null): boolean {
  if (wanted === null) return true;
  const [, how, text = wanted] = /^(contains|startswith)_(.*)$/.exec(wanted) ?? [];
  const at = name.toLowerCase().indexOf(text.toLowerCase());
  return how === 'startswith' ? at === 0 : at >= 0;
}

/** `where_type`: numbers of types, or -1 for containers. */
function typeMatches(node: ContentNode, query: URLSearchParams): boolean {
  const wanted = query.getAll('where_type');
  if (wanted.length === 0) return true;
  return wanted.some((type) => (type === '-1' ? containerTypes.includes(node.type) : type === String(node.type)));
}
