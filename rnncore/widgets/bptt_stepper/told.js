// Why there is a sum, or what is missing from it.

import { html, put, symbol, updated, words } from "../shared/dom.js";
import { named } from "./named.js";

/** @import { Child, Children } from "../shared/types.d.ts" */
/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Params } from "./steps.js" */

/** Make the paragraph. */
export function toldPanel() {
  const element = html("p", { class: "told" });
  const parts = updated();
  /** @type {Record<string, any>} */
  let run; // the numbers of now, for words that stay
  return {
    element,
    update(
      /** @type {Record<string, any>} */ now,
      /** @type {Params} */ params,
      /** @type {number} */ to,
    ) {
      run = now;
      const { X, scalar, weight, window, derivative } = params;
      parts([X.length, scalar, weight, window, derivative, to].join(" "), (num) => {
        const one = numbersOf(num, () => run, params);
        const tell = derivative === "total" ? ofTotal : ofLocal;
        put(element, {}, ...tell(one, params, to));
      });
    },
  };
}

/** @typedef {(kind: string, t?: number) => HTMLElement} MakeOne */

/**
 * Return a function that makes a number of an array of the weight: of vectors and matrices the
 * first.
 * @param {MakeNumber} num
 * @param {() => Record<string, any>} latest
 * @param {Params} params
 * @returns {MakeOne}
 */
function numbersOf(num, latest, { scalar, weight }) {
  const place = scalar ? [] : weight === "b" ? [0] : [0, 0];
  return (kind, t = 0) => {
    const name = `${kind}${weight}`;
    const value = () => [t ? latest()[name][t] : latest()[name]].flat(2)[0];
    return num(name, t ? [t, ...place] : place, value, { sym: `d${weight}` });
  };
}

/** @param {Params} params */
const itOf = ({ weight }) => html("span", { "data-sym": weight }, ...symbol(weight));

/** @param {Params} params */
const gradientOf = ({ weight }) =>
  html("span", { "data-sym": `d${weight}` }, ...symbol(`dL/d${weight}`));

/**
 * @param {MakeOne} one
 * @param {Params} params
 * @param {number} to
 * @returns {Children[]}
 */
function ofTotal(one, params, to) {
  const T = params.X.length;
  const isCut = params.window < T;
  const cut = isCut ? ` The window of ${params.window} leaves out what lies further back.` : "";
  return [
    ...words`The same ${itOf(params)} is used at all ${String(T)} steps, so it acts on L through`,
    ...words` every one of them. That is why ${gradientOf(params)} is a sum of ${String(T)}`,
    ` contributions, one for each use.${cut}`,
    ...(to > 1 ? [] : endOfTotal(one, params, isCut)),
  ];
}

/**
 * @param {MakeOne} one
 * @param {Params} params
 * @param {boolean} isCut
 * @returns {Child[]}
 */
function endOfTotal(one, params, isCut) {
  const T = params.X.length;
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
 * @param {MakeOne} one
 * @param {Params} params
 * @param {number} to
 * @returns {Children[]}
 */
function ofLocal(one, params, to) {
  const T = params.X.length;
  const t = Math.max(to, 1);
  const h = () => named("h_t", "h");
  const [first, other] = params.scalar ? ["", ""] : ["first number of the ", "that of "];
  const sum = params.scalar ? "sum" : "sum's first number";
  const here = to > T || params.window < T
    ? []
    : words` At t = ${String(t)} the ${first}local contribution is ${
      one("held_", t)
    }, and ${other}the total one is ${one("d", t)}.`;
  const end = to > 1
    ? []
    : words` The ${sum} is ${one("sum_held_", 1)}, and that of ${gradientOf(params)} is ${
      one("whole_")
    }.`;
  return [
    ...words`Local means that the state before is held fixed, as if ${itOf(params)} acted in this`,
    ...words` step only. Of L, only ${named("dS_t", "dS")} counts: the direct effect of ${h()},`,
    " without what goes through later states.",
    ...here,
    ...end,
  ];
}
