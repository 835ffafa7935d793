import type { Request, Response, Router } from 'express';
import type { Sandbox } from '../context';

/** `GET /files/…`: pre-signed downloads as the object store behind the service answers them. */
export function fileDownloads(sandbox: Sandbox, router: Router): void {
  router.get('/files/:name/:shownAs', async (request, response) => {
    const { name, shownAs } = request.params;
    const { Expires = '', Signature = '' } = request.query;
    if (request.headers.authorization !== undefined) {
      return refuse(response, 400, 'InvalidArgument', 'Only one auth mechanism allowed.');
    }
    const verdict = sandbox.files.check(name, String(Expires), String(Signature));
    if (verdict === 'forged') return refuse(response, 403, 'SignatureDoesNotMatch', 'The signature does not match.');
    if (verdict === 'expired' || takeFault(sandbox, 'expire')) {
      return refuse(response, 403, 'AccessDenied', 'Request has expired');
    }
    const content = await sandbox.files.read(name).catch(() => undefined);
    if (content === undefined) return refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    const bytes = takeFault(sandbox, 'corrupt') ? corrupted(content) : content;
    // Uploaded HTML must not run in the sandbox's own pages.
    response.set({ 'Content-Security-Policy': 'sandbox', 'X-Content-Type-Options': 'nosniff' });
    response.type(shownAs.includes('.') ? shownAs.slice(shownAs.lastIndexOf('.')) : 'application/octet-stream');
    if (takeFault(sandbox, 'truncate')) return truncate(request, response, bytes);
    response.send(bytes);
  });
}

function takeFault(sandbox: Sandbox, name: 'expire' | 'corrupt' | 'truncate'): boolean {
  const happens = sandbox.faults.take('downloads', name);
  sandbox.store.commit();
  return happens;
}

function refuse(response: Response, status: number, code: string, message: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.status(status).type('application/xml').send(xml);
}

/** The same length with other bytes in the middle. */
function corrupted(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const middle = Math.floor(copy.length / 2);
  for (let i = middle; i < Math.min(middle + 16, copy.length); i++) copy[i] = (copy[i] ?? 0) ^ 0xff;
  return copy;
}

/** Promises the whole file, sends half of it, and hangs up. */
function truncate(request: Request, response: Response, content: Buffer): void {
  response.set('Content-Length', String(content.length));
  response.write(content.subarray(0, Math.floor(content.length / 2)), () => request.socket.destroy());
}
