// @ts-check
import { h } from './dom.js';
import { moment } from './inbox-items.js';

const services = { fcm: 'FCM', webpush: 'Web Push', opentext: 'OpenText' };
const channels = { sms: 'SMS', emails: 'e-mail', whatsapp: 'WhatsApp', push: 'push job' };
const tones = { Sent: 'good', Error: 'bad', Cancelled: 'bad' };

/** @param {any} call */
export function renderPushCall({ at, service, status, error, target, ttl, topic, urgency }) {
  const ok = status >= 200 && status < 300;
  const details = [
    ttl === null ? null : `TTL ${ttl} s`,
    topic === null ? null : `topic ${topic}`,
    urgency === null ? null : `urgency ${urgency}`,
  ].filter(Boolean);
  return h(
    'li',
    { class: 'item' },
    h(
      'p',
      { class: 'item-head' },
      h('strong', {}, target || 'Nobody'),
      h('span', { class: `badge ${ok ? 'good' : 'bad'}` }, status === 0 ? 'hung up' : String(status)),
    ),
    h(
      'p',
      { class: 'quiet' },
      `${services[/** @type {keyof typeof services} */ (service)]} · `,
      moment(at),
      ...details.map((text) => ` · ${text}`),
    ),
    error ? h('p', { class: 'quiet' }, error) : null,
  );
}

/** @param {any} message */
export function renderMessage({ at, channel, jobId, subject, text, destinations }) {
  return h(
    'li',
    { class: 'item' },
    h(
      'p',
      { class: 'item-head' },
      h('strong', {}, subject ?? text.split('\n')[0]),
      h('span', { class: 'badge active' }, channels[/** @type {keyof typeof channels} */ (channel)]),
    ),
    h('p', { class: 'quiet' }, `${jobId} · `, moment(at)),
    h(
      'ul',
      { class: 'signers' },
      ...destinations.map((/** @type {any} */ { address, state }) =>
        h(
          'li',
          {},
          h('span', { class: 'who' }, address),
          h('span', { class: `badge ${tones[/** @type {keyof typeof tones} */ (state)] ?? ''}` }, state.toLowerCase()),
        ),
      ),
    ),
    h('details', {}, h('summary', {}, 'Text'), h('p', { class: 'mail-text' }, text)),
  );
}
