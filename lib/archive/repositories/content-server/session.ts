/** Requests to Content Server with a ticket that is fetched when needed, renewed as the server says, and shared. */
import { SignatureError } from '../../../errors';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../http/client';
import { systemPace } from '../../../http/retry';
import { underNoLease } from '../../../time/lease';
import { digestOfAnswer } from '../digest';
import { multipartBody, type Part } from '../multipart';
import { type FaultOptions, remoteClient, statusOf, uploadTimeMs } from '../remote';
import type { Digest, RepositoryTools } from '../types';
import { spacedJson } from './json';
import { type ContentServerAuth, fetchTicket, secretsOf } from './ticket';

const formType = 'application/x-www-form-urlencoded';
const json = 'application/json;charset=utf-8';

/** Refused credentials are not sent again at once: accounts are locked after a few wrong tries. */
const refusalHoldsMs = 30_000;

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export class ContentServerSession {
  readonly #http: HttpClient;
  readonly #baseUrl: string;
  readonly #pace;
  #ticket: string | undefined;
  #login: Promise<string> | undefined;
  #refused: { error: SignatureError; until: number } | undefined;

  /** @param url of the REST API, or of the server's script, to which `/api` is appended */
  constructor(
    url: string,
    private readonly auth: ContentServerAuth,
    private readonly tools: RepositoryTools,
  ) {
    this.#baseUrl = `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/api/`;
    this.#pace = tools.pace ?? systemPace;
    this.#http = remoteClient({ service: 'Content Server', baseUrl: this.#baseUrl }, tools);
  }

  get options(): FaultOptions {
    return {
      service: 'Content Server',
      baseUrl: this.#baseUrl,
      secrets: [...secretsOf(this.auth), ...(this.#ticket === undefined ? [] : [this.#ticket])],
    };
  }

  /** A read. Answers of `accept` besides 2xx come back for the caller to judge. */
  get(path: string, query: Query = {}, accept: readonly number[] = []): Promise<HttpAnswer> {
    return this.#send(accept, () => ({
      method: 'GET',
      url: path,
      query,
      headers: { 'content-type': formType, accept: json },
    }));
  }

  /** A change whose every answer comes back for the caller to judge. */
  form(method: 'POST' | 'PUT', path: string, pairs: readonly (readonly [string, string])[]): Promise<HttpAnswer> {
    const body = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
    return this.#send(writing, () => ({
      method,
      url: path,
      body,
      headers: { 'content-type': formType, accept: json },
    }));
  }

  /** A change described by JSON in the form field `body`. */
  body(method: 'POST' | 'PUT', path: string, value: unknown): Promise<HttpAnswer> {
    return this.form(method, path, [['body', spacedJson(value)]]);
  }

  /** An upload. */
  multipart(path: string, parts: readonly Part[], size: number): Promise<HttpAnswer> {
    return this.#send(writing, () => {
      const body = multipartBody(parts);
      return {
        method: 'POST',
        url: path,
        body: body.stream(),
        headers: { ...body.headers, accept: '*/*' },
        timeoutMs: uploadTimeMs(size),
      };
    });
  }

  /** Reads a document's bytes, hashing them. */
  async digest(path: string): Promise<Digest> {
    const open = async () => {
      const ticket = await this.#currentTicket();
      return this.#http.open({
        method: 'GET',
        url: path,
        headers: { accept: '*/*', 'accept-encoding': 'identity', ...ticketHeaders(ticket) },
        secrets: this.options.secrets,
      });
    };
    const first = await open().catch((thrown) => {
      if (statusOf(thrown) !== 401) throw thrown;
      this.#ticket = undefined;
      return open();
    });
    return digestOfAnswer(first);
  }

  async #send(accept: readonly number[], request: () => HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const ticket = await this.#currentTicket();
      const made = request();
      const answer = await this.#http.request({
        ...made,
        headers: { ...made.headers, ...ticketHeaders(ticket) },
        secrets: this.options.secrets,
        accept: [...accept, 400, 401],
      });
      const renewed = answer.headers.otcsticket;
      if (renewed && this.#ticket === ticket) this.#ticket = renewed;
      if (!isExpired(answer)) return answer;
      if (this.#ticket === ticket) this.#ticket = undefined;
      if (attempt === 2) return answer;
    }
  }

  /** One login at a time, whoever asks. */
  async #currentTicket(): Promise<string> {
    if (this.#ticket !== undefined) return this.#ticket;
    if (this.#refused !== undefined && this.#pace.now() < this.#refused.until) throw this.#refused.error;
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logIn(): Promise<string> {
    try {
      const ticket = await underNoLease(() => fetchTicket(this.#http, this.auth, this.options, this.tools));
      this.#ticket = ticket;
      this.#refused = undefined;
      return ticket;
    } catch (thrown) {
      if (thrown instanceof SignatureError && thrown.code === 'UNAUTHORIZED') {
        this.#refused = { error: thrown, until: this.#pace.now() + refusalHoldsMs };
      }
      throw thrown;
    }
  }
}

const writing = [400, 403, 404, 409, 413, 500];

const ticketHeaders = (ticket: string): Record<string, string> => ({
  otcsticket: ticket,
  llcookie: ticket,
  cookie: `otcsticket=${ticket}; LLCookie=${ticket}`,
});

/** 401, or 400 with the directory service's status for an expired ticket. */
const isExpired = ({ status, data }: HttpAnswer): boolean =>
  status === 401 ||
  (status === 400 && typeof data === 'object' && data !== null && 'status' in data && data.status === 1034);
