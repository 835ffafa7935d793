import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { timestamp } from '../clock';
import { apiUrl, type Sandbox } from '../context';
import { webhookEventTypes } from '../events/types';
import { type Call, resource } from '../http/answer';
import { notFound } from '../http/errors';
import { paginate } from '../http/paging';
import { choice, fields, integration, read, text, url } from '../http/validate';
import type { Webhook } from '../model';
import { inlineTeam } from '../teams/json';

const shape = {
  name: text(255).nullish(),
  event_type: choice(webhookEventTypes),
  callback_url: url(),
  integration,
};
const whole = fields(shape);
const part = fields({ ...shape, event_type: shape.event_type.optional(), callback_url: shape.callback_url.optional() });

/** `/webhooks/`: subscriptions of the caller's team, one event type each. */
export function webhooks(sandbox: Sandbox, router: Router): void {
  const { webhooks: all } = sandbox.store;
  const toJson = (webhook: Webhook) => ({
    url: apiUrl(sandbox, 'webhooks', webhook.uuid),
    uuid: webhook.uuid,
    name: webhook.name,
    event_type: webhook.eventType,
    callback_url: webhook.callbackUrl,
    integration: webhook.integration,
    team: inlineTeam(sandbox, webhook.team),
    created: timestamp(webhook.createdAt),
  });
  const found = ({ caller, id }: Call): Webhook => {
    const webhook = all.get(id);
    if (webhook?.team !== caller.team.uuid) throw notFound();
    return webhook;
  };

  resource(sandbox, router, '/webhooks/', {
    GET: ({ caller, address }) => ({
      status: 200,
      body: paginate(
        all.newest((webhook) => webhook.team === caller.team.uuid),
        toJson,
        address,
      ),
    }),
    POST: ({ caller, body }) => {
      const given = read(whole, body);
      const webhook = all.put({
        uuid: randomUUID(),
        team: caller.team.uuid,
        name: given.name ?? null,
        eventType: given.event_type,
        callbackUrl: given.callback_url,
        integration: given.integration ?? null,
        createdAt: sandbox.clock.now(),
      });
      return { status: 201, body: toJson(webhook) };
    },
  });

  const change = (call: Call, given: Partial<ReturnType<typeof read<typeof whole>>>) => {
    const webhook = found(call);
    webhook.name = given.name === undefined ? webhook.name : given.name;
    webhook.eventType = given.event_type ?? webhook.eventType;
    webhook.callbackUrl = given.callback_url ?? webhook.callbackUrl;
    webhook.integration = given.integration === undefined ? webhook.integration : given.integration;
    return { status: 200, body: toJson(all.put(webhook)) };
  };
  resource(sandbox, router, '/webhooks/:uuid/', {
    GET: (call) => ({ status: 200, body: toJson(found(call)) }),
    PUT: (call) => change(call, read(whole, call.body)),
    PATCH: (call) => change(call, read(part, call.body)),
    DELETE: (call) => {
      all.delete(found(call).uuid);
      return { status: 204 };
    },
  });
}
