// @ts-check
import { Refusal } from './api.js';
import { announce, h } from './dom.js';
import { keyedList } from './keyed-list.js';
import { readInvitation } from './phone-device.js';
import { button, copyable, panel } from './phone-parts.js';
import { control } from './sheet.js';

/**
 * Who may send notifications to the phone, and the ways to let somebody do so.
 *
 * @param {import('./phone-device.js').Device} device
 * @param {{ invite: (invitation: import('./phone-device.js').Invitation) => void, refresh: () => Promise<void> }} page
 */
export function sendersPanel(device, page) {
  const list = h('ul', { class: 'list' });
  const showList = keyedList(list, {
    key: ({ id }) => id,
    render: (/** @type {any} */ subscription) => renderSubscription(subscription, device, page.refresh),
    empty: 'Nobody may send notifications to this phone yet.',
  });
  const forms = h('div', { class: 'senders-forms' }, invitationForm(page.invite), manualForm(device, page.refresh));
  return {
    element: panel('senders-title', 'May send notifications', list, forms),
    show() {
      showList(device.phone?.subscriptions ?? []);
      forms.hidden = Boolean(device.phone?.headless); // its keys are not in this page
    },
  };
}

/** @param {any} subscription @param {import('./phone-device.js').Device} device @param {() => Promise<void>} refresh */
function renderSubscription({ id, label, endpoint, expirationTime, keys }, device, refresh) {
  const json = JSON.stringify({ endpoint, expirationTime, keys }, null, 2);
  const remove = button(
    'Remove',
    async () => {
      await device.unsubscribe(id);
      announce(`${label} may not send notifications any more.`);
      await refresh();
    },
    'small',
  );
  remove.setAttribute('aria-label', `Remove ${label}`);
  return h(
    'li',
    { class: 'item' },
    h('span', {}, label),
    remove,
    h('details', {}, h('summary', {}, 'Subscription'), copyable(json, 'Copy the subscription')),
  );
}

/** @param {(invitation: import('./phone-device.js').Invitation) => void} invite */
function invitationForm(invite) {
  const input = h('input', {
    id: 'invitation',
    type: 'url',
    autocomplete: 'off',
    placeholder: 'https://…?invitation=…',
  });
  const field = control('Invitation link', input);
  const form = h('form', { class: 'row', novalidate: true }, field.element);
  form.append(h('button', { type: 'submit', class: 'button primary' }, 'Register'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const invitation = readInvitation(input.value.trim());
    field.blame(invitation ? '' : 'Paste the whole link of an invitation: an address with “invitation=” in it.');
    if (!invitation) return;
    invite(invitation);
    input.value = '';
  });
  return form;
}

/** @param {import('./phone-device.js').Device} device @param {() => Promise<void>} refresh */
function manualForm(device, refresh) {
  const input = h('input', { id: 'vapid', type: 'text', autocomplete: 'off', spellcheck: 'false' });
  const field = control('Public VAPID key of the sender', input);
  const subscribe = button('Subscribe', async () => {
    try {
      field.blame('');
      await device.subscribe('By hand', input.value.trim() || undefined);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 400) throw error;
      field.blame('This is not a public VAPID key: 87 characters of base64url.');
      return;
    }
    input.value = '';
    await refresh();
  });
  return h(
    'details',
    {},
    h('summary', {}, 'Without an invitation'),
    h('p', { class: 'quiet' }, 'Makes a subscription to be used as a recipient. Without a key, any sender may use it.'),
    h('div', { class: 'row' }, field.element, subscribe),
  );
}
