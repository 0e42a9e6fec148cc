import { penFor } from "../../../rnncore/widgets/digit_reader/pen.js";

const BLANK = Array.from({ length: 8 }, () => Array(8).fill(0));

/** @param {boolean} isTrue */
function assert(isTrue, what = "") {
  if (!isTrue) throw new Error(what || "not so");
}

/** @param {number[][]} image */
const inked = (image) => image.flat().filter((ink) => ink > 0).length;

Deno.test("a touch in the middle of a pixel inks 12 of its 16 points", () => {
  // The corners of a 4 × 4 grid are hypot(0.375, 0.375) = 0.53 away from the middle: below 0.58.
  const image = penFor(8).draw(BLANK, 2.5, 3.5, false);
  assert(image[3][2] === 1, String(image[3][2]));
  assert(inked(image) === 1);
});

Deno.test("a line inks its pixels and, softly, their neighbours", () => {
  const pen = penFor(8);
  pen.draw(BLANK, 1, 1, false);
  const image = pen.draw(BLANK, 1, 6, false);
  for (const row of image.slice(1, 6)) {
    assert(row[0] > 0 && row[0] < 1 && row[0] === row[1]); // the line runs between two columns
    assert(row.slice(2).every((ink) => ink === 0));
  }
});

Deno.test("a lifted pen draws no line to where it goes down again", () => {
  const pen = penFor(8);
  const once = pen.draw(BLANK, 0.5, 0.5, false);
  assert(pen.isDown());
  pen.lift();
  assert(!pen.isDown());
  const twice = pen.draw(once, 6.5, 6.5, false);
  assert(inked(twice) === 2 && twice[3][3] === 0);
});

Deno.test("ink that came from elsewhere stays where the pen does not go", () => {
  const given = BLANK.map((row) => row.map(() => 0.5));
  const image = penFor(8).draw(given, 4.5, 4.5, false);
  assert(image[4][4] > 0.5);
  assert(image[0][0] === 0.5);
});

Deno.test("the eraser takes away what the pen would put", () => {
  const pen = penFor(8);
  const image = pen.draw(BLANK, 4.5, 4.5, false);
  pen.lift();
  assert(inked(pen.draw(image, 4.5, 4.5, true)) === 0);
  assert(pen.draw(BLANK, 4.5, 4.5, true).flat().every((ink) => ink === 0));
});
