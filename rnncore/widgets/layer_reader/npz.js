// A .npz file: an archive of arrays.

import { entriesOf, unpackedBytes } from "./archive.js";
import { checkEnd, HEAD, headOf, numbersIn, textIn } from "./npy.js";
import { Refusal } from "./refusal.js";

/** @import { Entry } from "./floats.js" */

/**
 * Return the arrays of a file by their names.
 * @param {Blob} file
 * @param {{ header: number, entries: number }} limits
 * @returns {Promise<Map<string, Entry>>}
 */
export async function npzIn(file, limits) {
  const packed = await entriesOf(file, limits);
  const names = packed.map(({ name }) => name);
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) {
    throw new Refusal(
      "It is what torch.save writes: a pickle, which could run a program, so it stays shut. Save " +
        "only the weights: safetensors.torch.save_file(model.state_dict(), path).",
    );
  }
  if (names.some((name) => name.endsWith(".weights.h5"))) {
    throw new Refusal(
      "It is a whole Keras model, in which the weights are HDF5. Save only the weights: " +
        "np.savez(path, **{v.path: v.numpy() for v in model.weights}).",
    );
  }
  const arrays = new Map();
  for (const entry of packed) {
    const name = entry.name.replace(/\.npy$/, "");
    if (name === entry.name) continue; // no array
    const head = headOf(await unpackedBytes(file, entry, HEAD), name);
    checkEnd(head, entry.size, name);
    const { shape, type } = head;
    const bytes = () => unpackedBytes(file, entry);
    /** @type {Entry} */
    const array = { shape, type, read: async () => numbersIn(await bytes(), head) };
    if (type === "text" && entry.size <= limits.header) {
      array.text = async () => textIn(await bytes(), head);
    }
    arrays.set(name, array);
  }
  return arrays;
}
