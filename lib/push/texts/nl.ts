import type { MomentTexts } from './moment-texts';

/** Dutch. */
export const nl: MomentTexts = {
  pleaseSign: { title: 'Graag ondertekenen: {document}', body: 'Uw handtekening is nodig.' },
  reminder: { title: 'Herinnering, graag ondertekenen: {document}', body: 'Uw handtekening ontbreekt nog.' },
  escalated: {
    title: 'Naar u geëscaleerd: {document}',
    body: 'Er ontbreekt nog een handtekening. Wilt u hier actie op ondernemen?',
  },
  completed: { title: 'Voltooid: {document}', body: 'Iedereen heeft ondertekend.' },
  declined: { title: 'Geweigerd: {document}', body: 'Het document wordt niet ondertekend.' },
  expired: { title: 'Verlopen: {document}', body: 'Het document is niet op tijd ondertekend.' },
  from: 'Van: {sender}',
  signer: 'Ondertekenaar: {signer}',
  due: 'Uiterlijk: {due}',
  document: 'Document',
};
