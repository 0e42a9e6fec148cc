// What the drawings of the cells are made of: memory runs in pipes, gates are valves in them.
//
// Each part is drawn once; `show` brings all of a drawing up to date.

import { arrowhead, put, renew, svg, tspans, write } from "../shared/dom.js";
import { shownBriefly } from "../shared/numbers.js";

const VALVE = 24; // how wide a valve opens
const PIPE = 11; // how thick the pipe is of the largest memory
const THIN = 1.5; // and of none
const BAR = 48; // how long the bar is of a gate that is open
const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };

/**
 * What a part reads when it is brought up to date.
 * @typedef {object} Now
 * @property {number} t the step
 * @property {number} full the size of the largest memory of the whole run, at least 1
 * @property {number[]} simple the weights of the simple update
 * @property {string} reset where the reset gate of the GRU stands
 * @property {(name: string, back?: number) => number | null} at a number of this step, or of one
 *   before it; null: not reached yet
 * @property {(gate: string) => boolean} isHeld
 */
/** @typedef {ReturnType<typeof drawing>} Drawing */

/**
 * Make an empty drawing.
 * @param {{ title: string, width: number, height: number }} options
 */
export function drawing({ title, width, height }) {
  const description = svg("desc");
  const pipes = svg("g", { class: "pipes" });
  const parts = svg("g");
  const arrow = arrowhead();
  const element = svg(
    "svg",
    { role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, title),
    description,
    arrow.defs,
    pipes,
    parts,
  );
  /** @type {((now: Now) => void)[]} */
  const updates = [];
  return { element, description, pipes, parts, arrow, updates };
}

/**
 * Bring a drawing up to date.
 * @param {Drawing} d
 * @param {Now} now
 * @param {string} words the step, for those who listen
 */
export function show(d, now, words) {
  d.updates.forEach((update) => update(now));
  write(d.description, words);
}

/**
 * Draw text.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {Record<string, any>} attributes
 * @param {...any} content
 */
export const text = (d, x, y, attributes, ...content) =>
  d.parts.appendChild(svg("text", { x, y, ...MIDDLE, ...attributes }, ...content));

/**
 * Draw another shape.
 * @param {Drawing} d
 * @param {"rect" | "circle" | "path"} kind
 * @param {Record<string, any>} attributes
 */
export const shape = (d, kind, attributes) => d.parts.appendChild(svg(kind, attributes));

/** @type {(...mark: [Element, string, number, number | null, ((v: number) => string)?]) => void} */
const mark = (node, name, index, value, as = () => "") =>
  renew(node, value === null ? null : name, [index], value, undefined, as);

/**
 * Draw a pipe, the thicker the larger what flows in it.
 * @param {Drawing} d
 * @param {string} path
 * @param {{ name: string, back?: number, sym?: string | null }} options `back`: how many steps
 *   before this one
 */
export function pipe(d, path, { name, back = 0, sym = null }) {
  const node = d.pipes.appendChild(svg("path", { class: "pipe", "data-sym": sym, d: path }));
  d.updates.push(({ t, at, full }) => {
    const value = t > 0 ? at(name, back) : null;
    const share = value === null || Number.isNaN(value) ? 0 : Math.min(1, Math.abs(value) / full);
    put(node, {
      style: `stroke-width: ${(THIN + (PIPE - THIN) * share).toFixed(2)}px`,
      class: value === null ? "pipe ahead" : "pipe",
    });
  });
}

/**
 * Draw a state, named by its step.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {{ name: string, sym: string, back?: number, beside?: boolean }} options `beside`: its
 *   name stands at its left
 */
export function state(d, x, y, { name, sym, back = 0, beside = false }) {
  const label = beside
    ? text(d, x - 34, y, { class: "symbol", "data-sym": sym, "text-anchor": "end" })
    : text(d, x, y - 24, { class: "symbol", "data-sym": sym });
  const size = { x: x - 27, y: y - 15, width: 54, height: 30, rx: 6 };
  const box = shape(d, "rect", { class: "state", "data-sym": sym, ...size });
  const value = text(d, x, y, { class: "value", "data-sym": sym });
  let named;
  d.updates.push(({ t, at }) => {
    const time = t < back ? "t−1" : t - back;
    if (time !== named) put(label, {}, ...tspans(`${name[0]}_${time}`));
    named = time;
    const number = at(name, back);
    put(box, { class: number === null ? "state ahead" : "state" });
    mark(value, name, t - back, number, shownBriefly);
  });
}

/**
 * Draw a gate, a candidate, or another box with a number.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {object} options
 * @param {string | any[]} options.letter
 * @param {string | null} options.sym
 * @param {string} options.role what it does, in a word
 * @param {string} options.name
 * @param {string} options.kind gate, candidate, weight or squash
 * @param {string} [options.from] left, right or below: where x_t and h_{t-1} come in
 * @param {(now: Now) => [number, number | null]} [options.read] the index and the number
 */
export function box(d, x, y, { letter, sym, role, name, kind, from, read = readOf(name) }) {
  const [left, top] = [x - 29, y - 22];
  const size = { x: left, y: top, width: 58, height: 44, rx: 6 };
  const frame = shape(d, "rect", { class: kind, "data-sym": sym, ...size });
  const head = text(d, x, top + 11, { class: "role", "data-sym": sym });
  const value = text(d, x, top + 26, { class: "value", "data-sym": sym });
  if (kind === "gate") openingBar(d, left + 5, top + 35, name);
  if (from) stub(d, STUBS[from](x, y));
  const word = svg("tspan", {});
  put(head, {}, svg("tspan", { class: "letter" }, ...[letter].flat()), word);
  d.updates.push((now) => {
    const [index, number] = read(now);
    const held = now.isHeld(name);
    write(word, ` ${held ? "held" : role}`);
    put(frame, { class: `${kind}${held ? " held" : ""}${number === null ? " ahead" : ""}` });
    mark(value, name, index, number, shownBriefly);
  });
}

/** @returns {(now: Now) => [number, number | null]} */
const readOf = (name) => ({ t, at }) => [t, at(name)];

const STUBS = {
  left: (x, y) => `M${x - 47},${y} h15`,
  right: (x, y) => `M${x + 47},${y} h-15`,
  below: (x, y) => `M${x},${y + 40} v-15`,
};

/**
 * Draw the brown arrow at which x_t, and h_{t-1}, come in.
 * @param {Drawing} d
 * @param {string} path
 */
export const stub = (d, path) =>
  shape(d, "path", { class: "stub", "data-sym": "W_x", d: path, "marker-end": d.arrow.url });

function openingBar(d, x, y, name) {
  const size = { x, y, width: 0, height: 5, "data-full": BAR };
  const bar = shape(d, "rect", { class: "opening-bar", ...size });
  d.updates.push(({ t, at }) => {
    const opening = at(name);
    put(bar, { width: Number.isFinite(opening) ? BAR * opening : 0 });
    mark(bar, name, t, opening);
  });
}

/**
 * Draw a valve across a pipe: what is coloured is shut.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.sym
 * @param {string} options.stem the path from its gate
 * @param {boolean} [options.upright]
 * @param {number} [options.times] where the × stands beside one that lies
 */
export function valve(d, x, y, { name, sym, upright = false, stem, times = 19 }) {
  const sides = (open) => upright ? { width: 8, height: open } : { width: open, height: 8 };
  const placed = ({ width, height }) => ({ x: x - width / 2, y: y - height / 2, width, height });
  shape(d, "path", { class: "stem", d: stem });
  const slot = shape(d, "rect", { class: "slot", ...placed(sides(VALVE)), rx: 2 });
  const hole = shape(d, "rect", { class: "hole", "data-sym": sym, "data-valve": VALVE });
  text(d, x + (upright ? 0 : times), y - (upright ? 20 : 0), { class: "times" }, "×");
  d.updates.push(({ t, at }) => {
    const opening = at(name);
    put(hole, placed(sides(Number.isFinite(opening) ? VALVE * opening : 0)));
    put(slot, { class: opening === null ? "slot ahead" : "slot" });
    mark(hole, name, t, opening);
  });
}

/**
 * Draw a sum.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 */
export function plus(d, x, y) {
  shape(d, "circle", { class: "plus", cx: x, cy: y, r: 10 });
  text(d, x, y, { class: "value" }, "+");
}

/**
 * Draw a function that a number goes through.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {string} word
 */
export function pill(d, x, y, word) {
  shape(d, "rect", { class: "squash", x: x - 22, y: y - 10, width: 44, height: 20, rx: 10 });
  text(d, x, y, { class: "role" }, word);
}

/**
 * Write a number beside a pipe.
 * @param {Drawing} d
 * @param {number} x
 * @param {number} y
 * @param {{ name: string, anchor?: string, sym?: string | null }} options
 */
export function flow(d, x, y, { name, anchor = "middle", sym = null }) {
  const node = text(d, x, y, { class: "flow", "data-sym": sym, "text-anchor": anchor });
  d.updates.push(({ t, at }) => mark(node, name, t, at(name), shownBriefly));
}
