// The worst number of the gradients, and how its numerical gradient is made.

import { mapped, numberAt } from "../shared/algebra.js";
import { html, noteChange, number, put, renew, symbol, words } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { SYM } from "./marks.js";
import { ARRAYS, isRefused } from "./trace.js";

/** Make the panel. */
export function worstPanel() {
  const element = group("sum", "The worst number, and how the numerical gradient is made", true);

  /** @param {any} run @param {import("./trace.js").Values} values @param {boolean} isWrong */
  function update(run, { W_x, W_h }, isWrong) {
    const [features, units] = [W_x.length, W_h.length];
    const { name, path } = isRefused(run.error) ? { name: "", path: [] } : worstOf(run);
    if (!noteChange(element, JSON.stringify([name, path, isWrong, units, features]))) {
      return renewNumbers(element, run, path);
    }
    const lines = name ? workedOut(run, name, path, isWrong) : refusal(features, units);
    put(element, {}, ...lines);
  }
  return { element, update };
}

/** Return where the backward pass is worst. */
function worstOf(run) {
  const name = ARRAYS[run.error.indexOf(Math.max(...run.error))];
  let worst = { off: -1, path: [] };
  mapped(run[`d${name}`], (a, path) => {
    const off = Math.abs(a - numberAt(run[`numerical_${name}`], path));
    if (off > worst.off) worst = { off, path };
  });
  return { name, path: worst.path };
}

function renewNumbers(element, run, path) {
  element.querySelectorAll(".num").forEach((node) => {
    const { name } = node.dataset;
    if (name !== "run") renew(node, name, path, numberAt(run[name], path));
  });
}

const small = (text) => html("small", {}, text);

function workedOut(run, name, path, isWrong) {
  const num = (prefix, sym = "") =>
    number(`${prefix}${name}`, path, numberAt(run[`${prefix}${name}`], path), undefined, sym);
  const place = ` ${path.map((i) => i + 1).join(",")}`;
  const at = () => html("span", { "data-sym": SYM[name] }, ...symbol(name), place);
  const bold = (node) => html("b", {}, node);
  const which = isWrong ? "The worst number, at " : "The least exact number, at ";
  return [
    html(
      "p",
      {},
      ...[small(which), at(), small(". The backward pass says ")],
      ...[bold(num("d", `d${SYM[name]}`)), small(".")],
    ),
    html(
      "p",
      {},
      ...[small("Between "), at(), small(" − ε and + ε the loss changes by ")],
      ...[num("rise_"), small(". Divided by 2ε, this is ")],
      ...[num("rise_"), " / ", number("run", [], run.run), " = "],
      ...[bold(num("numerical_")), small(".")],
    ),
  ];
}

/** Say where NumPy stops, and what it says of dz @ W_x. */
function refusal(features, units) {
  const dX = html("span", { "data-sym": "dx" }, html("i", {}, "dX"));
  const [dz, W_x] = [html("i", {}, "dz"), symbol("W_x")];
  const shapes = words`${dz} is (1, ${String(units)}), ${W_x} (${String(features)}, ${
    String(units)
  })`;
  const message = "ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0," +
    ` with gufunc signature (n?,k),(k,m?)->(n?,m?) (size ${features} is different from ${units})`;
  return [
    html("p", {}, "NumPy stops at the line for ", dX, ": ", ...shapes, "."),
    html("p", { class: "message" }, html("code", {}, message)),
  ];
}
