// @ts-check
import { ask, Refusal } from './api.js';
import { announce, h, whileBusy } from './dom.js';
import { control, openSheet } from './sheet.js';

/** @typedef {{ state: string, redirect: string | null, next: string | null }} Outcome */

/**
 * Asks for a reason and declines.
 *
 * @param {string} api
 * @param {(outcome: Outcome) => void} done
 */
export function openDecline(api, done) {
  const reason = h('textarea', { id: 'decline-reason', maxlength: '2000', rows: '4' });
  const field = control('Why do you decline?', reason);
  openForm(
    'Decline to sign',
    'The sender and the other signers can read your reason. This cannot be undone.',
    [field.element],
    {
      label: 'Decline',
      danger: true,
      async send() {
        if (reason.value.trim() === '') return field.blame('Say in a few words why.');
        field.blame('');
        done(await ask(`${api}/decline`, { body: { reason: reason.value.trim() } }));
      },
      refused: (error) => field.blame(error.message),
    },
  );
}

/**
 * Asks who shall sign instead and forwards.
 *
 * @param {string} api
 * @param {(outcome: Outcome) => void} done
 */
export function openForward(api, done) {
  const email = h('input', { id: 'forward-email', type: 'email', autocomplete: 'off', maxlength: '255' });
  const reason = h('textarea', { id: 'forward-reason', maxlength: '2000', rows: '3' });
  const address = control('E-mail address of the person who signs instead', email);
  const why = control('Reason (optional)', reason);
  openForm(
    'Forward to someone else',
    'That person gets the document to sign. Your own link stops working.',
    [address.element, why.element],
    {
      label: 'Forward',
      async send() {
        if (email.value.trim() === '' || !email.validity.valid)
          return address.blame('Enter an e-mail address, such as name@example.com.');
        address.blame('');
        const body = {
          email: email.value.trim(),
          ...(reason.value.trim() === '' ? {} : { reason: reason.value.trim() }),
        };
        done(await ask(`${api}/forward`, { body }));
      },
      refused: (error) => (error.field === 'reason' ? why : address).blame(error.message),
    },
  );
}

/**
 * Sends a code to the signer's phone and asks for it.
 *
 * @param {string} api
 * @param {string | null} number masked phone number
 * @param {(code: string) => Promise<void>} entered signs with the code; its refusal is shown here
 */
export function openCode(api, number, entered) {
  const input = h('input', {
    id: 'sms-code',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    maxlength: '12',
  });
  const field = control('Code', input);
  const send = async () => {
    try {
      await ask(`${api}/sms`, { body: {} });
      announce('The code is on its way.');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      field.blame(error.message);
    }
  };
  const again = h('button', { type: 'button', class: 'button quiet-button' }, 'Send a new code');
  again.addEventListener('click', () => whileBusy(again, send));
  const text = `A code was sent to ${number ?? 'your phone'}. In the sandbox you find it in the inbox.`;
  openForm('Confirm with a code', text, [field.element, again], {
    label: 'Confirm',
    async send() {
      if (input.value.trim() === '') return field.blame('Enter the code from the text message.');
      field.blame('');
      await entered(input.value.trim());
    },
    refused: (error) => field.blame(error.message),
  });
  send();
}

/**
 * A dialog with a form: it stays open with a message while the server refuses, and closes when it is done.
 *
 * @param {string} title
 * @param {string} text
 * @param {HTMLElement[]} controls
 * @param {{ label: string, danger?: boolean, send: () => Promise<unknown>, refused: (error: Refusal) => void }} action
 */
function openForm(title, text, controls, action) {
  const submit = h(
    'button',
    { type: 'submit', class: `button primary ${action.danger ? 'danger' : ''}` },
    action.label,
  );
  const dialog = openSheet(title, (close) => [
    h(
      'form',
      {
        class: 'sheet-form',
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          whileBusy(submit, async () => {
            try {
              await action.send();
              if (!dialog.querySelector('[aria-invalid]')) close();
            } catch (error) {
              if (!(error instanceof Refusal)) throw error;
              action.refused(error);
            }
          });
        },
      },
      h('p', { class: 'quiet' }, text),
      ...controls,
      h(
        'div',
        { class: 'sheet-buttons' },
        h('button', { type: 'button', class: 'button', onclick: close }, 'Back'),
        submit,
      ),
    ),
  ]);
  /** @type {HTMLElement | null} */ (dialog.querySelector('input, textarea'))?.focus();
}
