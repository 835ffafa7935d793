// @ts-check
import { Refusal } from './api.js';
import { h, showError } from './dom.js';
import { appPanel } from './phone-app.js';
import { panel } from './phone-parts.js';
import { sendersPanel } from './phone-senders.js';
import { control } from './sheet.js';

/** Address of a phone's page. @param {string} name */
export const pageOf = (name) => `/phone?${new URLSearchParams({ name })}`;

/**
 * What is beside the phone: other phones, its subscriptions, its token, its switch.
 *
 * @param {HTMLElement} place
 * @param {import('./phone-device.js').Device} device
 * @param {{ invite: (invitation: import('./phone-device.js').Invitation) => void, refresh: () => Promise<void> }} page
 */
export function sidePanels(place, device, page) {
  const parts = [phonesPanel(device), sendersPanel(device, page), appPanel(device, page), switchPanel(device, page)];
  place.replaceChildren(...parts.map(({ element }) => element));
  return {
    /** Shows the phone as it is now. */
    show() {
      for (const part of parts) part.show();
    },
  };
}

/** @param {import('./phone-device.js').Device} device */
function phonesPanel(device) {
  const chips = h('p', { class: 'chips' });
  const name = h('input', { id: 'new-name', type: 'text', maxlength: '60', autocomplete: 'off' });
  const field = control('Another phone', name);
  const open = h('button', { type: 'submit', class: 'button' }, 'Open');
  const form = h('form', { class: 'row' }, field.element, open);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    field.blame(wanted ? '' : 'Give the phone a name.');
    if (wanted) window.open(pageOf(wanted), '_blank', 'noopener');
    if (wanted) name.value = '';
  });
  let shown = '';
  const show = () => {
    if (JSON.stringify(device.phones) === shown) return;
    shown = JSON.stringify(device.phones);
    const link = (/** @type {string} */ one) =>
      h(
        'a',
        { class: 'button small', href: pageOf(one), 'aria-current': one === device.name ? 'page' : undefined },
        one,
      );
    chips.replaceChildren(...device.phones.map(link));
  };
  return {
    element: panel('phones-title', 'Phones', chips, form),
    show,
  };
}

/**
 * @param {import('./phone-device.js').Device} device
 * @param {{ refresh: () => Promise<void> }} page
 */
function switchPanel(device, { refresh }) {
  const input = h('input', { type: 'checkbox', id: 'off' });
  const waiting = h('p', { class: 'quiet' });
  input.addEventListener('change', async () => {
    await device.change({ off: input.checked }).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
      showError(error.message);
    });
    await refresh();
  });
  return {
    element: panel(
      'switch-title',
      'Reception',
      h('label', { class: 'switch' }, input, 'Switched off: messages wait until their time to live is over'),
      waiting,
    ),
    show() {
      const { off = false, waiting: count = 0 } = device.phone ?? {};
      input.checked = off;
      const text = count === 0 ? '' : `${count} message${count === 1 ? '' : 's'} waiting.`;
      if (waiting.textContent !== text) waiting.textContent = text;
    },
  };
}
