/** A page's visible box in its own coordinates [left, bottom, right, top] and its clockwise rotation in degrees. */
export interface PageView {
  box: [number, number, number, number];
  rotate: number;
}

type Matrix = [number, number, number, number, number, number];

/**
 * The matrix from the page as displayed (origin bottom left, rotation applied) to the page's own coordinates,
 * as the `cm` operator takes it. Source: ISO 32000-1, 7.7.3.3 (Rotate) and 8.3.3 (matrices).
 */
export function toUserSpace({ box: [left, bottom, right, top], rotate }: PageView): Matrix {
  switch (((rotate % 360) + 360) % 360) {
    case 90:
      return [0, 1, -1, 0, right, bottom];
    case 180:
      return [-1, 0, 0, -1, right, top];
    case 270:
      return [0, -1, 1, 0, left, top];
    default:
      return [1, 0, 0, 1, left, bottom];
  }
}

/** The way back: size of the page as displayed (points) and a function from the page's own coordinates to it. */
export function toDisplay(view: PageView) {
  const [left, bottom, right, top] = view.box;
  const upright = toUserSpace(view)[0] !== 0;
  const [a, b, c, d, e, f] = toUserSpace(view);
  return {
    width: upright ? right - left : top - bottom,
    height: upright ? top - bottom : right - left,
    // the linear part is a rotation, so its inverse is its transpose
    point: (x: number, y: number) => ({ x: a * (x - e) + b * (y - f), y: c * (x - e) + d * (y - f) }),
  };
}
