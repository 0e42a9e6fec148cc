// Which parts of the book a query leads to, the best first.
// @ts-types="../../../tools/node/node_modules/minisearch/dist/es/index.d.ts"
import MiniSearch from "minisearch";

import { wordsOf } from "./words.js";

/** @import { Answer, Book, Piece, Query, Word } from "./types.d.ts" */

const BOOST = { title: 6, bold: 3, above: 1.5, page: 2, text: 1 };
const KINDS = { section: 1, term: 1, exercise: 0.8, solution: 0.4, api: 0.8 };
// They help to choose, but what lacks them is found as well.
const SMALL = new Set(
  wordsOf(
    "a an and are as at be by can do does for from how i in is it its many much my not of on or " +
      "that the then there this to was we what when where which who why with you",
  ).map(({ term }) => term),
);

/**
 * Return a book that can be searched.
 * @param {Book} book
 */
export function indexed({ pages, parts }) {
  const index = new MiniSearch({
    fields: Object.keys(BOOST),
    extractField: (entry, name) => name === "id" ? entry.id : entry.fields[name],
    tokenize: (text) => text.split(" "),
    processTerm: (term) => term,
  });
  const entries = parts.map(([page, kind, anchor, title, path, bold, leads, text], id) => {
    const [address, name] = pages[page];
    const words = { title, text, bold: bold.join(" · "), above: path.join(" · "), page: name };
    const read = mapped(words, wordsOf);
    return {
      ...{ id, kind, title, path, leads, text, page: name, address: `${address}#${anchor}` },
      names: [...(kind === "term" ? title.split(", ") : []), ...bold].map(keyOf),
      keys: [read.title, read.text].map((words) => ` ${joined(words)} `),
      fields: mapped(read, (words) => words.flatMap(({ term, also }) => [term, ...also]).join(" ")),
    };
  });
  index.addAll(entries);
  return { index, entries };
}

/** @type {<A, B>(object: { [name: string]: A }, f: (value: A) => B) => { [name: string]: B }} */
const mapped = (object, f) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, f(value)]));

/** @param {Word[]} words */
const joined = (words) => words.map(({ term }) => term).join(" ");

/** @param {string} text */
const keyOf = (text) => joined(wordsOf(text));

/**
 * Return the words and the phrases that a query asks for.
 * @param {string} text
 * @returns {Query}
 */
export function queryOf(text) {
  const words = wordsOf(text.slice(0, 300));
  const phrases = [...text.matchAll(/["“”„]([^"“”„]+)["“”„]/g)].map(([, part]) => keyOf(part));
  const isSmall = ({ term }) => SMALL.has(term);
  const large = words.filter((word) => !isSmall(word));
  return {
    large: large.length ? large : words,
    small: large.length ? words.filter(isSmall) : [],
    phrases: phrases.filter(Boolean),
    key: keyOf(text),
  };
}

/**
 * Return the parts of a book that a text leads to, the best first.
 * @param {ReturnType<typeof indexed>} book
 * @param {string} text
 * @returns {Answer}
 */
export function search({ index, entries }, text) {
  const query = queryOf(text);
  /** @param {"AND" | "OR"} combineWith @param {boolean} fuzzy */
  const ask = (combineWith, fuzzy) => {
    const queries = query.large.map(({ term, also, exact }) => ({
      queries: term === "none" ? ["none", "None"] : fuzzy ? [term, ...also] : [term],
      prefix: !exact,
      fuzzy: fuzzy && !exact && term.length > 3 ? 0.25 : false,
    }));
    return index.search({ combineWith, queries }, { tokenize: (term) => [term], boost: BOOST });
  };
  const inPhrases = ({ id }) => query.phrases.every((one) => has(entries[id], one));
  let results = query.large.length ? ask("AND", false).filter(inPhrases) : [];
  const loose = results.length === 0;
  if (loose && query.large.length) results = ask("OR", true).slice(0, 10);
  const definition = entries.find(({ kind, names }) =>
    kind === "term" && names.includes(query.key)
  );
  const found = results.map(({ id, score, terms }) => {
    const entry = entries[id];
    return { ...entry, terms, score: score * weight(entry, query, definition) };
  });
  return { found: found.sort((a, b) => b.score - a.score), loose };
}

/** Whether words follow one another in a part; the last one may go on. */
const has = ({ keys }, phrase) => keys.some((key) => key.includes(` ${phrase}`));

/** What an entry counts for: the definition first, then where it leads, then where a name is bold. */
function weight(entry, { key, large, small }, definition) {
  if (entry === definition) return 1000;
  let factor = KINDS[entry.kind] * (isChapter(entry.page) ? 1 : 0.8);
  if (entry.id === definition?.leads) factor *= 4;
  if (entry.names.includes(key)) factor *= 3;
  if (entry.kind === "api" && keyOf(entry.title.split(".").at(-1)) === key) factor *= 4;
  if (entry.keys[0].includes(` ${key} `)) factor *= 2;
  if (large.length > 1 && has(entry, key)) factor *= 2;
  for (const { term } of small) if (entry.keys[0].includes(` ${term} `)) factor *= 1.3;
  return factor;
}

/** The book explains in its chapters; what is around them is for looking things up. */
const isChapter = (page) => /^\d/.test(page);

const WIDTH = 170; // characters of an excerpt

/**
 * Return the stretch of a text where most of the terms stand, and what of it is a hit.
 * @param {string} text
 * @param {string[]} terms
 * @param {{ width?: number, fromStart?: boolean }} options
 */
export function excerpt(text, terms, { width = WIDTH, fromStart = false } = {}) {
  const wanted = new Set(terms);
  const hits = wordsOf(text).filter(({ term, also }) => [term, ...also].some((t) => wanted.has(t)));
  const first = bestOf(hits, width);
  const from = first && !fromStart ? begin(text, first.start) : 0;
  const to = end(text, from + width);
  const shown = hits.filter(({ start, end }) => start >= from && end <= to);
  return { pieces: marked(text, shown, from, to), first };
}

/** Return the hit from which on there are the most different ones within the width. */
function bestOf(hits, width) {
  let best = null, most = 0;
  for (let i = 0; i < hits.length; i += 1) {
    const near = hits.slice(i, i + 30).filter(({ end }) => end <= hits[i].start + width * 0.7);
    const count = new Set(near.map(({ term }) => term)).size + near.length / 100;
    if (count > most) [best, most] = [hits[i], count];
  }
  return best;
}

/** Begin with the sentence of the hit, or a few words before it. */
function begin(text, place) {
  const before = text.slice(Math.max(0, place - 60), place);
  const sentence = before.search(/(?<=[.?!:] |\n)[^.?!\n]*$/);
  if (place <= 60) return 0;
  const start = place - before.length;
  return start + (sentence > 0 ? sentence : Math.max(0, before.search(/(?<=[ \n]).{0,40}$/s)));
}

const end = (text, place) =>
  place >= text.length ? text.length : Math.max(text.slice(0, place).search(/\s\S*$/), place - 30);

/** @returns {Piece[]} */
function marked(text, hits, from, to) {
  const pieces = [];
  let at = from;
  for (const { start, end } of hits) {
    pieces.push({ text: text.slice(at, start), hit: false }, {
      text: text.slice(start, end),
      hit: true,
    });
    at = end;
  }
  pieces.push({ text: text.slice(at, to) + (to < text.length ? " …" : ""), hit: false });
  if (from > 0) pieces[0].text = `… ${pieces[0].text}`;
  return pieces.filter(({ text }) => text)
    .map(({ text, hit }) => ({ text: text.replaceAll("\n", " "), hit }));
}
