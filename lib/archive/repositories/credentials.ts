/** How one proves who one is to a plain HTTP service. */
import type { HttpRequest } from '../../http/client';

export type HttpCredentials =
  | { kind: 'none' }
  | { kind: 'basic'; username: string; password: string }
  | { kind: 'bearer'; token: string }
  /** A key in a header of its own. */
  | { kind: 'header'; name: string; value: string };

/** Headers to send, and the values that must not be seen in errors. */
export function credentialHeaders(credentials: HttpCredentials): Required<Pick<HttpRequest, 'headers' | 'secrets'>> {
  switch (credentials.kind) {
    case 'basic': {
      const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      return { headers: { authorization: `Basic ${pair}` }, secrets: [credentials.password, pair] };
    }
    case 'bearer':
      return { headers: { authorization: `Bearer ${credentials.token}` }, secrets: [credentials.token] };
    case 'header':
      return { headers: { [credentials.name.toLowerCase()]: credentials.value }, secrets: [credentials.value] };
    default:
      return { headers: {}, secrets: [] };
  }
}
