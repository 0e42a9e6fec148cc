// What the panels share.

import { html, symbol } from "../shared/dom.js";

/**
 * Make a symbol in a line of text, which lights up with its like.
 * @param {string} text
 * @param {string} sym
 */
export const sym = (text, sym) => html("span", { "data-sym": sym }, ...symbol(text));

/**
 * Return a small number as people and Python write it: 0.001, 1e−5.
 * @param {number} value
 */
export const plainly = (value) => String(value).replace("-", "−").replace("e-", "e−");
