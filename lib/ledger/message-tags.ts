/** Marks an object of the text that stands for something JSON has no word for. */
export const tag = '$type';

/** A tagged value; `value` depends on the tag. */
export type Tagged =
  | { $type: 'undefined' }
  | { $type: 'number'; value: 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { $type: 'bigint'; value: string }
  | { $type: 'date'; value: number | null }
  | { $type: 'url'; value: string }
  | { $type: 'regexp'; value: [source: string, flags: string] }
  | { $type: 'bytes'; kind: string; value: string }
  | { $type: 'map'; value: [unknown, unknown][] }
  | { $type: 'set'; value: unknown[] }
  /** A plain object that itself has a property with the name of the tag. */
  | { $type: 'object'; value: Record<string, unknown> }
  /** The first place of an object that comes up again. */
  | { $type: 'shared'; id: number; value: unknown }
  | { $type: 'again'; id: number };

/** The kinds of `bytes` and how to make them from memory of their own. */
export const byteKinds = {
  Buffer: (bytes: ArrayBuffer) => Buffer.from(bytes),
  ArrayBuffer: (bytes: ArrayBuffer) => bytes,
  DataView: (bytes: ArrayBuffer) => new DataView(bytes),
  Uint8Array: (bytes: ArrayBuffer) => new Uint8Array(bytes),
  Uint8ClampedArray: (bytes: ArrayBuffer) => new Uint8ClampedArray(bytes),
  Int8Array: (bytes: ArrayBuffer) => new Int8Array(bytes),
  Uint16Array: (bytes: ArrayBuffer) => new Uint16Array(bytes),
  Int16Array: (bytes: ArrayBuffer) => new Int16Array(bytes),
  Uint32Array: (bytes: ArrayBuffer) => new Uint32Array(bytes),
  Int32Array: (bytes: ArrayBuffer) => new Int32Array(bytes),
  Float32Array: (bytes: ArrayBuffer) => new Float32Array(bytes),
  Float64Array: (bytes: ArrayBuffer) => new Float64Array(bytes),
  BigInt64Array: (bytes: ArrayBuffer) => new BigInt64Array(bytes),
  BigUint64Array: (bytes: ArrayBuffer) => new BigUint64Array(bytes),
} satisfies Record<string, (bytes: ArrayBuffer) => unknown>;
