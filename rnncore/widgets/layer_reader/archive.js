// A .zip archive, as .npz is one: its list of entries, and the bytes of each.

import { bytesOf, damaged, Refusal, viewOf } from "./refusal.js";

/**
 * @typedef {object} Packed
 * @property {string} name
 * @property {number} method 0: stored, 8: deflated
 * @property {number} crc
 * @property {number} packed its bytes in the file
 * @property {number} size its bytes unpacked
 * @property {number} offset where its own header begins
 */

const [END, END_64, PLACE_64, LISTED, LOCAL] = [
  ...[0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50],
];
const FULL = 0xFFFFFFFF; // the number is among the extra ones, with 64 bits

/**
 * Return the entries of an archive.
 * @param {Blob} file
 * @param {{ header: number, entries: number }} limits
 * @returns {Promise<Packed[]>}
 */
export async function entriesOf(file, limits) {
  const { count, size, offset } = await endOf(file);
  if (count > limits.entries || size > limits.header) throw damaged(`it lists ${count} entries`);
  const bytes = await bytesOf(file, offset, offset + size);
  const [view, entries] = [viewOf(bytes), /** @type {Packed[]} */ ([])];
  let at = 0;
  for (let k = 0; k < count; k += 1) {
    if (at + 46 > size || view.getUint32(at, true) !== LISTED) {
      throw damaged("its list of arrays is broken");
    }
    const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const next = at + 46 + name + extra + comment;
    if (next > size) throw damaged("its list of arrays is broken");
    entries.push(entryAt(bytes, at, name, extra));
    at = next;
  }
  if (at !== size) throw damaged("its list of arrays is broken");
  checkPlaces(entries, offset);
  return entries;
}

/**
 * Return how many entries there are, and where their list is.
 * @param {Blob} file
 */
async function endOf(file) {
  const first = Math.max(0, file.size - 65_557);
  const bytes = await bytesOf(file, first, file.size);
  const view = viewOf(bytes);
  let at = bytes.length - 22;
  const isEnd = () =>
    view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === bytes.length;
  while (at >= 0 && !isEnd()) at -= 1;
  if (at < 0) throw damaged("its end is missing");
  let [count, size, offset] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true),
  ];
  let end = first + at;
  if (at >= 20 && view.getUint32(at - 20, true) === PLACE_64) {
    end = whole(view, at - 12);
    const wide = viewOf(await bytesOf(file, end, end + 56));
    if (wide.byteLength < 56 || wide.getUint32(0, true) !== END_64) {
      throw damaged("its end is missing");
    }
    [count, size, offset] = [32, 40, 48].map((place) => whole(wide, place));
  }
  if (offset + size !== end) throw damaged("its list is not where its end says");
  return { count, size, offset };
}

/**
 * @param {DataView} view
 * @param {number} at
 */
const whole = (view, at) => Number(view.getBigUint64(at, true));

/**
 * @param {Uint8Array} bytes the list
 * @param {number} at
 * @param {number} nameLength
 * @param {number} extraLength
 * @returns {Packed}
 */
function entryAt(bytes, at, nameLength, extraLength) {
  const view = viewOf(bytes);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  if (view.getUint16(at + 8, true) & 1) {
    throw new Refusal(`${name} is encrypted. Save the file without a password.`);
  }
  const extra = viewOf(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
  const wide = wideNumbers(extra);
  const [size, packed, offset] = [24, 20, 42].map((place) => {
    const value = view.getUint32(at + place, true);
    return value === FULL ? wide.shift() ?? NaN : value;
  });
  if (![size, packed, offset].every(Number.isSafeInteger)) {
    throw damaged("its list of arrays is broken");
  }
  const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
  return { name, method, crc, packed, size, offset };
}

/**
 * Return the numbers of 64 bits after an entry.
 * @param {DataView} extra
 */
function wideNumbers(extra) {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1 && end <= extra.byteLength) {
      return Array.from({ length: (end - at - 4) >> 3 }, (_, k) => whole(extra, at + 4 + 8 * k));
    }
    at = end;
  }
  return [];
}

/**
 * Refuse names that come twice, and entries that overlap: a small file could claim to be huge.
 * @param {Packed[]} entries
 * @param {number} end where the list begins
 */
function checkPlaces(entries, end) {
  if (new Set(entries.map(({ name }) => name)).size < entries.length) {
    throw damaged("a name is in it twice");
  }
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  sorted.forEach(({ name, offset, packed }, k) => {
    const next = sorted[k + 1]?.offset ?? end;
    if (offset + 30 + name.length + packed > next) throw damaged(`${name} overlaps what follows`);
  });
}

/**
 * Return the bytes of an entry, or the first of them.
 * @param {Blob} file
 * @param {Packed} entry
 * @param {number} [most] how many are needed; left out: all, whose sum is then checked
 */
export async function unpackedBytes(file, entry, most = Infinity) {
  const { name, offset, packed, size, method, crc } = entry;
  const bytesOfName = new TextEncoder().encode(name).length;
  const first = await bytesOf(file, offset, offset + 30 + bytesOfName);
  const header = viewOf(first);
  if (
    first.length < 30 + bytesOfName || header.getUint32(0, true) !== LOCAL ||
    new TextDecoder().decode(first.subarray(30)) !== name
  ) throw damaged(`${name} is not where the list says`);
  const start = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const wanted = Math.min(size, most);
  let bytes;
  if (method === 0) {
    if (packed !== size) throw damaged(`${name} claims two sizes`);
    bytes = await bytesOf(file, start, start + wanted);
  } else if (method === 8) {
    bytes = await inflated(file.slice(start, start + packed), wanted, wanted < size);
  } else {
    throw new Refusal(
      `${name} is packed in a way (method ${method}) that browsers do not know. Save it with ` +
        "np.savez or np.savez_compressed.",
    );
  }
  if (bytes?.length !== wanted) {
    throw damaged(`${name} does not have the ${size} bytes that it claims`);
  }
  if (wanted === size && crcOf(bytes) !== crc) throw damaged(`the checksum of ${name} is wrong`);
  return bytes;
}

/**
 * Return what deflated bytes hold; null where that is not as many bytes as were claimed, of which
 * no more are unpacked than that.
 * @param {Blob} blob
 * @param {number} wanted
 * @param {boolean} isPart whether more may follow
 */
async function inflated(blob, wanted, isPart) {
  if (typeof DecompressionStream === "undefined") {
    throw new Refusal(
      "This browser cannot unpack compressed files. Save the file with np.savez instead of " +
        "np.savez_compressed, or use a newer browser.",
    );
  }
  const bytes = new Uint8Array(wanted);
  let done = 0;
  const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { value, done: isOver } = await reader.read();
      if (isOver) break;
      const room = wanted - done;
      if (value.length > room && !isPart) return null;
      bytes.set(value.subarray(0, room), done);
      done += Math.min(value.length, room);
      if (isPart && done === wanted) break;
    }
  } catch {
    return null;
  } finally {
    reader.cancel().catch(() => {});
  }
  return done === wanted ? bytes : null;
}

const SUMS = Uint32Array.from({ length: 256 }, (_, k) => {
  for (let bit = 0; bit < 8; bit += 1) k = k & 1 ? (k >>> 1) ^ 0xEDB88320 : k >>> 1;
  return k;
});

/** @param {Uint8Array} bytes */
function crcOf(bytes) {
  let sum = 0xFFFFFFFF;
  for (let i = 0; i < bytes.length; i += 1) sum = SUMS[(sum ^ bytes[i]) & 255] ^ (sum >>> 8);
  return (sum ^ 0xFFFFFFFF) >>> 0;
}
