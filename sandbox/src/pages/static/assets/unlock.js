// @ts-check
import { ask, Refusal } from './api.js';
import { announce, byId, h, whileBusy } from './dom.js';
import { icon } from './icons.js';

/**
 * Asks for the password or the text-message code without which the document stays hidden.
 *
 * @param {any} view the signing page's data
 * @param {string} api base address
 * @param {() => Promise<void>} opened what to do once it is unlocked
 */
export function showUnlock(view, api, opened) {
  const bySms = view.locked === 'sms';
  const main = byId('main');
  const mistake = h('p', { class: 'mistake', id: 'unlock-mistake', role: 'alert' });
  const input = h('input', {
    class: 'input',
    id: 'unlock',
    type: bySms ? 'text' : 'password',
    inputmode: bySms ? 'numeric' : undefined,
    autocomplete: bySms ? 'one-time-code' : 'off',
    'aria-describedby': 'unlock-help unlock-mistake',
    required: true,
  });
  const open = h('button', { type: 'submit', class: 'button primary' }, 'Open the document');
  const entry = h(
    'div',
    { class: 'unlock-entry' },
    h('div', { class: 'control' }, h('label', { for: 'unlock' }, bySms ? 'Code' : 'Password'), input, mistake),
    open,
  );
  const title = h('h1', { tabindex: '-1' }, bySms ? 'Confirm your phone' : 'This document has a password');

  const form = h(
    'form',
    { class: 'screen', novalidate: true },
    h('span', { class: 'screen-icon active' }, icon(bySms ? 'phone' : 'lock')),
    title,
    h('p', {}, h('strong', {}, view.document.name), ` from ${view.sender.name || view.sender.email}`),
    h(
      'p',
      { class: 'quiet', id: 'unlock-help' },
      bySms ? smsHelp(view.smsSentTo) : 'The sender told it to you by another way than e-mail.',
    ),
    bySms ? smsButton(api, mistake, entry, input, Boolean(view.smsSentTo)) : null,
    entry,
  );
  entry.hidden = bySms && !view.smsSentTo;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(open, async () => {
      mistake.textContent = '';
      input.removeAttribute('aria-invalid');
      try {
        await ask(`${api}/unlock`, { body: bySms ? { code: input.value.trim() } : { password: input.value } });
        await opened();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        mistake.textContent = error.message;
        input.setAttribute('aria-invalid', 'true');
        input.select();
      }
    });
  });
  main.replaceChildren(form);
  document.title = `Unlock · ${view.document.name}`;
  (entry.hidden ? title : input).focus();
}

/** @param {string | null} number */
function smsHelp(number) {
  return number
    ? `A code was sent to ${number}. In the sandbox you find it in the inbox.`
    : 'Before you can read the document, a code is sent to your phone. In the sandbox you find it in the inbox.';
}

/**
 * @param {string} api
 * @param {HTMLElement} mistake
 * @param {HTMLElement} entry
 * @param {HTMLInputElement} input
 * @param {boolean} again
 */
function smsButton(api, mistake, entry, input, again) {
  const send = h(
    'button',
    { type: 'button', class: again ? 'button' : 'button primary' },
    again ? 'Send a new code' : 'Send the code',
  );
  send.addEventListener('click', () =>
    whileBusy(send, async () => {
      mistake.textContent = '';
      try {
        await ask(`${api}/sms`, { body: {} });
        entry.hidden = false;
        send.className = 'button';
        send.textContent = 'Send a new code';
        announce('The code is on its way.');
        input.focus();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        entry.hidden = false;
        mistake.textContent = error.message;
      }
    }),
  );
  return send;
}
