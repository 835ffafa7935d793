import { GlobalWorkerOptions, getDocument } from '/assets/pdfjs/legacy/build/pdf.min.mjs';
import { h } from './dom.js';

GlobalWorkerOptions.workerSrc = '/assets/pdfjs/legacy/build/pdf.worker.min.mjs';

/** Pages nearer than this to the window are kept drawn; further ones give their memory back. */
const nearby = '1000px 0px';

/**
 * Puts the pages of a PDF on the page: each one a figure with a canvas, its text for screen readers,
 * and an empty layer for fields that has the page's proportions.
 *
 * @param {string} url of the PDF
 * @param {{ width: number, height: number }[]} sizes of the pages in points, so that space is kept before they load
 */
export function pdfPages(url, sizes) {
  const pages = sizes.map(({ width, height }, index) => {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    const text = h('div', { class: 'hidden-text page-text' });
    const fields = h('div', { class: 'fields' });
    const label = `Page ${index + 1} of ${sizes.length}`;
    const sheet = h('div', { class: 'page-sheet' }, canvas, text, fields);
    sheet.style.aspectRatio = `${width} / ${height}`;
    const element = h(
      'figure',
      { class: 'page', 'aria-label': label, role: 'group' },
      sheet,
      h('figcaption', { 'aria-hidden': 'true' }, label),
    );
    return { element, canvas, text, fields, sheet };
  });
  return {
    elements: pages.map(({ element }) => element),
    layers: pages.map(({ fields }) => fields),
    loaded: load(url, pages),
  };
}

async function load(url, pages) {
  const pdf = await getDocument({
    url,
    cMapUrl: '/assets/pdfjs/cmaps/',
    standardFontDataUrl: '/assets/pdfjs/standard_fonts/',
    wasmUrl: '/assets/pdfjs/wasm/',
    iccUrl: '/assets/pdfjs/iccs/',
    enableXfa: false,
  }).promise;
  const drawings = new Map(pages.map((page, index) => [page.sheet, new Drawing(pdf, index + 1, page.canvas)]));
  const visible = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) drawings.get(target)?.setVisible(isIntersecting);
    },
    { rootMargin: nearby },
  );
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) drawings.get(target)?.redraw();
  });
  for (const { sheet } of pages) {
    visible.observe(sheet);
    resized.observe(sheet);
  }
  for (const [index, page] of pages.entries()) {
    if (index < pdf.numPages) page.text.textContent = await textOf(await pdf.getPage(index + 1));
  }
}

async function textOf(page) {
  const { items } = await page.getTextContent();
  return items
    .map((item) => `${item.str ?? ''}${item.hasEOL ? '\n' : ''}`)
    .join('')
    .replace(/\[\[[^[\]]*\]\]/g, '');
}

/** One page's canvas: drawn while it is near the window, at the sharpness of the screen. */
class Drawing {
  #pdf;
  #number;
  #canvas;
  #visible = false;
  #drawnWidth = 0;
  #task = null;

  constructor(pdf, number, canvas) {
    this.#pdf = pdf;
    this.#number = number;
    this.#canvas = canvas;
  }

  setVisible(visible) {
    this.#visible = visible;
    if (visible) this.redraw();
    else this.#clear();
  }

  async redraw() {
    const sharpness = Math.min(window.devicePixelRatio || 1, 2.5);
    const width = Math.round(this.#canvas.clientWidth * sharpness);
    if (!this.#visible || width === 0 || width === this.#drawnWidth) return;
    this.#drawnWidth = width;
    this.#task?.cancel();
    const page = await this.#pdf.getPage(this.#number);
    if (this.#drawnWidth !== width) return;
    const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
    // drawn aside and then shown at once, so that a resize does not flicker
    const aside = document.createElement('canvas');
    aside.width = Math.floor(viewport.width);
    aside.height = Math.floor(viewport.height);
    this.#task = page.render({ canvas: aside, viewport });
    try {
      await this.#task.promise;
    } catch (error) {
      if (error?.name !== 'RenderingCancelledException') throw error;
      return;
    }
    if (this.#drawnWidth !== width) return;
    this.#canvas.width = aside.width;
    this.#canvas.height = aside.height;
    this.#canvas.getContext('2d').drawImage(aside, 0, 0);
    this.#canvas.dataset.drawn = 'true';
  }

  #clear() {
    this.#task?.cancel();
    this.#drawnWidth = 0;
    this.#canvas.width = 1;
    this.#canvas.height = 1;
    delete this.#canvas.dataset.drawn;
  }
}
