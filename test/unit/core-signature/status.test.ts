import { expect } from 'chai';
import {
  type EnvelopeStatus,
  envelopeStatuses,
  isTerminal,
  moves,
  parseStatuses,
  reached,
  statusOf,
} from '../../../dist/lib/core-signature/status';
import { document } from './fixtures';

const statuses = Object.keys(envelopeStatuses) as EnvelopeStatus[];
const terminal: EnvelopeStatus[] = ['signed', 'declined', 'expired', 'cancelled', 'failed'];

describe('envelope status', () => {
  const codes: [string, EnvelopeStatus][] = [
    ['co', 'converting'],
    ['ne', 'new'],
    ['se', 'sent'],
    ['vi', 'viewed'],
    ['si', 'signed'],
    ['sd', 'signed'],
    ['ca', 'cancelled'],
    ['de', 'declined'],
    ['xp', 'expired'],
    ['ec', 'failed'],
    ['es', 'failed'],
  ];
  for (const [code, status] of codes)
    it(`${code} is ${status}`, () => expect(statusOf(document({ status: code }))).to.equal(status));

  it('do, and codes not known yet, are read off the signers', () => {
    const both = [{ email: 'a@x.org' }, { email: 'b@x.org' }];
    const of = (status: string, ...signers: object[]) => statusOf(document({ status }, signers));
    const signed = both.map((row) => ({ ...row, signed: true }));
    expect(of('do', ...signed)).to.equal('signed');
    expect(of('do', signed[0]!, both[1]!)).to.equal('viewed');
    expect(of('do', signed[0]!, { ...both[1], declined: true })).to.equal('declined');
    expect(
      of('do', ...signed, { email: 'c@x.org', needs_to_sign: false }, { email: 'd@x.org', notify_only: true }),
    ).to.equal('signed');
    expect(of('do', { email: 'a@x.org', forwarded: true, forwarded_to_email: 'B@x.org' }, signed[1]!)).to.equal(
      'signed',
    );
    expect(of('zz', ...both)).to.equal('sent');
    expect(of('constructor', ...signed)).to.equal('signed');
    expect(statusOf(document({ status: 'zz', signrequest: null }))).to.equal('new');
  });

  it('is terminal for exactly five', () => expect(statuses.filter(isTerminal)).to.have.members(terminal));

  it('moves forwards only, and out of the end only to another end', () => {
    for (const from of statuses) {
      expect(moves(undefined, from)).to.equal(true);
      expect(moves(from, from)).to.equal(false);
      for (const to of statuses) {
        if (moves(from, to)) expect(moves(to, from), `${from} ⇄ ${to}`).to.equal(isTerminal(from) && isTerminal(to));
        if (isTerminal(from) && !isTerminal(to)) expect(moves(from, to)).to.equal(false);
        if (!isTerminal(from) && isTerminal(to)) expect(moves(from, to)).to.equal(true);
      }
    }
    expect(moves('viewed', 'sent')).to.equal(false);
    expect(moves('sent', 'viewed')).to.equal(true);
    expect(moves('cancelled', 'signed')).to.equal(true);
  });

  it('ends the same in every order of reports', () => {
    const reports: EnvelopeStatus[] = ['converting', 'new', 'sent', 'viewed', 'signed'];
    for (const order of permutations(reports)) {
      let known: EnvelopeStatus | undefined;
      for (const status of [...order, ...order]) if (moves(known, status)) known = status;
      expect(known, order.join()).to.equal('signed');
    }
  });

  it('counts progress as "at least" and an end exactly', () => {
    const fulfil = (chosen: EnvelopeStatus) => statuses.filter((status) => reached([chosen], status));
    expect(fulfil('sent')).to.deep.equal(['sent', 'viewed', 'signed']);
    expect(fulfil('viewed')).to.deep.equal(['viewed', 'signed']);
    for (const status of terminal) expect(fulfil(status)).to.deep.equal([status]);
    expect(reached(['declined', 'viewed'], 'declined')).to.equal(true);
    expect(reached([], 'signed')).to.equal(false);
  });

  it('reads what people choose', () => {
    expect(parseStatuses('signed, declined')).to.deep.equal(['signed', 'declined']);
    expect(parseStatuses(['viewed'])).to.deep.equal(['viewed']);
    for (const value of ['done', ['signed', 'si'], '', [], null, undefined, 7, 'converting']) {
      expect(() => parseStatuses(value, 'until'), String(value))
        .to.throw()
        .with.include({ code: 'UNKNOWN_STATUS', field: 'until' });
    }
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
