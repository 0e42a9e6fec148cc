// The equations of each kind, and the loop that computes it.

import { codeAround } from "../shared/activations.js";
import { html, put, words } from "../shared/dom.js";
import { codeLines, symbolButton } from "../shared/frame/frame.js";
import { functionOf, lit, named, of } from "./sums.js";

/** @import { Child } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */

/**
 * Write the equations of a layer.
 * @param {HTMLElement} box
 * @param {Layer} layer
 */
export function showEquation(box, layer) {
  const { kind, activation, recurrent_activation, reset_after, b_h } = layer;
  const [f, g] = [activation, recurrent_activation].map(functionOf);
  const [x, W_x, h, W_h, b, state] = [
    ...[["x_t", "x"], ["W_x", "W_x"], ["h_t−1", "h_prev"], ["W_h", "W_h"], ["b", "b"], [
      "h_t",
      "h",
    ]],
  ].map(([text, sym]) => symbolButton(text, sym));
  const product = words`${x}${W_x} + ${h} ${W_h} + ${b}`;
  const second = () => (b_h ? [" + ", of("b_h")] : null);
  const input = () => [named("x_t"), " ", of("W_x"), " + ", of("b")];
  /** @type {Child[][]} */
  const lines = kind === "SimpleRNN" ? [words`${state} = ${f}(${product})`] : kind === "LSTM"
    ? [
      words`${named("i")}, ${named("f")}, ${named("o")} = ${g}(${product}), ${
        named("c̃")
      } = ${f}(likewise)`,
      words`${named("c_t")} = ${named("f")} · ${named("c_t−1")} + ${named("i")} · ${
        named("c̃")
      }, ${state} = ${named("o")} · ${f}(${named("c_t")})`,
    ]
    : [
      words`${named("z")}, ${named("r")} = ${g}(${product}${second()})`,
      reset_after
        ? words`${named("h̃")} = ${f}(${input()} + ${named("r")} · (${named("h_t−1")} ${
          of("W_h")
        }${second()}))`
        : words`${named("h̃")} = ${f}(${input()} + (${named("r")} · ${named("h_t−1")}) ${
          of("W_h")
        })`,
      words`${state} = ${named("z")} · ${named("h_t−1")} + (1 − ${named("z")}) · ${named("h̃")}`,
    ];
  put(box, {}, ...lines.flatMap((line, k) => (k ? [html("br"), ...line] : line)));
}

/**
 * Show the loop, the line marked that has run.
 * @param {HTMLElement} box
 * @param {Layer} layer
 * @param {number} t
 */
export function showCode(box, layer, t) {
  const { kind, activation, recurrent_activation, reset_after, units, reverse, b_h } = layer;
  const call = (/** @type {string} */ name, /** @type {string} */ inside) =>
    codeAround(name).join("\0").replace("\0", inside);
  const f = (/** @type {string} */ inside) => call(activation, inside);
  const g = (/** @type {string} */ inside) => call(String(recurrent_activation), inside);
  const zeros = `np.zeros(${units})`;
  const sum = "x_t @ W_x + h @ W_h + b";
  const body = kind === "SimpleRNN" ? [`h = ${f(sum)}`] : kind === "LSTM"
    ? [
      `i, f, c_tilde, o = np.split(${sum}, 4)`,
      `i, f, o = ${g("np.stack([i, f, o])")}`,
      `c = f * c + i * ${f("c_tilde")}`,
      `h = o * ${f("c")}`,
    ]
    : [
      "x_z, x_r, x_h = np.split(x_t @ W_x + b, 3)",
      `h_z, h_r, h_h = np.split(h @ W_h${b_h ? " + b_h" : ""}, 3)`,
      `z, r = ${g("np.stack([x_z + h_z, x_r + h_r])")}`,
      reset_after
        ? `h_tilde = ${f("x_h + r * h_h")}`
        : `h_tilde = ${f(`x_h + (r * h) @ W_h[:, ${2 * units}:]`)}`,
      "h = z * h + (1 - z) * h_tilde",
    ];
  const order = reverse ? "x[::-1]" : "x";
  const comment = html("span", { class: "comment" }, t ? `  # ${order}[${t - 1}]` : "");
  const first = kind === "LSTM" ? `h, c = ${zeros}, ${zeros}` : `h = ${zeros}`;
  const lines = [
    marked(first),
    [...marked(`for x_t in ${order}:`), comment],
    ...body.map((line) => marked(`    ${line}`)),
  ];
  codeLines(box, lines, t ? 2 : 0, t ? lines.length - 1 : 0);
}

/**
 * Return a line of code, its symbols marked; the h that is set is the new one.
 * @param {string} line
 * @returns {Child[]}
 */
const marked = (line) =>
  line.split(/\b(x_t|W_x|W_h|b_h|b|h)\b/).map((part, k, parts) => {
    if (k % 2 === 0) return part;
    const isNew = part === "h" && /^(?: =|, c =)/.test(parts[k + 1]);
    const sym = { x_t: "x", b_h: "b", h: isNew ? "h" : "h_prev" }[part] ?? part;
    return lit(sym, part);
  });
