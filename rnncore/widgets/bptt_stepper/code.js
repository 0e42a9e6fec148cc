// The code that runs, forward and back.

import { ACTIVATIONS } from "../shared/activations.js";
import { isPlain } from "../shared/algebra.js";
import { html, noteChange } from "../shared/dom.js";
import { codeLines, group } from "../shared/frame/frame.js";
import { codeSymbol as sym, updateLine, zerosLine } from "../shared/recurrent.js";

/** @import { Child } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/** Make the panel. */
export function codePanel() {
  const element = group("code", "The code that runs", true);
  return {
    element,
    update(/** @type {Params} */ params, /** @type {number} */ t, /** @type {boolean} */ back) {
      const { X, W_h, b, h0, scalar, window, activation } = params;
      const forms = [t, back, X.length, W_h.length, isPlain(b), isPlain(h0)];
      if (!noteChange(element, [...forms, scalar, window, activation].join(" "))) return;
      if (back) {
        const lines = backLines(params, t);
        codeLines(element, lines, 2, lines.length - 1);
      } else codeLines(element, forthLines(params, t), t === 0 ? 0 : 2);
    },
  };
}

const remark = (/** @type {string} */ text) => html("span", { class: "comment" }, `  # ${text}`);

/**
 * @param {Params} params
 * @param {number} t
 * @returns {Child[][]}
 */
const forthLines = (params, t) => [
  zerosLine(params),
  [`for t in range(1, ${params.X.length + 1}):`, ...(t > 0 ? [remark(`t = ${t}`)] : [])],
  updateLine(params, { state: "S[:, t]", x: "X[:, t-1]", before: "S[:, t-1]" }),
];

/**
 * @param {Params} params
 * @param {number} t
 * @returns {Child[][]}
 */
function backLines(params, t) {
  const { X, scalar, window, activation } = params;
  const isCut = window < X.length;
  const slope = ACTIVATIONS[activation].derivative_code
    .replace(/\bh\b/g, "S[:, t]").replace(/\bz\b/g, "Z[:, t]");
  const on = scalar ? [" * ", sym("W_h", "W_h")] : [" @ ", sym("W_h.T", "W_h")];
  return [
    [isCut ? "parts = []" : "dh = 0", "; dW_x = dW_h = db = 0"],
    [`for t in range(${X.length}, 0, -1):`, remark(`t = ${t}`)],
    ...(isCut ? partsLines(window, slope) : wholeLines(slope)),
    ...gradientLines(scalar ? "" : ".T"),
    isCut
      ? [
        "    ",
        sym("parts", "dh_prev"),
        " = [part",
        ...on,
        " for part in ",
        sym("parts", "dz"),
        "]",
      ]
      : ["    ", sym("dh", "dh_prev"), " = ", sym("dz", "dz"), ...on],
  ];
}

/**
 * Return the lines of a window: what entered at different steps is kept apart.
 * @param {number} window
 * @param {string} slope
 */
const partsLines = (window, slope) => [
  [
    "    ",
    sym("parts", "dh"),
    " = [",
    sym("dS[:, t-1]", "dS"),
    `, *parts][:${window}]`,
    remark("the newest first; older ones drop out"),
  ],
  ["    ", sym("parts", "dz"), ` = [part * ${slope} for part in `, sym("parts", "dh"), "]"],
  ["    ", sym("dz", "dz"), " = sum(parts)"],
];

/** @param {string} slope */
const wholeLines = (slope) => [
  [
    "    ",
    sym("dh", "dh"),
    " = dh + ",
    sym("dS[:, t-1]", "dS"),
    remark("carried, plus direct"),
  ],
  ["    ", sym("dz", "dz"), " = ", sym("dh", "dh"), ...(slope === "1" ? [] : [` * ${slope}`])],
];

/** @param {string} turn .T for arrays */
function gradientLines(turn) {
  const dz = () => sym("dz", "dz");
  return [
    ["    ", sym("dW_h", "dW_h"), " += ", sym(`S[:, t-1]${turn}`, "h_prev"), " @ ", dz()],
    [
      "    ",
      sym("dW_x", "dW_x"),
      " += ",
      sym(`X[:, t-1]${turn}`, "x"),
      " @ ",
      dz(),
      "; ",
      sym("db", "db"),
      " += ",
      dz(),
      ".sum(axis=0)",
    ],
  ];
}
