import type { MomentTexts } from './moment-texts';

/** Hungarian. */
export const hu: MomentTexts = {
  pleaseSign: { title: 'Aláírásra vár: {document}', body: 'Az Ön aláírására van szükség.' },
  reminder: { title: 'Emlékeztető, aláírásra vár: {document}', body: 'Az Ön aláírása még hiányzik.' },
  escalated: {
    title: 'Önhöz továbbítva intézkedésre: {document}',
    body: 'Egy aláírás még hiányzik. Kérjük, intézkedjen.',
  },
  completed: { title: 'Befejezve: {document}', body: 'Mindenki aláírta.' },
  declined: { title: 'Elutasítva: {document}', body: 'A dokumentumot nem írják alá.' },
  expired: { title: 'Lejárt: {document}', body: 'A dokumentumot nem írták alá időben.' },
  from: 'Feladó: {sender}',
  signer: 'Aláíró: {signer}',
  due: 'Határidő: {due}',
  document: 'Dokumentum',
};
