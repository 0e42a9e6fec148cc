import { flat, plus } from "../../../rnncore/widgets/shared/algebra.js";
import { trace } from "../../../rnncore/widgets/bptt_stepper/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("bptt_stepper", trace);

const LIMITS = { reach: 30, weights: ["W_h", "W_x", "b"] };
const FILE = new URL("../../../_build/cases/bptt_reference.json", import.meta.url);

Deno.test("bptt_stepper: trace gives the gradients of the reference vectors", () => {
  const networks = JSON.parse(Deno.readTextFileSync(FILE));
  for (const { sets, sum_W_x, sum_W_h, dx, dh0 = null } of networks) {
    const runs = sets.map((/** @type {any} */ set) => trace({ ...set, scale: 1 }, LIMITS));
    const whole = (/** @type {string} */ name) => runs.map((run) => run[name][1]).reduce(plus);
    same(whole("sum_W_x"), sum_W_x);
    same(whole("sum_W_h"), sum_W_h);
    same(runs.map((run) => run.dx.slice(1)), dx);
    if (dh0) same(runs.map((run) => run.dh[0]), dh0);
  }
});

/** Throw unless all numbers are the same to 1e-12. */
function same(/** @type {any} */ found, /** @type {any} */ wanted) {
  const [a, b] = [flat(found), flat(wanted)];
  const isNear = a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) <= 1e-12);
  if (!isNear) throw new Error(`${a.slice(0, 9)} …\nshould be\n${b.slice(0, 9)} …`);
}
