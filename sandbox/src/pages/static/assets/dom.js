// @ts-check

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. Attributes starting with `on` become listeners, `class` and `dataset` work as expected,
 * `false`, `null` and `undefined` leave an attribute out, `true` sets it without a value.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name === 'dataset') {
      Object.assign(element.dataset, value);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child || child === '')));
  return element;
}

/**
 * An element that the page is known to have.
 *
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element "${id}".`);
  return element;
}

/**
 * Says something to screen readers, politely.
 *
 * @param {string} text
 */
export function announce(text) {
  byId('live').textContent = text;
}

/**
 * Shows an error until it is dismissed or replaced.
 *
 * @param {string} [text] nothing: takes the last one away
 */
export function showError(text) {
  const alerts = byId('alerts');
  if (!text) {
    alerts.replaceChildren();
    return;
  }
  const close = h('button', { type: 'button', class: 'button quiet-button danger', 'aria-label': 'Dismiss' }, '✕');
  close.addEventListener('click', () => alerts.replaceChildren());
  alerts.replaceChildren(h('div', { class: 'alert' }, h('span', {}, text), close));
}

/**
 * Runs something with a button shown as busy; a second click meanwhile does nothing.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} task
 */
export async function whileBusy(button, task) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  button.classList.add('busy');
  try {
    await task();
  } finally {
    button.removeAttribute('aria-busy');
    button.classList.remove('busy');
  }
}
