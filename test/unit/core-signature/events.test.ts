import { expect } from 'chai';
import { parseCallback } from '../../../dist/lib/core-signature/callback';
import { eventHash, verifyEventHash } from '../../../dist/lib/core-signature/event-hash';
import { eventKey, identityOf } from '../../../dist/lib/core-signature/event-key';
import { eventSchema } from '../../../dist/lib/core-signature/models';
import { documentJson } from './fixtures';

const callback = {
  uuid: 'ev-1',
  status: 'ok',
  event_type: 'signer_signed',
  timestamp: '2030-01-01T10:00:05.123456Z',
  document: documentJson(),
  signer: { email: 'A@x.org' },
  token_name: 'Token',
  event_time: '1732200605',
  event_hash: 'f'.repeat(64),
};
const raw = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('event hash', () => {
  const key = 'YOUR_TOKEN_HERE';
  const vectors = [
    ['1537889008', 'converted', '675ceef2ce146de8ba8d24ac878cdd1a0f5868b37dfe9e30699387eb18e17977'],
    ['1732200605', 'signed', '83c89fc473da2c5976e0371767c98b0ce81a31344c4e1b5b424daa3498d8eebf'],
    ['1732200605', 'signer_forwarded', 'f78f4e910ad42a0d45f53c0fb39546523a5e0249d151b82efa522fffe566c17c'],
  ] as const;
  for (const [eventTime, type, hash] of vectors) {
    it(`of ${type} is as documented`, () => {
      expect(eventHash(key, eventTime, type)).to.equal(hash);
      expect(verifyEventHash({ eventTime, type, hash }, [key])).to.equal(true);
      expect(verifyEventHash({ eventTime, type, hash: hash.toUpperCase() }, ['other', '', key])).to.equal(true);
    });
  }

  it('fails without ever throwing', () => {
    const [eventTime, type, hash] = vectors[1];
    const good = { eventTime, type, hash };
    expect(verifyEventHash(good, [])).to.equal(false);
    expect(verifyEventHash(good, [''])).to.equal(false);
    expect(verifyEventHash({ ...good, hash: eventHash('', eventTime, type) }, [''])).to.equal(false);
    expect(verifyEventHash(good, ['wrong', 'keys'])).to.equal(false);
    expect(verifyEventHash({ ...good, type: 'declined' }, [key])).to.equal(false);
    expect(verifyEventHash({ ...good, eventTime: '1732200606' }, [key])).to.equal(false);
    expect(verifyEventHash({ ...good, eventTime: null }, [key])).to.equal(false);
    for (const wrong of [null, '', 'zz', hash.slice(1), `${hash}0`, `${hash.slice(0, 63)}g`, hash.replace('8', '9')]) {
      expect(verifyEventHash({ ...good, hash: wrong }, [key]), String(wrong)).to.equal(false);
    }
  });
});

describe('webhook body', () => {
  it('is reduced to what identifies the event', () => {
    expect(parseCallback(raw(callback))).to.deep.equal({
      uuid: 'ev-1',
      type: 'signer_signed',
      timestamp: '2030-01-01T10:00:05.123456Z',
      eventTime: '1732200605',
      documentUuid: 'doc-1',
      signerEmail: 'A@x.org',
      hash: 'f'.repeat(64),
      tokenName: 'Token',
    });
  });

  it('may lack what is not always there', () => {
    const bare = {
      event_type: 'login_failed',
      timestamp: callback.timestamp,
      document: null,
      signer: null,
      event_time: 17,
    };
    expect(parseCallback(raw(bare))).to.deep.include({
      documentUuid: '',
      signerEmail: null,
      hash: null,
      eventTime: '17',
      uuid: '',
    });
  });

  const broken: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['broken JSON', raw(callback).subarray(0, 40)],
    ['no UTF-8', Buffer.concat([Buffer.from('{"event_type":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['an array', raw([])],
    ['null', raw(null)],
    ['no type', raw({ ...callback, event_type: undefined })],
    ['no time', raw({ ...callback, timestamp: 'yesterday' })],
    ['a document that is none', raw({ ...callback, document: 'doc-1' })],
    ['a hash that is no text', raw({ ...callback, event_hash: { $ne: 1 } })],
  ];
  for (const [what, body] of broken) {
    it(`with ${what} is refused`, () =>
      expect(() => parseCallback(body))
        .to.throw()
        .with.property('code', 'BAD_EVENT'));
  }
});

describe('event key', () => {
  it('is the same from a webhook and from the API', () => {
    const read = eventSchema.parse({
      ...callback,
      delivered: true,
      timestamp: '2030-01-01T11:00:05.123+01:00',
      signer: { email: 'a@X.org ' },
    });
    expect(eventKey(identityOf(read))).to.equal(eventKey(parseCallback(raw(callback))));
    expect(eventKey(parseCallback(raw(callback)))).to.equal(
      `doc-1|signer_signed|${Date.parse(callback.timestamp)}|a@x.org`,
    );
  });

  it('differs by document, type, time and signer', () => {
    const event = parseCallback(raw(callback));
    const others = [
      { documentUuid: 'doc-2' },
      { type: 'signed' },
      { timestamp: '2030-01-01T10:00:05.124Z' },
      { signerEmail: null },
    ];
    const keys = [event, ...others.map((other) => ({ ...event, ...other }))].map(eventKey);
    expect(new Set(keys).size).to.equal(5);
  });
});
