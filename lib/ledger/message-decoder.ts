import { define } from './message-encoder';
import { byteKinds, type Tagged, tag } from './message-tags';

/** Reads one message from the JSON an `Encoder` wrote. Use it once. */
export class Decoder {
  readonly #shared = new Map<number, unknown>();

  /** @param keep told the result as soon as it exists, before its content is read, so that circles can close */
  decode(json: unknown, keep: (value: unknown) => void = () => undefined): unknown {
    if (typeof json !== 'object' || json === null) return json;
    if (Array.isArray(json)) {
      const list: unknown[] = [];
      keep(list);
      for (const item of json) list.push(this.decode(item));
      return list;
    }
    if (Object.hasOwn(json, tag)) return this.#tagged(json as Tagged, keep);
    return this.#object(json, keep);
  }

  #object(fields: object, keep: (value: unknown) => void): unknown {
    const result = {};
    keep(result);
    for (const [key, item] of Object.entries(fields)) define(result, key, this.decode(item));
    return result;
  }

  #tagged(json: Tagged, keep: (value: unknown) => void): unknown {
    switch (json.$type) {
      case 'again':
        return this.#shared.get(json.id);
      case 'shared': {
        const value = this.decode(json.value, (early) => this.#shared.set(json.id, early));
        this.#shared.set(json.id, value);
        return value;
      }
      case 'object':
        return this.#object(json.value, keep);
      case 'map': {
        const map = new Map();
        keep(map);
        for (const [key, item] of json.value) map.set(this.decode(key), this.decode(item));
        return map;
      }
      case 'set': {
        const set = new Set();
        keep(set);
        for (const item of json.value) set.add(this.decode(item));
        return set;
      }
      default:
        return leaf(json);
    }
  }
}

function leaf(json: Exclude<Tagged, { $type: 'again' | 'shared' | 'object' | 'map' | 'set' }>): unknown {
  switch (json.$type) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(json.value);
    case 'bigint':
      return BigInt(json.value);
    case 'date':
      return new Date(json.value ?? Number.NaN);
    case 'url':
      return new URL(json.value);
    case 'regexp':
      return new RegExp(json.value[0], json.value[1]);
    case 'bytes': {
      const source = Buffer.from(json.value, 'base64');
      const memory = new ArrayBuffer(source.length);
      new Uint8Array(memory).set(source);
      return byteKinds[json.kind as keyof typeof byteKinds]?.(memory) ?? new Uint8Array(memory);
    }
    default:
      return json;
  }
}
