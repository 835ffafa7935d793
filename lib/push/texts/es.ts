import type { MomentTexts } from './moment-texts';

/** Spanish. */
export const es: MomentTexts = {
  pleaseSign: { title: 'Por favor, firme: {document}', body: 'Se necesita su firma.' },
  reminder: { title: 'Recordatorio, por favor, firme: {document}', body: 'Todavía falta su firma.' },
  escalated: { title: 'Escalado a usted: {document}', body: 'Todavía falta una firma. Por favor, ocúpese de ello.' },
  completed: { title: 'Completado: {document}', body: 'Todos han firmado.' },
  declined: { title: 'Rechazado: {document}', body: 'El documento no se firmará.' },
  expired: { title: 'Caducado: {document}', body: 'El documento no se firmó a tiempo.' },
  from: 'De: {sender}',
  signer: 'Firmante: {signer}',
  due: 'Vence: {due}',
  document: 'Documento',
};
