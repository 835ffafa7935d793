import type { MomentTexts } from './moment-texts';

/** Italian. */
export const it: MomentTexts = {
  pleaseSign: { title: 'Da firmare: {document}', body: 'È richiesta la Sua firma.' },
  reminder: { title: 'Promemoria, da firmare: {document}', body: 'Manca ancora la Sua firma.' },
  escalated: {
    title: 'Inoltrato a Lei per sollecito: {document}',
    body: 'Manca ancora una firma. La preghiamo di occuparsene.',
  },
  completed: { title: 'Completato: {document}', body: 'Tutti hanno firmato.' },
  declined: { title: 'Rifiutato: {document}', body: 'Il documento non verrà firmato.' },
  expired: { title: 'Scaduto: {document}', body: 'Il documento non è stato firmato in tempo.' },
  from: 'Da: {sender}',
  signer: 'Firmatario: {signer}',
  due: 'Scadenza: {due}',
  document: 'Documento',
};
