// What a file is refused with: words that name what was expected, what came, and what helps.

export class Refusal extends Error {}

/**
 * Return the words that make an array's shape: (20, 5).
 * @param {readonly (number | string)[]} shape
 */
export const written = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/**
 * Return what a file that is not whole is refused with.
 * @param {string} why
 */
export const damaged = (why) =>
  new Refusal(
    `It is cut off or damaged, or it is not a file of weights: ${why}. Save or copy it again.`,
  );

/**
 * Read some bytes of a file; it may have been moved, or be a folder.
 * @param {Blob} file
 * @param {number} from
 * @param {number} to
 */
export async function bytesOf(file, from, to) {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch {
    throw new Refusal("It is a folder, or has been moved or changed. Choose a file again.");
  }
}

/**
 * Return the views that read numbers at a place.
 * @param {Uint8Array} bytes
 */
export const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
