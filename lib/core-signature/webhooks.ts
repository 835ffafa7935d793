/** `/webhooks/`: subscriptions of an account, one event type each. */

import type { Api } from './api';
import { checkedInput } from './checked-input';
import { type Webhook, webhookSchema } from './models';
import { type WebhookInput, webhookInputSchema } from './requests';

export class Webhooks {
  constructor(private readonly api: Api) {}

  /** All subscriptions. */
  list(signal?: AbortSignal): Promise<Webhook[]> {
    return this.api.collect('webhooks/', webhookSchema, {}, signal);
  }

  get(uuid: string, signal?: AbortSignal): Promise<Webhook> {
    return this.api.read('GET', path(uuid), webhookSchema, { signal });
  }

  async create(input: WebhookInput, signal?: AbortSignal): Promise<Webhook> {
    const json = checkedInput(webhookInputSchema, input);
    return this.api.read('POST', 'webhooks/', webhookSchema, { json, signal });
  }

  /** Replaces a subscription. */
  async update(uuid: string, input: WebhookInput, signal?: AbortSignal): Promise<Webhook> {
    const json = checkedInput(webhookInputSchema, input);
    return this.api.read('PUT', path(uuid), webhookSchema, { json, idempotent: true, signal });
  }

  /** Removes a subscription; one that is gone already is as good. */
  async delete(uuid: string, signal?: AbortSignal): Promise<void> {
    await this.api.call('DELETE', path(uuid), { idempotent: true, accept: [404], signal });
  }
}

const path = (uuid: string): string => `webhooks/${encodeURIComponent(uuid)}/`;
