import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { SignatureError } from '../../../dist/lib/errors';
import { decodeMessage, encodeMessage } from '../../../dist/lib/ledger/message';
import { newSeed, random } from './stores';

const roundTrip = (message: object) => decodeMessage(encodeMessage(message));

describe('parked message', () => {
  it('brings back what JSON cannot say', () => {
    const message = {
      payload: { date: new Date(5), bad: new Date(Number.NaN), big: 12345678901234567890n, none: undefined, nil: null },
      numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1.5],
      map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1, new Map()])]]),
      expression: /a\/b/giu,
      link: new URL('https://a.example/?b=1'),
      text: 'nul \0, lone \ud800, emoji 🖋',
    };
    const back = roundTrip(message);
    expect(back).to.deep.equal(message);
    expect(Object.is((back.numbers as number[])[3], -0)).to.equal(true);
    expect(Object.hasOwn(back.payload as object, 'none')).to.equal(true);
  });

  it('brings bytes back in their own kind', () => {
    const memory = new Uint8Array([9, 1, 2, 3, 4, 5, 6, 7, 8, 9]).buffer;
    const message = {
      buffer: Buffer.from([0, 255, 128]),
      part: new Uint8Array(memory, 1, 8),
      wide: new Float64Array([1.5, Number.NaN]),
      big: new BigInt64Array([-1n]),
      raw: new Uint8Array([1, 2]).buffer,
      view: new DataView(memory, 2, 3),
    };
    const back = roundTrip(message) as typeof message;
    expect(Buffer.isBuffer(back.buffer)).to.equal(true);
    for (const kind of ['buffer', 'part', 'wide', 'big'] as const) {
      expect(back[kind].constructor).to.equal(message[kind].constructor);
      expect([...back[kind]]).to.deep.equal([...message[kind]]);
    }
    expect(back.raw).to.be.instanceOf(ArrayBuffer);
    expect([...new Uint8Array(back.raw)]).to.deep.equal([1, 2]);
    expect([...new Uint8Array(back.view.buffer, back.view.byteOffset, back.view.byteLength)]).to.deep.equal([2, 3, 4]);
  });

  it('escapes properties that look like its own marks', () => {
    const message = { $type: 'undefined', payload: { $type: 'date', value: 1, deep: { $type: { $type: 'bigint' } } } };
    expect(roundTrip(message)).to.deep.equal(message);
  });

  it('does not let a property change a prototype', () => {
    const message = JSON.parse('{"payload":{"__proto__":{"polluted":true},"constructor":1}}');
    const back = roundTrip(message) as { payload: { polluted?: boolean } };
    expect(back.payload.polluted).to.equal(undefined);
    expect(Object.keys(back.payload)).to.deep.equal(['__proto__', 'constructor']);
  });

  it('keeps shared and circular references', () => {
    const shared = { n: 1 };
    const message: Record<string, unknown> = { a: shared, b: [shared], map: new Map(), date: new Date(1) };
    message.self = message;
    (message.map as Map<unknown, unknown>).set('me', message.map);
    message.again = message.date;
    const back = roundTrip(message);
    expect(back.self).to.equal(back);
    expect((back.b as unknown[])[0]).to.equal(back.a);
    expect((back.map as Map<unknown, unknown>).get('me')).to.equal(back.map);
    expect(back.again).to.equal(back.date);
    expect(back.date).to.deep.equal(new Date(1));
  });

  it('drops requests, functions and live things, and makes errors and classes plain', () => {
    class Money {
      constructor(readonly cents: number) {}
      toJSON() {
        return { eur: this.cents / 100 };
      }
    }
    class Point {
      x = 1;
    }
    const error = Object.assign(new TypeError('no'), { code: 'E1' });
    const back = roundTrip({
      req: { secret: 1 },
      res: {},
      payload: { req: 'kept', fn: () => 1, list: [() => 1, 2], symbol: Symbol('x') },
      stream: Readable.from([]),
      emitter: new EventEmitter(),
      promise: Promise.resolve(),
      error,
      money: new Money(150),
      point: new Point(),
    });
    expect(back).to.deep.equal({
      payload: { req: 'kept', list: [undefined, 2] },
      error: { name: 'TypeError', message: 'no', code: 'E1' },
      money: { eur: 1.5 },
      point: { x: 1 },
    });
  });

  it('refuses what is too large and names the largest property', () => {
    const refusal = (message: object, maxBytes: number): SignatureError => {
      try {
        encodeMessage(message, { maxBytes });
      } catch (thrown) {
        return thrown as SignatureError;
      }
      throw new Error('not refused');
    };
    const large = { payload: 'x'.repeat(600), pdf: Buffer.alloc(5000), topic: 't' };
    expect(refusal(large, 5000)).to.include({ code: 'MESSAGE_TOO_LARGE', field: 'pdf' });
    expect(refusal(large, 5000).message).to.contain('msg.pdf');
    expect(refusal({ payload: ['ü'.repeat(600)] }, 900)).to.include({ field: 'payload' });
    expect(roundTrip({ payload: 'ü'.repeat(10) })).to.deep.equal({ payload: 'ü'.repeat(10) });
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i += 1) deep = [deep];
    expect(refusal({ deep }, 1e6)).to.include({ code: 'MESSAGE_TOO_LARGE' });
  });

  it('brings back random messages', () => {
    const { below, next } = random(newSeed());
    const seen: unknown[] = [];
    const value = (depth: number): unknown => {
      const keys = ['a', '$type', 'value', '1', '__proto__', 'id', ''];
      const many = (make: () => unknown) => Array.from({ length: below(4) }, make);
      const leaves = [
        () => next(),
        () => below(9),
        () => `${next()}`,
        () => null,
        () => undefined,
        () => true,
        () => BigInt(below(99)),
        () => new Date(below(1e9)),
        () => Buffer.from([below(256)]),
        () => Number.NaN,
      ];
      const nested = [
        () => many(() => value(depth + 1)),
        () => new Set(many(() => value(depth + 1))),
        () => new Map(many(() => [value(depth + 1), value(depth + 1)]) as [unknown, unknown][]),
        () => Object.fromEntries(many(() => [keys[below(keys.length)], value(depth + 1)]) as [string, unknown][]),
        () => seen[below(seen.length)],
      ];
      const choices = depth > 4 ? leaves : [...leaves, ...nested, ...nested];
      const made = choices[below(choices.length)]!();
      if (typeof made === 'object') seen.push(made);
      return made;
    };
    for (let i = 0; i < 2000; i += 1) {
      const message = { payload: value(0), other: value(0) };
      expect(roundTrip(message)).to.deep.equal(message);
      seen.length = 0;
    }
  });
});
