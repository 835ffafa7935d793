import type { MomentTexts } from './moment-texts';

/** Swedish. */
export const sv: MomentTexts = {
  pleaseSign: { title: 'Att underteckna: {document}', body: 'Din underskrift behövs.' },
  reminder: { title: 'Påminnelse, att underteckna: {document}', body: 'Din underskrift saknas fortfarande.' },
  escalated: { title: 'Eskalerat till dig: {document}', body: 'En underskrift saknas fortfarande. Vänligen följ upp.' },
  completed: { title: 'Klart: {document}', body: 'Alla har undertecknat.' },
  declined: { title: 'Avböjt: {document}', body: 'Dokumentet kommer inte att undertecknas.' },
  expired: { title: 'Har gått ut: {document}', body: 'Dokumentet undertecknades inte i tid.' },
  from: 'Från: {sender}',
  signer: 'Undertecknare: {signer}',
  due: 'Senast: {due}',
  document: 'Dokument',
};
