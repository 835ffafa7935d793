// @ts-check
import { Refusal } from './api.js';
import { announce, byId, h } from './dom.js';
import { keyedList } from './keyed-list.js';
import { showNavigation } from './nav.js';
import { isVisible, renderCard, showAges } from './phone-cards.js';
import { Device, readInvitation } from './phone-device.js';
import { canEncrypt } from './phone-keys.js';
import { act } from './phone-parts.js';
import { pageOf, sidePanels } from './phone-side.js';

const everyMs = 1000;
const parameters = new URLSearchParams(location.search);
const device = new Device(parameters.get('name')?.trim().slice(0, 60) || 'My phone');
const side = sidePanels(byId('side'), device, { invite: askPermission, refresh });

const touch = (/** @type {string} */ id, /** @type {'open' | 'dismiss'} */ action) => {
  device.touch(id, action).then(show, () => setText('connection', 'Not connected, trying again …'));
};
const showCards = keyedList(byId('notifications'), {
  key: ({ id }) => id,
  render: (notification) => renderCard(notification, touch),
  empty: 'No notifications',
});
const showEarlier = keyedList(byId('earlier'), {
  key: ({ id }) => id,
  render: (notification) => renderCard(notification, touch),
  empty: '',
});
/** @type {Set<string> | undefined} */
let known;

/** Asks for news and shows them; a lost connection is shown and tried again. */
async function refresh() {
  try {
    await device.poll();
    setText('connection', `Connected · ${location.host}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    setText('connection', 'Not connected, trying again …');
  }
  show();
}

function show() {
  const { phone } = device;
  showTime();
  if (!phone) return;
  const visible = phone.notifications.filter(isVisible);
  const earlier = phone.notifications.filter((/** @type {any} */ one) => !isVisible(one));
  showCards(visible);
  showEarlier(earlier);
  byId('earlier-part').hidden = earlier.length === 0;
  showAges(byId('notifications'), device.now);
  showAges(byId('earlier'), device.now);
  showBadge(visible.length);
  byId('phone').classList.toggle('off', phone.off);
  setText('phone-state', phone.off ? 'Off' : phone.headless ? 'Without a page' : 'On');
  if (device.takenOver) showTakenOver();
  speak(phone.notifications);
  side.show();
}

function showTime() {
  const now = new Date(device.now);
  byId('now').setAttribute('datetime', now.toISOString());
  setText('now', now.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }));
  setText('date', now.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' }));
}

/** @param {number} count */
function showBadge(count) {
  const badge = byId('badge');
  badge.hidden = count === 0;
  setText('badge', String(count));
  setText('badge-text', count === 0 ? '' : `${count} unread`);
  const title = `${count > 0 ? `(${count}) ` : ''}${device.name} · Phone`;
  if (document.title !== title) {
    document.title = title;
    navigator.setAppBadge?.(count).catch(() => undefined); // not every system has badges
  }
}

/** Says what has come since the last time. @param {any[]} notifications */
function speak(notifications) {
  const fresh = notifications.filter(({ id }) => known && !known.has(id));
  known = new Set(notifications.map(({ id }) => id));
  if (fresh[0]) announce(`${fresh[0].title}. ${fresh[0].body}`);
}

/**
 * Asks, as a phone would, whether a sender may send notifications.
 *
 * @param {import('./phone-device.js').Invitation} invitation
 */
function askPermission(invitation) {
  const { host } = new URL(invitation.at);
  const allow = h('button', { type: 'button', class: 'button primary' }, 'Allow');
  const refuse = h('button', { type: 'button', class: 'button' }, 'Don’t allow');
  const close = () => {
    byId('prompt').replaceChildren();
    history.replaceState(null, '', pageOf(device.name));
  };
  refuse.addEventListener('click', close);
  allow.addEventListener('click', () =>
    act(allow, async () => {
      if (!device.phone) await device.open();
      await device.register(invitation);
      close();
      announce(`${host} may send notifications now.`);
      await refresh();
    }),
  );
  byId('prompt').replaceChildren(
    h(
      'div',
      { class: 'prompt' },
      h('h2', {}, `${host} would like to send you notifications`),
      h('div', { class: 'prompt-buttons' }, refuse, allow),
    ),
  );
  allow.focus();
}

function showTakenOver() {
  if (byId('prompt').querySelector('#taken-over')) return;
  const back = h('button', { type: 'button', class: 'button primary' }, 'Use it here');
  back.addEventListener('click', () =>
    act(back, async () => {
      await device.open();
      byId('prompt').replaceChildren();
      await refresh();
    }),
  );
  byId('prompt').replaceChildren(
    h(
      'div',
      { class: 'prompt', id: 'taken-over' },
      h('h2', {}, 'This phone was opened in another browser'),
      h('p', { class: 'quiet' }, 'Its keys are there now. Here it has to be registered again.'),
      back,
    ),
  );
}

/** @param {string} id @param {string} text */
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

async function poll() {
  await refresh();
  setTimeout(poll, everyMs);
}

showNavigation();
setText('title', `Phone “${device.name}”`);
setText('phone-name', device.name);
document.head.append(
  h('link', { rel: 'manifest', href: `/phone.webmanifest?${new URLSearchParams({ name: device.name })}` }),
);
const invitation = readInvitation(location.href);
if (!canEncrypt()) {
  byId('prompt').append(
    h('div', { class: 'prompt' }, h('h2', {}, 'Open this page as localhost or by https: it needs encryption.')),
  );
} else if (invitation && parameters.has('at')) askPermission(invitation);
poll();
