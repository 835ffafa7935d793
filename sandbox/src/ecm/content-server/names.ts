import type { Sandbox } from '../../context';
import { listJson, propertiesOf } from './json';
import { bodyOf, csError, formOf, type Routes } from './service';
import { nodeOf, touch } from './tree';

/** The form in which a nickname is kept. */
const normalised = (nickname: string): string => nickname.replace(/[-:/& ]/g, '_');

/** Nicknames, which are unique in the whole server, and search. */
export function nameRoutes(sandbox: Sandbox, routes: Routes): void {
  const nicknamed = (nickname: string) =>
    sandbox.store.contentNodes.all().find((node) => node.nickname?.toLowerCase() === nickname.toLowerCase());

  routes
    .add('get', '/v2/nicknames/:nickname/nodes', 'find', ({ params }) => {
      const node = nicknamed(normalised(params.nickname ?? ''));
      if (node === undefined) throw csError(404, `The nickname '${params.nickname}' does not exist.`);
      return { status: 200, body: { results: { data: { properties: propertiesOf(sandbox, node) } } } };
    })
    .add('get', '/v2/nodes/:id/nicknames', 'find', ({ params }) => {
      const { nickname } = nodeOf(sandbox, params.id);
      return { status: 200, body: { results: { data: { nicknames: nickname === null ? [] : [{ nickname }] } } } };
    })
    .add('put', '/v2/nodes/:id/nicknames', 'metadata', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const nickname = normalised(String(bodyOf(formOf(call)).nickname ?? '').trim());
      if (nickname === '') throw csError(400, 'The nickname is required.');
      const other = nicknamed(nickname);
      if (other !== undefined && other.uuid !== node.uuid) {
        throw csError(400, `The nickname '${nickname}' is already in use.`);
      }
      touch(sandbox, node, { nickname });
      return { status: 200, body: { results: { data: {} } } };
    })
    .add('get', '/v2/uniquenames', 'find', ({ query }) => {
      const names = (query.get('where_names') ?? '').replace(/[{}]/g, '').split(',');
      const results = names.flatMap((name) => {
        const node = nicknamed(normalised(name.trim()));
        return node === undefined ? [] : [{ NodeId: Number(node.uuid), Name: name.trim() }];
      });
      return { status: 200, body: { results } };
    })
    .add('post', '/v2/search', 'find', (call) => {
      const given = bodyOf(formOf(call));
      const conditions = conditionsOf(String(given.where ?? ''), given.lookfor === 'complexQuery');
      // The index lags: the fault `stale` shows it as it was before anything was filed.
      const nodes = sandbox.store.contentNodes
        .all()
        .filter((node) => !(call.rule?.kind === 'stale' && node.type === 144))
        .filter((node) => conditions.every((holds) => holds(node)));
      const query = new URLSearchParams({ page: String(given.page ?? 1), limit: String(given.limit ?? 10) });
      return { status: 200, body: listJson(nodes, (node) => ({ properties: propertiesOf(sandbox, node) }), query) };
    });
}

type Condition = (node: ReturnType<typeof nodeOf>) => boolean;

const regions: Record<string, (node: ReturnType<typeof nodeOf>) => string> = {
  otname: ({ name }) => name,
  otsubtype: ({ type }) => String(type),
  otdataid: ({ uuid }) => uuid,
  otparentid: ({ parent }) => String(parent),
  otmimetype: ({ versions }) => versions.at(-1)?.mimeType ?? '',
};

/**
 * Reads a query: regions such as `OTName:"x"` or `Attr_12508_3:"y"` joined by AND; any other text is looked for in names.
 *
 * @throws ApiError 400 for a region that does not exist
 */
function conditionsOf(where: string, isComplex: boolean): Condition[] {
  if (!isComplex) return [({ name }) => name.toLowerCase().includes(where.toLowerCase())];
  return where.split(/\s+AND\s+/i).map((term): Condition => {
    const [, region, quoted, bare] = /^\(?\s*(\w+)\s*:\s*(?:"([^"]*)"|([^\s")]+))\s*\)?$/.exec(term.trim()) ?? [];
    const wanted = (quoted ?? bare ?? '').toLowerCase();
    if (region === undefined) return ({ name }) => name.toLowerCase().includes(term.replaceAll('"', '').toLowerCase());
    const [, category, attribute] = /^Attr_(\d+)_([\d_]+)$/i.exec(region) ?? [];
    if (category !== undefined) {
      return ({ categories }) =>
        [categories[category]?.[`${category}_${attribute}`] ?? []]
          .flat()
          .some((v) => String(v).toLowerCase() === wanted);
    }
    const read = regions[region.toLowerCase()];
    if (read === undefined) throw csError(400, `The region ${region} does not exist.`);
    return (node) => read(node).toLowerCase() === wanted;
  });
}
