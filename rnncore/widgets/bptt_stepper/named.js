// A symbol that lights up with its like.

import { html, symbol } from "../shared/dom.js";

/**
 * @param {string} text
 * @param {string} sym
 */
export const named = (text, sym) => html("span", { "data-sym": sym }, ...symbol(text));
