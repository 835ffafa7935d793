import { types } from 'node:util';
import { SignatureError } from '../errors';
import { byteKinds, type Tagged, tag } from './message-tags';

/** Deeper nesting would exhaust the stack; no message is meant to be that deep. */
const maxDepth = 1000;
/** Properties of a Node-RED message that belong to an open HTTP request. */
const droppedFromMessage = new Set(['req', 'res']);

/** Writes one message as text. Use it once. */
export class Encoder {
  readonly #maxBytes: number;
  readonly #seen = new Set<object>();
  readonly #repeated = new Set<object>();
  readonly #ids = new Map<object, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  encode(message: object): string {
    const kept = Object.entries(message).filter(([key, value]) => !droppedFromMessage.has(key) && isKept(value));
    this.#seen.add(message);
    for (const [, value] of kept) this.#findRepeated(value, 1);
    const sizes = new Map<string, number>();
    const fields: Record<string, unknown> = {};
    if (this.#repeated.has(message)) this.#ids.set(message, 0);
    for (const [key, value] of kept) {
      const before = this.#bytes;
      define(fields, key, this.#value(value, 1));
      this.#bytes += key.length;
      sizes.set(key, this.#bytes - before);
    }
    if (this.#bytes > this.#maxBytes) throw this.#tooLarge(sizes);
    const text = JSON.stringify(this.#wrap(message, escapeTag(fields)));
    if (Buffer.byteLength(text) > this.#maxBytes) throw this.#tooLarge(sizes);
    return text;
  }

  #tooLarge(sizes: Map<string, number>): SignatureError {
    const [largest] = [...sizes].sort(([, a], [, b]) => b - a);
    const name = largest?.[0] ?? 'payload';
    return new SignatureError(
      'MESSAGE_TOO_LARGE',
      `The message is too large to be parked: more than ${readable(this.#maxBytes)}, most of it in msg.${name} (about ${readable(largest?.[1] ?? 0)}). Remove it from the message before this node and read it again behind it.`,
      { field: name },
    );
  }

  /** First pass: which objects come up more than once. */
  #findRepeated(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || !isKept(value)) return;
    if (this.#seen.has(value)) {
      this.#repeated.add(value);
      return;
    }
    this.#seen.add(value);
    refuseDepth(depth);
    for (const child of childrenOf(value)) this.#findRepeated(child, depth + 1);
  }

  /** Second pass: the value as JSON. Counts its bytes and leaves big ones out once the limit is passed. */
  #value(value: unknown, depth: number): unknown {
    this.#bytes += 2;
    switch (typeof value) {
      case 'string':
        this.#bytes += value.length;
        return this.#bytes > this.#maxBytes ? '' : value;
      case 'boolean':
        return value;
      case 'number':
        this.#bytes += 8;
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : tagged({ $type: 'number', value: (Object.is(value, -0) ? '-0' : `${value}`) as '-0' });
      case 'bigint':
        return tagged({ $type: 'bigint', value: `${value}` });
      case 'object':
        return value === null ? null : this.#object(value, depth);
      default:
        return tagged({ $type: 'undefined' });
    }
  }

  #object(value: object, depth: number): unknown {
    if (!isKept(value)) return tagged({ $type: 'undefined' });
    refuseDepth(depth);
    const known = this.#ids.get(value);
    if (known !== undefined) return tagged({ $type: 'again', id: known });
    if (this.#repeated.has(value)) this.#ids.set(value, this.#ids.size + 1);
    return this.#wrap(value, this.#content(value, depth));
  }

  #wrap(value: object, content: unknown): unknown {
    const id = this.#ids.get(value);
    return id === undefined ? content : tagged({ $type: 'shared', id, value: content });
  }

  #content(value: object, depth: number): unknown {
    const child = (item: unknown) => this.#value(item, depth + 1);
    if (Array.isArray(value)) return Array.from(value, child);
    if (types.isDate(value)) {
      const time = value.getTime();
      return tagged({ $type: 'date', value: Number.isNaN(time) ? null : time });
    }
    if (types.isMap(value)) {
      return tagged({ $type: 'map', value: [...value].map(([key, item]) => [child(key), child(item)]) });
    }
    if (types.isSet(value)) return tagged({ $type: 'set', value: [...value].map(child) });
    if (types.isRegExp(value)) return tagged({ $type: 'regexp', value: [value.source, value.flags] });
    if (value instanceof URL) return tagged({ $type: 'url', value: value.href });
    if (types.isArrayBuffer(value) || ArrayBuffer.isView(value)) return this.#bytesOf(value);
    const replaced = jsonForm(value);
    if (replaced !== value) return child(replaced);
    const fields: Record<string, unknown> = {};
    for (const [key, item] of ownFields(value)) {
      if (!isKept(item)) continue;
      this.#bytes += key.length;
      define(fields, key, child(item));
    }
    return escapeTag(fields);
  }

  #bytesOf(value: ArrayBuffer | ArrayBufferView): unknown {
    const view = types.isArrayBuffer(value)
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const kind = Buffer.isBuffer(value) ? 'Buffer' : value.constructor.name;
    this.#bytes += Math.ceil(view.length / 3) * 4;
    const text =
      this.#bytes > this.#maxBytes ? '' : Buffer.from(view.buffer, view.byteOffset, view.length).toString('base64');
    return tagged({ $type: 'bytes', kind: kind in byteKinds ? kind : 'Uint8Array', value: text });
  }
}

const tagged = (value: Tagged): Tagged => value;

/** Functions, symbols and live things are not kept. */
function isKept(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  const live = value as { pipe?: unknown; emit?: unknown; on?: unknown; then?: unknown };
  const emits = typeof live.emit === 'function' && typeof live.on === 'function';
  return !(emits || typeof live.pipe === 'function' || typeof live.then === 'function');
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** What an object of a class says it is as JSON; plain objects are taken as they are. */
function jsonForm(value: object): unknown {
  const { toJSON } = value as { toJSON?: unknown };
  return !isPlain(value) && typeof toJSON === 'function' ? toJSON.call(value) : value;
}

/** Own properties; of an error also its name and message, which are not enumerable, but not the stack. */
function ownFields(value: object): [string, unknown][] {
  const own = Object.entries(value);
  if (!types.isNativeError(value)) return own;
  return [['name', value.name], ['message', value.message], ...own.filter(([key]) => key !== 'stack')];
}

function childrenOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || types.isSet(value)) return value as Iterable<unknown>;
  if (types.isMap(value)) return [...value].flat();
  if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return [];
  const replaced = jsonForm(value);
  return replaced === value ? ownFields(value).map(([, item]) => item) : [];
}

const escapeTag = (fields: Record<string, unknown>): unknown =>
  Object.hasOwn(fields, tag) ? tagged({ $type: 'object', value: fields }) : fields;

/** Sets a property of any name, also `__proto__`, as a plain one. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function refuseDepth(depth: number): void {
  if (depth <= maxDepth) return;
  throw new SignatureError('MESSAGE_TOO_LARGE', `The message is nested deeper than ${maxDepth} levels. Flatten it.`);
}

const readable = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} bytes`
    : bytes < 10_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${Math.round(bytes / 1e6)} MB`;
