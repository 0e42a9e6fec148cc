// Answer the queries on the standard input, a JSON list, from what the built book can be searched
// for: [[page#anchor, title], …] for each, the best first.
//
//     deno run --allow-read ask_the_search.js PATH_OF_THE_TEXT < QUERIES
import { excerpt, indexed, search } from "../../book/_static/search/rank.js";

const [path] = Deno.args;
const made = { rnn: /** @type {any} */ ({}) };
new Function("window", await Deno.readTextFile(path))(made);
const start = performance.now();
const book = indexed(made.rnn.book);
const indexing = performance.now() - start;
const queries = await new Response(Deno.stdin.readable).json();
const answers = queries.map((query) => {
  const { found, loose } = search(book, query);
  return {
    loose,
    count: found.length,
    found: found.slice(0, 5).map(({ address, title, kind, text, terms, score }) => ({
      ...{ address, title, score },
      pieces: excerpt(text, terms, { fromStart: kind === "term" }).pieces,
    })),
  };
});
console.log(JSON.stringify({ indexing, parts: book.entries.length, answers }));
