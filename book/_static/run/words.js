// What is said to the reader when something does not work.

const FAILURES = {
  network: "The connection was lost while Python was loading. Run a cell to try again.",
  absent: "This site was built without Python, so its cells cannot run here.",
  old: "This browser is too old to run Python. A current Firefox, Chrome, Edge or Safari can.",
  memory:
    "There was not enough memory for that. Close other tabs or programs, and run from the top.",
  other: "Python broke off. Run from the top.",
};

/** @param {string} why @param {string} text */
export function failure(why, text) {
  if (why === "network" && navigator.onLine === false) {
    return "There is no network, and not all of Python has been loaded. Run a cell to try again.";
  }
  return why === "other" ? `${FAILURES.other} (${text.slice(0, 200)})` : FAILURES[why];
}

/** @param {string[]} missing packages that the site does not have */
export function lacking(missing) {
  if (missing.includes("numpy")) {
    return "Python is ready, but NumPy is missing on this site: cells that import it cannot run. " +
      "Plain Python can.";
  }
  return missing.includes("matplotlib")
    ? "Python is ready. Matplotlib is missing on this site, so cells that draw cannot run."
    : "";
}

/** @param {number} bytes */
export const megabytes = (bytes) => String(Math.round(bytes / 1e6));

/** @param {number} seconds */
export const duration = (seconds) =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

/** @param {number} first @param {number} last */
export const range = (first, last) =>
  first === last ? `cell ${first}` : `cells ${first} to ${last}`;
