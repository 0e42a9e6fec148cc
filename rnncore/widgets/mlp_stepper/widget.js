// The forward pass of an MLP, layer by layer: z = x W + b, then the activation.

import { html, noteChange, put, symbol, write } from "../shared/dom.js";
import { equationOf, group, symbolButton, widget } from "../shared/frame/frame.js";
import { lengths } from "../shared/algebra.js";
import { arithmeticPanel } from "./arithmetic.js";
import { board } from "./board.js";
import { codePanel, inPython } from "./code.js";
import { collapsePanel } from "./collapse.js";
import { editorFields, fits, nameFields } from "./fields.js";
import { film } from "./film.js";
import { loopRounds } from "./loop.js";
import { inWords, questionOf } from "./question.js";
import { sceneOf } from "./scene.js";
import { collapsed, KNOWN, layers, productsOf } from "./trace.js";

function view({ values, root, save, signal, limits, step }) {
  const equation = equationPanel();
  const loop = html("ol", {
    class: "rounds",
    "aria-label": "The loop over the layers: a row for each round",
  });
  const label = "The product of this layer: the row and the column that meet";
  const frame = group("drawing frame", label, true);
  const [sum, one, code] = [arithmeticPanel(), collapsePanel(), codePanel()];
  let run, products, collapse; // the numbers of now
  let showRounds, picture; // made anew with each shape

  const scene = (at) => sceneOf(at, values(), run);
  function choose(r, c) {
    const { form, cell } = values();
    save({ cell: [r === null || form === "vector" ? cell[0] : r, c ?? cell[1]] });
  }
  function compute(values) {
    run = layers(values);
    products = productsOf(run, values);
    collapse = collapsed(values);
  }
  function build() {
    put(root, { "data-mode": "vector" }); // fields lie as in a matrix
    showRounds = loopRounds(loop, scene(step()));
    picture = board(frame, scene(step()), choose, signal);
    one.build(collapse, values().W.length);
  }
  function show(at) {
    const now = scene(at);
    equation.update(now);
    showRounds(now);
    picture.update(now);
    sum.update(now, products);
    one.update(now, collapse);
    code.update(now);
    nameFields(root, now.i);
  }
  return {
    head: [equation.element, loop, frame],
    body: [html("div", { class: "beside" }, sum.element, one.element, code.element)],
    compute,
    shape: () => [values().form, lengths(values().x0), values().W.map(lengths)],
    build,
    fields: () => editorFields(values(), limits),
    show,
    words: (at) => inWords(scene(at)),
    question: (at) => questionOf(scene(at)),
    resized: () => picture.fit(),
  };
}

/** Make the equation of the round; its buttons stay, so that one that has the focus keeps it. */
function equationPanel() {
  const button = (name, sym) => ({ name, node: symbolButton(name(0), sym) });
  const z = () => button((i) => `z_${i + 1}`, "z");
  const [z_next, x, W] = [z(), button((i) => `x_${i}`, "x"), button((i) => `W_${i}`, "W")];
  const [b, x_next] = [button((i) => `B_${i}`, "b"), button((i) => `x_${i + 1}`, "x_next")];
  const [z_again, f] = [z(), html("span", { class: "f" })];
  const sum = html("span", {}, z_next.node, " = ", x.node, W.node, " + ", b.node);
  const bend = html("span", {}, x_next.node, " = ", f, "(", z_again.node, ")");
  const element = equationOf(sum, " ", bend);

  function update({ i, activation }) {
    write(f, activation);
    if (!noteChange(element, i)) return;
    for (const { name, node } of [z_next, x, W, b, x_next, z_again]) {
      put(node, { "aria-label": `Light up ${name(i)}` }, ...symbol(name(i)));
    }
  }
  return { element, update };
}

export default widget({
  kind: "mlp-stepper",
  label: "Stepper for the forward pass of an MLP",
  params: ["x0", "W", "B", "activations", "form", "cell"],
  looks: ["cell"],
  words: (limits) => ({ activations: KNOWN, form: limits.forms }),
  valid: fits,
  steps: ({ W }) => 2 * W.length,
  presets: "Try",
  python: inPython,
  film,
  view,
});
