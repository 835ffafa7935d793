import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { timestamp } from '../../clock';
import type { Sandbox } from '../../context';
import { type EcmCall, type EcmWork, ecmCall } from '../answer';
import type { Blob, EcmStep } from '../model';
import { coreError, coreService, withToken } from './service';

/** Content Storage, to be mounted at `/css`: blobs without names or folders. */
export function contentStorage(sandbox: Sandbox): Router {
  const { blobs } = sandbox.store;
  const router = Router();
  const on = (step: EcmStep, work: EcmWork) => ecmCall(sandbox, coreService, step, withToken(sandbox, work));

  const receive = async (call: EcmCall): Promise<Blob> => {
    const file = (await call.takeForm()).find((part) => 'stored' in part);
    if (file === undefined || !('stored' in file)) throw coreError(400, 'The form has no file.');
    const { stored, filename: name, mimeType } = file;
    return blobs.put({ ...stored, uuid: randomUUID(), name, mimeType, at: sandbox.clock.now() });
  };
  const blobOf = ({ params }: EcmCall): Blob => {
    const blob = blobs.get(params.id ?? '');
    if (blob === undefined) throw coreError(404, 'The file does not exist.');
    return blob;
  };
  const content = on('read', (call) => {
    const blob = blobOf(call);
    return { status: 200, headers: { 'Content-Type': blob.mimeType }, content: blob };
  });

  router.post(
    '/v3/files/fromStream',
    on('upload', async (call) => ({ status: 201, body: blobJson(await receive(call)) })),
  );
  router.post(
    '/v2/content',
    on('upload', async (call) => ({ status: 201, body: { entries: [blobJson(await receive(call))] } })),
  );
  router.get(
    '/v3/files/:id',
    on('find', (call) => ({ status: 200, body: blobJson(blobOf(call)) })),
  );
  router.get(['/v3/files/:id/stream', '/v2/content/:id/download'], content);
  router.delete(
    '/v3/files/:id',
    on('record', async (call) => {
      const blob = blobOf(call);
      blobs.delete(blob.uuid);
      await sandbox.ecm.remove(blob.file);
      return { status: 204 };
    }),
  );
  router.use((_request, response) => void response.status(404).json(coreError(404, 'There is no such path.').body));
  return router;
}

const blobJson = ({ uuid, name, mimeType, size, at }: Blob) => ({
  id: uuid,
  originalFileName: name,
  mimeType,
  size,
  createTime: timestamp(at),
});
