// @ts-check

const largest = { width: 1200, height: 480 };

/**
 * Reads a picture file: at most 1200 × 480 pixels, white paper made transparent.
 *
 * @param {Blob} file
 * @returns {Promise<string | null>} base64 PNG; null when the browser cannot read it
 */
export async function readPicture(file) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return null;
  }
  const scale = Math.min(1, largest.width / bitmap.width, largest.height / bitmap.height);
  const { canvas, context } = surface(Math.max(1, bitmap.width * scale), Math.max(1, bitmap.height * scale));
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const darkest = Math.min(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0);
    if (darkest > 200) data[i + 3] = Math.round(((data[i + 3] ?? 0) * (255 - darkest)) / 55);
  }
  context.putImageData(pixels, 0, 0);
  return base64(canvas);
}

/**
 * A typed signature as a picture, for names in letters the PDF's own font does not have.
 *
 * @param {string} text
 * @returns {string | null} base64 PNG; null for Latin letters, which need no picture
 */
export function pictureOfText(text) {
  if (/^[\u0020-\u007e\u00a0-\u00ff€Œœ–—‘’“”Šš˜Žžƒˆ…†‡‰‹›™]*$/u.test(text)) return null;
  const font = 'italic 96px "Times New Roman", Times, serif';
  const ruler = surface(1, 1).context;
  ruler.font = font;
  const { canvas, context } = surface(Math.min(2400, ruler.measureText(text).width + 40), 150);
  context.font = font;
  context.fillStyle = '#0f2c78';
  context.fillText(text, 20, 105, canvas.width - 40);
  return base64(canvas);
}

/** @param {number} width @param {number} height */
function surface(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width);
  canvas.height = Math.ceil(height);
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')) };
}

/** @param {HTMLCanvasElement} canvas */
function base64(canvas) {
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}
