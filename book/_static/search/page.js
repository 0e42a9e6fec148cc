// The search page: the query is in the address, and the answer below its field.
import { excerpt, indexed, search } from "./rank.js";

/** @import { Answer, Found, Piece, Word } from "./types.d.ts" */

const FEW = 15; // results shown at once
const main = document.querySelector(".bd-search-container");
const field = /** @type {HTMLInputElement} */ (main.querySelector("input[type=search]"));
const [said, list] = [main.querySelector("[role=status]"), main.querySelector("ol")];
const more = main.querySelector("button");
const ways = /** @type {HTMLElement} */ (main.querySelector("[data-ways]"));
const title = document.title;
/** @type {Promise<ReturnType<typeof indexed>> | undefined} */
let coming;

/** Return the book as it is searched; its text comes with the first query, for it is large. */
function indexedBook() {
  coming ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    const { rnn } = /** @type {any} */ (globalThis);
    script.onload = () => done(indexed(rnn.book));
    script.onerror = fail;
    script.src = /** @type {HTMLElement} */ (main).dataset.text;
    document.head.append(script);
  });
  return coming;
}

/** Make an element with children; a text is text, whatever is in it. */
const make = (name, attributes, ...children) => {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...children);
  return node;
};

/** @param {Piece[]} pieces */
const withMarks = (pieces) =>
  pieces.map(({ text, hit }) => hit ? make("mark", {}, text) : document.createTextNode(text));

/**
 * Return a link to a part. Browsers that can mark the hit there are asked to, by what is beside it.
 * They look for what comes first of that: for a common sign it would take them seconds.
 * @param {Found} found
 * @param {Word | null} hit
 */
function linkTo({ address, text }, hit) {
  if (!hit || !("fragmentDirective" in document)) return address;
  const what = encoded(text.slice(hit.start, hit.end));
  const after = text.slice(hit.end).split("\n")[0].match(/^\S*(?: \S+){1,3}/)?.[0].trim();
  if (after) return `${address}:~:text=${what},-${encoded(after)}`;
  const before = text.slice(0, hit.start).split("\n").at(-1).match(/\w+(?: \S+){1,3} $/)?.[0]
    .trim();
  return before ? `${address}:~:text=${encoded(before)}-,${what}` : address;
}

/** @param {string} text */
const encoded = (text) => encodeURIComponent(text).replaceAll("-", "%2D");

/** @param {Found} found */
function result(found) {
  const { kind, text, terms } = found;
  const { pieces, first } = excerpt(text, terms, { fromStart: kind === "term" });
  const heading = excerpt(found.title, terms, { width: 1000, fromStart: true }).pieces;
  const where = [found.page, ...found.path].filter((one) => one !== found.title).join(" › ");
  return make(
    "li",
    {},
    make("a", { href: linkTo(found, first) }, ...withMarks(heading)),
    make("small", {}, where),
    make("p", {}, ...withMarks(pieces)),
  );
}

/** @param {Answer} answer @param {string} query */
function summary({ found, loose }, query) {
  if (!found.length) return `Nothing in the book has “${query}”.`;
  const count = found.length === 1 ? "1 result" : `${found.length} results`;
  return loose
    ? `Nothing has all of “${query}”. ${count} with some of it, or with similar words:`
    : `${count} for “${query}”`;
}

/** Show what a query leads to. @param {string} query */
async function show(query) {
  let answer = { found: [], loose: false };
  try {
    if (query) answer = search(await indexedBook(), query);
  } catch {
    coming = undefined; // the next query tries again
    said.textContent = "The text of the book did not come. Is there a network? Search once more.";
    return;
  }
  if (query !== field.value.trim()) return; // something else is asked by now
  said.textContent = query ? summary(answer, query) : "";
  document.title = query ? `${query} – ${title}` : title;
  list.replaceChildren(...answer.found.slice(0, FEW).map(result));
  more.hidden = answer.found.length <= FEW;
  more.textContent = `Show all ${answer.found.length}`;
  more.onclick = () => {
    const rest = answer.found.slice(FEW).map(result);
    list.append(...rest);
    more.hidden = true;
    rest[0].querySelector("a").focus();
  };
  ways.hidden = Boolean(query) && !answer.loose;
}

const asked = () => new URLSearchParams(location.search).get("q")?.trim() ?? "";

/** Keep the query in the address, where a file may have none. */
function keep(query) {
  const address = new URL(location.href);
  if (query) address.searchParams.set("q", query);
  else address.searchParams.delete("q");
  history.replaceState(null, "", address);
}

let waiting = 0;
const renew = () => {
  const query = field.value.trim();
  keep(query);
  show(query);
};
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(renew, 200);
});
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  renew();
});
field.value = asked();
show(field.value);
field.focus();
