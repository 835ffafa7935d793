// @ts-check
import { h } from './dom.js';
import { badge } from './screens.js';

const mailTones = { invitation: 'active', reminder: 'warn', copy: 'good', sms: 'active' };

/** @param {any} mail */
export function renderMail(mail) {
  const tone = mailTones[/** @type {keyof typeof mailTones} */ (mail.kind)] ?? '';
  return h(
    'li',
    { class: 'item' },
    h('p', { class: 'item-head' }, h('strong', {}, mail.subject), h('span', { class: `badge ${tone}` }, mail.kind)),
    h('p', { class: 'quiet' }, `To ${mail.to} · `, moment(mail.at)),
    mail.links.length > 0
      ? h('p', { class: 'links' }, ...mail.links.map((/** @type {any} */ { label, url }) => link(url, label)))
      : null,
    mail.text
      ? h('details', { open: mail.kind === 'sms' }, h('summary', {}, 'Text'), h('p', { class: 'mail-text' }, mail.text))
      : null,
  );
}

/** @param {any} document */
export function renderDocument(document) {
  const tone = { signed: 'good', declined: 'bad', cancelled: 'bad', expired: 'warn', sent: 'active', viewed: 'active' };
  const word = document.statusDisplay ?? document.status;
  const key = /** @type {keyof typeof tone} */ (String(word).toLowerCase().split(' ')[0]);
  const isError = /error/i.test(word);
  return h(
    'li',
    { class: 'item' },
    h(
      'p',
      { class: 'item-head' },
      h('strong', {}, document.name),
      h('span', { class: `badge ${isError ? 'bad' : (tone[key] ?? '')}` }, word),
    ),
    h(
      'p',
      { class: 'quiet' },
      ...(document.externalId ? [`${document.externalId} · `] : []),
      h('code', {}, document.uuid.slice(0, 8)),
      ' · ',
      moment(document.createdAt),
    ),
    document.signers.length > 0 ? h('ul', { class: 'signers' }, ...document.signers.map(renderSigner)) : null,
  );
}

/** @param {any} signer */
function renderSigner(signer) {
  return h(
    'li',
    {},
    h('span', { class: 'order', title: 'Order' }, String(signer.order)),
    h(
      'span',
      { class: 'who' },
      h('span', {}, signer.name || signer.email),
      h('span', { class: 'quiet' }, signer.role.replace('_', ' ')),
    ),
    badge(signer.state),
    signer.link ? link(signer.link, 'Open', `Open the signing page of ${signer.name || signer.email}`) : null,
  );
}

/** @param {any} delivery */
export function renderDelivery(delivery) {
  const ok = delivery.status !== null && delivery.status >= 200 && delivery.status < 300;
  const failed = !ok && (delivery.status !== null || delivery.error);
  const result = delivery.status === null ? (delivery.error ? 'failed' : 'waiting') : String(delivery.status);
  return h(
    'li',
    { class: 'item' },
    h(
      'p',
      { class: 'item-head' },
      h('strong', {}, delivery.event),
      h('span', { class: `badge ${ok ? 'good' : failed ? 'bad' : ''}` }, result),
    ),
    h('p', { class: 'quiet url' }, delivery.url),
    h(
      'p',
      { class: 'quiet' },
      `Attempt ${delivery.attempt} · `,
      moment(delivery.at),
      ...(delivery.nextAt ? [' · next ', moment(delivery.nextAt)] : []),
      ...(delivery.error ? [` · ${delivery.error}`] : []),
    ),
  );
}

/** @param {string} text an ISO time */
export function moment(text) {
  const shown = new Date(text).toLocaleString(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return h('time', { datetime: text }, shown);
}

/** A link in a new tab; anything but a web address is shown as text. */
/** @param {string} url @param {string} label @param {string} [spoken] */
function link(url, label, spoken) {
  if (!/^https?:/i.test(new URL(url, location.href).protocol)) return h('span', {}, `${label}: ${url}`);
  return h('a', { class: 'button small', href: url, target: '_blank', rel: 'noopener', 'aria-label': spoken }, label);
}
