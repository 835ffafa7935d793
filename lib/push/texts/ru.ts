import type { MomentTexts } from './moment-texts';

/** Russian. */
export const ru: MomentTexts = {
  pleaseSign: { title: 'На подпись: {document}', body: 'Требуется ваша подпись.' },
  reminder: { title: 'Напоминание, на подпись: {document}', body: 'Вашей подписи всё ещё нет.' },
  escalated: { title: 'Передано вам: {document}', body: 'Подписи всё ещё нет. Пожалуйста, займитесь этим вопросом.' },
  completed: { title: 'Завершено: {document}', body: 'Все подписали.' },
  declined: { title: 'Отклонено: {document}', body: 'Документ не будет подписан.' },
  expired: { title: 'Срок истёк: {document}', body: 'Документ не был подписан вовремя.' },
  from: 'От: {sender}',
  signer: 'Подписант: {signer}',
  due: 'Срок: {due}',
  document: 'Документ',
};
