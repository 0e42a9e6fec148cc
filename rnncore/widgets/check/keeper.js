// What the browser keeps for the next visit: what was typed, the open hints, what is solved.

const STORE = "rnn-check:"; // before the exercise's name
const LONGEST = 20_000; // characters that are kept of one exercise

/** @typedef {{ answer: string[], opened: number, solved: boolean }} State */

function attempt(action, otherwise = null) {
  try {
    return action();
  } catch {
    return otherwise; // no storage, or not ours: the page works without
  }
}

/**
 * Return a state, whatever was kept: any page of the same host writes to this storage.
 * @param {any} kept
 * @returns {State}
 */
export function asState(kept) {
  const { answer, opened, solved } = Object(kept);
  return {
    answer: Array.isArray(answer) ? answer.map((text) => typeof text === "string" ? text : "") : [],
    opened: Number.isInteger(opened) && opened > 0 ? opened : 0,
    solved: solved === true,
  };
}

/** Reads and writes the browser's storage. */
export const keeper = {
  /** @param {string} name */
  read: (name) =>
    asState(attempt(() => {
      const text = localStorage.getItem(STORE + name);
      return text.length <= LONGEST ? JSON.parse(text) : null;
    })),
  /** @param {string} name @param {State} state */
  write: (name, state) => attempt(() => localStorage.setItem(STORE + name, JSON.stringify(state))),
  /** @returns {string[]} the exercises of which something is kept */
  names() {
    const keys = attempt(() => Object.keys(localStorage), []);
    return keys.filter((key) => key.startsWith(STORE)).map((key) => key.slice(STORE.length));
  },
  /** @param {string[]} names */
  forget: (names) => attempt(() => names.forEach((name) => localStorage.removeItem(STORE + name))),
  /** @returns {string} where it is kept, and how long */
  where() {
    if (document.documentElement.dataset.storage === "page") {
      return "Kept until this page is closed";
    }
    const isThere = attempt(() => localStorage.length >= 0, false);
    return isThere ? "Kept in this browser" : "Not kept, because this browser stores nothing";
  },
};

/** The same where nothing is kept: inside Jupyter. @type {typeof keeper} */
export const forgetful = {
  read: () => asState(null),
  write: () => {},
  names: () => [],
  forget: () => {},
  where: () => "",
};
