import type { MomentTexts } from './moment-texts';

/** German. */
export const de: MomentTexts = {
  pleaseSign: { title: 'Bitte unterschreiben: {document}', body: 'Ihre Unterschrift wird benötigt.' },
  reminder: { title: 'Erinnerung, bitte unterschreiben: {document}', body: 'Ihre Unterschrift fehlt noch.' },
  escalated: {
    title: 'An Sie eskaliert: {document}',
    body: 'Eine Unterschrift fehlt noch. Bitte kümmern Sie sich darum.',
  },
  completed: { title: 'Abgeschlossen: {document}', body: 'Alle haben unterschrieben.' },
  declined: { title: 'Abgelehnt: {document}', body: 'Das Dokument wird nicht unterschrieben.' },
  expired: { title: 'Abgelaufen: {document}', body: 'Das Dokument wurde nicht rechtzeitig unterschrieben.' },
  from: 'Von: {sender}',
  signer: 'Unterzeichner: {signer}',
  due: 'Fällig: {due}',
  document: 'Dokument',
};
