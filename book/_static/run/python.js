// The page's end of the line to Python: starts the worker, and passes messages on.

/**
 * @typedef {object} Python
 * @property {() => void} start
 * @property {(cell: number, code: string, codes: [number, string][]) => void} run
 * @property {(comm: string, content: any, cell: number) => void} tell a widget's model
 * @property {() => void} stop at once, whatever it does; what it knew is gone
 */

/**
 * @param {object} options
 * @param {string} options.worker the address of its script
 * @param {string} options.base the folder of Pyodide
 * @param {(message: any) => void} options.on takes what it says
 * @returns {Python}
 */
export function makePython({ worker: address, base, on }) {
  /** @type {Worker | null} */
  let worker = null;
  const post = (/** @type {any} */ message) => worker?.postMessage(message);
  const stop = () => {
    worker?.terminate();
    worker = null;
  };
  return {
    start() {
      if (worker) return;
      if (lacks()) return on({ type: "failed", why: "old", text: lacks() });
      worker = new Worker(address, { type: "module" });
      const mine = worker;
      worker.onmessage = ({ data }) => worker === mine && on(data);
      worker.onerror = (event) => {
        event.preventDefault();
        if (worker === mine) on({ type: "failed", why: "network", text: event.message ?? "" });
      };
      post({ type: "start", base });
    },
    run: (cell, code, codes) => post({ type: "run", cell, code, codes }),
    tell: (comm, content, cell) => post({ type: "comm", comm, content, cell }),
    stop,
  };
}

/** What this browser lacks for Python; empty where it has all. */
export const lacks = () =>
  ["Worker", "WebAssembly", "BigInt64Array", "TransformStream"].filter((name) =>
    !(name in globalThis)
  ).join(", ");
