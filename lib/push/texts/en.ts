import type { MomentTexts } from './moment-texts';

/** English. */
export const en: MomentTexts = {
  pleaseSign: { title: 'Please sign: {document}', body: 'Your signature is needed.' },
  reminder: { title: 'Reminder, please sign: {document}', body: 'Your signature is still missing.' },
  escalated: { title: 'Escalated to you: {document}', body: 'A signature is still missing. Please take care of it.' },
  completed: { title: 'Completed: {document}', body: 'Everyone has signed.' },
  declined: { title: 'Declined: {document}', body: 'The document will not be signed.' },
  expired: { title: 'Expired: {document}', body: 'The document was not signed in time.' },
  from: 'From: {sender}',
  signer: 'Signer: {signer}',
  due: 'Due: {due}',
  document: 'Document',
};
