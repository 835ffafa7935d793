/** The moments at which people are notified, and what a language says at each. */

/** please sign · reminder · escalated to you · all have signed · declined · not signed in time */
export const moments = ['pleaseSign', 'reminder', 'escalated', 'completed', 'declined', 'expired'] as const;
export type Moment = (typeof moments)[number];

/**
 * The texts of a language. Names and dates stand behind a colon or on a line of their own, never within a sentence, so
 * that no language has to inflect them.
 */
export type MomentTexts = Record<Moment, { title: string; body: string }> & {
  from: string;
  signer: string;
  due: string;
  /** Stands for a document without a name. */
  document: string;
};
