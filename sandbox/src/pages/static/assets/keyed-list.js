// @ts-check
import { h } from './dom.js';

/**
 * Keeps a list in step with data: only items that changed are made anew, so that focus and opened details stay.
 *
 * @template T
 * @param {HTMLElement} list
 * @param {{ key: (item: T) => string, render: (item: T) => HTMLElement, empty: string }} how
 * @returns {(items: T[]) => void}
 */
export function keyedList(list, how) {
  /** @type {Map<string, { json: string, element: HTMLElement }>} */
  let shown = new Map();
  const empty = h('li', { class: 'empty quiet' }, how.empty);
  return (items) => {
    const next = new Map();
    for (const item of items) {
      const key = how.key(item);
      const json = JSON.stringify(item);
      const old = shown.get(key);
      const element = old?.json === json ? old.element : refreshed(old?.element, how.render(item));
      next.set(key, { json, element });
    }
    shown = next;
    const wanted = items.length === 0 ? [empty] : [...next.values()].map(({ element }) => element);
    for (const child of [...list.children]) if (!wanted.includes(/** @type {HTMLElement} */ (child))) child.remove();
    for (const [index, element] of wanted.entries()) {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    }
  };
}

/** Opened details stay open when their item changes. @param {HTMLElement | undefined} old @param {HTMLElement} fresh */
function refreshed(old, fresh) {
  const was = old?.querySelector('details');
  const is = fresh.querySelector('details');
  if (was && is) is.open = was.open;
  return fresh;
}
