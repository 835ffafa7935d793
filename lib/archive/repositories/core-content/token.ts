/** The tenant's OAuth token, fetched when needed and shared by all who ask at the same time. */
import { z } from 'zod';
import { systemPace } from '../../../http/retry';
import { isGood, plainFault, readAs, remoteClient } from '../remote';
import type { RepositoryTools } from '../types';

const service = 'Core Content';
const answerShape = z.object({ access_token: z.string(), expires_in: z.coerce.number().default(600) });

/** Renewed after this part of its life, in milliseconds per second of life. */
const usedMsPerSecond = 900;

export interface TenantSettings {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
}

export class TenantToken {
  #held: { value: string; until: number } | undefined;
  #underWay: Promise<string> | undefined;

  constructor(
    private readonly settings: TenantSettings,
    private readonly tools: RepositoryTools,
  ) {}

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** To be called when a service refused it. */
  forget(): void {
    this.#held = undefined;
  }

  /** @throws SignatureError UNAUTHORIZED, UNREACHABLE, REMOTE_FAULT */
  async value(): Promise<string> {
    const pace = this.tools.pace ?? systemPace;
    if (this.#held !== undefined && pace.now() < this.#held.until) return this.#held.value;
    this.#underWay ??= this.#fetch().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #fetch(): Promise<string> {
    const { tokenUrl, clientId, clientSecret } = this.settings;
    const pace = this.tools.pace ?? systemPace;
    const asked = pace.now();
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const answer = await remoteClient({ service, baseUrl: tokenUrl }, this.tools).request({
      method: 'POST',
      url: tokenUrl,
      form: { grant_type: 'client_credentials' },
      headers: { authorization: `Basic ${basic}` },
      secrets: [clientSecret],
      accept: [400],
      idempotent: true,
    });
    if (!isGood(answer)) {
      throw plainFault({ ...answer, status: 401 }, { service, baseUrl: tokenUrl, secrets: [clientSecret] });
    }
    const { access_token, expires_in } = readAs(answerShape, answer.data, service);
    this.#held = { value: access_token, until: asked + expires_in * usedMsPerSecond };
    return access_token;
  }
}
