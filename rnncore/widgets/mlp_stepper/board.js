// Where a row of x and a column of W meet: x stands left of z, W above it.

import { range } from "../shared/algebra.js";
import { html, newId, noteChange, put, symbol, write } from "../shared/dom.js";
import { activeIn } from "../shared/frame/focus.js";
import { shapeText, shown, shownBriefly } from "../shared/numbers.js";
import { matrix } from "./matrix.js";
import { listenForArrows, listenForTaps } from "./choosing.js";
import { taken } from "./scene.js";

const KEYS = ["W", "B", "x", "z", "next"];
const NARROWEST = 50; // pixels a cell: below it the activation stands under the sums

/**
 * Fill the frame with the board; returns `update(scene)` and `fit()`, for another width.
 * @param {HTMLElement} frame
 * @param {import("./scene.js").Scene} scene
 * @param {(r: number | null, c: number | null) => void} choose
 * @param {AbortSignal} signal
 */
export function board(frame, { values: { x0, W }, vector }, choose, signal) {
  const inputs = Math.max(...W.map((weights) => weights.length));
  const units = Math.max(...W.map((weights) => weights[0].length));
  const rows = vector ? 1 : x0.length;
  const radios = radioButtons(rows, units, choose, signal);
  const label = (r, c) => vector ? `number ${c + 1}: ` : `row ${r + 1}, column ${c + 1}: `;
  const inZ = (r, c) => [radios[r][c], html("span", { class: "live" }, label(r, c))];
  const parts = {
    W: matrix("W", inputs, units),
    B: matrix("B", 1, units),
    x: matrix("x", rows, inputs),
    z: matrix("z", rows, units, inZ),
    next: matrix("next", rows, units),
  };
  put(parts.z.element, { role: "radiogroup" });
  const captions = KEYS.map((key) => caption(key, parts[key]));
  const arrows = boardArrows();
  const element = html(
    "div",
    { class: "board" },
    ...KEYS.map((key) => parts[key].element),
    ...arrows.elements,
    ...captions.map((each) => each.element),
  );
  put(frame, {}, element);
  listenForTaps(element, parts, choose, signal);
  listenForArrows(element, radios, choose, signal);

  let text; // of a number, as wide as a cell allows
  function fit() {
    const { stacked, width } = cellWidth(frame.clientWidth || 640, inputs, units);
    const size = `--cell: ${width}px; font-size: ${width < 50 ? 11 : 13}px`;
    const style = `${size}; --in: ${inputs}; --out: ${units}`;
    put(element, { class: stacked ? "board stacked" : "board", style });
    text = (value) => (width >= 58 && shown(value).length < 7 ? shown(value) : shownBriefly(value));
  }
  fit();

  function update(scene) {
    fillMatrices(parts, scene, text);
    const focused = radios.flat().includes(/** @type {HTMLInputElement} */ (activeIn(frame)));
    radios.forEach((line, r) =>
      line.forEach((input, c) => {
        input.checked = r === scene.r && c === scene.c;
      })
    );
    if (focused) radios[scene.r][scene.c].focus();
    captions.forEach((each) => each.update(scene));
    put(element, { "data-phase": scene.bends ? "activation" : "sum" });
    arrows.update(scene);
    if (noteChange(element, `${scene.i},${scene.r},${scene.c}`)) {
      bringIntoView(frame, parts.z.cells[scene.r][scene.c].box);
    }
  }
  return { update, fit };
}

function radioButtons(rows, units, choose, signal) {
  const name = newId();
  const radio = (r, c) => {
    const input = html("input", { type: "radio", name });
    input.addEventListener("change", () => choose(r, c), { signal });
    return input;
  };
  return range(rows).map((r) => range(units).map((c) => radio(r, c)));
}

/** Return the width of a cell in this room, and whether the activation stands under the sums. */
function cellWidth(room, inputs, units) {
  const beside = Math.floor((room - 140) / (inputs + 2 * units));
  if (beside >= NARROWEST) return { stacked: false, width: Math.min(62, beside) };
  const width = Math.floor((room - 34) / (inputs + units));
  return { stacked: true, width: Math.max(44, Math.min(58, width)) };
}

/** Show the numbers of the round; the row, the column and the number they make are marked. */
function fillMatrices(parts, scene, text) {
  const { i, r, c, run: { x, z }, weights, bias, activation, bends, step, at } = scene;
  const on = (yes) => (yes ? "on" : "");
  const inColumn = (_, column) => on(!bends && column === c);
  const fill = (key, rows, name, place, look, reached = true) =>
    parts[key].fill(rows, { name, at: place, text, look, reached });
  const placeIn = (first) => (row, column) => at(first, row, column);

  const lookAtSum = (row, column) => {
    if (row === r && column === c) return "on here";
    if (bends) return on(activation === "softmax" && row === r);
    return (row === r && column < c) || (column === c && row < r) ? "way" : "";
  };
  const lookAtNext = (row, column) => bends && row === r && column === c ? "on here" : "";
  fill("x", x[i], "x", placeIn(i), (row) => on(!bends && row === r));
  fill("W", weights, "W", (k, j) => [i, k, j], inColumn);
  fill("B", [bias], "B", (_, j) => [i, j], inColumn);
  fill("z", z[i + 1], "z", placeIn(i + 1), lookAtSum, step >= 2 * i + 1);
  fill("next", x[i + 1], "x", placeIn(i + 1), lookAtNext, bends);
}

/** Return what the caption of a matrix says: its title, its shape, a word, its symbol. */
function captionOf(key, { i, inputs, units, vector, activation, shapeOf }) {
  const bent = activation === "linear"
    ? "the same numbers"
    : `${activation} of ${taken(activation)}`;
  return {
    W: [`W_${i}`, [inputs, units], "weights", "W"],
    B: [`B_${i}`, [units], vector ? "bias" : "bias, added to each row", "b"],
    x: [`x_${i}`, shapeOf(inputs), vector ? "one example" : "a row per example", "x"],
    z: [`z_${i + 1}`, shapeOf(units), "weighted sums", "z"],
    next: [`x_${i + 1}`, shapeOf(units), bent, "x_next"],
  }[key];
}

/** Make the caption of a matrix, which also names the matrix for those who listen. */
function caption(key, { element: box }) {
  const [title, shape, word] = [html("span"), html("span", { class: "shape" }), html("small")];
  const element = html("span", { class: `caption of-${key}` }, title, " ", shape, word);

  function update(scene) {
    const { i, step, bends } = scene;
    const [name, axes, what, light] = captionOf(key, scene);
    const waits = (key === "z" && step < 2 * i + 1) || (key === "next" && !bends);
    const known = waits ? `${name}, not computed yet` : `${name}, shape ${shapeText(axes)}`;
    put(box, {
      "data-sym": light,
      class: `matrix ${key}${waits ? " waits" : ""}`,
      "aria-label": key === "z" ? `Which number of ${name} to look at` : known,
    });
    put(element, { "data-sym": light });
    if (noteChange(title, name)) put(title, {}, key === "B" ? "+ " : null, ...symbol(name));
    write(shape, waits ? "" : shapeText(axes));
    write(word, what);
  }
  return { element, update };
}

/** Make the arrow from x to z, and the one that is the activation. */
function boardArrows() {
  const across = html("span", { class: "across", "aria-hidden": "true" }, "→");
  const f = html("span", { class: "f" });
  const line = html("span", { class: "line", "aria-hidden": "true" });
  const bend = html("span", { class: "bend" }, f, line);
  function update({ r, bends, activation }) {
    put(across, { style: `--row: ${r}`, class: bends ? "across" : "across on" });
    put(bend, { class: bends ? "bend on" : "bend" });
    write(f, activation);
  }
  return { elements: [across, bend], update };
}

/** Scroll the frame to a cell, where it is narrower than the layer: on a phone. */
function bringIntoView(frame, box) {
  if (frame.scrollWidth <= frame.clientWidth) return;
  const [cell, around] = [box, frame].map((node) => node.getBoundingClientRect());
  const by = cell.left + cell.width / 2 - around.left - around.width / 2;
  frame.scrollLeft += by * frame.offsetWidth / around.width; // the page may be zoomed
}
