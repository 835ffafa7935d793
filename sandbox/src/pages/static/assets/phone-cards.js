// @ts-check
import { h } from './dom.js';
import { icon } from './icons.js';

const services = { fcm: 'FCM', webpush: 'Web Push', opentext: 'OpenText' };

/** Whether a notification is still on the screen. @param {any} notification */
export const isVisible = ({ replaced, openedAt, dismissedAt }) => !replaced && !openedAt && !dismissedAt;

/**
 * A notification as a phone shows it. The whole card opens the link.
 *
 * @param {any} notification
 * @param {(id: string, action: 'open' | 'dismiss') => void} touch
 */
export function renderCard(notification, touch) {
  const { id, label, at, title, body, link, image, error, service } = notification;
  const target = webAddress(link);
  const visible = isVisible(notification);
  const open = () => touch(id, 'open');
  return h(
    'li',
    { class: 'card fresh' },
    h('span', { class: 'card-icon', 'aria-hidden': 'true' }),
    h(
      'p',
      { class: 'card-head' },
      h('span', { class: 'card-from', title: services[/** @type {keyof typeof services} */ (service)] }, label),
      h('time', { datetime: at }),
    ),
    target
      ? h('a', { class: 'card-title', href: target, target: '_blank', rel: 'noopener', onclick: open }, title)
      : h('p', { class: 'card-title' }, title),
    error || body ? h('p', { class: 'card-text' }, error ?? body) : null,
    webAddress(image) ? h('img', { class: 'card-image', src: image, alt: '', loading: 'lazy' }) : null,
    h('p', { class: 'card-foot' }, ...badges(notification)),
    visible
      ? h(
          'button',
          {
            type: 'button',
            class: 'card-close',
            'aria-label': `Dismiss “${title}”`,
            onclick: () => touch(id, 'dismiss'),
          },
          icon('cross'),
        )
      : null,
  );
}

/** @param {any} notification */
function badges({ dueAt, error, replaced, openedAt, dismissedAt }) {
  const badge = (/** @type {string} */ text, tone = '') => h('span', { class: `badge ${tone}` }, text);
  const due = dueAt && !Number.isNaN(Date.parse(dueAt)) ? new Date(dueAt).toLocaleString(undefined, dueFormat) : null;
  return [
    due ? badge(`Due ${due}`, 'warn') : null,
    error ? badge('unreadable', 'bad') : null,
    openedAt ? badge('opened', 'good') : replaced ? badge('replaced') : dismissedAt ? badge('dismissed') : null,
  ];
}

/** @type {Intl.DateTimeFormatOptions} */
const dueFormat = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };

/** Writes how long ago each notification came. @param {HTMLElement} list @param {number} now */
export function showAges(list, now) {
  for (const time of list.querySelectorAll('time')) {
    const text = age(now - Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** @param {number} ms */
function age(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / 1440);
  return `${days} day${days === 1 ? '' : 's'} ago`;
}

/** Only web addresses are opened, never `javascript:` and the like. @param {string | null} text */
function webAddress(text) {
  if (!text || !URL.canParse(text, location.href)) return null;
  const url = new URL(text, location.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
