// Where the layers come from: from Python, or from a file that the reader has opened.
//
// A file never leaves the page. So as long as one is open, what is set for its layers stays here,
// and the model, which a notebook sends to its kernel, keeps what it had.

import { unpacked } from "./layer.js";

/** @import { Model, Value, Values } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */
/** @import { Opened } from "./reading.js" */

/**
 * A file that is open, and the layers of it that have been read, by their place.
 * @typedef {{ opened: Opened, layers: Map<number, Layer> }} Open
 */

/**
 * @typedef {object} Source
 * @property {Model} model what the views see
 * @property {() => Open | null} file
 * @property {() => string[]} labels of the layers there are
 * @property {(chosen: number) => Layer | null} layer the one at a place, counted from 1
 * @property {(opened: Opened, chosen: number, layer: Layer, values: Values) => void} open show a
 *   layer of a file, with these values; the others stay
 * @property {() => void} close show the model's own layers again
 */

const OWN = ["x", "chosen", "unit", "gate", "step"];

/** @type {WeakMap<Model, Source>} */
const sources = new WeakMap();

/**
 * Return the source over a model, which all its views share.
 * @param {Model} model
 */
export function sourceOf(model) {
  const source = sources.get(model) ?? makeSource(model);
  sources.set(model, source);
  return source;
}

/**
 * @param {Model} model
 * @returns {Source}
 */
function makeSource(model) {
  /** @type {Open | null} */
  let file = null;
  /** @type {Map<string, Value>} */
  let own = new Map();
  /** @type {Map<string, Map<() => void, () => void>>} */
  const listeners = new Map(); // event -> callback -> what the model calls
  const emit = (/** @type {string} */ name) =>
    [...(listeners.get(`change:${name}`)?.keys() ?? [])].forEach((callback) => callback());
  const close = () => {
    if (!file) return;
    [file, own] = [null, new Map()];
    OWN.forEach(emit);
  };
  const packed = decoding(model);
  /** @type {Model} */
  const over = {
    get: (name) => own.has(name) ? own.get(name) : model.get(name),
    set(name, value) {
      if (!own.has(name)) return model.set(name, value);
      if (own.get(name) === value) return;
      own.set(name, value);
      emit(name);
    },
    save_changes() {
      if (!file) model.save_changes();
    },
    on(event, callback) {
      const heard = () => {
        if (OWN.includes(event.slice(7)) || event === "change:layer") close(); // Python or a link
        callback();
      };
      if (!listeners.has(event)) listeners.set(event, new Map());
      listeners.get(event)?.set(callback, heard);
      model.on(event, heard);
    },
    off(event, callback) {
      const heard = listeners.get(event)?.get(callback);
      if (heard) model.off(event, heard);
      listeners.get(event)?.delete(callback);
    },
  };
  return {
    model: over,
    file: () => file,
    labels: () => file ? file.opened.layers.map(({ label }) => label) : packed().labels,
    layer: (chosen) => (file ? file.layers.get(chosen) : packed().layers[chosen - 1]) ?? null,
    open(opened, chosen, layer, values) {
      const layers = file?.opened === opened ? file.layers : new Map();
      own = new Map(OWN.map((name) => [name, { ...values, chosen }[name] ?? over.get(name)]));
      file = { opened, layers: layers.set(chosen, layer) };
      OWN.forEach(emit);
    },
    close,
  };
}

/**
 * Return what gives the layers that Python has packed; where one is none, there are no layers.
 * @param {Model} model
 */
function decoding(model) {
  /** @type {Value} */
  let was;
  /** @type {{ labels: string[], layers: Layer[] }} */
  let found;
  return () => {
    const now = model.get("layer");
    if (now === was) return found;
    was = now;
    try {
      const layers = now.map(unpacked);
      found = { layers, labels: layers.map((/** @type {Layer} */ { name }) => name) };
    } catch {
      found = { labels: [], layers: [] };
    }
    return found;
  };
}
