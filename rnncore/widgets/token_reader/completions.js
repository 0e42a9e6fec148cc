// What the word at the caret may become: a list below the field.

import { html, newId, put } from "../shared/dom.js";

const MOST = 6;

/**
 * Return the letters before the caret that begin a word.
 * @param {string} text
 * @param {number} caret
 */
export const begunAt = (text, caret) => text.slice(0, caret).match(/[a-z]*$/i)[0].toLowerCase();

/**
 * Return the words that these letters may become.
 * @param {string} begun
 * @param {string[]} vocabulary
 */
export const completionsOf = (begun, vocabulary) =>
  begun && !vocabulary.includes(begun)
    ? vocabulary.filter((word) => word.startsWith(begun)).slice(0, MOST)
    : [];

/**
 * Let a field offer words: arrow keys choose one, Enter takes it, Escape closes the list.
 * @param {object} options
 * @param {HTMLInputElement} options.input
 * @param {string[]} options.words
 * @param {(final: boolean) => void} options.take
 * @param {AbortSignal} options.signal
 */
export function completionsPanel({ input, words, take, signal }) {
  const id = newId(); // a page may show a model twice
  const list = html("div", { class: "completions", role: "listbox", id, "aria-label": "Words" });
  put(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": id });
  let options = [], chosen = -1;

  function choose(i) {
    chosen = i;
    options.forEach((option, k) => put(option, { "aria-selected": String(k === i) }));
    put(input, { "aria-activedescendant": options[i]?.id ?? null });
  }
  function offer(found) {
    options = found.map((word, k) =>
      html("div", { class: "option", role: "option", id: `${id}-${k}` }, word)
    );
    put(list, { hidden: !options.length }, ...options);
    put(input, { "aria-expanded": String(options.length > 0) });
    choose(-1);
  }
  function complete(word) {
    const caret = input.selectionStart ?? input.value.length;
    const before = input.value.slice(0, caret - begunAt(input.value, caret).length);
    const behind = input.value.slice(caret).replace(/^[a-z]*\s?/i, "");
    input.value = `${before}${word} ${behind}`;
    input.setSelectionRange(before.length + word.length + 1, before.length + word.length + 1);
    offer([]);
    take(false);
  }
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  on(input, "input", () => offer(completionsOf(begunAt(input.value, input.selectionStart), words)));
  on(input, "blur", () => offer([]));
  on(list, "pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  on(list, "click", ({ target }) => options.includes(target) && complete(target.textContent));
  on(input, "keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!options.length) return;
    if (by === 1) choose((chosen + 1) % options.length);
    else if (by === -1) choose((chosen > 0 ? chosen : options.length) - 1);
    else if (event.key === "Enter" && chosen >= 0) complete(options[chosen].textContent);
    else if (event.key === "Escape") offer([]);
    else return;
    event.preventDefault();
  });
  offer([]);
  return { element: list };
}
