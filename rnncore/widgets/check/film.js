// The film strip: the question and its hints, with what the reader has answered.

import { escaped } from "../shared/film.js";

/** @import { Film } from "../shared/types.d.ts" */

const ANSWER = /(<th scope="row">answer<\/th><td>).*?(?=<\/td>)/;

/** @type {Film} */
export function film({ model, stored }) {
  /** @type {string[]} */
  const texts = model.get("answer").map((/** @type {string} */ text) => text.trim());
  if (texts.every((text) => text === "")) return stored;
  const answer = escaped(texts.map((text) => text || "…").join(", ")).replaceAll("\n", "<br>");
  return stored.replace(ANSWER, (_, cell) => `${cell}${answer}`);
}
