/** Authenticated calls: token, one new token after a 401, answers checked against a schema, lists page by page. */
import type { z } from 'zod';
import { SignatureError } from '../errors';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/client';
import type { TokenSource } from './auth';
import { type Page, pageSchema } from './models';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CallOptions {
  query?: Query;
  json?: unknown;
  idempotent?: boolean;
  accept?: readonly number[];
  secrets?: readonly string[];
  signal?: AbortSignal;
}

/** Which part of a list to read. */
export interface ListOptions {
  /** From 1. */
  page?: number;
  /** Entries per page; the service may give fewer. */
  limit?: number;
  signal?: AbortSignal;
}

/** Largest page the service is known to give. */
const pageSize = 100;

/** A list is not followed further than this, so that a service which always says "next" cannot hold us forever. */
const mostPages = 1000;

export class Api {
  /** Ends with a slash. */
  readonly baseUrl: string;

  constructor(
    baseUrl: string,
    private readonly tokens: TokenSource,
    private readonly http: HttpClient,
  ) {
    this.baseUrl = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  }

  /** Absolute URL of a path such as `documents/<uuid>/`. */
  url(path: string): string {
    return new URL(path, this.baseUrl).href;
  }

  /**
   * One call.
   *
   * A 401 means that nothing was done, so the call is made once more with a new token, POSTs included.
   *
   * @param path relative to the base URL, with a final slash
   * @throws SignatureError as `HttpClient.request`
   */
  async call(method: HttpRequest['method'], path: string, options: CallOptions = {}): Promise<HttpAnswer> {
    const send = (authorization: string) =>
      this.http.request({ ...options, method, url: this.url(path), headers: { authorization } });
    const authorization = await this.tokens.authorization(options.signal);
    try {
      return await send(authorization);
    } catch (thrown) {
      const stale = thrown instanceof SignatureError && thrown.status === 401 && this.tokens.invalidate(authorization);
      if (!stale) throw thrown;
      return send(await this.tokens.authorization(options.signal));
    }
  }

  /** A call whose answer is checked. @throws SignatureError REMOTE_FAULT when the answer is not what the schema says */
  async read<T extends z.ZodType>(
    method: HttpRequest['method'],
    path: string,
    schema: T,
    options?: CallOptions,
  ): Promise<z.output<T>> {
    return parseAnswer(await this.call(method, path, options), schema);
  }

  /** One page of a list. */
  async page<T extends z.ZodType>(
    path: string,
    item: T,
    query: Query,
    options: ListOptions = {},
  ): Promise<Page<z.output<T>>> {
    const { page = 1, limit = pageSize, signal } = options;
    const answer = await this.read('GET', path, pageSchema(item), { query: { ...query, page, limit }, signal });
    return answer as Page<z.output<T>>;
  }

  /**
   * All entries of a list in the service's order. Pages are asked for by number, never by the `next` URL, which could lead
   * elsewhere. An entry that moved to the next page meanwhile comes twice.
   */
  async *all<T extends z.ZodType>(
    path: string,
    item: T,
    query: Query = {},
    signal?: AbortSignal,
  ): AsyncGenerator<z.output<T>> {
    for (let page = 1; page <= mostPages; page += 1) {
      const { results, next } = await this.pageOrEnd(path, item, query, page, signal);
      yield* results;
      if (next === null || results.length === 0) return;
    }
  }

  /** All entries of a list at once. */
  async collect<T extends z.ZodType>(
    path: string,
    item: T,
    query: Query = {},
    signal?: AbortSignal,
  ): Promise<z.output<T>[]> {
    const entries: z.output<T>[] = [];
    for await (const entry of this.all(path, item, query, signal)) entries.push(entry);
    return entries;
  }

  /** A page that has vanished since the one before it announced it (404) is the end of the list. */
  async pageOrEnd<T extends z.ZodType>(path: string, item: T, query: Query, page: number, signal?: AbortSignal) {
    const answer = await this.call('GET', path, {
      query: { ...query, page, limit: pageSize },
      accept: page > 1 ? [404] : [],
      signal,
    });
    if (answer.status === 404) return { results: [], next: null };
    return parseAnswer(answer, pageSchema(item)) as Page<z.output<T>>;
  }
}

/**
 * The checked body of an answer.
 *
 * @throws SignatureError REMOTE_FAULT naming the first part that is missing or wrong
 */
export function parseAnswer<T extends z.ZodType>(answer: HttpAnswer, schema: T): z.output<T> {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  const part = parsed.error.issues[0]?.path.join('.') || 'the body';
  throw new SignatureError(
    'REMOTE_FAULT',
    `Core Signature gave an answer that cannot be used: ${part} is missing or wrong. Check the URL of the account.`,
    { status: answer.status },
  );
}
