// @ts-check
import { h } from './dom.js';

const allowed = new Set(['A', 'B', 'BR', 'DIV', 'EM', 'I', 'LI', 'OL', 'P', 'SPAN', 'STRONG', 'U', 'UL']);

/**
 * Shows a sender's message: a few text tags, no attributes but a link's address.
 *
 * @param {string} html
 */
export function richText(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  return h('div', { class: 'message' }, ...copy(parsed.body));
}

/** @param {Node} parent @returns {Node[]} */
function copy(parent) {
  return [...parent.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? '')];
    if (!(node instanceof HTMLElement) || ['SCRIPT', 'STYLE', 'TEMPLATE'].includes(node.tagName)) return [];
    if (!allowed.has(node.tagName)) return copy(node);
    const twin = document.createElement(node.tagName);
    twin.append(...copy(node));
    const href = node.getAttribute('href') ?? '';
    if (twin instanceof HTMLAnchorElement && /^(https?|mailto):/i.test(href)) {
      Object.assign(twin, { href, target: '_blank', rel: 'noopener noreferrer' });
    }
    return [twin];
  });
}
