import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/** The largest request body; base64 makes a file a third larger. */
const maxBody = '64mb';

/** A part of a multipart request that is a file. */
export interface UploadedFile {
  name: string;
  content: Buffer;
}

/** Reads JSON, form and multipart bodies into `request.body`. */
export function bodies(): RequestHandler[] {
  return [
    express.json({ limit: maxBody, strict: false, type: ['application/json', 'application/*+json'] }),
    express.urlencoded({ limit: maxBody, extended: false }),
    express.raw({ limit: maxBody, type: 'multipart/form-data' }),
    (request, _response, next) => {
      if (request.is('multipart/form-data') && Buffer.isBuffer(request.body)) {
        multipart(request).then(() => next(), next);
      } else next();
    },
  ];
}

/** Refusals of the body parsers in the shape of the API. */
export function bodyErrors(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const { type, status } = error as { type?: string; status?: number };
  if (response.headersSent || status === undefined) {
    next(error);
    return;
  }
  const detail = type === 'entity.parse.failed' ? 'JSON parse error - the body is not valid JSON.' : 'Bad request.';
  response.status(status).json({ detail: status === 413 ? 'The request is too large.' : detail });
}

/**
 * Turns a multipart request into the same body as JSON: the whole configuration in a field `data`, or single fields
 * with signers as `signer[0]email`; the file of the part `file` joins as base64 content.
 */
async function multipart(request: Request): Promise<void> {
  const type = request.headers['content-type'] ?? '';
  const platformBody = new globalThis.Response(new Uint8Array(request.body), { headers: { 'content-type': type } });
  const form = await platformBody.formData().catch(() => {
    throw Object.assign(new Error('The multipart body cannot be read.'), { status: 400 });
  });
  const body: Record<string, unknown> = {};
  const signers: Record<string, unknown>[] = [];
  for (const [name, value] of form) {
    if (typeof value !== 'string') {
      if (name !== 'file') continue;
      body.file_from_content = Buffer.from(await value.arrayBuffer()).toString('base64');
      body.file_from_content_name = value.name;
      continue;
    }
    const signer = /^signers?\[(\d{1,3})\]\.?\[?(\w+)\]?$/.exec(name);
    if (name === 'data') Object.assign(body, parse(value));
    else if (signer) {
      const place = Number(signer[1]);
      signers[place] = { ...signers[place], [signer[2] ?? '']: value };
    } else body[name] = value;
  }
  if (signers.length > 0) body.signers = [...signers].map((signer) => signer ?? {});
  request.body = body;
}

function parse(json: string): object {
  try {
    return JSON.parse(json);
  } catch {
    throw Object.assign(new Error('The field data is not valid JSON.'), { status: 400, type: 'entity.parse.failed' });
  }
}
