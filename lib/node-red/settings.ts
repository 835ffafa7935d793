import type { NodeAPI } from 'node-red';
import * as z from 'zod';

/** What the operator may set for the whole package: `coreSignature` in settings.js. */
const schema = z.strictObject({
  /** How long work may stand still before another process takes it over. */
  leaseSeconds: z.number().min(1).max(3600).default(120),
});

/** Reads `coreSignature` of settings.js. What cannot be used is said in the log, and the defaults hold. */
export function packageSettings(RED: NodeAPI): z.output<typeof schema> {
  const { coreSignature = {} } = RED.settings as { coreSignature?: unknown };
  const parsed = schema.safeParse(coreSignature);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = ['coreSignature', ...(issue?.path ?? [])].join('.');
  RED.log.error(`settings.js: ${field}: ${issue?.message ?? 'cannot be used'}. The defaults are used instead.`);
  return schema.parse({});
}
