import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Takes the bytes of a webhook before any parser of the runtime touches them.
 *
 * Node-RED's admin app parses JSON for every path below its root and, with the default roots, is asked before the flows'
 * own routes are. The only place before it is the front of the root app's stack. A layer there sees a bare Node.js
 * request and response: no `req.path`, no `res.status()`.
 */

/** A webhook is a few kilobytes; ten documents' worth of signers still fit. */
export const maxBodyBytes = 1024 * 1024;

/** How long a sender may take to deliver its body. */
const bodyTimeoutMs = 30_000;
/** How long a refused body is still read. */
const drainMs = 5_000;

type Next = () => void;
type Middleware = (request: CapturedRequest, response: ServerResponse, next: Next) => void;

/** One step of an app's stack. */
interface Layer {
  handle: unknown;
  name?: string;
  /** Missing for middleware. */
  route?: { path: unknown };
  regexp?: RegExp;
}

/** As much of an Express app as has to be known here. */
export interface ExpressApp {
  parent?: ExpressApp;
  use(middleware: Middleware): unknown;
  _router?: { stack: Layer[] };
}

export interface CapturedRequest extends IncomingMessage {
  body?: unknown;
  /** Set by Express body parsers, and by us so that they leave the request alone. */
  _body?: boolean;
  /** The body as sent; missing when the layer did not see the request. */
  rawBody?: Buffer;
}

const installed = new WeakSet<ExpressApp>();

/**
 * Puts the layer in front of the root app that `app` is mounted on. Safe to call again.
 *
 * @param prefix path prefix, as the client sees it, of the POST requests to capture
 * @param answer may answer a request whose body is there; false leaves it to the apps
 * @returns false when the app's stack is not as expected; the webhook then works on the parsed body
 */
export function captureRawBodies(
  app: unknown,
  prefix: string,
  answer: (request: CapturedRequest, response: ServerResponse) => boolean,
): boolean {
  const top = rootOf(app as ExpressApp);
  if (installed.has(top)) return true;
  const captureWebhook: Middleware = (request, response, next) => {
    const wanted = request.method === 'POST' && !request._body && (request.url ?? '').startsWith(prefix);
    if (!wanted) return next();
    readBody(request, response, () => {
      if (!answer(request, response)) next();
    });
  };
  top.use(captureWebhook);
  const stack = top._router?.stack;
  const position = stack?.findIndex(({ handle }) => handle === captureWebhook) ?? -1;
  if (!stack || position < 0) return false;
  stack.unshift(...stack.splice(position, 1));
  installed.add(top);
  return true;
}

/** The app that others are mounted on. */
export function rootOf(app: ExpressApp): ExpressApp {
  return app.parent ? rootOf(app.parent) : app;
}

function readBody(request: CapturedRequest, response: ServerResponse, next: Next): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const refuse = (status: number): void => {
    stop();
    response.writeHead(status).end();
    // The rest is read and thrown away for a while: closing at once would make the sender miss the answer.
    request.resume();
    const end = setTimeout(() => request.destroy(), drainMs).unref();
    request.once('close', () => clearTimeout(end));
  };
  const timer = setTimeout(() => refuse(408), bodyTimeoutMs);
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBodyBytes) refuse(413);
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    stop();
    request.rawBody = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
    request.body = request.rawBody;
    request._body = true;
    next();
  };
  const stop = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('error', stop).off('close', stop);
  };
  request.on('data', onData).on('end', onEnd).on('error', stop).on('close', stop);
}
