import { expect } from 'chai';
import { readProblem } from '../../../dist/lib/http/problem';
import { redact } from '../../../dist/lib/http/redact';
import { backoff, retryAfter } from '../../../dist/lib/http/retry';

describe('reasons in error answers', () => {
  const cases: [unknown, string, string | undefined][] = [
    [{ detail: 'Not found.' }, 'Not found.', undefined],
    [{ non_field_errors: ['A', 'B!'] }, 'A. B!', undefined],
    [{ name: ['Too long.'] }, 'name: Too long.', 'name'],
    [
      { signers: [{}, { email: ['Bad', 'Worse'] }] },
      'signers 2, email: Bad. signers 2, email: Worse.',
      'signers.1.email',
    ],
    [
      { errors: { signer_email_to_forward: ['Has signed'] } },
      'signer_email_to_forward: Has signed.',
      'signer_email_to_forward',
    ],
    [{ error: 'invalid_client', error_description: 'Unknown client' }, 'Unknown client.', undefined],
    [{ error: 'invalid_client' }, 'invalid_client.', undefined],
    [
      { error: { code: 404, message: 'Requested entity was not found.' } },
      'Requested entity was not found.',
      undefined,
    ],
    [{ fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'x' } } }, 'Invalid ApiKey.', undefined],
    [{ title: 'Bad thing', status: 400 }, 'Bad thing.', undefined],
    [['One', 'Two'], 'One. Two.', undefined],
    ['<html>', '', undefined],
    [undefined, '', undefined],
    [null, '', undefined],
    [{}, '', undefined],
  ];
  for (const [body, text, field] of cases) {
    it(JSON.stringify(body) ?? 'nothing', () => {
      const problem = readProblem(body);
      expect(problem.text).to.equal(text);
      expect(problem.field).to.equal(field);
    });
  }
  it('are kept short, and deep nesting does no harm', () => {
    expect(readProblem({ detail: 'x'.repeat(9000) }).text).to.have.length(500);
    let deep: unknown = 'end';
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    expect(readProblem({ a: deep }).text).to.equal('');
  });
});

describe('redaction', () => {
  it('replaces a secret in every spelling', () => {
    const secret = 'p@ss/word=1';
    const text = `a ${secret} b ${encodeURIComponent(secret)} c ${Buffer.from(secret).toString('base64')}`;
    expect(redact(text, [secret, undefined, ''])).to.equal('a *** b *** c ***');
  });
});

describe('pauses between tries', () => {
  it('double, within a band of chance, up to a limit', () => {
    expect([1, 2, 3, 20].map((attempt) => backoff(attempt, 0))).to.deep.equal([250, 500, 1000, 15_000]);
    expect(backoff(1, 0.999)).to.be.closeTo(500, 1);
  });
  it('read Retry-After', () => {
    const now = Date.UTC(2030, 0, 1);
    expect(retryAfter({ 'retry-after': '3' }, now)).to.equal(3000);
    expect(retryAfter({ 'retry-after': 'Tue, 01 Jan 2030 00:00:05 GMT' }, now)).to.equal(5000);
    expect(retryAfter({ 'retry-after': 'Mon, 31 Dec 2029 00:00:05 GMT' }, now)).to.equal(0);
    expect(retryAfter({ 'retry-after': '999999' }, now)).to.equal(3_600_000);
    expect(retryAfter({ 'retry-after': 'soon' }, now)).to.equal(undefined);
    expect(retryAfter({}, now)).to.equal(undefined);
  });
});
