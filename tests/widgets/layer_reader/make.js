// Small files for the tests, well made or not.

const bytesOf = (/** @type {any[]} */ ...parts) => {
  const all = parts.map((part) => typeof part === "string" ? new TextEncoder().encode(part) : part);
  const bytes = new Uint8Array(all.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const numbers = (/** @type {[number, number][]} */ ...pairs) => {
  const view = new DataView(new ArrayBuffer(pairs.reduce((total, [, size]) => total + size, 0)));
  let at = 0;
  for (const [value, size] of pairs) {
    if (size === 8) view.setBigUint64(at, BigInt(value), true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
};

/** A .safetensors file of a list, and as many bytes as it needs. */
export function safetensors(/** @type {any} */ list, { size = -1, length = -1, fill = 0 } = {}) {
  const text = typeof list === "string" ? list : JSON.stringify(list);
  const ends = Object.values(Object(list)).map((one) => one?.data_offsets?.[1] ?? 0);
  const data = new Uint8Array(size < 0 ? Math.max(0, ...ends) : size).fill(fill);
  return bytesOf(numbers([length < 0 ? text.length : length, 8]), text, data);
}

/** What a list says of one array. */
export const tensor = (
  /** @type {number[]} */ shape,
  /** @type {number} */ from,
  dtype = "F32",
  each = 4,
) => ({
  dtype,
  shape,
  data_offsets: [from, from + shape.reduce((product, n) => product * n, each)],
});

/** An array as NumPy stores it. */
export function npy(
  /** @type {number[]} */ shape,
  /** @type {Uint8Array | null} */ data = null,
  descr = "<f4",
  version = 1,
) {
  const lengths = shape.map((n) => `${n},`).join(" ");
  const line = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${lengths}), }\n`;
  const count = shape.reduce((product, n) => product * n, 4);
  const head = [0x93, ..."NUMPY"].map((c) => typeof c === "string" ? c.charCodeAt(0) : c);
  const start = new Uint8Array([...head, version, 0]);
  return bytesOf(start, numbers([line.length, 2]), line, data ?? new Uint8Array(count));
}

const SUMS = Array.from({ length: 256 }, (_, k) => {
  for (let bit = 0; bit < 8; bit += 1) k = k & 1 ? (k >>> 1) ^ 0xEDB88320 : k >>> 1;
  return k;
});
const crc = (/** @type {Uint8Array} */ bytes) =>
  (bytes.reduce((sum, byte) => SUMS[(sum ^ byte) & 255] ^ (sum >>> 8), -1) ^ -1) >>> 0;

/**
 * An archive of stored entries; each may say other things of itself than are true.
 * @param {[string, Uint8Array, any?][]} entries
 * @param {boolean} wide with all sizes and places in 64 bits
 */
export function zip(entries, wide = false) {
  const [locals, list] = [[], []];
  const short = (/** @type {number} */ value) => wide ? 0xFFFFFFFF : value;
  let at = 0;
  for (
    const [name, data, { flags = 0, method = 0, size = data.length, offset = at, sum } = {}]
      of entries
  ) {
    const start = numbers([flags, 2], [method, 2], [0, 4], [sum ?? crc(data), 4]);
    const sizes = numbers([short(data.length), 4], [short(size), 4], [name.length, 2]);
    const local = bytesOf(numbers([0x04034b50, 4], [20, 2]), start, sizes, numbers([0, 2]));
    locals.push(local, name, data);
    // Another extra field stands before that of the sizes.
    const extra = numbers([9, 2], [1, 2], [1, 2], [24, 2], [size, 8], [data.length, 8], [
      offset,
      8,
    ]);
    const skewed = bytesOf(extra.slice(0, 4), new Uint8Array(1), extra.slice(4));
    const places = numbers([wide ? skewed.length : 0, 2], [0, 4], [0, 4], [0, 2], [
      short(offset),
      4,
    ]);
    list.push(numbers([0x02014b50, 4], [20, 2], [20, 2]), start, sizes, places, name);
    if (wide) list.push(skewed);
    at += local.length + name.length + data.length;
  }
  const listed = bytesOf(...list);
  const count = entries.length;
  const end = numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2]);
  const last = numbers([short(listed.length), 4], [short(at), 4], [0, 2]);
  const about = numbers([0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 8], [count, 8], [count, 8]);
  const place = numbers([0x07064b50, 4], [0, 4], [at + listed.length, 8], [1, 4]);
  const far = bytesOf(about, numbers([listed.length, 8], [at, 8]), place);
  return bytesOf(...locals, listed, wide ? far : new Uint8Array(0), end, last);
}
