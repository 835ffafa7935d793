import type { TruthDocument } from './evidence';

/**
 * Sets apart what was never sent. A request to make a document that has left for the service when its process is paused
 * beyond its lease cannot be called back: the service makes the document, while another process sends one of its own. The
 * paused process asks nobody to sign it, so it stays a draft: no envelope, no mail.
 *
 * @param paused whether a process was paused in the run; without that, a draft beside an envelope is a defect
 */
export function setDraftsApart(
  all: readonly TruthDocument[],
  paused: boolean,
): { documents: TruthDocument[]; drafts: TruthDocument[] } {
  const sent = new Set(all.filter(({ signers }) => signers.length > 0).map(({ externalId }) => externalId));
  const isDraft = ({ signers, externalId }: TruthDocument): boolean =>
    paused && signers.length === 0 && sent.has(externalId);
  return { documents: all.filter((one) => !isDraft(one)), drafts: all.filter(isDraft) };
}
