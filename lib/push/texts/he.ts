import type { MomentTexts } from './moment-texts';

/** Hebrew. */
export const he: MomentTexts = {
  pleaseSign: { title: 'לחתימה: {document}', body: 'נדרשת חתימתך.' },
  reminder: { title: 'תזכורת, לחתימה: {document}', body: 'חתימתך עדיין חסרה.' },
  escalated: { title: 'הועבר לטיפולך: {document}', body: 'עדיין חסרה חתימה. נא לטפל בכך.' },
  completed: { title: 'הושלם: {document}', body: 'כולם חתמו.' },
  declined: { title: 'נדחה: {document}', body: 'המסמך לא ייחתם.' },
  expired: { title: 'פג תוקף: {document}', body: 'המסמך לא נחתם בזמן.' },
  from: 'מאת: {sender}',
  signer: 'חותם/ת: {signer}',
  due: 'מועד אחרון: {due}',
  document: 'מסמך',
};
