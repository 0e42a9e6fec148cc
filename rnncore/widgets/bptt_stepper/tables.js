// One step back in the vector form: the errors unit by unit, then W_h twice, in one layout.
// Forward a unit sends along its row, so the columns are summed; back it collects along the same
// row, so the rows are summed: that is the transpose.

import { ACTIVATIONS } from "../shared/activations.js";
import { range } from "../shared/algebra.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, noteChange, put, renew, words, write } from "../shared/dom.js";
import { factor } from "../shared/numbers.js";
import { named } from "./named.js";

/** @import { Child, Children } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

const slot = () => html("span", { class: "num" });
const W_h = () => named("W_h", "W_h");
const transposed = () => [W_h(), html("sup", {}, "T")];

/**
 * @param {HTMLElement} box
 * @param {number} units
 */
export function backwardTables(box, units) {
  const errors = errorsTable(units);
  const mirror = mirrorTables(units);
  const slip = slipLine(units);
  put(box, {}, errors.element, mirror.element, slip.element);
  return (
    /** @type {Record<string, any>} */ run,
    /** @type {number} */ t,
    /** @type {Params} */ params,
  ) => {
    const stays = params.window < params.X.length && t > 1; // the window may stop some of it
    errors.update(run, t, params, stays);
    mirror.update(run, t, params, stays);
    slip.update(run, t);
  };
}

/**
 * @param {string} kind
 * @param {number} units
 * @param {Child[]} end
 */
function line(kind, units, ...end) {
  const head = html("th", { scope: "row" });
  const nums = range(units).map(slot);
  const cells = nums.map((num) => html("td", {}, num));
  return { head, nums, tr: html("tr", { class: kind }, head, ...cells, ...end) };
}

/**
 * @param {number} units
 * @param {Child} first
 * @param {Child[]} more
 */
function heads(units, first, ...more) {
  const parts = [first, ...range(units).map((j) => `unit ${j + 1}`), ...more];
  const cells = parts.map((part) => html("th", { scope: "col" }, part));
  return html("thead", {}, html("tr", {}, ...cells));
}

/** @type {[string, string][]} */
const ERRORS = [
  ["direct", "dS"],
  ["back", "dh"],
  ["dh", "dh"],
  ["slope", ""],
  ["dz", "dz"],
  ["dz_on", "dz"],
]; // what is shown of each unit, and what it lights up with

/**
 * Make the table from what arrives to dL/dz.
 * @param {number} units
 */
function errorsTable(units) {
  const rows = Object.fromEntries(ERRORS.map(([name]) => [name, line(name, units)]));
  const caption = html("caption");
  const body = html("tbody", {}, ...ERRORS.map(([name]) => rows[name].tr));
  const title = heads(units, "what arrives");
  const element = html("table", { class: "products errors" }, caption, title, body);
  return {
    element,
    update(run, t, params, stays) {
      const { activation, window, X } = params;
      if (noteChange(element, `${t} ${X.length} ${activation} ${window}`)) {
        write(caption, captionOf(t, activation));
        labelErrors(rows, t, params);
      }
      put(rows.dz_on.tr, { hidden: !stays });
      for (const [name, sym] of ERRORS) {
        const shownAs = name === "dz_on" && !stays ? null : name;
        rows[name].nums.forEach((num, j) => renew(num, shownAs, [t, j], run[name][t][j], sym));
      }
    },
  };
}

/**
 * @param {number} t
 * @param {string} activation
 */
function captionOf(t, activation) {
  const forward = `${openOf(activation)}z${shutOf(activation)}`;
  return `Backward at step ${t}, unit by unit. Forward it was h = ${forward}`;
}

/**
 * @param {Record<string, ReturnType<typeof line>>} rows
 * @param {number} t
 * @param {Params} params
 */
function labelErrors(rows, t, { X, activation, window }) {
  const slope = ACTIVATIONS[activation].derivative_formula;
  const later = t < X.length ? `+ carried from step ${t + 1}` : "+ nothing carried";
  put(rows.direct.head, {}, named(`dS_${t}`, "dS"), " from the loss");
  put(rows.back.head, {}, later);
  put(rows.dh.head, {}, "= ", named(`dL/dh_${t}`, "dh"));
  put(rows.slope.head, {}, `× slope f′(z) = ${slope}`);
  put(rows.dz.head, {}, "= ", named(`dL/dz_${t}`, "dz"));
  put(rows.dz_on.head, {}, `through the window of ${window}`);
}

/**
 * Make the rows of W_h, each number over its product; `end` comes before or after the row.
 * @param {number} units
 * @param {boolean} hasEnd whether it comes after
 */
const gridOf = (units, hasEnd) =>
  range(units).map((i) => {
    const head = html("th", { scope: "row" }, `unit ${i + 1}`);
    const [weights, nums, end] = [range(units).map(slot), range(units).map(slot), slot()];
    const cells = nums.map((num, j) =>
      html("td", { "data-wire": `${i},${j}` }, html("small", {}, "× ", weights[j]), num)
    );
    if (!hasEnd) head.append(": ", end);
    const last = hasEnd ? html("td", { class: "end" }, end) : null;
    return { weights, nums, end, tr: html("tr", {}, head, ...cells, last) };
  });

/**
 * Make W_h forward, and W_h back.
 * @param {number} units
 */
function mirrorTables(units) {
  const [forth, back] = [gridOf(units, false), gridOf(units, true)];
  const [sums, top] = [line("sums", units), line("top", units, html("td"))];
  const titles = { forth: html("caption"), back: html("caption") };
  const [incoming, outgoing] = [html("span"), html("span")];
  const table = (/** @type {HTMLElement[]} */ ...parts) =>
    html("table", { class: "products" }, ...parts);
  const forthBody = html("tbody", {}, ...forth.map(({ tr }) => tr), sums.tr);
  const backBody = html("tbody", {}, top.tr, ...back.map(({ tr }) => tr));
  const element = html(
    "div",
    { class: "mirror" },
    table(titles.forth, heads(units, incoming), forthBody),
    table(titles.back, heads(units, "to", outgoing), backBody),
  );
  lightWires(element);
  return {
    element,
    update(run, t, params, stays) {
      if (noteChange(element, `${t} ${stays}`)) {
        put(incoming, {}, named(`h_${t - 1}`, "h_prev"));
        put(outgoing, {}, named(`dL/dh_${t - 1}`, "dh_prev"));
        put(titles.forth, {}, ...forthTitle(t));
        put(titles.back, {}, ...backTitle(t, stays));
        put(sums.head, {}, "into ", named(`z_${t}`, "z"));
        put(top.head, {}, stays ? "through" : named(`dL/dz_${t}`, "dz"));
      }
      fillMirror({ forth, back, sums, top }, run, t, params);
    },
  };
}

/** @param {number} t */
function forthTitle(t) {
  const before = named(`h_${t - 1}`, "h_prev");
  return [
    ...words`Forward, ${before} ${W_h()}: each unit sends along its row of ${W_h()}, and the `,
    ...words`${html("b", {}, "columns")} are summed`,
  ];
}

/**
 * @param {number} t
 * @param {boolean} stays
 */
function backTitle(t, stays) {
  const error = named(`dL/dz_${t}`, "dz");
  return [
    ...words`Back, ${stays ? "what the window lets through of " : ""}${error} ${transposed()}: `,
    ...words`each unit collects along its row of ${W_h()}, so the ${
      html("b", {}, "rows")
    } are summed`,
  ];
}

/** Point at one weight, and it lights up where it is walked the other way. */
function lightWires(/** @type {HTMLElement} */ mirror) {
  const light = (/** @type {string | null | undefined} */ at) =>
    mirror.querySelectorAll("[data-wire]").forEach((cell) =>
      cell.classList.toggle("wire", cell.getAttribute("data-wire") === at)
    );
  mirror.addEventListener("pointerover", ({ target }) => {
    const cell = /** @type {Element} */ (target).closest("[data-wire]");
    light(cell?.getAttribute("data-wire"));
  });
  mirror.addEventListener("pointerleave", () => light(undefined));
}

/**
 * @param {{ forth: ReturnType<typeof gridOf>, back: ReturnType<typeof gridOf>,
 *   sums: ReturnType<typeof line>, top: ReturnType<typeof line> }} tables
 * @param {Record<string, any>} run
 * @param {number} t
 * @param {Params} params
 */
function fillMirror({ forth, back, sums, top }, run, t, params) {
  forth.forEach((row, i) => {
    const mirrored = back[i];
    renew(row.end, "h", [t - 1, i], run.h[t - 1][i], "h_prev");
    renew(mirrored.end, "back", [t - 1, i], run.back[t - 1][i], "dh_prev");
    renew(sums.nums[i], "recur", [t, i], run.recur[t][i], "z");
    renew(top.nums[i], "dz_on", [t, i], run.dz_on[t][i], "dz");
    params.W_h[i].forEach((weight, j) => {
      for (const { weights } of [row, mirrored]) {
        renew(weights[j], "W_h", [i, j], weight, "W_h", factor);
      }
      renew(row.nums[j], "from_h", [t, i, j], run.from_h[t][i][j], "");
      renew(mirrored.nums[j], "from_dz", [t, i, j], run.from_dz[t][i][j], "");
    });
  });
}

/**
 * Make the line that says what would come back without the transpose.
 * @param {number} units
 */
function slipLine(units) {
  const wrong = range(units).map(slot);
  const same = html("span");
  const list = wrong.flatMap((num, i) => [i ? ", " : "", num]);
  const element = html(
    "p",
    {},
    "The gradient of unit j goes back to unit i through the weight that took i to j. ",
    ...words`That is the transpose. With ${W_h()} instead of ${transposed()} it would be `,
    ...words`${list}${same}.`,
  );
  return {
    element,
    update(run, t) {
      const [untransposed, back] = [run.untransposed[t], run.back[t - 1]];
      wrong.forEach((num, i) => renew(num, "untransposed", [t, i], untransposed[i], ""));
      const isSame = untransposed.every((v, i) => v === back[i]);
      write(same, isSame ? ", which is the same here" : "");
    },
  };
}
