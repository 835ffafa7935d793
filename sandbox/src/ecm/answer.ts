import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Sandbox } from '../context';
import type { EcmRule } from '../faults';
import type { Answer } from '../http/answer';
import { ApiError } from '../http/errors';
import { sendFile } from './download';
import type { EcmServiceName, EcmStep, StoredFile } from './model';
import { type FormPart, MalformedBody, readMultipart } from './multipart';

/** How a repository words what every repository can say. */
export interface EcmService {
  name: EcmServiceName;
  /** The answer to a fault of kind `status`. */
  refusal(status: number, text: string): ApiError;
  /** No space left. */
  quotaFull(): ApiError;
  /** A hold, a lock or a retention rule forbids it. */
  retained(): ApiError;
}

/** An answer that may be a stored content. */
export interface EcmAnswer extends Answer {
  content?: StoredFile;
}

/** One request to a repository, with its fault and the contents that came along with it. */
export interface EcmCall {
  request: Request;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Path of the request below the host, percent-encoded. */
  path: string;
  rule: EcmRule | undefined;
  /** Stores the body as it is. */
  takeBody(): Promise<StoredFile>;
  /** Reads a multipart body; its files are stored. */
  takeForm(): Promise<FormPart[]>;
}

export type EcmWork = (call: EcmCall) => EcmAnswer | Promise<EcmAnswer>;

/** A step, or how to tell it from the request. */
export type StepOf = EcmStep | ((request: Request) => EcmStep);

class HangUp extends Error {}

/**
 * Makes the handler of a request to a repository: faults that come first, the work, the commit, faults that come last.
 * Nothing is answered before its changes are on disk. A content whose request is refused in the end is removed.
 */
export function ecmCall(sandbox: Sandbox, service: EcmService, step: StepOf, work: EcmWork): RequestHandler {
  return async (request, response) => {
    // As it came: a URL parser would resolve dots on its own.
    const [path = '', query = ''] = request.originalUrl.split(/\?(.*)/s);
    const stepName = typeof step === 'string' ? step : step(request);
    const rule = sandbox.faults.takeEcmRule(service.name, stepName, request.method, path);
    const taken: string[] = [];
    const take = async (source: AsyncIterable<Uint8Array>): Promise<StoredFile> => {
      const stored = await sandbox.ecm.take(source);
      taken.push(stored.file);
      return stored;
    };
    const call: EcmCall = {
      request,
      params: request.params as Record<string, string>,
      query: new URLSearchParams(query),
      path,
      rule,
      takeBody: () => take(request),
      takeForm: () => readMultipart(request, take),
    };
    const answer = await outcome(service, async () => {
      await strike(sandbox, service, rule);
      return work(call);
    });
    if (answer === undefined || answer.status >= 400) await sandbox.ecm.remove(...taken);
    sandbox.store.commit();
    if (answer === undefined || rule?.kind === 'lostAnswer') {
      request.socket.destroy();
      return;
    }
    await drain(request);
    await respond(sandbox, request, response, answer, rule);
  };
}

/** Lets a fault happen that comes before the work. */
async function strike(sandbox: Sandbox, service: EcmService, rule: EcmRule | undefined): Promise<void> {
  switch (rule?.kind) {
    case 'outage':
      throw new HangUp();
    case 'delay':
      await wait(rule.delayMs ?? 1000, undefined, { signal: sandbox.jobs.signal });
      return;
    case 'quota':
      throw service.quotaFull();
    case 'retention':
      throw service.retained();
    case 'status': {
      const headers: Record<string, string> =
        rule.retryAfter === undefined ? {} : { 'Retry-After': String(rule.retryAfter) };
      const refusal = service.refusal(rule.status ?? 500, 'Refused by a fault switch of the sandbox.');
      throw new ApiError(refusal.status, refusal.body, { ...refusal.headers, ...headers });
    }
    default:
  }
}

/** Runs the work; a refusal becomes its answer, a broken connection none. */
async function outcome(
  service: EcmService,
  work: () => EcmAnswer | Promise<EcmAnswer>,
): Promise<EcmAnswer | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HangUp || isBroken(error)) return undefined;
    const refused =
      error instanceof ApiError
        ? error
        : error instanceof MalformedBody
          ? service.refusal(400, error.message)
          : service.refusal(500, 'Internal error.');
    if (refused.status === 500 && !(error instanceof ApiError)) console.error('core-signature-sandbox:', error);
    const { status, body, headers } = refused;
    return { status, body, headers, type: typeof body === 'string' ? contentType(body) : undefined };
  }
}

const contentType = (body: string): string =>
  body.startsWith('<') ? (body.startsWith('<?xml') ? 'xml' : 'html') : 'text';

/** The client hung up in the middle of its body, or the sandbox closes. */
function isBroken(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string };
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || name === 'AbortError';
}

/** A client that is still sending would not see an answer. */
async function drain(request: Request): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  request.resume();
  await new Promise<void>((resolve) => {
    request.once('end', resolve);
    request.once('close', resolve);
    request.once('error', () => resolve());
  });
}

async function respond(
  sandbox: Sandbox,
  request: Request,
  response: Response,
  answer: EcmAnswer,
  rule: EcmRule | undefined,
): Promise<void> {
  const { status, body, type, headers = {}, content } = answer;
  if (response.destroyed) return;
  response.status(status).set(headers);
  if (content !== undefined) {
    const damage = rule?.kind === 'corrupt' || rule?.kind === 'truncate' ? rule.kind : undefined;
    await sendFile(sandbox.ecm, request, response, content, damage);
  } else if (body === undefined) response.end();
  else if (type !== undefined || typeof body === 'string') response.type(type ?? 'text').send(body);
  else if (Buffer.isBuffer(body)) response.send(body);
  else response.json(body);
}

/** An etag or a token that nobody had before. */
export const freshTag = (): string => randomUUID().replaceAll('-', '').slice(0, 16);
