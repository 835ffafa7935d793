/** The Core Signature API of one account, by resource. */
import { SignatureError } from '../errors';
import type { HttpClient } from '../http/client';
import { hostOf } from '../http/redact';
import type { Clock } from '../time/clock';
import { Api, parseAnswer } from './api';
import type { TokenSource } from './auth';
import { Teams, Templates } from './catalog';
import { Attachments, Documents } from './documents';
import { Events } from './events';
import { documentSchema, pageSchema } from './models';
import { SignatureRequests } from './signature-requests';
import type { ActionNames } from './spelling';
import { Webhooks } from './webhooks';

export interface CoreSignatureClientOptions {
  /** See `baseUrlOf`. */
  baseUrl: string;
  tokens: TokenSource;
  /** With the account's limiter; `retries` apply to GET, PUT and DELETE only. */
  http: HttpClient;
  /** The account's clock, compared with the service's by `testConnection`. */
  clock: Clock;
  actionNames?: ActionNames;
}

export interface ConnectionTest {
  ok: boolean;
  /** A plain sentence for the dialog. */
  message: string;
  /** The field to check, when one is at fault. */
  field?: string;
}

/** Clocks further apart than this are worth a remark. */
const tolerableSkewMs = 120_000;

/**
 * Every method throws `SignatureError` (codes at `HttpClient.request`) and takes an `AbortSignal` as its last argument or
 * option. POSTs are never repeated: after OUTCOME_UNKNOWN, REMOTE_FAULT or UNREACHABLE look the document up by its external
 * id before sending again.
 */
export class CoreSignatureClient {
  readonly documents: Documents;
  readonly signatureRequests: SignatureRequests;
  readonly attachments: Attachments;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly templates: Templates;
  readonly teams: Teams;
  readonly #api: Api;
  readonly #clock: Clock;

  constructor(options: CoreSignatureClientOptions) {
    const api = new Api(options.baseUrl, options.tokens, options.http);
    this.documents = new Documents(api);
    this.signatureRequests = new SignatureRequests(api, options.actionNames);
    this.attachments = new Attachments(api);
    this.events = new Events(api);
    this.webhooks = new Webhooks(api);
    this.templates = new Templates(api);
    this.teams = new Teams(api);
    this.#api = api;
    this.#clock = options.clock;
  }

  /** Logs on and reads the first document. Never throws for a failure of the service. */
  async testConnection(signal?: AbortSignal): Promise<ConnectionTest> {
    try {
      const answer = await this.#api.call('GET', 'documents/', { query: { page: 1, limit: 1 }, signal });
      const { count } = parseAnswer(answer, pageSchema(documentSchema));
      const documents = count === 1 ? '1 document' : `${count} documents`;
      return {
        ok: true,
        message: `Connected to ${hostOf(this.#api.baseUrl)}, which has ${documents}.${this.#skew(answer.headers.date)}`,
      };
    } catch (thrown) {
      if (!(thrown instanceof SignatureError)) throw thrown;
      return { ok: false, message: thrown.message, ...(thrown.field !== undefined && { field: thrown.field }) };
    }
  }

  #skew(date: string | undefined): string {
    const skew = Math.abs(Date.parse(date ?? '') - this.#clock.now());
    return skew > tolerableSkewMs ? ` The clocks differ by ${Math.round(skew / 60_000)} minutes.` : '';
  }
}
