import {
  asLink,
  fromLink,
  linked,
  read,
} from "../../../rnncore/widgets/shared/frame/parameters.js";
import { same } from "../../support/same.js";

const START = {
  id: "memory",
  step: 1,
  limits: { most: 9 },
  X: [1, 2],
  W_h: 0.5,
  f: "tanh",
  on: true,
};
/** @type {any} */
const SPEC = {
  params: ["X", "W_h", "f", "on"],
  words: { f: ["tanh", "relu"] },
  valid: (/** @type {any} */ { X, W_h }, /** @type {any} */ { most }) =>
    X.length >= 1 && W_h <= most,
  steps: (/** @type {any} */ { X }) => X.length,
};

/** A model with these values. */
function modelOf(/** @type {Record<string, any>} */ values) {
  const state = structuredClone(values);
  return {
    get: (/** @type {string} */ name) => state[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      state[name] = value;
    },
    save_changes() {},
    on() {},
    off() {},
  };
}

/** What a link makes of the start values. */
function after(/** @type {string} */ query, spec = SPEC) {
  const model = modelOf(START);
  fromLink(model, new URLSearchParams(query), spec);
  return read(model, [...spec.params, "step"]);
}
const kept = { X: [1, 2], W_h: 0.5, f: "tanh", on: true, step: 1 };

Deno.test("links: what is valid is taken over, the rest is ignored", () => {
  same(after("step=2&W_h=1.5&f=relu&on=false"), {
    ...kept,
    step: 2,
    W_h: 1.5,
    f: "relu",
    on: false,
  });
  for (const query of ["W_h=abc", "W_h=Infinity", "f=softmax", "f=__proto__", "on=1", "X=1,x"]) {
    same(after(query), kept, query);
  }
  same(after("W_h=10&f=relu"), { ...kept, f: "relu" }); // beyond what the limits allow
});

Deno.test("links: a step that there is not is ignored", () => {
  for (const step of ["-1", "3", "1e9", "1.5", ""]) same(after(`step=${step}`).step, 1, step);
  same(after("X=1,2,3&step=3").step, 3);
  same(after("X=4").step, 1);
});

Deno.test("links: what changes together is checked together", () => {
  const spec = { ...SPEC, valid: (/** @type {any} */ { X, W_h }) => X.length === W_h * 4 };
  same(after("X=1,2,3,4&W_h=1", spec), { ...kept, X: [1, 2, 3, 4], W_h: 1 });
  same(after("X=1,2,3&W_h=1", spec), kept);
});

Deno.test("links: known words may come from the limits, a link may be allowed less", () => {
  const words = (/** @type {any} */ { most }) => ({ f: most === 9 ? ["sigmoid"] : [] });
  same(after("f=sigmoid", { ...SPEC, words }).f, "sigmoid");
  const linkable = (/** @type {any} */ { X }, /** @type {any} */ first) =>
    X.length === first.X.length;
  same(after("X=1,2,3", { ...SPEC, linkable }).X, [1, 2]);
});

Deno.test("links: lists of words", () => {
  same(linked("a,b", ["a"], ["a", "b"]), ["a", "b"]);
  same([linked("a,c", ["a"], ["a", "b"]), linked("a", "b")], [null, null]);
});

Deno.test("links: a link holds the step and what differs from the start", () => {
  globalThis.location ??= /** @type {any} */ ({ href: "file:///book/02.html#old" });
  const model = modelOf(START);
  asLink(model, SPEC.params); // remembers the start
  model.set("X", [1, -2.5, 1e21]);
  const link = asLink(model, SPEC.params);
  same(link.split("#")[1], "memory?step=1&X=1,-2.5,1e%2B21");
  const other = modelOf(START);
  fromLink(other, new URLSearchParams(link.split("?")[1]), SPEC);
  same(other.get("X"), [1, -2.5, 1e21]);
});
