// @ts-check
import { h } from './dom.js';

/** @typedef {{ x: number, y: number, pressure: number }} Point positions in CSS pixels */

const ink = '#0f2c78';

/** A surface to draw a signature on with finger, pen or mouse. */
export class SignaturePad {
  /** @type {Point[][]} */
  #strokes = [];
  /** @type {number | null} */
  #pointer = null;
  #changed;

  /** @param {() => void} changed called after each stroke */
  constructor(changed) {
    this.#changed = changed;
    this.canvas = h('canvas', {
      class: 'pad',
      role: 'img',
      'aria-label': 'Drawing area. If you cannot draw, use the tab Type.',
    });
    this.canvas.addEventListener('pointerdown', (event) => this.#start(event));
    this.canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) this.canvas.addEventListener(end, (event) => this.#end(event));
    new ResizeObserver(() => this.#redraw()).observe(this.canvas);
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  clear() {
    this.#strokes = [];
    this.#redraw();
    this.#changed();
  }

  undo() {
    this.#strokes.pop();
    this.#redraw();
    this.#changed();
  }

  /** The drawing, cut to its edges, as base64 PNG with a transparent ground. */
  toPng() {
    const points = this.#strokes.flat();
    const left = Math.min(...points.map(({ x }) => x)) - 4;
    const top = Math.min(...points.map(({ y }) => y)) - 4;
    const width = Math.max(...points.map(({ x }) => x)) + 4 - left;
    const height = Math.max(...points.map(({ y }) => y)) + 4 - top;
    const scale = Math.min(3, 1200 / width, 600 / height);
    const picture = document.createElement('canvas');
    picture.width = Math.ceil(width * scale);
    picture.height = Math.ceil(height * scale);
    const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext('2d'));
    context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    for (const stroke of this.#strokes) drawStroke(context, stroke);
    return picture.toDataURL('image/png').split(',')[1] ?? '';
  }

  /** @param {PointerEvent} event */
  #start(event) {
    if (this.#pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.#pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.#strokes.push([pointOf(event)]);
    this.#redraw();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const fine = event.getCoalescedEvents?.() ?? [];
    this.#strokes.at(-1)?.push(...(fine.length > 0 ? fine : [event]).map(pointOf));
    this.#redraw();
  }

  /** @param {Event} event */
  #end(event) {
    if (/** @type {PointerEvent} */ (event).pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.#changed();
  }

  #redraw() {
    const { clientWidth, clientHeight } = this.canvas;
    const sharpness = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(clientWidth * sharpness);
    this.canvas.height = Math.round(clientHeight * sharpness);
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    context.scale(sharpness, sharpness);
    for (const stroke of this.#strokes) drawStroke(context, stroke);
  }
}

/** @param {PointerEvent} event @returns {Point} */
function pointOf(event) {
  // a mouse reports a pressure of 0.5, a finger on many phones 0 or 1
  const pressure = event.pointerType === 'pen' ? event.pressure : 0.5;
  return { x: event.offsetX, y: event.offsetY, pressure };
}

/**
 * Draws a stroke as curves through the middles between its points, which hides the corners.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} stroke
 */
function drawStroke(context, stroke) {
  const [first] = stroke;
  if (!first) return;
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  if (stroke.length < 3) {
    context.beginPath();
    context.arc(first.x, first.y, 1.6, 0, 2 * Math.PI);
    context.fill();
  }
  let from = first;
  for (let i = 1; i < stroke.length; i++) {
    const point = /** @type {Point} */ (stroke[i]);
    const before = /** @type {Point} */ (stroke[i - 1]);
    const last = i === stroke.length - 1;
    const to = last ? point : { x: (before.x + point.x) / 2, y: (before.y + point.y) / 2, pressure: point.pressure };
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(before.x, before.y, to.x, to.y);
    context.lineWidth = 1.4 + 2 * point.pressure;
    context.stroke();
    from = to;
  }
}
