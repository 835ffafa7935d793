import { createPrivateKey, sign } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { generateRequestDetails, generateVAPIDKeys, type RequestOptions } from 'web-push';
import { type Json, type Reply, TestSandbox } from '../api/helpers';

/** A sandbox with the calls that senders of notifications make. */
export class PushSandbox extends TestSandbox {
  readonly vapid = generateVAPIDKeys();

  /** Push services are no part of the recorded contract: a recording may be missing. */
  override stop(): Promise<void> {
    appendFileSync(this.recording, '');
    return super.stop();
  }

  control(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.call(method, `/sandbox/push${path}`, body);
  }

  /** A phone whose keys the sandbox holds. */
  async phone(name = 'anna'): Promise<Json> {
    return (await this.control('POST', '/phones', { name })).body;
  }

  async notifications(name = 'anna'): Promise<Json[]> {
    const { phones } = await this.state();
    return phones.find((phone: Json) => phone.name === name).notifications;
  }

  async lastCall(): Promise<Json> {
    return (await this.state()).pushCalls[0];
  }

  /** A phone with a subscription of this sender. */
  async subscription(settings: Json = {}, name = 'anna'): Promise<Json> {
    await this.phone(name);
    const { status, body } = await this.control('POST', `/phones/${name}/subscriptions`, {
      applicationServerKey: this.vapid.publicKey,
      ...settings,
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  /** Sends by the npm client `web-push`, with headers or body changed where a test wants that. */
  async webPush(
    { endpoint, keys }: Json,
    payload: unknown = { title: 'Please sign' },
    options: RequestOptions & { change?: Record<string, string | undefined>; body?: Buffer } = {},
  ): Promise<Reply> {
    const { change = {}, body, ...settings } = options;
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const details = generateRequestDetails({ endpoint, keys }, text, {
      vapidDetails: { subject: 'mailto:sender@flows.example', ...this.vapid },
      TTL: 3600,
      ...settings,
    });
    const headers = Object.entries({ ...details.headers, ...change })
      .filter(([name, value]) => value !== undefined && name !== 'Content-Length')
      .map(([name, value]): [string, string] => [name, String(value)]);
    const response = await fetch(endpoint, {
      method: 'POST',
      headers,
      body: new Uint8Array(body ?? details.body ?? Buffer.alloc(0)),
    });
    return { status: response.status, body: await response.text(), headers: response.headers };
  }

  /** A phone with a new FCM token. */
  async device(name = 'anna'): Promise<Json> {
    await this.phone(name);
    return (await this.control('POST', `/phones/${name}/token`)).body;
  }

  async serviceAccount(): Promise<Json> {
    return (await this.control('GET', '/service-account.json')).body;
  }

  /** Asks for an access token with an assertion whose claims a test may change. */
  async token(changes: Json = {}, key?: string): Promise<Reply> {
    const account = await this.serviceAccount();
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: account.client_email,
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      aud: account.token_uri,
      iat: now,
      exp: now + 3600,
      ...changes,
    };
    const text = [{ alg: 'RS256', typ: 'JWT', kid: account.private_key_id }, claims].map(segment).join('.');
    const signature = sign('RSA-SHA256', Buffer.from(text), createPrivateKey(key ?? account.private_key));
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${text}.${signature.toString('base64url')}`,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.call('POST', '/fcm/token', form.toString(), headers);
  }

  /** Sends a message through FCM. */
  async fcm(message: Json, more: Json = {}): Promise<Reply> {
    const { access_token: token } = (await this.token()).body;
    return this.fcmWith(`Bearer ${token}`, { message, ...more });
  }

  fcmWith(authorization: string, body: Json, project = 'sandbox-project'): Promise<Reply> {
    return this.call('POST', `/v1/projects/${project}/messages:send`, body, { authorization });
  }

  /** A call of OpenText messaging with user and password. */
  messaging(method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<Reply> {
    const credentials = Buffer.from('sandbox-user:sandbox-password').toString('base64');
    return this.call(method, `/mra/v1${path}`, body, { authorization: `Basic ${credentials}`, ...headers });
  }
}

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
