import { SignatureError } from '../../lib/errors';
import type { FlowMessage } from '../../lib/node-red/handlers';

/**
 * The webhook body that a core `http in` node handed over.
 *
 * @throws SignatureError `BAD_EVENT` when the payload is neither bytes, text nor an object
 */
export function bodyOf({ payload }: FlowMessage): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (typeof payload === 'string') return Buffer.from(payload);
  if (typeof payload === 'object' && payload !== null) return Buffer.from(JSON.stringify(payload));
  throw new SignatureError('BAD_EVENT', 'msg.payload must be the body of the webhook: a Buffer, text or an object.', {
    field: 'payload',
  });
}
