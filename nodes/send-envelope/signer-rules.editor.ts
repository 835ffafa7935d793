import { anything, atMost, email, matching, numberWithin, optional, type Rule, typed } from '../editor/rules.editor';
import type { Say } from '../editor/texts.editor';

/** The typed inputs of a signer's row. */
export const signerFields = ['email', 'fullName', 'order', 'language', 'phone', 'password', 'embedId'] as const;
export type SignerField = (typeof signerFields)[number];

/** A row as it is saved: every field as text with its type, and the role. */
export type SignerRow = Record<SignerField | `${SignerField}Type`, string> & { role: string };

/** What a new row starts with; the same as in `config.ts`. */
export const emptyRow: SignerRow = {
  email: '',
  emailType: 'str',
  fullName: '',
  fullNameType: 'str',
  role: 'sign',
  order: '1',
  orderType: 'num',
  language: '',
  languageType: 'str',
  phone: '',
  phoneType: 'str',
  password: '',
  passwordType: 'msg',
  embedId: '',
  embedIdType: 'str',
};

export const signerRoles = ['sign', 'approve', 'in_person', 'notify', 'copy'] as const;

/** Roles whose people have something to do; an envelope needs one of them. */
const actingRoles = ['sign', 'approve', 'in_person'];

const rules: Record<SignerField, Rule> = {
  email: typed({ str: email }, false),
  fullName: typed({ str: atMost(255) }),
  order: typed({ num: optional(numberWithin({ min: 0, max: 2_147_483_647, whole: true })) }),
  language: typed({ str: anything }),
  phone: typed({ str: matching(/^\+[0-9][0-9 ()/.-]{5,}$/, 'phone') }),
  password: typed(),
  embedId: typed({ str: atMost(255) }),
};

/** What is wrong with a row: the first field at fault and a sentence, or nothing. */
export function complaintAbout(say: Say, row: SignerRow): { field: SignerField; sentence: string } | undefined {
  for (const field of signerFields) {
    const context = { say, label: say(`label.${field}`), type: row[`${field}Type`], other: () => '' };
    const verdict = rules[field](String(row[field] ?? ''), context);
    if (verdict !== true) return { field, sentence: verdict };
  }
  return undefined;
}

/** Whether nothing has been typed into a row. */
export const isBlank = (row: SignerRow): boolean =>
  signerFields.every((field) => field === 'order' || String(row[field] ?? '').trim() === '');

/**
 * What is wrong with the list of signers.
 *
 * @param rows rows as saved in the flow; missing fields count as empty
 * @returns a sentence, or nothing
 */
export function complaintAboutSigners(say: Say, rows: Partial<SignerRow>[]): string | undefined {
  const complete = rows.map((row) => ({ ...emptyRow, ...row }));
  if (complete.length === 0) return say('validation.noSigner');
  if (!complete.some(({ role }) => actingRoles.includes(role))) return say('validation.nobodyActs');
  const seen = new Set<string>();
  for (const [index, row] of complete.entries()) {
    const complaint = complaintAbout(say, row);
    if (complaint) return say('validation.signer', { number: index + 1, sentence: complaint.sentence });
    const address = row.email.trim().toLowerCase();
    if (row.emailType === 'str' && seen.has(address)) return say('validation.twice', { email: row.email });
    if (row.emailType === 'str') seen.add(address);
  }
  return undefined;
}
