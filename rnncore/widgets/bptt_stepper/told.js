// Why there is a sum, or what is missing from it.

import { html, number, put, symbol, words } from "../shared/dom.js";
import { named } from "./named.js";

/** @import { Child, Children } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/** Make the paragraph. */
export function toldPanel() {
  const element = html("p", { class: "told" });
  return {
    element,
    update(
      /** @type {Record<string, any>} */ run,
      /** @type {Params} */ params,
      /** @type {number} */ to,
    ) {
      const isTotal = params.derivative === "total";
      put(element, {}, ...(isTotal ? ofTotal(run, params, to) : ofLocal(run, params, to)));
    },
  };
}

/**
 * Return a function that makes a number of an array of the weight: of vectors and matrices the
 * first.
 * @param {Record<string, any>} run
 * @param {Params} params
 */
function numbersOf(run, { scalar, weight }) {
  const place = scalar ? [] : weight === "b" ? [0] : [0, 0];
  return (/** @type {string} */ kind, /** @type {number} */ t = 0) => {
    const name = `${kind}${weight}`;
    const value = [t ? run[name][t] : run[name]].flat(2)[0];
    return number(name, t ? [t, ...place] : place, value, undefined, `d${weight}`);
  };
}

/** @param {Params} params */
const itOf = ({ weight }) => html("span", { "data-sym": weight }, ...symbol(weight));

/** @param {Params} params */
const gradientOf = ({ weight }) =>
  html("span", { "data-sym": `d${weight}` }, ...symbol(`dL/d${weight}`));

/**
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} to
 * @returns {Children[]}
 */
function ofTotal(run, params, to) {
  const T = params.X.length;
  const isCut = params.window < T;
  const cut = isCut ? ` The window of ${params.window} leaves out what goes further back.` : "";
  return [
    ...words`${itOf(params)} is one and the same at all ${String(T)} steps: change it, and it acts`,
    ...words` on L through every one of them. So ${gradientOf(params)} is a sum of ${String(T)}`,
    ` terms, one for each use.${cut}`,
    ...(to > 1 ? [] : endOfTotal(run, params, isCut)),
  ];
}

/**
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {boolean} isCut
 * @returns {Child[]}
 */
function endOfTotal(run, params, isCut) {
  const T = params.X.length;
  const one = numbersOf(run, params);
  if (isCut) {
    const sum = params.scalar ? "sum" : "sum's first number";
    return words` Within it the ${sum} is ${one("sum_", 1)}, and without a window ${
      one("whole_")
    }.`;
  }
  if (T === 1) return [];
  const end = params.scalar ? "." : " as the first number.";
  return words` Step ${String(T)} alone would give ${one("d", T)}${end}`;
}

/**
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} to
 * @returns {Children[]}
 */
function ofLocal(run, params, to) {
  const T = params.X.length;
  const t = Math.max(to, 1);
  const one = numbersOf(run, params);
  const h = () => named("h_t", "h");
  const first = params.scalar ? "" : "first number of the ";
  const sum = params.scalar ? "sum" : "sum's first number";
  const here = to > T || params.window < T
    ? []
    : words` At t = ${String(t)} the ${first}local term is ${one("held_", t)}, of the total one ${
      one("d", t)
    }.`;
  const end = to > 1
    ? []
    : words` The ${sum} is ${one("sum_held_", 1)}, that of ${gradientOf(params)} is ${
      one("whole_")
    }.`;
  return [
    ...words`Local: the state before is held, as if ${
      itOf(params)
    } acted in one step alone, and of`,
    ...words` L only ${named("dS_t", "dS")} counts, what it sends to ${h()} directly. What ${h()}`,
    " does to later states is left out.",
    ...here,
    ...end,
  ];
}
