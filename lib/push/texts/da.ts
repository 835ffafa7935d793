import type { MomentTexts } from './moment-texts';

/** Danish. */
export const da: MomentTexts = {
  pleaseSign: { title: 'Til underskrift: {document}', body: 'Din underskrift er nødvendig.' },
  reminder: { title: 'Påmindelse, til underskrift: {document}', body: 'Din underskrift mangler stadig.' },
  escalated: { title: 'Eskaleret til dig: {document}', body: 'En underskrift mangler stadig. Følg venligst op.' },
  completed: { title: 'Fuldført: {document}', body: 'Alle har skrevet under.' },
  declined: { title: 'Afvist: {document}', body: 'Dokumentet bliver ikke underskrevet.' },
  expired: { title: 'Udløbet: {document}', body: 'Dokumentet blev ikke underskrevet i tide.' },
  from: 'Fra: {sender}',
  signer: 'Underskriver: {signer}',
  due: 'Frist: {due}',
  document: 'Dokument',
};
