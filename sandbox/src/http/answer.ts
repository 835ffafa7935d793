import { setTimeout as wait } from 'node:timers/promises';
import type { Request, Response, Router } from 'express';
import { authenticate, type Caller } from '../auth/authenticate';
import type { Sandbox } from '../context';
import type { ApiRule } from '../faults';
import { ApiError, methodNotAllowed } from './errors';

/** What a handler gets to know about its request. */
export interface Call {
  caller: Caller;
  /** The variable part of the path, or empty. */
  id: string;
  query: URLSearchParams;
  body: unknown;
  /** Absolute URL of the request. */
  address: URL;
  request: Request;
}

export interface Answer {
  status: number;
  /** JSON by default; a text together with `type` goes out as it is; undefined is an empty answer. */
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Puts a resource of the API on one or more paths: checks the credentials, answers 405 for methods it does not have.
 *
 * @param paths paths as Express reads them, with at most one parameter
 */
export function resource(
  sandbox: Sandbox,
  router: Router,
  paths: string | string[],
  handlers: Partial<Record<Method, Handler>>,
): void {
  router.all(paths, (request, response) =>
    answer(sandbox, request, response, () => {
      const caller = authenticate(sandbox, request);
      const method = (request.method === 'HEAD' ? 'GET' : request.method) as Method;
      const handler = handlers[method];
      if (handler === undefined) throw methodNotAllowed(request.method, Object.keys(handlers));
      const address = new URL(request.originalUrl, sandbox.baseUrl);
      const [id = ''] = Object.values(request.params).map(String);
      return handler({ caller, id, query: address.searchParams, body: request.body, address, request });
    }),
  );
}

/**
 * Answers one request: faults that come first, the work, the commit, the recording, faults that come last.
 * Nothing is answered before its changes are on disk.
 */
export async function answer(
  sandbox: Sandbox,
  request: Request,
  response: Response,
  work: () => Answer | Promise<Answer>,
): Promise<void> {
  const path = new URL(request.originalUrl, sandbox.baseUrl).pathname;
  const rule = sandbox.faults.takeRule(request.method, path.replace(/^\/api\/v1(?=\/)/, ''));
  if (rule?.kind === 'delay') await wait(rule.delayMs ?? 1000, undefined, { signal: sandbox.jobs.signal });
  if (rule?.kind === 'outage') {
    sandbox.store.commit();
    request.socket.destroy();
    return;
  }
  const result = rule?.kind === 'status' ? faultAnswer(rule) : await outcome(work);
  sandbox.store.commit();
  sandbox.recorder.add({
    kind: 'api',
    method: request.method,
    path,
    query: new URL(request.originalUrl, sandbox.baseUrl).search,
    request: request.body ?? null,
    status: result.status,
    response: result.body ?? null,
  });
  if (rule?.kind === 'lostAnswer') {
    request.socket.destroy();
    return;
  }
  response.status(result.status).set(result.headers ?? {});
  if (result.body === undefined) response.end();
  else if (result.type !== undefined) response.type(result.type).send(result.body);
  else response.json(result.body);
}

/** Runs the work; a refusal becomes its answer, anything else a 500 as the service shows it: without JSON. */
async function outcome(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body, headers: error.headers };
    console.error('core-signature-sandbox:', error);
    return serverError(500);
  }
}

function serverError(status: number): Answer {
  return { status, type: 'html', body: `<h1>Server Error (${status})</h1>` };
}

function faultAnswer(rule: ApiRule): Answer {
  const status = rule.status ?? 500;
  const headers: Record<string, string> =
    rule.retryAfter === undefined ? {} : { 'Retry-After': String(rule.retryAfter) };
  if (status >= 500) return { ...serverError(status), headers };
  const details: Record<number, string> = {
    401: 'Invalid token',
    404: 'Not found.',
    429: `Request was throttled. Expected available in ${rule.retryAfter ?? 1} seconds.`,
  };
  const text = details[status] ?? 'Refused by a fault switch of the sandbox.';
  return { status, headers, body: status === 400 ? { non_field_errors: [text] } : { detail: text } };
}
