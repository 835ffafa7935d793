import type { MomentTexts } from './moment-texts';

/** Japanese. */
export const ja: MomentTexts = {
  pleaseSign: { title: '署名のお願い：{document}', body: 'あなたの署名が必要です。' },
  reminder: { title: 'リマインダー（署名のお願い）：{document}', body: 'あなたの署名がまだ完了していません。' },
  escalated: {
    title: 'エスカレーションのお知らせ：{document}',
    body: '署名がまだ完了していません。ご対応をお願いします。',
  },
  completed: { title: '完了：{document}', body: '全員が署名しました。' },
  declined: { title: '辞退：{document}', body: 'この文書は署名されません。' },
  expired: { title: '期限切れ：{document}', body: 'この文書は期限内に署名されませんでした。' },
  from: '送信者：{sender}',
  signer: '署名者：{signer}',
  due: '期限：{due}',
  document: '文書',
};
