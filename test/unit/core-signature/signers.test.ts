import { expect } from 'chai';
import {
  envelopeOf,
  findSigner,
  nameOf,
  parseEnvelope,
  progressOf,
  roleOf,
  signersOf,
  whoseTurn,
} from '../../../dist/lib/core-signature/signers';
import { document, sender, signer } from './fixtures';

const emails = (rows: { email: string }[]) => rows.map(({ email }) => email);
const a = { email: 'a@x.org', order: 1 };
const b = { email: 'b@x.org', order: 2 };

describe('signers', () => {
  it('have roles', () => {
    const role = (fields: object) => roleOf(signer({ email: 'a@x.org', ...fields }));
    expect(role({})).to.equal('sign');
    expect(role({ approve_only: true })).to.equal('approve');
    expect(role({ in_person: true })).to.equal('in_person');
    expect(role({ notify_only: true })).to.equal('notify');
    expect(role({ needs_to_sign: false })).to.equal('copy');
    expect(role({ needs_to_sign: null, approve_only: null })).to.equal('sign');
  });

  it('do not include a sender who does not sign, wherever the names come from', () => {
    expect(emails(signersOf(document({}, [a, b]).signrequest))).to.deep.equal(['a@x.org', 'b@x.org']);
    const signing = { from_email: 'sender@example.com', signers: [{ ...sender, needs_to_sign: true }, signer(a)] };
    expect(emails(signersOf(signing))).to.deep.equal(['sender@example.com', 'a@x.org']);
    const copy = {
      from_email: 'other@example.com',
      signers: [signer({ email: 'c@x.org', needs_to_sign: false }), signer(a)],
    };
    expect(emails(signersOf(copy))).to.deep.equal(['c@x.org', 'a@x.org']);
    expect(emails(signersOf({ from_email: null, signers: [sender, signer(a)] }))).to.deep.equal(['a@x.org']);
    expect(signersOf(null)).to.deep.equal([]);
  });

  it('are found by e-mail address, preferring the row that is still to act', () => {
    const rows = [signer({ ...a, signed: true }), signer(b), signer({ email: 'A@X.org ', order: 3 })];
    expect(findSigner(rows, ' a@x.ORG')).to.equal(rows[2]);
    expect(findSigner(rows, 'b@x.org')).to.equal(rows[1]);
    expect(findSigner(rows, 'c@x.org')).to.equal(undefined);
  });

  it('take turns by order, in parallel on equal numbers', () => {
    const c = { email: 'c@x.org', order: 2 };
    const copy = { email: 'n@x.org', order: 0, notify_only: true };
    expect(emails(whoseTurn([copy, b, a, c].map(signer)))).to.deep.equal(['a@x.org']);
    expect(emails(whoseTurn([copy, b, { ...a, signed: true }, c].map(signer)))).to.deep.equal(['b@x.org', 'c@x.org']);
    expect(whoseTurn([{ ...a, signed: true }].map(signer))).to.deep.equal([]);
    expect(whoseTurn([])).to.deep.equal([]);
  });

  it('stand in for one another after forwarding, with or without a new row', () => {
    const forwarded = { ...a, forwarded: true, forwarded_to_email: 'New@x.org' };
    const withRow = signersOf(document({}, [forwarded, { email: 'new@x.org', order: 1 }]).signrequest);
    expect(emails(whoseTurn(withRow))).to.deep.equal(['new@x.org']);
    expect(progressOf(withRow)).to.deep.equal({ signed: 0, declined: 0, total: 1 });
    const without = signersOf(document({}, [{ ...forwarded, full_name: 'Old Name' }]).signrequest);
    expect(emails(whoseTurn(without))).to.deep.equal(['New@x.org']);
    expect(nameOf(without[0]!)).to.equal('New@x.org');
  });

  it('have names', () => {
    const name = (fields: object) => nameOf(signer({ email: 'a@x.org', ...fields }));
    expect(name({ full_name: 'Anna Alpha', first_name: 'x' })).to.equal('Anna Alpha');
    expect(name({ first_name: 'A.', last_name: 'Alpha', full_name: ' ' })).to.equal('A. Alpha');
    expect(name({ display_name: 'A. Alpha (a@x.org)' })).to.equal('A. Alpha');
    expect(name({})).to.equal('a@x.org');
  });
});

describe('msg.envelope', () => {
  it('is built from the document, without URLs that expire', () => {
    const envelope = envelopeOf(
      document(
        {
          auto_expire_after: '2030-01-31T00:00:00Z',
          file: 'https://f/1',
          pdf: 'https://f/2',
          signing_log: { pdf: 'https://f/3' },
        },
        [
          {
            ...a,
            full_name: 'A',
            signed: true,
            signed_on: '2030-01-02T00:00:00Z',
            embed_url: 'https://e/old',
            embed_url_user_id: 'u1',
          },
          {
            ...b,
            embed_url: 'https://e/1',
            attachments: [{ uuid: 'x', name: 'n', file: 'https://f/4', for_attachment: null }],
          },
          { email: 'c@x.org', order: 3 },
          { email: 'n@x.org', notify_only: true, order: 3 },
        ],
      ),
      'account-1',
      { sentAt: '2030-01-01T00:00:00Z' },
    );
    expect(envelope).to.deep.equal({
      id: 'doc-1',
      requestId: 'req-1',
      externalId: 'WF-1',
      name: 'lease.pdf',
      status: 'sent',
      signers: [
        {
          email: 'a@x.org',
          name: 'A',
          role: 'sign',
          order: 1,
          state: 'signed',
          signedOn: '2030-01-02T00:00:00Z',
          embedUserId: 'u1',
        },
        { email: 'b@x.org', name: 'b@x.org', role: 'sign', order: 2, state: 'ready', embedUrl: 'https://e/1' },
        { email: 'c@x.org', name: 'c@x.org', role: 'sign', order: 3, state: 'waiting' },
        { email: 'n@x.org', name: 'n@x.org', role: 'notify', order: 3, state: 'informed' },
      ],
      sentAt: '2030-01-01T00:00:00Z',
      dueAt: '2030-01-31T00:00:00Z',
      account: 'account-1',
    });
    expect(JSON.stringify(envelope)).not.to.contain('https://f/');
    expect(parseEnvelope(JSON.parse(JSON.stringify(envelope)))).to.deep.equal(envelope);
  });

  it('tells who declined and why, and closes the others', () => {
    const { signers, status } = envelopeOf(
      document({ status: 'de' }, [
        { ...a, declined: true, declined_on: '2030-01-02T00:00:00Z', message: 'Wrong rent' },
        { ...b, viewed: true },
      ]),
      '',
    );
    expect(status).to.equal('declined');
    expect(signers.map(({ state, declineReason }) => [state, declineReason])).to.deep.equal([
      ['declined', 'Wrong rent'],
      ['closed', undefined],
    ]);
  });

  it('lets nobody act before it is sent', () => {
    const states = ['co', 'ne', 'se'].map((status) => envelopeOf(document({ status }, [a]), '').signers[0]!.state);
    expect(states).to.deep.equal(['waiting', 'waiting', 'ready']);
  });

  it('is read back from a message, or missed', () => {
    expect(parseEnvelope({ id: 'x', status: 'sent', more: 1 })).to.deep.include({ id: 'x', signers: [], account: '' });
    for (const value of [undefined, null, 'x', {}, { id: '' }, { id: 'x', status: 'se' }]) {
      expect(() => parseEnvelope(value))
        .to.throw()
        .with.include({ code: 'NO_ENVELOPE', field: 'envelope' });
    }
  });
});
