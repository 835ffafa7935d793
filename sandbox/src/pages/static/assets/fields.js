// @ts-check
import { h } from './dom.js';

/**
 * @typedef {{ id: string, type: 's'|'i'|'n'|'t'|'d'|'c', page: number, x: number, y: number, width: number,
 *   height: number, required: boolean, multiline: boolean, label: string, value: string|boolean|null }} Field
 * @typedef {{ label: string, isDone: () => boolean, reveal: () => void }} Requirement
 */

/**
 * The fields of one signer, laid over the pages. Positions are shares of the page, so that they scale with it.
 */
export class FieldOverlay {
  /** @type {Map<string, HTMLInputElement | HTMLTextAreaElement>} */
  #inputs = new Map();
  /** @type {HTMLButtonElement[]} */
  signatureButtons = [];
  /** @type {Requirement[]} */
  requirements = [];

  /**
   * @param {Field[]} fields
   * @param {{ width: number, height: number }[]} pages
   * @param {HTMLElement[]} layers one per page
   * @param {{ name: string, changed: () => void, sign: () => void }} signer name as prefill, what to do on a change and on
   *   a click on a signature field
   */
  constructor(fields, pages, layers, signer) {
    for (const field of fields) {
      const page = pages[field.page];
      const layer = layers[field.page];
      if (!page || !layer) continue;
      const control = field.type === 's' ? this.#signature(field, signer) : this.#input(field, signer);
      // as a label it takes clicks next to a small input, too
      const box = place(
        h(field.type === 's' ? 'div' : 'label', { class: `field field-${field.type}` }, control),
        field,
        page,
      );
      if (field.type === 'd') box.append(dateText(control));
      if (field.type !== 's' && field.type !== 'c') growOnFocus(box, control, field);
      layer.append(box);
    }
  }

  /** What was entered, by field id, as the server takes it. */
  values() {
    return Object.fromEntries(
      [...this.#inputs].map(([id, input]) => [id, isCheckbox(input) ? input.checked : input.value]),
    );
  }

  /**
   * Marks a field as wrong and goes there.
   *
   * @param {string} id
   * @returns {boolean} false when there is no such field
   */
  blame(id) {
    const input = this.#inputs.get(id);
    if (!input) return false;
    input.setAttribute('aria-invalid', 'true');
    reveal(input);
    return true;
  }

  /** @param {Field} field @param {{ sign: () => void }} signer */
  #signature(field, signer) {
    const button = h('button', { type: 'button', class: 'signature-button', onclick: signer.sign });
    button.dataset.label = field.label;
    this.signatureButtons.push(button);
    return button;
  }

  /** @param {Field} field @param {{ name: string, changed: () => void }} signer */
  #input(field, signer) {
    const label = field.required ? `${field.label} (required)` : field.label;
    const common = {
      'aria-label': label,
      'aria-required': field.required ? 'true' : undefined,
      'data-field': field.id,
    };
    const input = field.multiline
      ? h('textarea', common)
      : h('input', { ...common, type: inputType(field), autocomplete: 'off' });
    if (isCheckbox(input)) input.checked = field.value === true || field.value === '1' || field.value === 'true';
    else input.value = typeof field.value === 'string' ? field.value : ownValue(field, signer.name);
    this.#inputs.set(field.id, input);
    const isFilled = () => (isCheckbox(input) ? input.checked : input.value.trim() !== '');
    const show = () => {
      input.classList.toggle('open', field.required && !isFilled());
      if (isFilled()) input.removeAttribute('aria-invalid');
    };
    input.addEventListener('input', () => {
      show();
      signer.changed();
    });
    show();
    if (field.required) this.requirements.push({ label: field.label, isDone: isFilled, reveal: () => reveal(input) });
    return input;
  }
}

/**
 * Brings an element to the middle of the window and gives it the focus.
 *
 * @param {HTMLElement} element
 */
export function reveal(element) {
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  element.focus({ preventScroll: true });
}

/** @param {HTMLElement} box @param {Field} field @param {{ width: number, height: number }} page */
function place(box, field, page) {
  const top = page.height - field.y - field.height;
  box.style.left = `${(field.x / page.width) * 100}%`;
  box.style.top = `${(top / page.height) * 100}%`;
  box.style.width = `${(field.width / page.width) * 100}%`;
  box.style.height = `${(field.height / page.height) * 100}%`;
  // the text's size is a share of the page's width, too
  const size = Math.min(field.multiline ? 10 : field.height * 0.72, 11);
  box.style.setProperty('--size', `${(size / page.width) * 100}cqw`);
  return box;
}

/**
 * On a phone a field may be smaller than a finger. While it has the focus it grows to a size one can type in.
 *
 * @param {HTMLElement} box
 * @param {HTMLElement} input
 * @param {Field} field
 */
function growOnFocus(box, input, field) {
  const caption = h('span', { class: 'field-caption', 'aria-hidden': 'true' }, field.label);
  box.append(caption);
  input.addEventListener('focus', () => {
    const { width, height, left } = box.getBoundingClientRect();
    if (height >= 30 && width >= 150) return;
    const sheet = /** @type {HTMLElement} */ (box.closest('.page-sheet')).getBoundingClientRect();
    const wanted = Math.min(Math.max(width, 230), sheet.width - 16);
    box.style.setProperty('--grown-width', `${wanted}px`);
    box.style.setProperty('--shift', `${Math.min(0, sheet.right - 8 - (left + wanted))}px`);
    box.classList.add('grown');
  });
  input.addEventListener('blur', () => box.classList.remove('grown'));
}

/** A date as it will stand in the document. @param {HTMLElement} control */
function dateText(control) {
  const text = h('span', { class: 'date-value', 'aria-hidden': 'true' });
  const show = () => {
    text.textContent = control instanceof HTMLInputElement ? control.value : '';
  };
  control.addEventListener('input', show);
  show();
  return text;
}

/** @param {Field} field */
function inputType(field) {
  return field.type === 'c' ? 'checkbox' : field.type === 'd' ? 'date' : 'text';
}

/** @param {Field} field @param {string} name */
function ownValue(field, name) {
  if (field.type === 'n') return name;
  return field.type === 'i' ? (name.match(/(?<=^|[\s-])\p{L}/gu) ?? []).join('').toUpperCase() : '';
}

/** @param {HTMLElement} input @returns {input is HTMLInputElement} */
function isCheckbox(input) {
  return input instanceof HTMLInputElement && input.type === 'checkbox';
}
