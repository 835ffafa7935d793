/** What the repositories reached by HTTP have in common: reading answers, naming faults, giving uploads enough time. */
import type { z } from 'zod';
import { type ErrorCode, SignatureError } from '../../errors';
import { createHttpClient, type HttpAnswer, type HttpClient } from '../../http/client';
import { refusal } from '../../http/failures';
import { readProblem } from '../../http/problem';
import { hostOf, redact } from '../../http/redact';
import type { RepositoryTools } from './types';

export interface RemoteOptions {
  /** Plain name for messages. */
  service: string;
  /** With a slash at its end. Requests may not leave its origin, so no credentials leave it either. */
  baseUrl: string;
  retries?: number;
}

export const remoteClient = (options: RemoteOptions, tools: RepositoryTools): HttpClient =>
  createHttpClient({
    ...options,
    userAgent: tools.userAgent,
    allowPrivateAddresses: tools.allowPrivateAddresses ?? true,
    pace: tools.pace,
    timeoutMs: tools.timeoutMs,
  });

const slowestBytesPerMs = 50;

/** Milliseconds an upload may take: a minute, and as long as a slow line needs. */
export const uploadTimeMs = (size: number): number => 60_000 + Math.ceil(size / slowestBytesPerMs);

/**
 * An answer in the shape that is needed of it.
 *
 * @throws SignatureError REMOTE_FAULT naming the first property that is not as documented
 */
export function readAs<T extends z.ZodType>(schema: T, data: unknown, service: string): z.output<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.') || 'the answer';
  throw new SignatureError(
    'REMOTE_FAULT',
    `${service} answered in a way that cannot be read (${where}). Check the URL and the version of the service.`,
  );
}

const advice: Partial<Record<ErrorCode, (service: string) => string>> = {
  NO_CONTAINER: (service) => `The container does not exist in ${service}, or the credentials may not see it.`,
  NAME_NOT_ALLOWED: (service) => `${service} does not take the name.`,
  UNKNOWN_TYPE: (service) => `${service} does not know the type or category.`,
  MISSING_ATTRIBUTE: (service) => `${service} wants an attribute that is missing. Add it to the mapping.`,
  QUOTA_FULL: (service) => `${service} has no space left for the document. Free some or raise the quota.`,
  RETENTION: (service) => `${service} refuses the change because of a retention rule, hold or lock.`,
  FORBIDDEN: (service) => `${service} does not allow this. Check the rights of the credentials.`,
};

export interface FaultOptions {
  service: string;
  baseUrl: string;
  secrets?: readonly string[];
}

/** An error of the package about an answer, with the reason the service gave. */
export function fault(code: ErrorCode, answer: HttpAnswer, options: FaultOptions): SignatureError {
  const { service, secrets = [] } = options;
  const reason = redact(readProblem(answer.data).text, secrets);
  const message = [advice[code]?.(service) ?? `${service} refused the request.`, reason].filter(Boolean).join(' ');
  return new SignatureError(code, message, { status: answer.status });
}

/** The error of an answer of which nothing special is known. */
export const plainFault = (answer: HttpAnswer, { service, baseUrl, secrets = [] }: FaultOptions): SignatureError =>
  refusal({ service, host: hostOf(baseUrl), idempotent: true, secrets }, answer.status, answer.data);

/** Whether an answer is a success. */
export const isGood = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

export const statusOf = (thrown: unknown): number | undefined =>
  thrown instanceof SignatureError ? thrown.status : undefined;

/** The error of a way to name a container that a repository does not know. */
export const noSuchWay = (by: string, service: string): SignatureError =>
  new SignatureError('BAD_CONFIG', `container "${by}" is not a way to name a container in ${service}.`, {
    field: 'container',
  });

/** @throws SignatureError NO_CONTAINER */
export const noContainer = (service: string, what: string): SignatureError =>
  new SignatureError(
    'NO_CONTAINER',
    `container: ${what} does not exist in ${service}, or the credentials may not see it.`,
    { field: 'container' },
  );
