import { Decoder } from './message-decoder';
import { Encoder } from './message-encoder';

/**
 * A Node-RED message as text that survives a restart.
 *
 * Kept: JSON values, `undefined`, NaN and infinities, bigint, Date, Buffer and every typed array, Map, Set, RegExp, URL,
 * nested to any depth that fits, with shared and circular references intact. Errors and objects of classes become plain
 * objects with their own properties (or what their `toJSON` gives). Dropped: `req` and `res` of the message, functions,
 * symbols, and live things such as streams and sockets.
 *
 * @param options.maxBytes most bytes of the text, default 8 MiB
 * @throws SignatureError `MESSAGE_TOO_LARGE` naming the largest property
 */
export function encodeMessage(message: object, options: { maxBytes?: number } = {}): string {
  return new Encoder(options.maxBytes ?? 8 * 1024 * 1024).encode(message);
}

/** The message behind a text of `encodeMessage`. */
export function decodeMessage(text: string): Record<string, unknown> {
  return new Decoder().decode(JSON.parse(text)) as Record<string, unknown>;
}
