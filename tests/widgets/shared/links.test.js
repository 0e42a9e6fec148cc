import { asLink, fromLink, linked, partsOf } from "../../../rnncore/widgets/shared/frame/links.js";
import { read } from "../../../rnncore/widgets/shared/frame/parameters.js";
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

/** What a link makes of the start values, and what is said of the rest of it. */
function both(/** @type {string} */ query, spec = SPEC) {
  const model = modelOf(START);
  fromLink(model, query, spec);
  return { values: read(model, [...spec.params, "step"]), said: model.get("unread") };
}
const after = (/** @type {string} */ query, spec = SPEC) => both(query, spec).values;
const said = (/** @type {string} */ query, spec = SPEC) => both(query, spec).said;
const kept = { X: [1, 2], W_h: 0.5, f: "tanh", on: true, step: 1 };

Deno.test("links: what is valid is taken over, the rest is told", () => {
  same(both("step=2&W_h=1.5&f=relu&on=false"), {
    values: { ...kept, step: 2, W_h: 1.5, f: "relu", on: false },
    said: "",
  });
  const wrong = {
    "W_h=abc": "“W_h=abc” is not a finite number, so W_h is 0.5",
    "W_h=Infinity": "“W_h=Infinity” is not a finite number, so W_h is 0.5",
    "W_h": "“W_h” is not a finite number, so W_h is 0.5",
    "W_h=0,5": "“W_h=0,5” is not a finite number, so W_h is 0.5",
    "f=softmax": "“f=softmax” is not one of tanh, relu, so f is tanh",
    "f=__proto__": "“f=__proto” is not one of tanh, relu, so f is tanh",
    "on=1": "“on=1” is not true or false, so on is true",
    "X=1,x": "“X=1,x” is not finite numbers as in the widget, so X is 1,2",
    "W_h=1&W_h=2": "W_h is in it twice, so W_h is 0.5",
    "colour=<b>": "“colour=<b” means nothing here",
    "__proto__=1": "“__proto__=1” means nothing here",
    "constructor=1": "“constructor=1” means nothing here",
    "%E0%A4%A": "“%E0%A4%A” means nothing here",
  };
  for (const [query, words] of Object.entries(wrong)) {
    same(
      both(query),
      { values: kept, said: `Part of this link could not be used: ${words}.` },
      query,
    );
  }
  same(both("W_h=10&f=relu"), { // beyond what the limits allow
    values: { ...kept, f: "relu" },
    said: "Part of this link could not be used: “W_h=10” does not fit, so W_h is 0.5.",
  });
});

Deno.test("links: a step that there is not is told, the last one shown for one beyond", () => {
  for (const step of ["-1", "1.5", "", "abc", "2&step=2", "1e999"]) {
    same(after(`step=${step}`).step, 1, step);
    same(said(`step=${step}`).includes("is not a step, so this is step 1."), true, step);
  }
  for (const step of ["3", "99", "1e9"]) {
    same(after(`step=${step}`).step, 2, step);
    const words = `“step=${step}” is past the end, so this is step 2.`;
    same(said(`step=${step}`), `Part of this link could not be used: ${words}`);
  }
  same(both("X=1,2,3&step=3").values.step, 3);
  same(both("X=4"), { values: { ...kept, X: [4] }, said: "" });
  const { steps: _, ...spec } = SPEC;
  same(said("step=0", spec), "");
  same(said("step=2", spec), "Part of this link could not be used: “step=2” means nothing here.");
});

Deno.test("links: what chat programs and sentences make of a link is understood", () => {
  const meant = { ...kept, step: 2, X: [1, -2.5], W_h: -1.5 };
  const link = "step=2&X=1,-2.5&W_h=-1.5";
  const ways = [
    ...[
      ".",
      ",",
      ";",
      ":",
      "!",
      "?",
      ")",
      "]",
      "}",
      ">",
      '"',
      "'",
      "”",
      "’",
      "»",
      "›",
      "*",
      "_",
      "\u0060",
    ],
    ...["**", ").", "”.", ">,", "\u200B", "\u200E", "\uFEFF", "%2E", "%20", "%E2%80%8B", "%22"],
    ...["&gt;", "&quot;.", "&amp;", "/", "%C2%BB", "。"],
  ].map((behind) => link + behind);
  const others = [
    encodeURIComponent(link),
    encodeURIComponent(encodeURIComponent(link)),
    link.replaceAll("&", "&amp;"),
    link.replaceAll("&", "%26amp%3B"),
    link.replaceAll(",", "%2C"),
    link.replaceAll(",", "%252C"),
    link.replaceAll("-", "−"),
    link.replaceAll("-", "%E2%88%92"),
    link.replaceAll("_", "\\_"),
    "step=+2&X=1,-25e-1&W_h=-3/2",
    "W_h=%20-1.5&step=2&&X=1.,-2.5",
  ];
  for (const way of [...ways, ...others]) same(both(way), { values: meant, said: "" }, way);
});

Deno.test("links: one that ends in dots may have been cut", () => {
  const words = "Part of this link could not be used: it ends in “…”, as if it had been cut off.";
  for (const dots of ["…", "...", "%E2%80%A6", "….", "…)"]) {
    same(both(`W_h=1.5${dots}`), { values: { ...kept, W_h: 1.5 }, said: words });
  }
});

Deno.test("links: a long or hostile one is told in a few words, and soon", () => {
  const many = Array.from({ length: 9000 }, (_, i) => `p${i}=1`).join("&").slice(0, 49_000);
  const hostile = [
    "9".repeat(3e6),
    many,
    "a=1&".repeat(12_000),
    `W_h=${"9".repeat(40_000)}`,
    `X=${"1 , ".repeat(9000)}x`,
    "(".repeat(49_000),
    "%".repeat(49_000),
    "%25".repeat(16_000),
    `${" ".repeat(49_000)}x`,
    `__proto__=${"[".repeat(40_000)}`,
    "X=;&X=|",
  ];
  for (const query of hostile) {
    const start = performance.now();
    const { values, said } = both(query);
    same(values, kept, query.slice(0, 20));
    same(said.length > 20 && said.length < 300, true, said);
    same(performance.now() - start < 1000, true, query.slice(0, 20));
  }
  same(said(many).endsWith(" more."), true);
  same([.../** @type {any} */ (partsOf("__proto__=1&a=2").parts).keys()], ["__proto__", "a"]);
  same(/** @type {any} */ ({}).polluted, undefined);
});

Deno.test("links: a message is new with each link, and gone with a good one", () => {
  const model = modelOf(START);
  fromLink(model, "W_h=abc", SPEC);
  same(model.get("unread").length > 0, true);
  fromLink(model, "W_h=1", SPEC);
  same(model.get("unread"), "");
});

Deno.test("links: what changes together is checked together", () => {
  const spec = { ...SPEC, valid: (/** @type {any} */ { X, W_h }) => X.length === W_h * 4 };
  same(after("X=1,2,3,4&W_h=1", spec), { ...kept, X: [1, 2, 3, 4], W_h: 1 });
  same(after("X=1,2,3&W_h=1", spec), kept);
  same(after("X=1,2,3,4&W_h=1&f=relu&on=maybe", spec), {
    ...kept,
    X: [1, 2, 3, 4],
    W_h: 1,
    f: "relu",
  });
  same(
    said("X=1,2,3&W_h=1", spec),
    "Part of this link could not be used: “X=1,2,3” does not fit, so X is 1,2; " +
      "“W_h=1” does not fit, so W_h is 0.5.",
  );
});

Deno.test("links: known words may come from the limits, a link may be allowed less", () => {
  const words = (/** @type {any} */ { most }) => ({ f: most === 9 ? ["sigmoid"] : [] });
  same(after("f=sigmoid", { ...SPEC, words }).f, "sigmoid");
  const linkable = (/** @type {any} */ { X }, /** @type {any} */ first) =>
    X.length === first.X.length;
  same(after("X=1,2,3", { ...SPEC, linkable }).X, [1, 2]);
});

Deno.test("links: a link holds no step beyond the last", () => {
  globalThis.location ??= /** @type {any} */ ({ href: "file:///book/02.html#old" });
  const model = modelOf({ ...START, step: 2 });
  asLink(model, SPEC); // remembers the start
  model.set("X", [7]);
  same(asLink(model, SPEC).split("#")[1], "memory?step=1&X=7");
  model.set("X", []); // in the middle of a change
  same(asLink(model, SPEC).split("#")[1], "memory?step=2&X=");
});

Deno.test("links: lists of words", () => {
  same(linked("a,b", ["a"], ["a", "b"]), ["a", "b"]);
  same([linked("a,c", ["a"], ["a", "b"]), linked("a", "b")], [null, null]);
  const upper = (/** @type {string} */ text) => text === "a b" ? "A B" : null;
  same([linked("a+b", "A B", upper), linked("b", "A B", upper)], ["A B", null]);
});

Deno.test("links: a link holds the step and what differs from the start", () => {
  globalThis.location ??= /** @type {any} */ ({ href: "file:///book/02.html#old" });
  const model = modelOf(START);
  asLink(model, SPEC); // remembers the start
  const X = [1, -2.5, 1e21, 5e-324, -0, 0.1 + 0.2, 1.7976931348623157e308, -1e-7];
  model.set("X", X);
  const link = asLink(model, SPEC);
  same(link.startsWith("file:///book/02.html#memory?step=1&X=1,-2.5,1e%2B21,"), true);
  for (const query of [link.split("?")[1], `${link.split("?")[1]}.`]) {
    const other = modelOf(START);
    fromLink(other, query, SPEC);
    same(
      other.get("X").map((/** @type {number} */ v, /** @type {number} */ i) => Object.is(v, X[i])),
      X.map(() => true),
    );
  }
});
