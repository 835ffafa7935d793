import type { MomentTexts } from './moment-texts';

/** Portuguese. */
export const pt: MomentTexts = {
  pleaseSign: { title: 'Para assinar: {document}', body: 'A sua assinatura é necessária.' },
  reminder: { title: 'Lembrete, para assinar: {document}', body: 'A sua assinatura ainda está em falta.' },
  escalated: {
    title: 'Encaminhado para si: {document}',
    body: 'Ainda falta uma assinatura. Por favor, trate do assunto.',
  },
  completed: { title: 'Concluído: {document}', body: 'Todas as pessoas assinaram.' },
  declined: { title: 'Recusado: {document}', body: 'O documento não será assinado.' },
  expired: { title: 'Expirado: {document}', body: 'O documento não foi assinado a tempo.' },
  from: 'De: {sender}',
  signer: 'Signatário: {signer}',
  due: 'Prazo: {due}',
  document: 'Documento',
};
