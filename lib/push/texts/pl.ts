import type { MomentTexts } from './moment-texts';

/** Polish. */
export const pl: MomentTexts = {
  pleaseSign: { title: 'Do podpisu: {document}', body: 'Potrzebny jest Twój podpis.' },
  reminder: { title: 'Przypomnienie, do podpisu: {document}', body: 'Nadal brakuje Twojego podpisu.' },
  escalated: { title: 'Eskalacja do Ciebie: {document}', body: 'Nadal brakuje podpisu. Prosimy zająć się tą sprawą.' },
  completed: { title: 'Zakończono: {document}', body: 'Wszyscy podpisali.' },
  declined: { title: 'Odrzucono: {document}', body: 'Dokument nie zostanie podpisany.' },
  expired: { title: 'Termin minął: {document}', body: 'Dokument nie został podpisany na czas.' },
  from: 'Od: {sender}',
  signer: 'Podpisujący: {signer}',
  due: 'Termin: {due}',
  document: 'Dokument',
};
