import type { MomentTexts } from './moment-texts';

/** Finnish. */
export const fi: MomentTexts = {
  pleaseSign: { title: 'Allekirjoitettavaksi: {document}', body: 'Allekirjoituksesi tarvitaan.' },
  reminder: { title: 'Muistutus, allekirjoitettavaksi: {document}', body: 'Allekirjoituksesi puuttuu vielä.' },
  escalated: {
    title: 'Siirretty sinun hoidettavaksesi: {document}',
    body: 'Allekirjoitus puuttuu vielä. Ole hyvä ja hoida asia.',
  },
  completed: { title: 'Valmis: {document}', body: 'Kaikki ovat allekirjoittaneet.' },
  declined: { title: 'Hylätty: {document}', body: 'Asiakirjaa ei allekirjoiteta.' },
  expired: { title: 'Vanhentunut: {document}', body: 'Asiakirjaa ei allekirjoitettu ajoissa.' },
  from: 'Lähettäjä: {sender}',
  signer: 'Allekirjoittaja: {signer}',
  due: 'Määräaika: {due}',
  document: 'Asiakirja',
};
