// @ts-check
import { h } from './dom.js';

/**
 * Opens a dialog and removes it when it closes. Escape and the cancel button close it; focus goes back by itself.
 *
 * @param {string} title
 * @param {(close: () => void) => (Node | null)[]} content its parts below the title
 * @param {{ closed?: () => void }} [more]
 */
export function openSheet(title, content, more = {}) {
  const heading = h('h2', { id: 'sheet-title' }, title);
  const dialog = h('dialog', { 'aria-labelledby': 'sheet-title' });
  const close = () => dialog.close();
  dialog.append(h('div', { class: 'sheet' }, heading, ...content(close)));
  dialog.addEventListener('close', () => {
    dialog.remove();
    more.closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * A labelled control with room for a mistake.
 *
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement} input needs an id
 */
export function control(label, input) {
  const mistake = h('p', { class: 'mistake', id: `${input.id}-mistake`, role: 'alert' });
  input.classList.add('input');
  input.setAttribute('aria-describedby', mistake.id);
  return {
    element: h('div', { class: 'control' }, h('label', { for: input.id }, label), input, mistake),
    /** @param {string} text empty: all is well */
    blame(text) {
      mistake.textContent = text;
      if (text) {
        input.setAttribute('aria-invalid', 'true');
        input.focus();
      } else {
        input.removeAttribute('aria-invalid');
      }
    },
  };
}
