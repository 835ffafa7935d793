import type { MomentTexts } from './moment-texts';

/** French. */
export const fr: MomentTexts = {
  pleaseSign: { title: 'À signer : {document}', body: 'Votre signature est requise.' },
  reminder: { title: 'Rappel, à signer : {document}', body: 'Votre signature manque encore.' },
  escalated: {
    title: 'Transmis à votre niveau : {document}',
    body: 'Une signature manque encore. Merci de vous en occuper.',
  },
  completed: { title: 'Terminé : {document}', body: 'Tout le monde a signé.' },
  declined: { title: 'Refusé : {document}', body: 'Le document ne sera pas signé.' },
  expired: { title: 'Expiré : {document}', body: 'Le document n’a pas été signé à temps.' },
  from: 'De : {sender}',
  signer: 'Signataire : {signer}',
  due: 'Échéance : {due}',
  document: 'Document',
};
