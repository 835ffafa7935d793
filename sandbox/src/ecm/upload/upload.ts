import { Router } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type EcmAnswer, type EcmCall, type EcmService, ecmCall } from '../answer';
import type { EcmStep, PathResource } from '../model';
import { decodedPath, encodedPath, isAuthorized, PathTree, preconditionsHold } from '../path-tree';

const mount = '/upload';

const refuse = (status: number, error: string, headers: Record<string, string> = {}): ApiError =>
  new ApiError(status, { error }, headers);

const service: EcmService = {
  name: 'http',
  refusal: (status, text) => refuse(status, text),
  quotaFull: () => refuse(507, 'There is no space left.'),
  retained: () => refuse(423, 'The document is locked by a retention rule.'),
};

const steps: Record<string, EcmStep> = { GET: 'read', HEAD: 'find', PUT: 'upload', POST: 'upload', DELETE: 'record' };

/** A plain HTTP target: PUT of a document with preconditions, or POST of a form. To be mounted at the root. */
export function uploads(sandbox: Sandbox): Router {
  const router = Router();
  const tree = new PathTree(sandbox, 'http');
  const handler = ecmCall(
    sandbox,
    service,
    ({ method }) => steps[method] ?? 'find',
    (call) => {
      if (!isAuthorized(sandbox, call.request)) {
        throw refuse(401, 'The credentials are missing or wrong.', { 'WWW-Authenticate': 'Basic realm="upload"' });
      }
      const path = decodedPath(call.path, mount);
      if (path === undefined) throw refuse(400, 'The path is not allowed.');
      return act(sandbox, tree, call, path);
    },
  );
  router.use(mount, handler);
  return router;
}

async function act(sandbox: Sandbox, tree: PathTree, call: EcmCall, path: string): Promise<EcmAnswer> {
  const { request } = call;
  const resource = tree.get(path);
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      if (!resource?.content) throw refuse(404, 'There is no such document.');
      const headers = { 'Content-Type': resource.content.mimeType, ETag: resource.etag };
      return { status: 200, headers, content: resource.content };
    }
    case 'PUT': {
      if (path === '') throw refuse(405, 'Give the path of a document.');
      if (!preconditionsHold(request, resource)) throw refuse(412, 'A document is already there.');
      const stored = await call.takeBody();
      const old = tree.get(path);
      if (!preconditionsHold(request, old)) throw refuse(412, 'A document is already there.');
      const mimeType = request.headers['content-type'] ?? 'application/octet-stream';
      const { etag } = tree.put(path, { ...stored, mimeType }, { key: keyOf(call) });
      if (old?.content) await sandbox.ecm.remove(old.content.file);
      return { status: old === undefined ? 201 : 204, headers: { ETag: etag } };
    }
    case 'POST':
      return post(sandbox, tree, call, path);
    case 'DELETE':
      if (!resource?.content) throw refuse(404, 'There is no such document.');
      if (!preconditionsHold(request, resource)) throw refuse(412, 'The document has changed.');
      sandbox.store.pathResources.delete(resource.uuid);
      await sandbox.ecm.remove(resource.content.file);
      return { status: 204 };
    default:
      throw refuse(405, 'The method is not supported.', { Allow: 'GET, HEAD, PUT, POST, DELETE' });
  }
}

const keyOf = ({ request }: EcmCall): string | null => {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' ? key : null;
};

/** A form with one file. The same `Idempotency-Key` gets the answer of the first time. */
async function post(sandbox: Sandbox, tree: PathTree, call: EcmCall, base: string): Promise<EcmAnswer> {
  const parts = await call.takeForm().catch((error: unknown) => {
    throw error instanceof Error && error.message.includes('boundary')
      ? refuse(415, 'Send multipart/form-data.')
      : error;
  });
  const file = parts.find((part) => 'stored' in part);
  if (file === undefined || !('stored' in file)) throw refuse(400, 'The form has no file.');
  const { stored, filename, mimeType } = file;
  const fields = parts.flatMap((part) => ('text' in part ? [{ space: '', name: part.name, text: part.text }] : []));
  const claimed = fields.find(({ name }) => name === 'sha256')?.text;
  if (claimed !== undefined && claimed !== stored.sha256)
    throw refuse(422, 'The content does not have the given SHA-256.');
  const key = keyOf(call);
  const earlier = key === null ? undefined : tree.below('').find((resource) => resource.key === key);
  if (earlier !== undefined) {
    if (earlier.content?.sha256 !== stored.sha256) throw refuse(422, 'The key was used for another content.');
    await sandbox.ecm.remove(stored.file);
    return made(earlier, 200);
  }
  const folder = fields.find(({ name }) => name === 'path')?.text ?? '';
  const path = decodedPath(`/${folder}/${encodeURIComponent(filename)}`, '');
  if (path === undefined) throw refuse(400, 'The name of the file is not allowed.');
  if (tree.get(base + path) !== undefined) throw refuse(409, 'A document with the name already exists.');
  return made(tree.put(base + path, { ...stored, mimeType }, { key, properties: fields }), 201);
}

const made = ({ path, content }: PathResource, status: number): EcmAnswer => ({
  status,
  headers: { Location: `${mount}${encodedPath(path)}` },
  body: { location: `${mount}${encodedPath(path)}`, size: content?.size, sha256: content?.sha256 },
});
