import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { isWayClear } from './clear-way';
import { type CapturedRequest, captureRawBodies, maxBodyBytes } from './raw-body';

/** What became of a webhook; the HTTP status is all that the sender learns. */
export interface WebhookAnswer {
  status: 200 | 400 | 401 | 413 | 503;
}

/** Takes the body of one webhook; answers only when what it carries is safely on disk. */
export type WebhookReceiver = (body: Buffer) => Promise<WebhookAnswer>;

const folder = '/core-signature/events';
const route = `${folder}/:path`;

/**
 * The webhook route of all accounts on the runtime's own HTTP server.
 *
 * There is one Express route per process, registered once; accounts come and go in a table behind it, so a redeploy can
 * neither leave a dead route behind nor remove a foreign one.
 */
export class WebhookRoute {
  readonly #receivers = new Map<string, WebhookReceiver>();
  /** False when the runtime serves no HTTP for flows at all. */
  readonly available: boolean;
  readonly #prefix: string;

  constructor(RED: NodeAPI) {
    const settings = RED.settings as {
      httpNodeRoot?: string | false;
      httpNodeMiddleware?: RequestHandler | RequestHandler[];
    };
    this.available = settings.httpNodeRoot !== false;
    this.#prefix = join(settings.httpNodeRoot || '', folder);
    if (!this.available) return;
    captureRawBodies(RED.httpNode, `${this.#prefix}/`, (request, response) =>
      this.#answerAtOnce(RED, request, response),
    );
    const middleware = [settings.httpNodeMiddleware ?? []].flat();
    RED.httpNode.post(route, ...middleware, (request: Request, response: Response, next: NextFunction) => {
      this.#handle(request, response).catch(next);
    });
  }

  /** Serves an account's webhook under its secret path; returns how to stop. The newest account on a path wins. */
  open(path: string, receiver: WebhookReceiver): () => void {
    this.#receivers.set(path, receiver);
    return () => {
      if (this.#receivers.get(path) === receiver) this.#receivers.delete(path);
    };
  }

  /** The address the service has to call, or null where there is none. */
  url(publicUrl: string, path: string): string | null {
    return this.available && publicUrl !== '' ? join(publicUrl, this.#prefix, path) : null;
  }

  /** Answers without the detour through all apps, where nobody could have refused the request on it. */
  #answerAtOnce(RED: NodeAPI, request: CapturedRequest, response: ServerResponse): boolean {
    const [path = ''] = (request.url ?? '').slice(this.#prefix.length + 1).split('?');
    const receiver = this.#receivers.get(path);
    if (!receiver || !request.rawBody || !isWayClear(RED, route, `${folder}/${path}`)) return false;
    void this.#answer(receiver, request.rawBody, response);
    return true;
  }

  async #handle(
    request: CapturedRequest & { params: { path?: string | string[] } },
    response: Response,
  ): Promise<void> {
    const receiver = this.#receivers.get(String(request.params.path));
    if (!receiver) {
      response.sendStatus(404);
      return;
    }
    const body = request.rawBody ?? (await remainingBody(request));
    await this.#answer(receiver, body, response);
  }

  async #answer(receiver: WebhookReceiver, body: Buffer | null, response: ServerResponse): Promise<void> {
    const { status } = body ? await receiver(body).catch(unexpected) : { status: 413 };
    // The status is the whole answer: no text, type or tag to be worked out for it.
    response.writeHead(status, { 'content-length': 0 }).end();
  }
}

/** A receiver that throws has not stored anything, so the sender must come again. */
const unexpected = (): WebhookAnswer => ({ status: 503 });

/** The body when the capturing layer was not in front: parsed already, or still unread. */
async function remainingBody(request: CapturedRequest): Promise<Buffer | null> {
  if (request._body) return Buffer.from(typeof request.body === 'string' ? request.body : JSON.stringify(request.body));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Joins URL parts with exactly one slash in between and none at the end. */
function join(...parts: string[]): string {
  return parts
    .map((part, index) => (index === 0 ? part.replace(/\/+$/, '') : part.replace(/^\/+|\/+$/g, '')))
    .filter((part, index) => part !== '' || index === 0)
    .join('/');
}
