import { type Request, Router } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type EcmAnswer, type EcmCall, type EcmService, ecmCall } from '../answer';
import type { EcmStep, PathResource } from '../model';
import { decodedPath, encodedPath, isAuthorized, PathTree, parentOf, preconditionsHold } from '../path-tree';
import { properties } from './properties';

const mount = '/webdav';
const methods = 'OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, MOVE, PROPFIND, PROPPATCH';

const page = (status: number, text: string): string =>
  `<!DOCTYPE html><html><head><title>${status}</title></head><body><p>${text}</p></body></html>`;
const refuse = (status: number, text: string, headers: Record<string, string> = {}): ApiError =>
  new ApiError(status, page(status, text), headers);

const service: EcmService = {
  name: 'webdav',
  refusal: (status, text) => refuse(status, text),
  quotaFull: () => refuse(507, 'Insufficient Storage'),
  retained: () => refuse(423, 'Locked'),
};

const steps: Record<string, EcmStep> = {
  PROPFIND: 'find',
  HEAD: 'find',
  GET: 'read',
  MKCOL: 'container',
  PUT: 'upload',
  PROPPATCH: 'metadata',
  MOVE: 'metadata',
  DELETE: 'record',
};

/** A WebDAV server that honours preconditions (RFC 4918, classes 1 and 3), to be mounted at the root. */
export function webDav(sandbox: Sandbox): Router {
  const router = Router();
  const tree = new PathTree(sandbox, 'webdav');
  const handler = ecmCall(
    sandbox,
    service,
    ({ method }) => steps[method] ?? 'find',
    (call) => {
      if (!isAuthorized(sandbox, call.request)) {
        throw refuse(401, 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="WebDAV"' });
      }
      const path = decodedPath(call.path, mount);
      if (path === undefined) throw refuse(400, 'Bad Request');
      return act(sandbox, tree, call, path);
    },
  );
  router.use(mount, handler);
  return router;
}

function act(sandbox: Sandbox, tree: PathTree, call: EcmCall, path: string): EcmAnswer | Promise<EcmAnswer> {
  const { request } = call;
  switch (request.method) {
    case 'OPTIONS':
      return { status: 200, headers: { DAV: '1, 3', Allow: methods } };
    case 'PROPFIND':
    case 'PROPPATCH':
      return properties(tree, request, path, mount);
    case 'GET':
    case 'HEAD':
      return get(tree, path);
    case 'PUT':
      return put(sandbox, tree, call, path);
    case 'MKCOL':
      return makeCollection(tree, request, path);
    case 'MOVE':
      return move(sandbox, tree, call, path);
    case 'DELETE':
      return remove(sandbox, tree, request, path);
    default:
      throw refuse(405, 'Method Not Allowed', { Allow: methods });
  }
}

function existing(tree: PathTree, path: string): PathResource {
  const resource = tree.get(path);
  if (resource === undefined) throw refuse(404, 'Not Found');
  return resource;
}

function get(tree: PathTree, path: string): EcmAnswer {
  const { content, etag, modifiedAt } = existing(tree, path);
  if (content === null) return { status: 200, type: 'html', body: page(200, 'A collection.') };
  const headers = {
    'Content-Type': content.mimeType,
    ETag: etag,
    'Last-Modified': new Date(modifiedAt).toUTCString(),
  };
  return { status: 200, headers, content };
}

async function put(sandbox: Sandbox, tree: PathTree, call: EcmCall, path: string): Promise<EcmAnswer> {
  const check = (): void => {
    if (!preconditionsHold(call.request, tree.get(path))) throw refuse(412, 'Precondition Failed');
    if (tree.isCollection(path)) throw refuse(405, 'Method Not Allowed', { Allow: methods });
    if (!tree.isCollection(parentOf(path))) throw refuse(409, 'Conflict: the parent collection does not exist.');
  };
  check();
  const stored = await call.takeBody();
  // Somebody else may have been faster while the body arrived.
  check();
  const old = tree.get(path);
  const mimeType = call.request.headers['content-type'] ?? 'application/octet-stream';
  tree.put(path, { ...stored, mimeType });
  if (old?.content) await sandbox.ecm.remove(old.content.file);
  return { status: old === undefined ? 201 : 204 };
}

async function makeCollection(tree: PathTree, request: Request, path: string): Promise<EcmAnswer> {
  if (Number(request.headers['content-length'] ?? 0) > 0) throw refuse(415, 'Unsupported Media Type');
  if (tree.get(path) !== undefined) throw refuse(405, 'Method Not Allowed', { Allow: methods });
  if (!tree.isCollection(parentOf(path))) throw refuse(409, 'Conflict: the parent collection does not exist.');
  tree.put(path, null);
  return { status: 201, headers: { Location: `${mount}${encodedPath(path)}/` } };
}

async function move(sandbox: Sandbox, tree: PathTree, { request }: EcmCall, path: string): Promise<EcmAnswer> {
  const source = existing(tree, path);
  if (path === '') throw refuse(403, 'Forbidden');
  if (!preconditionsHold(request, source)) throw refuse(412, 'Precondition Failed');
  const url = URL.parse(String(request.headers.destination ?? ''), sandbox.baseUrl);
  if (url === null) throw refuse(400, 'The header Destination is missing.');
  if (url.host !== request.headers.host || !url.pathname.startsWith(`${mount}/`)) throw refuse(502, 'Bad Gateway');
  const to = decodedPath(url.pathname, mount);
  if (to === undefined || to === '') throw refuse(400, 'Bad Request');
  if (to === path || to.startsWith(`${path}/`)) throw refuse(403, 'Forbidden');
  if (!tree.isCollection(parentOf(to))) throw refuse(409, 'Conflict: the parent collection does not exist.');
  const isTaken = tree.get(to) !== undefined;
  if (isTaken && request.headers.overwrite === 'F') throw refuse(412, 'Precondition Failed');
  const replaced = isTaken ? tree.delete(to) : [];
  tree.move(path, to);
  await sandbox.ecm.remove(...replaced);
  return { status: isTaken ? 204 : 201 };
}

async function remove(sandbox: Sandbox, tree: PathTree, request: Request, path: string): Promise<EcmAnswer> {
  const resource = existing(tree, path);
  if (path === '') throw refuse(403, 'Forbidden');
  if (!preconditionsHold(request, resource)) throw refuse(412, 'Precondition Failed');
  await sandbox.ecm.remove(...tree.delete(path));
  return { status: 204 };
}
