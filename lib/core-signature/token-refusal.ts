/** What a token endpoint means when it refuses, in words that name the field to check. */
import { z } from 'zod';
import { SignatureError } from '../errors';
import { redact } from '../http/redact';
import type { OAuth } from './auth-settings';

/** RFC 6749 §5.2, and the OpenText API gateway. */
const refusalSchema = z.object({
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  fault: z
    .object({
      faultstring: z.string().optional().catch(undefined),
      detail: z
        .object({ errorcode: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

interface Advice {
  field: string;
  text: string;
}

const byCode: Readonly<Record<string, Advice>> = {
  'oauth.v2.InvalidApiKey': {
    field: 'clientId',
    text: 'The client id is unknown there. Check clientId and the region.',
  },
  invalid_client: { field: 'clientSecret', text: 'Check clientId and clientSecret.' },
  unauthorized_client: { field: 'grant', text: 'The client may not log on this way. Check grant and clientId.' },
  unsupported_grant_type: { field: 'grant', text: 'The endpoint does not know this way to log on. Check grant.' },
  invalid_scope: { field: 'subscription', text: 'Check subscription.' },
};

function adviceFor(settings: OAuth, status: number, code: string, description: string): Advice {
  if (/subscription/i.test(description)) return { field: 'subscription', text: 'Check subscription.' };
  if (code === 'invalid_grant') {
    return settings.kind !== 'ocp' && settings.grant === 'password'
      ? { field: 'password', text: 'Check username and password.' }
      : { field: 'clientSecret', text: 'Check clientId and clientSecret.' };
  }
  const known = byCode[code];
  if (known !== undefined) return known;
  if (status === 404) return { field: 'tokenUrl', text: 'There is no token endpoint. Check tokenUrl and tenant.' };
  return { field: 'clientId', text: 'Check clientId, clientSecret and tokenUrl.' };
}

/**
 * The error for a token endpoint's refusal.
 *
 * @param settings what was sent
 * @param status HTTP status of the answer
 * @param body parsed JSON or anything else
 * @param secrets that were sent, should the answer repeat one
 */
export function tokenRefusal(
  settings: OAuth,
  status: number,
  body: unknown,
  secrets: readonly string[],
): SignatureError {
  const parsed = refusalSchema.safeParse(body);
  const { error, error_description: described, fault } = parsed.success ? parsed.data : {};
  const code = fault?.detail?.errorcode ?? error ?? '';
  const description = described ?? fault?.faultstring ?? '';
  const { field, text } = adviceFor(settings, status, code, description);
  const said = redact([code, description].filter((part) => part !== '').join(': '), secrets).slice(0, 300);
  return new SignatureError(
    'UNAUTHORIZED',
    `The token endpoint refused the credentials${said === '' ? '' : ` (${said})`}. ${text}`,
    { field, status },
  );
}
