// What the browser keeps for the next visit: what was typed, the open hints, what is solved.

const STORE = "rnn-check:"; // before the exercise's name

function attempt(action, otherwise = null) {
  try {
    return action();
  } catch {
    return otherwise; // no storage, or not ours: the page works without
  }
}

/** Reads and writes the browser's storage. */
export const keeper = {
  /** @param {string} name */
  read: (name) => attempt(() => JSON.parse(localStorage.getItem(STORE + name))) ?? {},
  /** @param {string} name @param {{ answer: string[], opened: number, solved: boolean }} state */
  write: (name, state) => attempt(() => localStorage.setItem(STORE + name, JSON.stringify(state))),
  /** @returns {string[]} the exercises of which something is kept */
  names() {
    const keys = attempt(() => Object.keys(localStorage), []);
    return keys.filter((key) => key.startsWith(STORE)).map((key) => key.slice(STORE.length));
  },
  /** @param {string[]} names */
  forget: (names) => attempt(() => names.forEach((name) => localStorage.removeItem(STORE + name))),
};

/** The same where nothing is kept: inside Jupyter. @type {typeof keeper} */
export const forgetful = { read: () => ({}), write: () => {}, names: () => [], forget: () => {} };
