// What each time step adds to the gradient of one weight; the last row is the sum.

import { range } from "../shared/algebra.js";
import { html, noteChange, put, renew, symbol, words, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

/** @import { Child, Path } from "../shared/types.d.ts" */
/** @import { Params, Where } from "./steps.js" */

/**
 * What the table is about: which arrays it shows, under which symbols.
 * @typedef {object} Subject
 * @property {string} weight
 * @property {boolean} scalar
 * @property {boolean} local whether each step counts alone
 * @property {number} timesteps
 * @property {string} arrives the array of what arrives at a state
 * @property {string} arrivesSym
 * @property {string} adds the array of what a step adds
 * @property {string} sum that of the sums
 * @property {(cell: HTMLElement, isReached: boolean, name: string, place: Path, value: number,
 *   sym: string) => void} show
 */

/**
 * Show the contributions to the weight that the reader has chosen.
 * @param {HTMLElement} box
 * @param {Params} params
 * @param {() => boolean} brief whether there is little room for a number
 */
export function contributionTable(box, params, brief) {
  const { scalar, weight } = params;
  const table = scalar ? scalarTable(params) : vectorTable(params);
  put(box, {}, table.element);

  /** @type {Subject["show"]} */
  const show = (cell, isReached, name, place, value, sym) => {
    const as = brief() ? shownBriefly : shown;
    renew(cell, isReached ? name : null, place, value, sym, as, "·");
  };
  return (
    /** @type {Record<string, any>} */ run,
    /** @type {Params} */ { derivative, window, X },
    /** @type {Where} */ where,
  ) => {
    const local = derivative === "local";
    const subject = {
      ...{ weight, scalar, local, show, timesteps: X.length },
      arrives: local ? "direct" : "dh",
      arrivesSym: local ? "dS" : "dh",
      adds: local ? `held_${weight}` : `d${weight}`,
      sum: local ? `sum_held_${weight}` : `sum_${weight}`,
    };
    if (noteChange(table.element, derivative)) labelHeads(table, subject);
    table.update(run, where, subject);
    showSum(table, run, where.to, subject);
    const { label } = table;
    if (noteChange(label, `${where.to} ${window} ${derivative}`)) {
      put(label, {}, ...nameOfSum(where.to, window, subject));
    }
  };
}

const td = () => html("td", { class: "num" });
const head = (/** @type {Child[]} */ ...parts) => html("th", { scope: "col" }, ...parts);
const slopeHead = () => words`× f′(z${html("sub", {}, "t")})`;
const partial = (/** @type {string} */ weight) => words`∂${symbol("h_t")}/∂${symbol(weight)}`;
const gradientOf = (/** @type {string} */ weight) =>
  html("span", { "data-sym": `d${weight}` }, ...symbol(`dL/d${weight}`));

/**
 * Return what meets a weight at step t: the array and the index of it, and its symbol; null for b,
 * which meets 1.
 * @param {string} weight
 * @param {number} t
 */
function metBy(weight, t) {
  if (weight === "W_h") return { name: "h", time: t - 1, sym: "h_prev" };
  return weight === "W_x" ? { name: "x", time: t, sym: "x" } : null;
}
const nameOfMet = (/** @type {string} */ weight) =>
  symbol({ W_h: "h_t−1", W_x: "x_t", b: "1" }[weight]);

/**
 * Return row i of an array of the weight at step t: b has one.
 * @param {any} array
 * @param {string} weight
 * @param {number} t
 * @param {number} i
 */
const rowOf = (array, weight, t, i) => (weight === "b" ? array[t] : array[t][i]);

/**
 * @param {Subject} subject
 * @param {number} t
 * @param {number} i
 * @param {number} j
 * @returns {Path}
 */
const placeOf = ({ scalar, weight }, t, i, j) => scalar ? [t] : weight === "b" ? [t, j] : [t, i, j];

/**
 * A table with its heads and its row of sums.
 * @typedef {object} Table
 * @property {HTMLElement} element
 * @property {HTMLElement} caption
 * @property {HTMLElement} factorHead
 * @property {HTMLElement | null} addsHead
 * @property {HTMLElement} label of the sum
 * @property {HTMLElement[][]} sums a cell for each number of the weight
 * @property {HTMLElement | null} total what is hidden before there is a sum
 * @property {(run: Record<string, any>, where: Where, subject: Subject) => void} update
 */

/**
 * Make the table of the scalar form: a row for each step.
 * @param {Params} params
 * @returns {Table}
 */
function scalarTable({ X, weight }) {
  const caption = html("caption");
  const [factorHead, addsHead] = [head(), head()];
  const lines = range(X.length).map((k) => scalarLine(k + 1));
  const label = html("th", { scope: "row", colspan: 5 });
  const sums = [[td()]];
  const small = html("small", {}, "only this step");
  const columns = [
    head("step"),
    head(...nameOfMet(weight)),
    head(...slopeHead()),
    head("= ", ...partial(weight), small),
    factorHead,
    addsHead,
    html("td", { class: "bars" }),
  ];
  const total = html("tr", { class: "total" }, label, sums[0][0], html("td", { class: "bars" }));
  const element = html(
    "table",
    { class: "products adds" },
    caption,
    html("thead", {}, html("tr", {}, ...columns)),
    html("tbody", {}, ...lines.map(({ tr }) => tr), total),
  );
  const heads = { caption, factorHead, addsHead };
  return { element, ...heads, label, sums, total: null, update: updateOf(lines, fillScalar) };
}

/**
 * Return what fills all lines, of which the longest bar is as long as half a cell.
 * @param {any[]} lines
 * @param {(line: any, run: Record<string, any>, where: Where, subject: Subject,
 *   scale: number) => void} fill
 * @returns {Table["update"]}
 */
const updateOf = (lines, fill) => (run, where, subject) => {
  const sizes = subject.scalar ? run[subject.adds].slice(1).flat(2).map(Math.abs) : [];
  const scale = Math.max(0, ...sizes.filter(Number.isFinite));
  lines.forEach((line) => fill(line, run, where, subject, scale));
};

/** @param {number} t */
function scalarLine(t) {
  const [incoming, slope, local, arrives, adds] = range(5).map(td);
  const bar = html("span", { class: "bar" });
  const title = html("th", { scope: "row" }, `t = ${t}`);
  const bars = html("td", { class: "bars", "aria-hidden": "true" }, bar);
  const tr = html("tr", {}, title, incoming, slope, local, arrives, adds, bars);
  return { t, tr, incoming, slope, local, arrives, adds, bar };
}

/**
 * @param {ReturnType<typeof scalarLine>} line
 * @param {Record<string, any>} run
 * @param {Where} where
 * @param {Subject} subject
 * @param {number} scale
 */
function fillScalar(line, run, { to, now }, subject, scale) {
  const { t } = line;
  const { show, weight, arrives, arrivesSym, adds } = subject;
  const isReached = t >= to;
  const local = `local_${weight}`;
  const value = rowOf(run[adds], weight, t, 0)[0];
  showMet(line.incoming, isReached, run, t, [], subject);
  show(line.slope, isReached, "slope", [t], run.slope[t][0], "");
  show(line.local, isReached, local, [t], rowOf(run[local], weight, t, 0)[0], "");
  show(line.arrives, isReached, arrives, [t], run[arrives][t][0], arrivesSym);
  show(line.adds, isReached, adds, [t], value, `d${weight}`);
  const isDrawn = isReached && scale && !Number.isNaN(value);
  const share = isDrawn ? Math.min(1, Math.abs(value) / scale) * 50 : 0;
  put(line.bar, {
    style: `left: ${value < 0 ? 50 - share : 50}%; width: ${share}%`,
    "data-bar": `${adds},${t}`,
  });
  put(line.tr, { class: t === now && isReached ? "now" : null });
}

/**
 * Show the number that meets the weight at step t.
 * @param {HTMLElement} cell
 * @param {boolean} isReached
 * @param {Record<string, any>} run
 * @param {number} t
 * @param {Path} place of it in the vector; [] in the scalar form
 * @param {Subject} subject
 */
function showMet(cell, isReached, run, t, place, { weight, show }) {
  const met = metBy(weight, t);
  if (!met) return write(cell, isReached ? "1" : "·");
  const value = run[met.name][met.time][place[0] ?? 0];
  show(cell, isReached, met.name, [met.time, ...place], value, met.sym);
}

/**
 * Make the table of the vector form: a body for each step, with a row for each row of the weight:
 * those of W_x are features, those of W_h units, and b has one.
 * @param {Params} params
 * @returns {Table}
 */
function vectorTable({ X, W_x, W_h, weight }) {
  const units = W_h.length;
  const rows = weight === "b" ? 1 : (weight === "W_x" ? W_x : W_h).length;
  const caption = html("caption");
  const factorHead = put(head(), { colspan: units });
  const bodies = range(X.length).map((k) => vectorBody(k + 1, rows, units));
  const label = html("th", { scope: "row", colspan: 1 + units, rowspan: rows });
  const sums = range(rows).map(() => range(units).map(td));
  const total = html(
    "tbody",
    { class: "total" },
    ...sums.map((cells, i) => html("tr", {}, i === 0 ? label : null, ...cells)),
  );
  const localHead = html(
    "th",
    { scope: "col", colspan: units },
    ...words`${slopeHead()} = ${partial(weight)}`,
    html("small", {}, "only this step, unit by unit"),
  );
  const columns = html("tr", {}, head(...nameOfMet(weight)), localHead, factorHead);
  const element = html(
    "table",
    { class: "products adds" },
    caption,
    html("thead", {}, columns),
    ...bodies.map(({ element }) => element),
    total,
  );
  const heads = { caption, factorHead, addsHead: null };
  return { element, ...heads, label, sums, total, update: updateOf(bodies, fillVector) };
}

/**
 * @param {number} t
 * @param {number} rows
 * @param {number} units
 */
function vectorBody(t, rows, units) {
  const cells = () => range(units).map(td);
  const [slope, arrives] = [cells(), cells()];
  const inside = range(rows).map(() => ({ incoming: td(), local: cells(), adds: cells() }));
  const title = html("th", { scope: "rowgroup" }, `t = ${t}`);
  const element = html(
    "tbody",
    {},
    html("tr", { class: "factors" }, title, ...slope, ...arrives),
    ...inside.map((row) => html("tr", {}, row.incoming, ...row.local, ...row.adds)),
  );
  return { t, element, slope, arrives, inside };
}

/**
 * @param {ReturnType<typeof vectorBody>} body
 * @param {Record<string, any>} run
 * @param {Where} where
 * @param {Subject} subject
 */
function fillVector({ t, element, slope, arrives, inside }, run, { to, now }, subject) {
  const { show, weight } = subject;
  const isReached = t >= to;
  const local = `local_${weight}`;
  put(element, { class: t === now && isReached ? "now" : null, hidden: !isReached });
  slope.forEach((cell, j) => {
    show(cell, isReached, "slope", [t, j], run.slope[t][j], "");
    const value = run[subject.arrives][t][j];
    show(arrives[j], isReached, subject.arrives, [t, j], value, subject.arrivesSym);
  });
  inside.forEach((row, i) => {
    showMet(row.incoming, isReached, run, t, [i], subject);
    const [locals, adds] = [local, subject.adds].map((name) => rowOf(run[name], weight, t, i));
    row.local.forEach((cell, j) => {
      const place = placeOf(subject, t, i, j);
      show(cell, isReached, local, place, locals[j], "");
      show(row.adds[j], isReached, subject.adds, place, adds[j], `d${weight}`);
    });
  });
}

/**
 * Name what is added up.
 * @param {Table} table
 * @param {Subject} subject
 */
function labelHeads({ caption, factorHead, addsHead }, { weight, local, arrivesSym }) {
  const adds = local ? ["= adds"] : ["= adds to ", gradientOf(weight)];
  const what = local ? " adds within its own step" : " adds to its gradient";
  put(caption, {}, "What each use of ", ...symbol(weight), what);
  const arrives = symbol(local ? "dS_t" : "dL/dh_t");
  put(
    factorHead,
    {},
    "× ",
    html("span", { "data-sym": arrivesSym }, ...arrives),
    ...(addsHead ? [] : [" ", ...adds]),
    html("small", {}, local ? "only the loss at t" : "the loss at t and later"),
  );
  if (addsHead) put(addsHead, {}, ...adds);
}

/**
 * @param {Table} table
 * @param {Record<string, any>} run
 * @param {number} to
 * @param {Subject} subject
 */
function showSum({ sums, total }, run, to, subject) {
  const { show, sum, weight, timesteps } = subject;
  const isBegun = to <= timesteps;
  const t = isBegun ? Math.max(to, 1) : 1;
  if (total) put(total, { hidden: !isBegun });
  sums.forEach((cells, i) =>
    cells.forEach((cell, j) => {
      const value = isBegun ? rowOf(run[sum], weight, t, i)[j] : 0;
      show(cell, isBegun, sum, placeOf(subject, t, i, j), value, `d${weight}`);
    })
  );
}

/**
 * @param {number} to
 * @param {number} window
 * @param {Subject} subject
 * @returns {Child[]}
 */
function nameOfSum(to, window, { local, timesteps, weight }) {
  const isWhole = to <= 1;
  if (to > timesteps) return ["the sum"];
  if (local) return [isWhole ? "the local sum" : "the local sum so far"];
  if (!isWhole) return ["the sum so far"];
  if (window < timesteps) return [`the sum within the window of ${window}`];
  return ["the sum: the gradient ", gradientOf(weight)];
}
