import type { Request } from 'express';
import { ApiError } from '../../http/errors';
import type { EcmAnswer } from '../answer';
import type { PathResource } from '../model';
import { encodedPath, nameOf, type PathTree } from '../path-tree';
import { escapeXml, multistatus, type PropertyValue, propertyUpdates, propfindNames, type ResourceStatus } from './xml';

const largestBody = 1024 * 1024;
const ok = '200 OK';

/** PROPFIND (depth 0 and 1) and PROPPATCH. */
export async function properties(tree: PathTree, request: Request, path: string, mount: string): Promise<EcmAnswer> {
  const body = await textOf(request);
  const resource = tree.get(path);
  if (resource === undefined) throw new ApiError(404, 'Not Found');
  const hrefOf = ({ path: at, content }: PathResource): string =>
    `${mount}${encodedPath(at)}${content === null ? '/' : ''}`;
  const answer = (resources: ResourceStatus[]): EcmAnswer => ({
    status: 207,
    headers: { 'Content-Type': 'application/xml; charset=utf-8' },
    body: Buffer.from(multistatus(resources)),
  });

  if (request.method === 'PROPPATCH') {
    return answer([{ href: hrefOf(resource), parts: patch(tree, resource, body) }]);
  }
  const depth = request.headers.depth ?? 'infinity';
  if (depth !== '0' && depth !== '1') throw new ApiError(403, 'The depth "infinity" is not allowed.');
  const names = propfindNames(body);
  if (names === undefined) throw new ApiError(400, 'The body is not well-formed.');
  const listed = depth === '1' && resource.content === null ? [resource, ...tree.children(path)] : [resource];
  return answer(
    listed.map((one) => {
      const all = [...liveProperties(one), ...one.properties.map((own) => ({ ...own, xml: escapeXml(own.text) }))];
      const has = ({ space, name }: { space: string; name: string }) =>
        all.find((property) => property.space === space && property.name === name);
      const wanted = names === 'all' ? all : names;
      const missing = wanted.filter((name) => has(name) === undefined).map((name) => ({ ...name, xml: '' }));
      const found = wanted.flatMap((name) => has(name) ?? []);
      return {
        href: hrefOf(one),
        parts: [
          { status: ok, properties: found },
          { status: '404 Not Found', properties: missing },
        ],
      };
    }),
  );
}

function liveProperties({ path, content, etag, createdAt, modifiedAt }: PathResource): PropertyValue[] {
  const dav = (name: string, xml: string): PropertyValue => ({ space: 'DAV:', name, xml });
  const common = [
    dav('displayname', escapeXml(nameOf(path))),
    dav('creationdate', new Date(createdAt).toISOString()),
    dav('getlastmodified', new Date(modifiedAt).toUTCString()),
    dav('resourcetype', content === null ? '<D:collection/>' : ''),
  ];
  if (content === null) return common;
  return [
    ...common,
    dav('getcontentlength', String(content.size)),
    dav('getcontenttype', escapeXml(content.mimeType)),
    dav('getetag', escapeXml(etag)),
  ];
}

/** All or nothing: one property that cannot be set fails the others with 424. */
function patch(tree: PathTree, resource: PathResource, body: string): ResourceStatus['parts'] {
  const updates = propertyUpdates(body);
  if (updates === undefined) throw new ApiError(400, 'The body is not well-formed.');
  const named = updates.map(({ space, name }) => ({ space, name, xml: '' }));
  const isProtected = ({ space }: { space: string }): boolean => space === 'DAV:';
  if (updates.some(isProtected)) {
    return [
      { status: '403 Forbidden', properties: named.filter(isProtected) },
      { status: '424 Failed Dependency', properties: named.filter((name) => !isProtected(name)) },
    ];
  }
  const kept = resource.properties.filter(
    (old) => !updates.some(({ space, name }) => old.space === space && old.name === name),
  );
  const set = updates.flatMap(({ space, name, text }) => (text === null ? [] : [{ space, name, text }]));
  tree.change(resource, { properties: [...kept, ...set] });
  return [{ status: ok, properties: named }];
}

async function textOf(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new ApiError(413, 'Request Entity Too Large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
