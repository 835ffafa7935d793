/**
 * The `Authorization` header of an account: a fixed token, or one from an OAuth 2 token endpoint that is kept until shortly
 * before it expires and shared by all who use the account. Source: API docs, "OAuth 2 bearer tokens"; RFC 6749 §4.3, §4.4.
 */
import { z } from 'zod';
import { SignatureError } from '../errors';
import type { HttpClient, HttpRequest } from '../http/client';
import type { Clock, EpochMs } from '../time/clock';
import { underNoLease } from '../time/lease';
import type { AuthSettings, OAuth, OcpAuth, OtdsAuth } from './auth-settings';
import { tokenRefusal } from './token-refusal';

export interface TokenSource {
  /**
   * The value of the `Authorization` header.
   *
   * @throws SignatureError UNAUTHORIZED naming the field to check, UNREACHABLE, REMOTE_FAULT, RATE_LIMITED
   */
  authorization(signal?: AbortSignal): Promise<string>;
  /**
   * Reports that the service refused a header value.
   *
   * @param refused value as `authorization` gave it
   * @returns whether a new one may be had
   */
  invalidate(refused: string): boolean;
}

interface Token {
  header: string;
  refreshAt: EpochMs;
}

/** Lifetime assumed when the endpoint does not tell. */
const assumedLifetimeMs = 600_000;
const longestMarginMs = 60_000;

/** Refused credentials are not sent again at once: some directories lock an account after a few wrong tries. */
const refusalHoldsMs = 30_000;

/** Statuses with which token endpoints refuse; the rest is the HTTP client's business. */
const refusalStatuses = [400, 401, 403, 404];

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/**
 * Makes the token source of an account.
 *
 * @param settings how to log on; secrets included
 * @param tools `http` without a base URL; `clock` of the account, on which expiry is measured
 * @throws SignatureError BAD_CONFIG naming the first empty field
 */
export function createTokenSource(settings: AuthSettings, tools: { http: HttpClient; clock: Clock }): TokenSource {
  checkFilled(settings);
  if (settings.kind === 'token') {
    const header = `${settings.scheme} ${settings.token}`;
    return { authorization: async () => header, invalidate: () => false };
  }
  return new OAuthTokens(settings, tools.http, tools.clock);
}

class OAuthTokens implements TokenSource {
  #token: Token | undefined;
  #underWay: Promise<Token> | undefined;
  #refused: { error: SignatureError; until: EpochMs } | undefined;

  constructor(
    private readonly settings: OAuth,
    private readonly http: HttpClient,
    private readonly clock: Clock,
  ) {}

  async authorization(signal?: AbortSignal): Promise<string> {
    if (this.#token !== undefined && this.clock.now() < this.#token.refreshAt) return this.#token.header;
    if (this.#refused !== undefined && this.clock.now() < this.#refused.until) throw this.#refused.error;
    this.#underWay ??= underNoLease(() => this.#fetch()).finally(() => {
      this.#underWay = undefined;
    });
    const { header } = await abortable(this.#underWay, signal);
    return header;
  }

  invalidate(refused: string): boolean {
    if (this.#token?.header === refused) this.#token = undefined;
    return true;
  }

  async #fetch(): Promise<Token> {
    const asked = this.clock.now();
    const answer = await this.http.request(tokenRequest(this.settings));
    if (answer.status >= 300) {
      const error = tokenRefusal(this.settings, answer.status, answer.data, secretsOf(this.settings));
      this.#refused = { error, until: asked + refusalHoldsMs };
      throw error;
    }
    const parsed = tokenSchema.safeParse(answer.data);
    if (!parsed.success) {
      throw new SignatureError('REMOTE_FAULT', 'The token endpoint answered without an access_token. Check tokenUrl.', {
        field: 'tokenUrl',
        status: answer.status,
      });
    }
    const { access_token: token, expires_in: seconds } = parsed.data;
    const lifetime = seconds === undefined ? assumedLifetimeMs : seconds * 1000;
    this.#refused = undefined;
    this.#token = {
      header: `Bearer ${token}`,
      refreshAt: asked + lifetime - Math.min(longestMarginMs, lifetime / 10),
    };
    return this.#token;
  }
}

function checkFilled(settings: AuthSettings): void {
  const needed: Record<string, string | undefined> =
    settings.kind === 'token'
      ? { token: settings.token }
      : {
          tokenUrl: settings.tokenUrl,
          clientId: settings.clientId,
          clientSecret: settings.clientSecret,
          ...(settings.kind !== 'ocp' &&
            settings.grant === 'password' && { username: settings.username, password: settings.password }),
        };
  const empty = Object.keys(needed).find((field) => (needed[field] ?? '').trim() === '');
  if (empty !== undefined) {
    throw new SignatureError('BAD_CONFIG', `${empty} is empty. Fill it in on the account.`, { field: empty });
  }
}

function tokenRequest(settings: OAuth): HttpRequest {
  const { fields, headers } =
    settings.kind === 'ocp' ? ocpFields(settings) : { fields: otdsFields(settings), headers: {} };
  return {
    method: 'POST',
    url: settings.tokenUrl,
    headers,
    ...(settings.kind === 'json' ? { json: fields } : { form: fields }),
    // Asking for a token twice does no harm, unlike other POSTs.
    idempotent: true,
    accept: refusalStatuses,
    secrets: secretsOf(settings),
  };
}

function ocpFields(settings: OcpAuth): { fields: Record<string, string>; headers: Record<string, string> } {
  const { clientId, clientSecret } = settings;
  const fields = { grant_type: 'client_credentials' };
  if (settings.credentialsIn === 'body') {
    return { fields: { ...fields, client_id: clientId, client_secret: clientSecret }, headers: {} };
  }
  return { fields, headers: { authorization: `Basic ${basicCredentials(settings)}` } };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials({ clientId, clientSecret }: OcpAuth): string {
  const [id, secret] = [clientId, clientSecret].map((part) => new URLSearchParams([['', part]]).toString().slice(1));
  return Buffer.from(`${id}:${secret}`).toString('base64');
}

/** What of the settings must not be seen, in every form in which it is sent. */
const secretsOf = (settings: OAuth): string[] =>
  settings.kind === 'ocp'
    ? [settings.clientSecret, basicCredentials(settings)]
    : [settings.clientSecret, settings.password ?? ''];

const otdsFields = (settings: OtdsAuth): Record<string, string> => ({
  grant_type: settings.grant,
  client_id: settings.clientId,
  client_secret: settings.clientSecret,
  ...(settings.grant === 'password' && { username: settings.username ?? '', password: settings.password ?? '' }),
  ...(settings.subscription && { subscription: settings.subscription }),
});

/** Waits for work that others wait for too: an abort ends the waiting, not the work. */
function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
