// The reader's changes, kept by the browser under the page's address: {mark of a cell: its text}.

const LONGEST = 500_000; // characters that are kept of one page
const key = () => `rnn-run:${location.pathname}`;

/**
 * Return a mark for each cell's text, equal ones told apart: a change stays with its cell when the
 * book changes.
 * @param {string[]} texts
 */
export function marksOf(texts) {
  const count = new Map();
  return texts.map((text) => {
    const mark = hashOf(text);
    count.set(mark, (count.get(mark) ?? 0) + 1);
    return `${mark}-${count.get(mark)}`;
  });
}

function hashOf(/** @type {string} */ text) {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

/** @returns {Map<string, string>} what is kept, whoever wrote it: any page of this host can */
export function readEdits() {
  try {
    const text = localStorage.getItem(key()) ?? "";
    const kept = text.length <= LONGEST ? Object.entries(JSON.parse(text || "{}") ?? {}) : [];
    return new Map(kept.filter((pair) => typeof pair[1] === "string"));
  } catch {
    return new Map();
  }
}

/** @param {Map<string, string>} edits @returns {boolean} whether they are kept */
export function writeEdits(edits) {
  try {
    if (edits.size) localStorage.setItem(key(), JSON.stringify(Object.fromEntries(edits)));
    else localStorage.removeItem(key());
    return document.documentElement.dataset.storage !== "page";
  } catch {
    return false;
  }
}
