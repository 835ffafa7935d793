// @ts-check
import { Refusal } from './api.js';
import { announce, h, showError, whileBusy } from './dom.js';

/** @param {string} id @param {string} title @param {...import('./dom.js').Child} content */
export const panel = (id, title, ...content) =>
  h('section', { class: 'panel', 'aria-labelledby': id }, h('h2', { id }, title), ...content);

/** A button whose work may be refused. @param {string} label @param {() => Promise<unknown>} task @param {string} [look] */
export function button(label, task, look = '') {
  const element = h('button', { type: 'button', class: `button ${look}` }, label);
  element.addEventListener('click', () => act(element, task));
  return element;
}

/** @param {HTMLButtonElement} element @param {() => Promise<unknown>} task */
export function act(element, task) {
  return whileBusy(element, async () => {
    try {
      showError();
      await task();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showError(error.message);
    }
  });
}

/** A text to be copied. @param {string} words @param {string} label */
export function copyable(words, label) {
  const copy = button(
    'Copy',
    async () => {
      await navigator.clipboard.writeText(words);
      announce('Copied.');
    },
    'small',
  );
  copy.setAttribute('aria-label', label);
  return h('div', {}, h('pre', { class: 'code' }, words), copy);
}
