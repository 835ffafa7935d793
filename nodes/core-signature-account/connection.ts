import { createHmac } from 'node:crypto';
import { createTokenSource } from '../../lib/core-signature/auth';
import type { AuthSettings } from '../../lib/core-signature/auth-settings';
import { CoreSignatureClient } from '../../lib/core-signature/client';
import { baseUrlOf, tokenUrlOf } from '../../lib/core-signature/regions';
import { createHttpClient } from '../../lib/http/client';
import { createLimiter } from '../../lib/http/limiter';
import { SandboxClock } from '../../lib/process/sandbox-clock';
import { type Clock, systemClock } from '../../lib/time/clock';
import type { AccountConfig, AccountCredentials } from './config';

/** What the sandbox accepts out of the box, so that an example flow runs without anything being filled in. */
const sandboxToken = 'sandbox-token';
const sandboxUrl = 'http://127.0.0.1:4010';
const userAgent = 'node-red-core-signature';

/** A client with what it needs; one limiter and one token cache for all who use the account. */
export interface Connection {
  client: CoreSignatureClient;
  clock: Clock;
  /** Keys that verify webhooks, the current one first. */
  hashKeys: string[];
  /** Secret part of the webhook URL. */
  webhookPath: string;
  /** Seals what must not be readable in the ledger. */
  secret: string;
  /** Stops following a sandbox's clock. */
  close(): void;
}

/**
 * Connects an account as configured.
 *
 * @param time the clock of a real account, and what a sandbox's clock is ahead of
 * @throws SignatureError `BAD_CONFIG` naming the field
 */
export function connect(
  id: string,
  config: AccountConfig,
  credentials: AccountCredentials,
  time: Clock = systemClock,
): Connection {
  const baseUrl = baseUrlOf(config.service, urlOf(config));
  const timeoutMs = config.timeoutSeconds * 1000;
  const limiter = createLimiter({
    perSecond: config.ratePerSecond,
    burst: Math.max(10, config.ratePerSecond * 2),
    concurrency: 16,
  });
  const plain = createHttpClient({ service: 'The token endpoint', userAgent, timeoutMs });
  const clock = config.service === 'sandbox' ? new SandboxClock(plain, new URL(baseUrl).origin, time) : time;
  const auth = authOf(config, credentials, baseUrl);
  const api = createHttpClient({
    service: 'Core Signature',
    userAgent,
    baseUrl,
    timeoutMs,
    limiter,
    maxResponseBytes: 64 * 1024 * 1024,
  });
  const client = new CoreSignatureClient({
    baseUrl,
    tokens: createTokenSource(auth, { http: plain, clock }),
    http: clock instanceof SandboxClock ? clock.watching(api) : api,
    clock,
    actionNames: { cancel: config.cancelAction, resend: config.resendAction, forward: config.forwardAction },
  });
  return {
    client,
    clock,
    hashKeys: hashKeysOf(auth, credentials),
    webhookPath: credentials.webhookPath || derivedPath(id, auth),
    secret: secretOf(auth),
    close: () => {
      if (clock instanceof SandboxClock) clock.stop();
    },
  };
}

const urlOf = ({ service, url }: AccountConfig): string =>
  service === 'sandbox' && url === '' ? process.env.CORE_SIGNATURE_SANDBOX_URL || sandboxUrl : url;

function authOf(config: AccountConfig, credentials: AccountCredentials, baseUrl: string): AuthSettings {
  const { auth, grant, clientId, username, subscription, service } = config;
  const { clientSecret, password } = credentials;
  if (auth === 'token') {
    const token = credentials.token || (service === 'sandbox' ? sandboxToken : '');
    return { kind: 'token', token, scheme: config.tokenScheme };
  }
  const tokenUrl = tokenUrlOf(service, auth, { tokenUrl: config.tokenUrl, tenant: config.tenant, baseUrl });
  if (auth === 'ocp') return { kind: 'ocp', tokenUrl, clientId, clientSecret };
  return { kind: auth, tokenUrl, grant, clientId, clientSecret, username, password, subscription };
}

/** With a fixed token the service signs with that token, so it is the key unless others are given. */
function hashKeysOf(auth: AuthSettings, { hashKeys }: AccountCredentials): string[] {
  const given = hashKeys.split(/\s+/).filter((key) => key !== '');
  return given.length > 0 || auth.kind !== 'token' ? given : [auth.token];
}

/**
 * A path nobody can guess, the same on every runtime with the same secrets, and kept nowhere. It changes with the
 * secret; an own path in the credentials does not.
 */
function derivedPath(id: string, auth: AuthSettings): string {
  return createHmac('sha256', secretOf(auth)).update(`webhook path of ${id}`).digest('hex').slice(0, 40);
}

const secretOf = (auth: AuthSettings): string => (auth.kind === 'token' ? auth.token : auth.clientSecret);
