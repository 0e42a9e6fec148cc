import { readInput, trace } from "../../../rnncore/widgets/shape_tracer/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("shape_tracer", trace);

const LIMITS = { most: 100, axes: 4, kinds: ["SimpleRNN", "SimpleRNNCell"] };
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

Deno.test("shape_tracer: a shape may be written in several ways", () => {
  const texts = ["(None, 50, 32)", "None,50,32", "[None 50 32]", " (None, 50, 32,) "];
  for (const text of texts) {
    if (!same(readInput(text, LIMITS), [null, 50, 32])) throw new Error(text);
  }
  if (!same(readInput("(4,)", LIMITS), [4])) throw new Error("(4,)");
});

Deno.test("shape_tracer: what is no shape gives null", () => {
  for (const text of ["", "()", "(2, None)", "(0, 3)", "(2, -3)", "(1,2,3,4,5)", "x", "(101,)"]) {
    if (readInput(text, LIMITS) !== null) throw new Error(text);
  }
});
