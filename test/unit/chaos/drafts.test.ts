import { expect } from 'chai';
import { setDraftsApart } from '../../../chaos/drafts';
import type { TruthDocument } from '../../../chaos/evidence';

const document = (uuid: string, signers: string[]): TruthDocument => ({
  uuid,
  externalId: 'order',
  status: 'co',
  finishedAt: null,
  createdAt: 0,
  signers: signers.map((email) => ({ email, state: '' })),
  events: [],
  sha256: null,
});

describe('drafts that a paused process leaves behind', () => {
  const [sent, again, draft] = [document('a', ['x']), document('b', ['x']), document('c', [])];

  it('are no envelopes', () => {
    expect(setDraftsApart([sent, draft], true)).to.deep.equal({ documents: [sent], drafts: [draft] });
  });

  it('are a defect without a pause, and when nothing was sent', () => {
    expect(setDraftsApart([sent, draft], false).documents).to.deep.equal([sent, draft]);
    expect(setDraftsApart([draft], true).documents).to.deep.equal([draft]);
  });

  it('never hide what was sent twice', () => {
    expect(setDraftsApart([sent, again], true).documents).to.deep.equal([sent, again]);
  });
});
