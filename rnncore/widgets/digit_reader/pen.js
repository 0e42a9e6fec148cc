// The pen: what a stroke makes of an image.
//
// As in the data set, a pixel counts how many of its 4 × 4 points have ink; here, those that the
// pen has touched. A mask has a bit for each of them.

const RADIUS = 0.58; // in pixels of the image
const POINTS = [...Array(16).keys()];
const FROM_THE_MIDDLE = [5, 10, 6, 9, 4, 11, 1, 14, 7, 8, 2, 13, 0, 15, 3, 12];

const count = (mask) => POINTS.reduce((sum, k) => sum + ((mask >> k) & 1), 0);
const asMask = (ink) =>
  FROM_THE_MIDDLE.slice(0, Math.round(16 * ink)).reduce((mask, k) => mask | (1 << k), 0);

/**
 * Make a pen for an image of so many rows and columns; it remembers where in a pixel the ink is.
 * @param {number} rows
 */
export function penFor(rows) {
  const masks = Array.from({ length: rows }, () => Array(rows).fill(0));
  let last = null; // where it was
  return {
    isDown: () => last !== null,
    lift() {
      last = null;
    },
    /**
     * Return the image after a stroke from where the pen was to (x, y), in pixels of the image.
     * @param {number[][]} image
     * @param {number} x
     * @param {number} y
     * @param {boolean} erases
     * @returns {number[][]}
     */
    draw(image, x, y, erases) {
      const isNear = nearTo(last ?? [x, y], [x, y]);
      last = [x, y];
      return image.map((row, i) =>
        row.map((ink, j) => {
          if (count(masks[i][j]) !== 16 * ink) masks[i][j] = asMask(ink); // it came from elsewhere
          const under = pointsUnder(isNear, i, j);
          const mask = erases ? masks[i][j] & ~under : masks[i][j] | under;
          if (mask === masks[i][j]) return ink;
          masks[i][j] = mask;
          return count(mask) / 16;
        })
      );
    },
  };
}

// Whether a point is at most a radius away from the line between two.
function nearTo([x0, y0], [x, y]) {
  const [dx, dy] = [x - x0, y - y0];
  const long = dx * dx + dy * dy || 1;
  return (px, py) => {
    const along = Math.min(1, Math.max(0, ((px - x0) * dx + (py - y0) * dy) / long));
    return Math.hypot(px - x0 - along * dx, py - y0 - along * dy) <= RADIUS;
  };
}

// The points of a pixel that the pen touches.
function pointsUnder(isNear, i, j) {
  const touches = (k) => isNear(j + ((k % 4) + 0.5) / 4, i + (Math.floor(k / 4) + 0.5) / 4);
  return POINTS.reduce((mask, k) => (touches(k) ? mask | (1 << k) : mask), 0);
}
