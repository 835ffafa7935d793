import type { MomentTexts } from './moment-texts';

/** Norwegian. */
export const no: MomentTexts = {
  pleaseSign: { title: 'Til signering: {document}', body: 'Din signatur trengs.' },
  reminder: { title: 'Påminnelse, til signering: {document}', body: 'Din signatur mangler fortsatt.' },
  escalated: { title: 'Eskalert til deg: {document}', body: 'En signatur mangler fortsatt. Vennligst følg opp.' },
  completed: { title: 'Fullført: {document}', body: 'Alle har signert.' },
  declined: { title: 'Avvist: {document}', body: 'Dokumentet blir ikke signert.' },
  expired: { title: 'Utløpt: {document}', body: 'Dokumentet ble ikke signert i tide.' },
  from: 'Fra: {sender}',
  signer: 'Signatar: {signer}',
  due: 'Frist: {due}',
  document: 'Dokument',
};
