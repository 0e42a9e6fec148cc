// A book of two pages is searched.
import { excerpt, indexed, search } from "../../book/_static/search/rank.js";
import { same } from "../support/same.js";

/** @import { Part } from "../../book/_static/search/types.d.ts" */
/** @typedef {{ bold?: string[], leads?: number }} More */

/** @type {(page: number, kind: string, title: string, text: string, more?: More) => Part} */
const part = (page, kind, title, text, { bold = [], leads = -1 } = {}) => {
  const anchor = title.toLowerCase().replaceAll(" ", "-");
  return [page, kind, anchor, title, [], bold, leads, text];
};
const PARTS = [
  part(0, "section", "Shapes", "A review is (250, 32), and 100 numbers come out. (250, 32) again."),
  part(0, "section", "Long", `Also (250, 32). ${"Much else is said here. ".repeat(40)}`),
  part(0, "section", "Doors", "The gate opens and the gate closes, gate after gate after gate."),
  part(0, "section", "What a gate does", "It multiplies."),
  part(0, "section", "An old place", "The gate again, where it has its name.", { bold: ["gates"] }),
  part(0, "exercise", "Sums", "What is the sum of 32 and 100?"),
  part(0, "solution", "Solution of Sums", "The sum of 32 and 100 is 132. A sum is a sum."),
  part(1, "term", "gate, gates", "What lets a part through.", { leads: 3 }),
  part(1, "api", "rnncore.states.compute_states", "Return the states."),
  part(1, "section", "States", "compute_states(X) gives the states, and states again."),
];
const book = indexed({ pages: [["book/one.html", "One"], ["book/two.html", "Two"]], parts: PARTS });
const titles = (query) => search(book, query).found.map(({ title }) => title);

for (
  const [query, first] of [
    ["(250, 32)", "Shapes"],
    ["sum", "Sums"],
    ["compute_states", "rnncore.states.compute_states"],
    ["what does a gate do", "What a gate does"],
  ]
) Deno.test(`search: ${query} leads to ${first} first`, () => same(titles(query)[0], first));

Deno.test("search: a term leads to its definition, and then to where the definition leads", () => {
  same(titles("gates").slice(0, 3), ["gate, gates", "What a gate does", "An old place"]);
});

Deno.test("search: all words must be there, and those that say little need not", () => {
  same(titles("gate multiplies"), ["What a gate does"]);
  same(titles("why is there a gate that multiplies"), ["What a gate does"]);
});

Deno.test("search: what is in quotes must stand in a row", () => {
  same(titles('"gate after"'), ["Doors"]);
  same(titles('"after closes"').length > 0, true); // with some of it, said in so many words
  same(search(book, '"after closes"').loose, true);
});

Deno.test("search: a word that is nearly there is found, and said to be so", () => {
  const { found, loose } = search(book, "mutliplies");
  same([found[0].title, loose], ["What a gate does", true]);
});

Deno.test("search: nothing is found for nothing, for signs and for what is nowhere", () => {
  for (const query of ["", "   ", "?!", "<>", "zzzzqqq", '""', "((((", "\\"]) {
    same(search(book, query).found, []);
  }
});

Deno.test("search: a query of any length is answered", () => {
  same(Array.isArray(search(book, "gate ".repeat(1e5)).found), true);
});

Deno.test("search: an excerpt shows the hits that stand together, and says what was left out", () => {
  const text = `${"Nothing here. ".repeat(30)}The state is (250, 32) wide. ${
    "And on. ".repeat(50)
  }`;
  const { pieces } = excerpt(text, ["stat", "(250,32)"]);
  same(pieces.filter(({ hit }) => hit).map(({ text }) => text), ["state", "(250, 32)"]);
  same(pieces[0].text, "… The ");
  same(pieces.at(-1).text.endsWith(" …"), true);
  same(pieces.map(({ text }) => text).join("").length < 220, true);
});

Deno.test("search: an excerpt without a hit is the beginning", () => {
  same(excerpt("A short text.", ["elsewhere"]).pieces, [{ text: "A short text.", hit: false }]);
});
