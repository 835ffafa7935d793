// @ts-check
import { h } from './dom.js';
import { control, openSheet } from './sheet.js';
import { SignaturePad } from './signature-pad.js';
import { pictureOfText, readPicture } from './signature-picture.js';

/** @typedef {{ kind: 'drawn'|'typed'|'uploaded', png?: string, text?: string }} Signature png in base64 */
/** @typedef {{ id: string, label: string, panel: HTMLElement, read: () => Signature | null }} Way one tab of the sheet */

/**
 * Lets the signer draw, type or upload a signature.
 *
 * @param {{ drawn: boolean, typed: boolean, upload: boolean }} options which ways are allowed
 * @param {string} name proposed for typing
 * @param {(signature: Signature) => void} chosen
 */
export function openSignatureSheet(options, name, chosen) {
  const use = h('button', { type: 'button', class: 'button primary', disabled: true }, 'Use signature');
  const changed = () => {
    use.disabled = current?.read() === null;
  };
  const ways = [
    options.drawn && drawing(changed),
    options.typed && typing(name, changed),
    options.upload && uploading(changed),
  ].filter((way) => way !== false);
  if (ways.length === 0) ways.push(typing(name, changed));
  let current = ways[0];

  openSheet('Your signature', (close) => {
    use.addEventListener('click', () => {
      const signature = current?.read();
      if (!signature) return;
      chosen(signature);
      close();
    });
    const cancel = h('button', { type: 'button', class: 'button', onclick: close }, 'Cancel');
    const select = (/** @type {Way} */ way) => {
      current = way;
      changed();
    };
    return [...tabs(ways, select), h('div', { class: 'sheet-buttons' }, cancel, use)];
  });
  changed();
}

/** Tabs as the ARIA practices describe them: arrow keys move, only the chosen tab is in the tab order. */
/** @param {Way[]} ways @param {(way: Way) => void} select */
function tabs(ways, select) {
  const buttons = ways.map((way) =>
    h('button', { type: 'button', role: 'tab', id: `tab-${way.id}`, 'aria-controls': `panel-${way.id}` }, way.label),
  );
  const choose = (/** @type {number} */ index, focus = true) => {
    for (const [i, way] of ways.entries()) {
      buttons[i]?.setAttribute('aria-selected', String(i === index));
      buttons[i]?.setAttribute('tabindex', i === index ? '0' : '-1');
      way.panel.hidden = i !== index;
    }
    if (focus) buttons[index]?.focus();
    select(/** @type {Way} */ (ways[index]));
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => choose(index));
    button.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) choose((index + step + ways.length) % ways.length);
    });
  }
  for (const { id, panel } of ways) {
    panel.id = `panel-${id}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `tab-${id}`);
  }
  choose(0, false);
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'How to sign' }, ...buttons);
  list.hidden = ways.length === 1;
  return [list, ...ways.map(({ panel }) => panel)];
}

/** @param {() => void} changed @returns {Way} */
function drawing(changed) {
  const hint = h('span', { class: 'pad-hint', 'aria-hidden': 'true' }, 'Draw here');
  const pad = new SignaturePad(() => {
    hint.hidden = !pad.isEmpty;
    changed();
  });
  pad.canvas.addEventListener('pointerdown', () => {
    hint.hidden = true;
  });
  const undo = h('button', { type: 'button', class: 'button quiet-button', onclick: () => pad.undo() }, 'Undo');
  const clear = h('button', { type: 'button', class: 'button quiet-button', onclick: () => pad.clear() }, 'Clear');
  return {
    id: 'draw',
    label: 'Draw',
    panel: h(
      'div',
      { class: 'way' },
      h('div', { class: 'pad-frame' }, pad.canvas, hint),
      h('div', { class: 'pad-buttons' }, undo, clear),
    ),
    read: () => (pad.isEmpty ? null : { kind: 'drawn', png: pad.toPng() }),
  };
}

/** @param {string} name @param {() => void} changed @returns {Way} */
function typing(name, changed) {
  const input = h('input', { id: 'typed-signature', type: 'text', autocomplete: 'name', maxlength: '80', value: name });
  const preview = h('p', { class: 'typed-preview', 'aria-hidden': 'true' }, name);
  input.addEventListener('input', () => {
    preview.textContent = input.value;
    changed();
  });
  return {
    id: 'type',
    label: 'Type',
    panel: h('div', { class: 'way' }, control('Your name', input).element, h('div', { class: 'pad-frame' }, preview)),
    read() {
      const text = input.value.trim();
      if (text === '') return null;
      const png = pictureOfText(text);
      return png ? { kind: 'typed', text, png } : { kind: 'typed', text };
    },
  };
}

/** @param {() => void} changed @returns {Way} */
function uploading(changed) {
  /** @type {string | null} */
  let png = null;
  const input = h('input', { id: 'uploaded-signature', type: 'file', accept: 'image/*' });
  const field = control('Picture of your signature', input);
  const preview = h('img', { class: 'upload-preview', alt: 'Your signature' });
  const frame = h('div', { class: 'pad-frame', hidden: true }, preview);
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    png = file ? await readPicture(file) : null;
    field.blame(file && !png ? 'This file is not a picture that can be shown. Choose a PNG or JPEG file.' : '');
    frame.hidden = !png;
    if (png) preview.src = `data:image/png;base64,${png}`;
    changed();
  });
  return {
    id: 'upload',
    label: 'Upload',
    panel: h('div', { class: 'way' }, field.element, frame),
    read: () => (png ? { kind: 'uploaded', png } : null),
  };
}

/**
 * What a signature field shows.
 *
 * @param {Signature} signature
 */
export function signaturePreview(signature) {
  if (signature.kind === 'typed') return h('span', { class: 'typed-signature' }, signature.text ?? '');
  return h('img', { src: `data:image/png;base64,${signature.png}`, alt: '' });
}
