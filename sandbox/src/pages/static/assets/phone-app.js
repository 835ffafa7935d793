// @ts-check
import { announce, h } from './dom.js';
import { button, copyable, panel } from './phone-parts.js';
import { control } from './sheet.js';

/**
 * The app with its FCM token and topics.
 *
 * @param {import('./phone-device.js').Device} device
 * @param {{ refresh: () => Promise<void> }} page
 */
export function appPanel(device, { refresh }) {
  const token = h('div');
  const input = h('input', { id: 'topics', type: 'text', autocomplete: 'off', spellcheck: 'false' });
  const field = control('Topics, separated by commas', input);
  const save = button('Save', async () => {
    const topics = input.value.split(/[\s,]+/).filter(Boolean);
    await device.change({ topics });
    announce('The topics are saved.');
  });
  const topics = h('div', { class: 'row' }, field.element, save);
  const obtain = button('Get a token', () => device.token('POST').then(refresh));
  const renew = button('New token', () => device.token('POST').then(refresh));
  const uninstall = button('Take the app off', () => device.token('DELETE').then(refresh), 'quiet-button danger');
  let shown = '';
  return {
    element: panel(
      'app-title',
      'App with FCM',
      h('p', { class: 'quiet' }, 'A registration token by which FCM messages reach this phone.'),
      token,
      h('div', { class: 'row' }, obtain, renew, uninstall),
      topics,
    ),
    show() {
      const phone = device.phone;
      const isInstalled = Boolean(phone?.token);
      obtain.hidden = isInstalled;
      for (const part of [renew, uninstall, topics, token]) part.hidden = !isInstalled;
      const state = JSON.stringify([phone?.token, phone?.topics]);
      if (state === shown) return;
      shown = state;
      token.replaceChildren(copyable(phone?.token ?? '', 'Copy the token'));
      input.value = (phone?.topics ?? []).join(', ');
    },
  };
}
