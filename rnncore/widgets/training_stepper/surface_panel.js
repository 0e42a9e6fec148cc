// The picture of the surface: bands between contours, the path of the updates, the gradient.

import { range } from "../shared/algebra.js";
import {
  arrowhead,
  html,
  newId,
  NONE,
  noteChange,
  put,
  svg,
  tag,
  tspans,
  write,
} from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp, powerOfTen, ticks } from "../shared/plot.js";
import { contoursOf, heightOf, LEVELS, WINDOW } from "./surface.js";
import { taskOf } from "./trace.js";

/** @import { Frame } from "../shared/types.d.ts" */
/** @import { Piece } from "./surface.js" */
/** @typedef {import("./widget.js").State} State */
/** @typedef {(x: number, h: number) => [number, number]} At where W_x and W_h are, in pixels */

const MOST_WIDE = 430, LEFT = 34, RIGHT = 8, TOP = 8, BOTTOM = 36;
const WALL = 7; // the first band that is no valley: above a loss of 10
const DARKEST = 0.5; // how much of the ink the highest band has
const MOST_DOTS = 60;
const FAR = 4; // how many windows away a line may still go
const LABELLED_AT = 2.1; // the W_x at which contours are labelled
const ROOM = 13; // pixels between two labels
const GRID = 20; // a start that is pressed is rounded to a twentieth

/**
 * Make the picture; a press sets the start.
 * @param {Pick<Frame, "save" | "signal" | "limits">} frame
 */
export function surfacePanel({ save, signal, limits }) {
  const box = html("div", { class: "surface" });
  /** @type {ReturnType<typeof canvas>} */
  let made;
  const start = (/** @type {MouseEvent} */ event) => {
    const { left, top, width } = made.element.getBoundingClientRect();
    const scale = made.width / width;
    const [x, h] = made.from((event.clientX - left) * scale, (event.clientY - top) * scale);
    const round = (/** @type {number} */ v, /** @type {number[]} */ [least, most]) =>
      Math.round(clamp(v, least, most) * GRID) / GRID;
    save({ W_x: round(x, WINDOW.x), W_h: round(h, WINDOW.h) });
  };
  // A finger that moves scrolls the page; one that taps makes a click.
  const drag = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== "touch" && event.buttons & 1) start(event);
  };
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") box.setPointerCapture(event.pointerId);
    drag(event);
  }, { signal });
  box.addEventListener("pointermove", drag, { signal });
  box.addEventListener("click", start, { signal });
  return {
    element: box,
    height: () => made.height,
    draw() {
      made = canvas(Math.min(MOST_WIDE, box.clientWidth || MOST_WIDE));
      put(box, {}, made.element);
    },
    update(/** @type {State} */ state, /** @type {number} */ k) {
      const task = taskOf(state.values.timesteps, limits);
      if (noteChange(made.land, state.values.timesteps)) drawLand(made, task);
      showPath(made, state, k);
      showArrows(made, state, k);
      write(made.description, inWords(state, k));
    },
  };
}

/**
 * Make an empty picture of that width.
 * @param {number} width
 */
function canvas(width) {
  const side = width - LEFT - RIGHT;
  const scale = side / (WINDOW.x[1] - WINDOW.x[0]);
  /** @type {At} */
  const at = (x, h) => [LEFT + (x - WINDOW.x[0]) * scale, TOP + (WINDOW.h[1] - h) * scale];
  /** @type {(px: number, py: number) => [number, number]} */
  const from = (
    px,
    py,
  ) => [WINDOW.x[0] + (px - LEFT) / scale, WINDOW.h[1] - (py - TOP) / scale];
  const id = newId();
  const inside = svg("rect", { x: LEFT, y: TOP, width: side, height: side });
  const description = svg("desc");
  const [head, used] = [arrowhead(), arrowhead()];
  const land = svg("g", { class: "land" }), labels = svg("g", { class: "labels" });
  const marks = marksOf(head.url, used.url);
  const clip = { "clip-path": `url(#${id})` };
  const height = TOP + side + BOTTOM;
  const element = svg(
    "svg",
    { class: "plot", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, "The loss over the two weights, and the path of the updates"),
    description,
    svg("defs", {}, svg("clipPath", { id }, inside.cloneNode())),
    head.defs,
    used.defs,
    svg("g", clip, land),
    svg("g", { class: "axes" }, ...axes(at, width, height)),
    svg("g", clip, ...minimum(at), marks.casing, marks.path, ...marks.dots, marks.start),
    labels,
    marks.arrow,
    marks.usedArrow,
    svg("g", clip, marks.now),
    put(inside, { class: "frame-line" }),
  );
  return { element, description, width, height, side, scale, at, from, land, labels, marks };
}

/** @typedef {ReturnType<typeof canvas>} Canvas */

/**
 * @param {string} head
 * @param {string} used
 */
const marksOf = (head, used) => ({
  casing: svg("path", { class: "casing" }),
  path: svg("path", { class: "way" }),
  dots: range(MOST_DOTS + 1).map(() => svg("circle", { class: "update", r: 2.6 })),
  start: svg("circle", { class: "start", r: 5 }),
  now: svg("circle", { class: "now", r: 6.5 }),
  arrow: svg("path", { class: "arrow", "data-sym": "dW", "marker-end": head }),
  usedArrow: svg("path", { class: "arrow used", "data-sym": "dW_used", "marker-end": used }),
});

/**
 * @param {At} at
 * @param {number} width
 * @param {number} height
 */
function axes(at, width, height) {
  const small = { class: "tick", "dominant-baseline": "central" };
  const name = { class: "axis-name", "text-anchor": "middle" };
  const [bottom, middle] = [at(0, WINDOW.h[0])[1], at(0, (WINDOW.h[0] + WINDOW.h[1]) / 2)[1]];
  return [
    ...ticks([WINDOW.x[0], WINDOW.x[1]], 6, true).map((v) =>
      svg("text", {
        ...small,
        x: at(v, 0)[0],
        y: bottom + 11,
        "text-anchor": "middle",
      }, shown(v))
    ),
    ...ticks([WINDOW.h[0], WINDOW.h[1]], 6, true).map((v) =>
      svg("text", { ...small, x: LEFT - 6, y: at(0, v)[1], "text-anchor": "end" }, shown(v))
    ),
    svg("text", { ...name, x: (LEFT + width - RIGHT) / 2, y: height - 6 }, ...tspans("W_x")),
    svg(
      "text",
      { ...name, x: 11, y: middle, transform: `rotate(-90 11 ${middle})` },
      ...tspans("W_h"),
    ),
  ];
}

/** @param {At} at */
function minimum(at) {
  const [x, y] = at(1, 1);
  return ["minimum casing", "minimum"].map((name) =>
    svg("path", { class: name, d: `M${x - 5},${y} H${x + 5} M${x},${y - 5} V${y + 5}` })
  );
}

/**
 * Draw the bands between the contours, the contours, and their labels.
 * @param {Canvas} canvas
 * @param {import("./trace.js").Task} task
 */
function drawLand({ land, labels, at, side }, task) {
  const contours = contoursOf(task).map(({ level, pieces }) => ({
    level,
    d: pieces.map((piece) => outline(piece, at)).join(""),
  }));
  const whole = `M${LEFT},${TOP}h${side}v${side}h${-side}z`;
  const bands = [...contours, { level: Infinity, d: whole }].map(({ level, d }, k) =>
    svg("path", {
      class: k < WALL ? "between low" : "between",
      d: (contours[k - 1]?.d ?? "") + d,
      "fill-rule": "evenodd",
      "fill-opacity": strengthOf(k).toFixed(3),
      "data-below": level,
    })
  );
  const lines = contours.map(({ level, d }, k) =>
    svg("path", { class: k % 2 ? "contour half" : "contour", d, "data-level": level })
  );
  put(land, {}, ...bands, ...lines);
  put(labels, {}, ...labelsOf(task, at));
}

/**
 * Return how much of its colour a band has: more the deeper in the valley, and the higher above.
 * @param {number} k
 */
const strengthOf = (k) =>
  k < WALL ? 1 - (0.8 * k) / WALL : DARKEST * ((k - WALL) / (LEVELS.length - WALL)) ** 0.8;

/**
 * Return the outline of a piece, up its left side and down its right one.
 * @param {Piece} piece
 * @param {At} at
 */
function outline(piece, at) {
  const wide = WINDOW.x[1] - WINDOW.x[0];
  const point = (/** @type {number} */ x, /** @type {number} */ h) => {
    const [px, py] = at(clamp(x, WINDOW.x[0] - wide, WINDOW.x[1] + wide), h);
    return `${px.toFixed(2)},${py.toFixed(2)}`;
  };
  const up = piece.map(({ h, least }) => point(least, h));
  const down = piece.map(({ h, most }) => point(most, h)).reverse();
  return `M${[...up, ...down].join("L")}z`;
}

/**
 * Label the whole powers of ten above the valley, as far as there is room.
 * @param {import("./trace.js").Task} task
 * @param {At} at
 */
function labelsOf(task, at) {
  let last = Infinity;
  return LEVELS.filter((_, k) => k % 2 === 0).flatMap((level) => {
    const h = heightOf(task, LABELLED_AT, level);
    if (h === null) return [];
    const [x, y] = at(LABELLED_AT, h);
    if (last - y < ROOM || y < TOP + ROOM / 2) return [];
    last = y;
    return [svg("text", {
      class: "level",
      x,
      y,
      "text-anchor": "middle",
      "dominant-baseline": "central",
    }, powerOfTen(level))];
  });
}

/**
 * Draw the path as far as it is done, a dot for each update or for every so many.
 * @param {Canvas} canvas
 * @param {State} state
 * @param {number} k
 */
function showPath({ at, marks, side }, { run, values }, k) {
  const { casing, path, dots, start, now } = marks;
  const place = (/** @type {number} */ i) =>
    at(run.W_x[i], run.W_h[i]).map((px) => clamp(px, -FAR * side, FAR * side));
  const isThere = (/** @type {number} */ i) =>
    i <= k && Number.isFinite(run.W_x[i]) && Number.isFinite(run.W_h[i]);
  const every = Math.ceil(values.updates / MOST_DOTS);
  const line = range(k + 1).filter(isThere).map((i) => place(i).map((px) => px.toFixed(2)).join());
  const d = `M${line.join("L")}`;
  put(casing, { d });
  put(path, { d });
  dots.forEach((dot, j) => {
    const i = j * every;
    if (
      !noteChange(dot, isThere(i) ? `${i} ${run.W_x[i]} ${run.W_h[i]} ${run.loss[i]}` : "ahead")
    ) return;
    if (!isThere(i)) return put(dot, { ...NONE, visibility: "hidden" });
    const [cx, cy] = place(i);
    put(dot, { cx, cy, visibility: null, ...tag("loss", [i], run.loss[i]) });
  });
  const [x0, y0] = place(0);
  put(start, { cx: x0, cy: y0 });
  const [cx, cy] = isThere(k) ? place(k) : [-99, -99];
  put(now, { cx, cy, ...tag("loss", [k], run.loss[k]) });
}

/**
 * Draw the gradient at the point, and what clipping makes of it where that is another.
 * @param {Canvas} canvas
 * @param {State} state
 * @param {number} k
 */
function showArrows({ at, marks }, { run, values }, k) {
  const [x, y] = at(run.W_x[k], run.W_h[k]);
  const arrow = (
    /** @type {SVGElement} */ node,
    /** @type {number} */ gx,
    /** @type {number} */ gh,
  ) => {
    const norm = Math.hypot(gx, gh);
    const isThere = norm > 0 && Number.isFinite(norm) && isInside(run, k);
    const long = arrowLength(norm) / (norm || 1);
    const d = isThere ? `M${x},${y}l${(gx * long).toFixed(2)},${(-gh * long).toFixed(2)}` : null;
    put(node, { d, visibility: isThere ? null : "hidden" });
  };
  arrow(marks.arrow, run.dW_x[k], run.dW_h[k]);
  const isClipped = values.clip > 0 && run.norm[k] > 0 &&
    (run.used_x[k] !== run.dW_x[k] || run.used_h[k] !== run.dW_h[k]);
  arrow(marks.usedArrow, isClipped ? run.used_x[k] : 0, isClipped ? run.used_h[k] : 0);
}

/**
 * Return how long an arrow is in pixels: as much more for each factor of ten.
 * @param {number} norm
 */
const arrowLength = (norm) => clamp(36 + 8 * Math.log10(norm), 24, 90);

/**
 * Say whether the point after k updates is in the window.
 * @param {Record<string, any>} run
 * @param {number} k
 */
export const isInside = (run, k) =>
  run.W_x[k] >= WINDOW.x[0] && run.W_x[k] <= WINDOW.x[1] &&
  run.W_h[k] >= WINDOW.h[0] && run.W_h[k] <= WINDOW.h[1];

/**
 * @param {State} state
 * @param {number} k
 */
function inWords({ run }, k) {
  const place = `W_x = ${shown(run.W_x[k])}, W_h = ${shown(run.W_h[k])}`;
  const outside = isInside(run, k) ? "" : ", outside the picture";
  return `After ${k} updates the path is at ${place}${outside}. A valley of low loss leads to ` +
    "the minimum at W_x = 1, W_h = 1; above it the loss rises like a cliff.";
}
