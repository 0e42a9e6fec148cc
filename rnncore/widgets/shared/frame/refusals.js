// What a field refuses, in words beside it: for the eye, and for those who listen.

import { html, newId, put, write } from "../dom.js";

/**
 * Make the line that says why one of its fields refuses what is in it. That field is marked and
 * tied to the line, until something else is typed there.
 * @param {"span" | "p"} [name]
 * @param {string} [kind] its class
 */
export function refusals(name = "span", kind = "error") {
  const id = newId();
  const element = html(name, { class: kind, role: "status", id });
  /** @type {Element | null} */
  let marked = null;
  /**
   * Say why the field refuses what is in it; without a field, none does, and these are other words.
   * @param {Element | null} input
   * @param {string} words none where nothing is refused
   */
  function refuse(input, words) {
    if (marked) put(marked, { "aria-invalid": null, "aria-describedby": null });
    marked = words ? input : null;
    if (marked) {
      put(marked, { "aria-invalid": "true", "aria-describedby": id });
      const mend = () => marked === input && refuse(null, "");
      marked.addEventListener("input", mend, { once: true });
    }
    write(element, words);
  }
  return { element, refuse };
}
