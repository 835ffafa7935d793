/** The request of `messages:send`, field by field (Firebase, "REST Resource: projects.messages"). */
import { z } from 'zod';
import { badRequest, type Violation } from './errors';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Both spellings of a name mean the same field, and null means that it is not there. */
function protoNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => [camel(name), part]),
  );
}

/** A message of protocol buffers in JSON. */
const proto = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess(protoNames, z.strictObject(shape, 'Starting an object on a scalar field').partial());

// The texts name the type, as the server does in its complaints.
const text = z.string('TYPE_STRING');
const flag = z.boolean('TYPE_BOOL');
const whole = z.union([z.int(), z.string().regex(/^-?\d+$/)], 'TYPE_INT32').transform(Number);
const real = z.number('TYPE_FLOAT');
const duration = z
  .string('type.googleapis.com/google.protobuf.Duration')
  .regex(/^\d+(?:\.\d{1,9})?s$/, 'type.googleapis.com/google.protobuf.Duration');
const texts = z.record(z.string(), text, 'TYPE_MESSAGE');
const struct = z.record(z.string(), z.unknown(), 'type.googleapis.com/google.protobuf.Struct');
const list = <T extends z.ZodType>(item: T) => z.array(item, 'TYPE_MESSAGE');
const oneOf = (...names: string[]) =>
  z.string('TYPE_ENUM').refine((name) => names.includes(name.toUpperCase()), 'TYPE_ENUM');

const labelled = proto({ analyticsLabel: text });

const androidNotification = proto({
  title: text,
  body: text,
  icon: text,
  color: text,
  sound: text,
  tag: text,
  clickAction: text,
  bodyLocKey: text,
  bodyLocArgs: list(text),
  titleLocKey: text,
  titleLocArgs: list(text),
  channelId: text,
  ticker: text,
  sticky: flag,
  eventTime: text,
  localOnly: flag,
  notificationPriority: oneOf(
    'PRIORITY_UNSPECIFIED',
    'PRIORITY_MIN',
    'PRIORITY_LOW',
    'PRIORITY_DEFAULT',
    'PRIORITY_HIGH',
    'PRIORITY_MAX',
  ),
  defaultSound: flag,
  defaultVibrateTimings: flag,
  defaultLightSettings: flag,
  vibrateTimings: list(duration),
  visibility: oneOf('VISIBILITY_UNSPECIFIED', 'PRIVATE', 'PUBLIC', 'SECRET'),
  notificationCount: whole,
  lightSettings: proto({
    color: proto({ red: real, green: real, blue: real, alpha: real }),
    lightOnDuration: duration,
    lightOffDuration: duration,
  }),
  image: text,
  bypassProxyNotification: flag,
  proxy: oneOf('PROXY_UNSPECIFIED', 'ALLOW', 'DENY', 'IF_PRIORITY_LOWERED'),
});

const message = proto({
  name: text,
  data: texts,
  notification: proto({ title: text, body: text, image: text }),
  android: proto({
    collapseKey: text,
    priority: oneOf('NORMAL', 'HIGH'),
    ttl: duration,
    restrictedPackageName: text,
    data: texts,
    notification: androidNotification,
    fcmOptions: labelled,
    directBootOk: flag,
    bandwidthConstrainedOk: flag,
    restrictedSatelliteOk: flag,
  }),
  webpush: proto({
    headers: texts,
    data: texts,
    notification: struct,
    fcmOptions: proto({ link: text, analyticsLabel: text }),
  }),
  apns: proto({
    headers: texts,
    payload: struct,
    fcmOptions: proto({ analyticsLabel: text, image: text }),
    liveActivityToken: text,
  }),
  fcmOptions: labelled,
  token: text,
  fid: text,
  topic: text,
  condition: text,
});

const requestSchema = proto({ validateOnly: flag, message });

export type FcmMessage = NonNullable<z.output<typeof message>>;
export type FcmRequest = z.output<typeof requestSchema>;

/**
 * Reads a request.
 *
 * @throws ApiError 400 with a violation for every field that the API does not have or cannot read
 */
export function readRequest(body: unknown): FcmRequest {
  const parsed = requestSchema.safeParse(body ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw badRequest(parsed.error.issues.flatMap(violationsOf));
}

function violationsOf(issue: z.core.$ZodIssue): Violation[] {
  const field = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field,
      description: `Invalid JSON payload received. Unknown name "${snake(key)}"${field && ` at '${field}'`}: Cannot find field.`,
    }));
  }
  const given = JSON.stringify(issue.input) ?? '';
  return [{ field, description: `Invalid value at '${field}' (${issue.message}), ${given}` }];
}

/** Names of fields as the server spells them; keys of a map stay as they are. */
function pathOf(path: PropertyKey[]): string {
  const free = path.findIndex((step) => ['data', 'headers', 'payload'].includes(String(step)));
  return path.map((step, i) => (free >= 0 && i > free ? String(step) : snake(String(step)))).join('.');
}
