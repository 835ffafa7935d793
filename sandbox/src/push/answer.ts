import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Sandbox } from '../context';
import type { PushRule } from '../faults';
import type { Answer } from '../http/answer';
import { ApiError } from '../http/errors';
import type { PushCall, PushServiceName } from './model';

const keptCalls = 1000;

/** Where a message goes, as far as the request tells. */
export type Aim = Partial<Pick<PushCall, 'target' | 'ttl' | 'topic' | 'urgency'>> & {
  /** Everything by which a fault rule can mean this target: addresses, the phone's name. */
  names?: string[];
  /** Only rules with a `match` mean this call. */
  byNameOnly?: boolean;
};

/** Tells where the message goes, and lets the faults that are switched on for it happen. */
export type TakeAim = (aim: Aim) => Promise<PushRule | undefined>;

/** What makes a push service: its name, and how it words a refusal. */
export interface PushService {
  name: PushServiceName;
  /** The answer to a rule of kind `status`; undefined when the work itself sees to it. */
  refusal(rule: PushRule): ApiError | undefined;
  /** The answer to an error of our own. */
  failure: ApiError;
}

class HangUp extends Error {}

/**
 * Makes the handler of one call to a push service: work, faults, commit, a line in the list of calls, answer.
 * Nothing is answered before its changes are on disk.
 */
export function pushCall(
  sandbox: Sandbox,
  service: PushService,
  work: (request: Request, aim: TakeAim) => Answer | Promise<Answer>,
): RequestHandler {
  return async (request, response) => {
    let aimed: Aim = {};
    let losesAnswer = false;
    const aim: TakeAim = async (target) => {
      aimed = target;
      const rule = sandbox.faults.takePushRule(service.name, target.names ?? [], target.byNameOnly);
      if (rule?.kind === 'outage') throw new HangUp();
      if (rule?.kind === 'delay') await wait(rule.delayMs ?? 1000, undefined, { signal: sandbox.jobs.signal });
      if (rule?.kind === 'lostAnswer') losesAnswer = true;
      const refusal = rule === undefined || rule.kind !== 'status' ? undefined : service.refusal(rule);
      if (refusal !== undefined) throw refusal;
      return rule;
    };
    const answer = await outcome(service, () => work(request, aim));
    note(sandbox, service.name, aimed, answer);
    sandbox.store.commit();
    if (answer === undefined || losesAnswer) request.socket.destroy();
    else send(response, answer);
  };
}

async function outcome(service: PushService, work: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HangUp) return undefined;
    if (!(error instanceof ApiError)) console.error('core-signature-sandbox:', error);
    const { status, body, headers } = error instanceof ApiError ? error : service.failure;
    return { status, body, headers };
  }
}

function note({ store, clock }: Sandbox, service: PushServiceName, aim: Aim, answer: Answer | undefined): void {
  const { target = '', ttl = null, topic = null, urgency = null } = aim;
  const status = answer?.status ?? 0;
  const error = answer === undefined ? 'No answer.' : status < 400 ? null : sayingOf(answer.body);
  store.pushCalls.put({ uuid: randomUUID(), service, at: clock.now(), status, error, target, ttl, topic, urgency });
  store.pushCalls.keepLatest(keptCalls);
}

/** The sentence in an error of any of the services. */
function sayingOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const { error } = (body ?? {}) as { error?: unknown };
  if (typeof error === 'string') return error;
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

/** Sends an answer: JSON, a text as it is, or nothing. */
export function send(response: Response, { status, body, type, headers = {} }: Answer): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (type !== undefined || typeof body === 'string') response.type(type ?? 'text').send(body);
  else response.json(body);
}

/** The beginning of an address, which is enough to recognise it. */
export const shortened = (address: string): string => (address.length > 28 ? `${address.slice(0, 27)}…` : address);

/** `Retry-After` of a rule, in seconds. */
export const retryHeaders = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': String(seconds) };
