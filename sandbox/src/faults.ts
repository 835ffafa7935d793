import { z } from 'zod';
import { ecmServices, ecmSteps } from './ecm/model';
import type { Store } from './store';

/** How often: a whole number counts down, a fraction below 1 is a probability, true is always. */
const often = z.union([z.boolean(), z.number().min(0)], {
  error: 'Give true, a whole number of times, or a probability below 1.',
});

const apiRule = z.strictObject({
  match: z.string().optional(),
  kind: z.enum(['status', 'lostAnswer', 'outage', 'delay'], {
    error: 'The kind is one of status, lostAnswer, outage, delay.',
  }),
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
});

const pushRule = z.strictObject({
  service: z
    .enum(['fcm', 'webpush', 'opentext'], { error: 'The service is one of fcm, webpush, opentext.' })
    .optional(),
  match: z.string().optional(),
  kind: z
    .enum(['status', 'lostAnswer', 'outage', 'delay'], {
      error: 'The kind is one of status, lostAnswer, outage, delay.',
    })
    .default('status'),
  code: z.string().optional(),
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
});

/** Where a kind of fault can happen; a rule without a step means these. */
const ecmPlaces: Partial<Record<string, readonly string[]>> = {
  corrupt: ['read'],
  truncate: ['read'],
  stale: ['find'],
  quota: ['upload'],
  retention: ['upload', 'metadata', 'record'],
};

const ecmKinds = [
  'status',
  'lostAnswer',
  'outage',
  'delay',
  'corrupt',
  'truncate',
  'quota',
  'retention',
  'stale',
] as const;

const ecmRule = z.strictObject({
  service: z.enum(ecmServices, { error: `The service is one of ${ecmServices.join(', ')}.` }).optional(),
  step: z.enum(ecmSteps, { error: `The step is one of ${ecmSteps.join(', ')}.` }).optional(),
  match: z.string().optional(),
  kind: z.enum(ecmKinds, { error: `The kind is one of ${ecmKinds.join(', ')}.` }).default('status'),
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
});

/** The fault switches, as `/sandbox/faults` takes them. */
export const faultSettings = z.strictObject({
  callbacks: z
    .strictObject({
      duplicate: often.optional(),
      drop: often.optional(),
      reorder: z.boolean().optional(),
      delayMs: z.number().min(0).optional(),
      forge: often.optional(),
    })
    .optional(),
  api: z.array(apiRule).optional(),
  push: z.array(pushRule).optional(),
  ecm: z.array(ecmRule).optional(),
  downloads: z
    .strictObject({ truncate: often.optional(), corrupt: often.optional(), expire: often.optional() })
    .optional(),
  mails: z.strictObject({ bounce: often.optional(), sendingError: often.optional() }).optional(),
  seed: z.int().optional(),
});

export type FaultSettings = z.infer<typeof faultSettings>;
export type ApiRule = z.infer<typeof apiRule>;
export type PushRule = z.infer<typeof pushRule>;
export type EcmRule = z.infer<typeof ecmRule>;

interface Rules {
  api: ApiRule;
  push: PushRule;
  ecm: EcmRule;
}

const key = 'faults';
const stateKey = 'faults.random';

/** What is switched on, what is left of it, and the dice, which a seed makes repeatable. */
export class Faults {
  constructor(private readonly store: Store) {}

  /** The switches with the counts that are left. */
  get settings(): FaultSettings {
    return this.store.setting<FaultSettings>(key) ?? {};
  }

  /** Replaces all switches. */
  replace(settings: FaultSettings): void {
    this.store.set(key, settings);
    this.store.set(stateKey, settings.seed ?? 1);
  }

  /** Puts switches over those that are on; rules are added. */
  merge(settings: FaultSettings): void {
    const now = this.settings;
    this.store.set(key, {
      ...now,
      ...settings,
      callbacks: { ...now.callbacks, ...settings.callbacks },
      downloads: { ...now.downloads, ...settings.downloads },
      mails: { ...now.mails, ...settings.mails },
      api: [...(now.api ?? []), ...(settings.api ?? [])],
      push: [...(now.push ?? []), ...(settings.push ?? [])],
      ecm: [...(now.ecm ?? []), ...(settings.ecm ?? [])],
    } satisfies FaultSettings);
    if (settings.seed !== undefined) this.store.set(stateKey, settings.seed);
  }

  /** Takes one occurrence of a switch: true when the fault has to happen now. */
  take<G extends 'callbacks' | 'downloads' | 'mails'>(group: G, name: keyof NonNullable<FaultSettings[G]>): boolean {
    const switches: Record<string, boolean | number | undefined> = this.settings[group] ?? {};
    const value = switches[String(name)];
    if (value === undefined || value === false || value === 0) return false;
    if (value === true) return true;
    if (value < 1) return this.random() < value;
    switches[String(name)] = Math.floor(value) - 1;
    this.store.set(key, this.settings);
    return true;
  }

  /**
   * Takes the first rule that applies to a request of the API.
   *
   * @param path path below `/api/v1`, or of a token endpoint
   */
  takeRule(method: string, path: string): ApiRule | undefined {
    return this.#take('api', (rule) => applies(rule, method, path));
  }

  /**
   * Takes the first rule that applies to a call of a push service.
   *
   * @param names addresses of the target and the phone's name; a rule means every target of which one has its text
   * @param byNameOnly pass over rules without a text
   */
  takePushRule(service: string, names: string[], byNameOnly = false): PushRule | undefined {
    return this.#take('push', (rule) => {
      if (rule.service !== undefined && rule.service !== service) return false;
      const { match } = rule;
      if (match === undefined) return !byNameOnly;
      return names.some((name) => wildcards(match).test(name));
    });
  }

  /**
   * Takes the first rule that applies to a request to a content repository.
   *
   * @param step what the request is about
   * @param path path below the host
   */
  takeEcmRule(service: string, step: string, method: string, path: string): EcmRule | undefined {
    return this.#take('ecm', (rule) => {
      if (rule.service !== undefined && rule.service !== service) return false;
      const isRead = ['GET', 'HEAD', 'PROPFIND', 'OPTIONS'].includes(method);
      if (isRead && (rule.kind === 'quota' || rule.kind === 'retention')) return false;
      const steps = rule.step === undefined ? ecmPlaces[rule.kind] : [rule.step];
      return (steps === undefined || steps.includes(step)) && applies(rule, method, path);
    });
  }

  /** Milliseconds of virtual time that every first callback waits. */
  get callbackDelayMs(): number {
    return this.settings.callbacks?.delayMs ?? 0;
  }

  get reordersCallbacks(): boolean {
    return this.settings.callbacks?.reorder === true;
  }

  /** The next number of the seeded dice, 0 to 1 (mulberry32). */
  random(): number {
    const state = ((this.store.setting<number>(stateKey) ?? 1) + 0x6d2b79f5) | 0;
    this.store.set(stateKey, state);
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Takes the first rule of a group that is meant and happens, and counts it down. */
  #take<G extends 'api' | 'push' | 'ecm'>(group: G, isMeant: (rule: Rules[G]) => boolean): Rules[G] | undefined {
    const rules = (this.settings[group] ?? []) as Rules[G][];
    const rule = rules.find((candidate) => isMeant(candidate) && this.#happens(candidate));
    if (rule?.times !== undefined) {
      rule.times -= 1;
      this.store.set(key, { ...this.settings, [group]: rules.filter((other) => other.times !== 0) });
    }
    return rule;
  }

  #happens(rule: Pick<ApiRule, 'times' | 'probability'>): boolean {
    if (rule.times === 0) return false;
    return rule.probability === undefined || this.random() < rule.probability;
  }
}

/** `POST /documents/`, `/events/*` or `*`: a method, if given, and a path in which `*` stands for anything. */
function applies(rule: Pick<ApiRule, 'match'>, method: string, path: string): boolean {
  if (rule.match === undefined) return true;
  const [, wantedMethod, pattern] = /^(?:([A-Za-z]+)\s+)?(.*)$/.exec(rule.match.trim()) ?? [];
  if (wantedMethod !== undefined && wantedMethod.toUpperCase() !== method) return false;
  return new RegExp(`^${wildcards(pattern ?? '').source}$`).test(path);
}

/** A text in which `*` stands for anything, to be found anywhere. */
function wildcards(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*'));
}
