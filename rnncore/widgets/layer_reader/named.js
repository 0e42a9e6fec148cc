// Which layers a file holds: found by the names that PyTorch, Keras and rnncore give their arrays.

import { damaged, Refusal, written } from "./refusal.js";

/** @import { Entry } from "./floats.js" */
/** @import { Layer } from "./layer.js" */

/**
 * A layer that a file holds, before its numbers are read.
 * @typedef {object} Found
 * @property {string} label
 * @property {"PyTorch" | "Keras" | "rnncore"} from
 * @property {Layer["kind"]} kind
 * @property {number} features
 * @property {number} units
 * @property {string[]} names of its arrays: W_x, W_h, then a bias or two, or none
 * @property {boolean} reverse
 * @property {Partial<Layer>} [options] what the file says of it
 */

/** @type {Record<number, Layer["kind"]>} */
const KINDS = { 1: "SimpleRNN", 3: "GRU", 4: "LSTM" };
const WANTED =
  "weight_ih_l0 and weight_hh_l0 (PyTorch), kernel and recurrent_kernel (Keras), or W_x and W_h " +
  "(rnncore)";

/**
 * Return the recurrent layers among the arrays of a file, in its order.
 * @param {Map<string, Entry>} entries
 * @param {string} text what `rnncore.save` says of them; empty where it has not written the file
 * @returns {Found[]}
 */
export function layersIn(entries, text = "") {
  const finders = [
    [/^(|.*\.)weight_ih(_l\d+(?:_reverse)?|)$/, torch],
    [/^(|.*[^\w]|.*_)recurrent_kernel(:\d+|)$/, keras],
    [/^(|.*\.)W_h$/, ours],
  ];
  const saved = text ? optionsIn(text) : [];
  const found = [...entries.keys()].flatMap((name) =>
    finders.flatMap(([pattern, make]) => {
      const match = name.match(/** @type {RegExp} */ (pattern));
      return match ? [/** @type {any} */ (make)(entries, match, saved)] : [];
    })
  );
  const all = found.length ? found : numbered(entries);
  if (all.length) return all;
  const names = [...entries.keys()];
  const some = names.slice(0, 6).join(", ") + (names.length > 6 ? " …" : "");
  throw new Refusal(
    `It must hold the weights of a recurrent layer under names such as ${WANTED}, got ` +
      `${some || "no arrays"}.`,
  );
}

/**
 * @param {Map<string, Entry>} entries
 * @param {RegExpMatchArray} match
 * @returns {Found}
 */
function torch(entries, [W_x, prefix, end]) {
  const name = (/** @type {string} */ part) => `${prefix}${part}${end}`;
  if (entries.has(name("weight_hr"))) {
    throw new Refusal(
      `${name("weight_hr")} is a projection, which no layer here has. Train with proj_size=0.`,
    );
  }
  const biases = ["bias_ih", "bias_hh"].map(name);
  const own = biases.filter((bias) => entries.has(bias));
  if (own.length === 1) {
    throw new Refusal(
      `It must hold both ${biases.join(" and ")}, or neither, got only ${own[0]}.`,
    );
  }
  const [, level = "", back = ""] = end.match(/^_l(\d+)(_reverse)?$/) ?? [];
  const label = [prefix.slice(0, -1), level && `layer ${level}`, back && "backward"];
  return checked(entries, [W_x, name("weight_hh"), ...own], true, {
    label: label.filter(Boolean).join(", ") || "cell",
    from: "PyTorch",
    reverse: back !== "",
  });
}

/**
 * @param {Map<string, Entry>} entries
 * @param {RegExpMatchArray} match
 * @returns {Found}
 */
function keras(entries, [W_h, prefix, end]) {
  const [W_x, bias] = ["kernel", "bias"].map((part) => `${prefix}${part}${end}`);
  return checked(entries, [W_x, W_h, ...(entries.has(bias) ? [bias] : [])], false, {
    label: prefix.replace(/[^\w]$|_$/, "") || "layer",
    from: "Keras",
    reverse: /(?:^|[^\w])backward_/.test(prefix),
  });
}

/**
 * @param {Map<string, Entry>} entries
 * @param {RegExpMatchArray} match
 * @param {[string, any][]} saved
 * @returns {Found}
 */
function ours(entries, [W_h, prefix], saved) {
  const [W_x, b] = ["W_x", "b"].map((part) => `${prefix}${part}`);
  const names = [W_x, W_h, ...(entries.has(b) ? [b] : [])];
  const [, said] = saved.find(([path]) => path === prefix) ?? [];
  return checked(entries, names, false, {
    label: prefix.slice(0, -1).replace(/^model\.(?=.)|^model$/, "") || "layer",
    from: "rnncore",
    reverse: said?.reverse ?? /(?:^|\.)backward\.$/.test(prefix),
    ...(said ? { options: said } : {}),
  });
}

/**
 * Return what np.savez(path, *get_weights()) writes: the arrays by their numbers alone.
 * @param {Map<string, Entry>} entries
 * @returns {Found[]}
 */
function numbered(entries) {
  const found = [];
  for (let k = 0; entries.has(`arr_${k + 1}`); k += 1) {
    const [W_x, W_h, b] = [0, 1, 2].map((i) => `arr_${k + i}`);
    const [rows, [units, columns], bias] = [W_x, W_h, b].map((n) => entries.get(n)?.shape ?? []);
    const fits = rows.length === 2 && rows[1] === columns && KINDS[columns / units];
    const isBias = bias.length > 0 && bias.length < 3 && bias.at(-1) === columns &&
      (bias.length === 1 || bias[0] === 2);
    if (!fits || !(isBias || entries.size === 2)) continue;
    const label = `arrays ${k} to ${k + (isBias ? 2 : 1)}`;
    const about = { label, from: /** @type {const} */ ("Keras"), reverse: false };
    found.push(checked(entries, [W_x, W_h, ...(isBias ? [b] : [])], false, about));
  }
  return found;
}

/**
 * Check all shapes of a layer, and return what they say of it.
 * @param {Map<string, Entry>} entries
 * @param {string[]} names
 * @param {boolean} isTurned whether units are rows, as in PyTorch
 * @param {Pick<Found, "label" | "from" | "reverse" | "options">} about
 * @returns {Found}
 */
function checked(entries, names, isTurned, about) {
  const shapes = names.map((name) => {
    const entry = entries.get(name);
    if (entry) return entry.shape;
    throw new Refusal(`It must hold ${names.join(", ")}; ${name} is missing.`);
  });
  const [ofX, ofH, ...ofBias] = shapes;
  const units = Math.min(...(ofH.length === 2 ? ofH : [0]));
  const gates = Math.max(...ofH) / units;
  const kind = KINDS[gates];
  const turn = (/** @type {any[]} */ pair) => (isTurned ? pair.toReversed() : pair);
  const word = gates > 1 ? `${gates}·units` : "units";
  if (!kind) {
    throw new Refusal(
      `${names[1]} must have shape ${written(turn(["units", "units"]))}, or 3 or 4 times as ` +
        `many for the gates of a GRU or an LSTM, got ${written(ofH)}.`,
    );
  }
  const columns = gates * units;
  expect(names[1], ofH, turn(["units", word]), turn([units, columns]));
  const features = (isTurned ? ofX[1] : ofX[0]) || 0;
  expect(names[0], ofX, turn(["features", word]), turn([features || "?", columns]));
  const rows = kind === "GRU" && !isTurned && ofBias[0]?.length === 2 ? [2] : [];
  ofBias.forEach((shape, k) => expect(names[2 + k], shape, [...rows, word], [...rows, columns]));
  return { ...about, kind, features, units, names };
}

/**
 * Refuse a shape that is not the one that is needed.
 * @param {string} name
 * @param {number[]} shape
 * @param {(string | number)[]} words
 * @param {(string | number)[]} right
 */
function expect(name, shape, words, right) {
  if (String(shape) === String(right)) return;
  const isTurned = shape.length === 2 && String(shape.toReversed()) === String(right);
  throw new Refusal(
    `${name} must have shape ${written(words)} = ${written(right)}, got ${written(shape)}.` +
      (isTurned ? " It is transposed: save its .T." : ""),
  );
}

/**
 * Return how the layers of a saved model are made, each with what its names begin with.
 * @param {string} text
 * @returns {[string, any][]}
 */
function optionsIn(text) {
  /** @type {[string, any][]} */
  const found = [];
  const walk = (/** @type {any} */ part, /** @type {string} */ path, /** @type {any} */ around) => {
    if (part?.parameters) found.push([path, { ...part, reverse: part.reverse ?? around.reverse }]);
    else if (part?.cell) walk(part.cell, path, part);
    else {
      const inner = part?.layers ?? { forward: part?.forward, backward: part?.backward };
      Object.entries(inner).forEach(([name, one]) => one && walk(one, `${path}${name}.`, {}));
    }
  };
  try {
    walk(JSON.parse(text)[0], "model.", {});
  } catch {
    throw damaged("its text is not what rnncore.save writes");
  }
  return found;
}
