import { numbersOf } from "../../../rnncore/widgets/layer_reader/floats.js";
import { opened } from "../../../rnncore/widgets/layer_reader/reading.js";
import { Refusal } from "../../../rnncore/widgets/layer_reader/refusal.js";
import { npy, safetensors, tensor, zip } from "./make.js";

const LIMITS = { array: 2 ** 25, header: 10_000_000, entries: 20_000 };
const STORED = new URL("../../reference/files/", import.meta.url);

/** Read every layer of a file. */
async function readAll(/** @type {any} */ bytes) {
  const file = await opened(new Blob([bytes]), LIMITS);
  const layers = new Map();
  for (const found of file.layers) layers.set(found.label, await file.read(found));
  return layers;
}

/** A good SimpleRNN of two features and three units, some of its arrays replaced. */
const torch = (changes = {}) => ({
  weight_ih_l0: tensor([3, 2], 0),
  weight_hh_l0: tensor([3, 3], 24),
  ...changes,
});
const kernel = npy([2, 3]);
const keras = (/** @type {any[]} */ ...more) =>
  zip([["kernel.npy", kernel], ["recurrent_kernel.npy", npy([3, 3])], ...more]);
const text = (words) => new TextEncoder().encode(words);
const nan = new Uint8Array(new Float32Array([0, 0, 0, 0, NaN, 0, 0, 0, 0]).buffer);

/** @type {[string, Uint8Array, RegExp][]} */
const REFUSED = [
  ["an empty file", text(""), /It is empty\. Drop a \.safetensors or \.npz/],
  ["a text", text("loss,accuracy\n0.3,0.9\n"), /It is neither \.safetensors nor \.npz\. Drop a/],
  ["a few bytes", text("abc"), /it has 3 bytes/],
  ["HDF5", text("\x89HDF\r\n\x1a\n").slice(1), /It is neither|HDF5/],
  ["HDF5 itself", new Uint8Array([0x89, 72, 68, 70, 13, 10, 26, 10]), /HDF5.*np\.savez\(path/],
  ["a pickle", new Uint8Array([0x80, 4, 0x95, 9, 9, 9, 9, 9, 9]), /pickle.*safetensors\.torch/],
  ["what torch.save writes", zip([["m/data.pkl", text("x")]]), /pickle.*safetensors\.torch/],
  ["a Keras model", zip([["model.weights.h5", text("x")]]), /whole Keras model.*np\.savez/],
  ["one array", npy([2, 3]), /a single array \(\.npy\), but a layer/],
  ["a list that claims more", safetensors(torch(), { length: 9e9 }), /at most 10000000 bytes/],
  ["a list beyond the end", safetensors(torch(), { length: 5000 }), /claims 5000 of its/],
  ["a list that is none", safetensors("[1, 2"), /its list is not JSON/],
  ["a list of others", safetensors("[1, 2]"), /its list is not JSON/],
  [
    "a tensor that is none",
    safetensors({ a: 3 }),
    /entry for a does not consist of dtype, shape and data_offsets/,
  ],
  [
    "a negative range",
    safetensors({ a: { dtype: "F32", shape: [1], data_offsets: [-4, 0] } }),
    /does not consist of dtype/,
  ],
  [
    "a fraction",
    safetensors({ a: { dtype: "F32", shape: [1.5], data_offsets: [0, 6] } }),
    /does not consist of dtype/,
  ],
  [
    "a shape that lies",
    safetensors({ a: { dtype: "F32", shape: [9], data_offsets: [0, 4] } }),
    /takes 36 bytes, not 4/,
  ],
  [
    "ranges that overlap",
    safetensors(torch({ weight_hh_l0: tensor([3, 3], 20) })),
    /begins at byte 20, not at 24/,
  ],
  [
    "a hole",
    safetensors(torch({ weight_hh_l0: tensor([3, 3], 28) })),
    /begins at byte 28, not at 24/,
  ],
  ["bytes left over", safetensors(torch(), { size: 70 }), /take 60 bytes, but it holds 70/],
  ["a cut end", safetensors(torch()).slice(0, -4), /take 60 bytes, but it holds 56/],
  [
    "bytes of eight bits",
    safetensors({
      weight_ih_l0: tensor([3, 2], 0, "F8_E4M3", 1),
      weight_hh_l0: tensor([3, 3], 6, "F8_E4M3", 1),
    }),
    /must hold float16, bfloat16, float32 or float64, got F8_E4M3\. Save/,
  ],
  [
    "integers",
    keras(["bias.npy", npy([3], new Uint8Array(24), "<i8")]),
    /bias must hold float16.*got int64/,
  ],
  [
    "no layer",
    safetensors({ "fc.weight": tensor([3, 2], 0) }),
    /such as weight_ih_l0.*got fc\.weight\./,
  ],
  [
    "a prototype",
    safetensors(`{"__proto__": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}`, {
      size: 4,
    }),
    /got __proto__\./,
  ],
  [
    "half a layer",
    safetensors({ weight_ih_l0: tensor([3, 2], 0) }),
    /weight_hh_l0; weight_hh_l0 is missing/,
  ],
  [
    "one bias of two",
    safetensors(torch({ bias_ih_l0: tensor([3], 60) })),
    /both bias_ih_l0 and bias_hh_l0, or neither, got only bias_ih_l0/,
  ],
  [
    "a projection",
    safetensors(torch({ weight_hr_l0: tensor([2, 3], 60) })),
    /weight_hr_l0 is a projection.*proj_size=0/,
  ],
  [
    "a transposed matrix",
    safetensors({ weight_ih_l0: tensor([2, 12], 0), weight_hh_l0: tensor([12, 3], 96) }),
    /weight_ih_l0 must have shape \(4·units, features\) = \(12, 12\), got \(2, 12\)\./,
  ],
  [
    "W_h transposed",
    safetensors({ weight_ih_l0: tensor([12, 2], 0), weight_hh_l0: tensor([3, 12], 96) }),
    /= \(12, 3\), got \(3, 12\)\. It is transposed: save its \.T\./,
  ],
  [
    "two gates",
    safetensors({ weight_ih_l0: tensor([6, 2], 0), weight_hh_l0: tensor([6, 3], 48) }),
    /3 or 4 times as many.*got \(6, 3\)/,
  ],
  [
    "a bias too long",
    keras(["bias.npy", npy([4])]),
    /bias must have shape \(units,\) = \(3,\), got \(4,\)/,
  ],
  [
    "no units",
    zip([["kernel.npy", npy([2, 0])], ["recurrent_kernel.npy", npy([0, 0])]]),
    /recurrent_kernel must have shape/,
  ],
  [
    "a vector",
    zip([["kernel.npy", npy([3])], ["recurrent_kernel.npy", npy([3, 3])]]),
    /kernel must have shape \(features, units\)/,
  ],
  [
    "NaN",
    zip([["kernel.npy", kernel], ["recurrent_kernel.npy", npy([3, 3], nan)]]),
    /recurrent_kernel must hold finite numbers, got NaN at \[1, 1\]\. The training/,
  ],
  [
    "Python objects",
    zip([["kernel.npy", npy([2, 3], null, "|O")]]),
    /kernel holds Python objects \(a pickle\)/,
  ],
  [
    "a record",
    zip([["kernel.npy", npy([2, 3], null, "V8")]]),
    /first line of kernel is not NumPy's/,
  ],
  [
    "another version",
    zip([["kernel.npy", npy([2, 3], null, "<f4", 9)]]),
    /of version 9, not 1, 2 or 3/,
  ],
  [
    "no array inside",
    zip([["kernel.npy", text("hello, world")]]),
    /kernel does not begin as NumPy's arrays do/,
  ],
  [
    "too few numbers",
    zip([["kernel.npy", npy([2, 3], new Uint8Array(20))]]),
    /\(2, 3\) of float32, must have 24 bytes, got 20/,
  ],
  [
    "a huge claim",
    zip([["kernel.npy", npy([2e9, 3], new Uint8Array(24))]]),
    /must have 24000000000 bytes, got 24/,
  ],
  ["an end that is missing", keras().slice(0, -30), /its end is missing/],
  [
    "a second size",
    zip([["kernel.npy", kernel, { size: 9e8 }]]),
    /must have 24 bytes, got \d{9}|claims two sizes/,
  ],
  [
    "a bomb",
    zip([["kernel.npy", kernel, { method: 8, size: 4e9 }]]),
    /kernel\.npy does not have the 4000000000 bytes|must have/,
  ],
  [
    "entries that overlap",
    zip([["a.npy", kernel], ["b.npy", kernel, { offset: 0 }]]),
    /overlaps what follows/,
  ],
  ["one name twice", zip([["a.npy", kernel], ["a.npy", kernel]]), /a name is in it twice/],
  ["a password", zip([["a.npy", kernel, { flags: 1 }]]), /a\.npy is encrypted\. Save/],
  ["another packing", zip([["a.npy", kernel, { method: 14 }]]), /method 14.*np\.savez_compressed/],
  ["a wrong sum", zip([["a.npy", kernel, { sum: 7 }]]), /the checksum of a\.npy is wrong/],
  ["a wrong place", zip([["a.npy", kernel, { offset: 3 }]]), /not where the list says|overlaps/],
  [
    "a text that lies",
    zip([["format.npy", npy([])], ["text.npy", npy([], text("n\0\0\0o\0\0\0"), "<U2")], [
      "model.W_x.npy",
      kernel,
    ], ["model.W_h.npy", npy([3, 3])]]),
    /its text is not what rnncore\.save writes/,
  ],
];

for (const [what, bytes, words] of REFUSED) {
  Deno.test(`${what} is refused in words`, async () => {
    try {
      await readAll(bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!words.test(error.message)) throw new Error(`${error.message}\nis not ${words}`);
      return;
    }
    throw new Error("It was read.");
  });
}

Deno.test("sizes and places of 64 bits are read", async () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6]).buffer);
  const wide = zip(
    [["kernel.npy", npy([2, 3], bytes)], ["recurrent_kernel.npy", npy([3, 3])]],
    true,
  );
  const [layer] = (await readAll(wide)).values();
  if (String(layer.W_x) !== "1,2,3,4,5,6") throw new Error(String(layer.W_x));
});

// 16 bits by hand: sign, exponent, fraction.
const HALVES = [0x0001, 0x03FF, 0x3C00, 0xC000, 0x7BFF, 0x3555, 0x8000, 0x7C00, 0x7E00];
const AS_HALF = [2 ** -24, 1023 / 2 ** 24, 1, -2, 65504, 1365 / 4096, -0, Infinity, NaN];
const BRAINS = [0x3F80, 0xC000, 0x4049, 0x0001, 0x7F80];
const AS_BRAIN = [1, -2, 3.140625, 2 ** -133, Infinity];

for (const [type, bits, right] of [["float16", HALVES, AS_HALF], ["bfloat16", BRAINS, AS_BRAIN]]) {
  Deno.test(`${type} is read bit by bit, in either order`, () => {
    for (const little of [true, false]) {
      const view = new DataView(new ArrayBuffer(2 * bits.length));
      /** @type {number[]} */ (bits).forEach((word, k) => view.setUint16(2 * k, word, little));
      const found = numbersOf(new Uint8Array(view.buffer), String(type), little);
      if (!found.every((value, k) => Object.is(value, right[k]))) throw new Error(String(found));
    }
  });
}

Deno.test("an array larger than a page can hold is refused before it is read", async () => {
  const file = await opened(new Blob([keras()]), LIMITS);
  file.layers[0].names[0] = "kernel";
  const small = await opened(new Blob([keras()]), { ...LIMITS, array: 5 });
  try {
    await small.read(small.layers[0]);
  } catch (error) {
    if (/kernel must have at most 5 numbers.*got \(2, 3\)/.test(error.message)) return;
    throw error;
  }
  throw new Error("It was read.");
});

/** Random numbers that are the same in every run. */
function random(/** @type {number} */ seed) {
  return (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
}

/** Damage a file in one of the ways in which files are. */
function damaged(/** @type {Uint8Array} */ good, /** @type {(below: number) => number} */ draw) {
  const bytes = good.slice();
  const at = draw(bytes.length);
  switch (draw(6)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      bytes[at] ^= 1 << draw(8);
      return bytes;
    case 2:
      bytes.fill(draw(2) * 255, at, at + 1 + draw(16));
      return bytes;
    case 3:
      return new Uint8Array([
        ...bytes.slice(0, at),
        ...Array(1 + draw(9)).fill(draw(256)),
        ...bytes.slice(at),
      ]);
    case 4:
      bytes.copyWithin(at, draw(bytes.length), bytes.length);
      return bytes;
    default:
      for (let k = 0; k < 8; k += 1) bytes[draw(bytes.length)] = draw(256);
      return bytes;
  }
}

Deno.test("a damaged file is refused in words, or read rightly", async () => {
  let [refused, read] = [0, 0];
  for (const { name } of [...Deno.readDirSync(STORED)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!/\.(npz|safetensors)$/.test(name)) continue;
    const good = Deno.readFileSync(new URL(name, STORED));
    const right = await readAll(good);
    const draw = random(name.length);
    for (let k = 0; k < 300; k += 1) {
      const bad = damaged(good, draw);
      let layers;
      try {
        layers = await readAll(bad);
      } catch (error) {
        if (!(error instanceof Refusal)) throw new Error(`${name}, damage ${k}: ${error.stack}`);
        refused += 1;
        continue;
      }
      read += 1;
      for (const [label, layer] of layers) {
        const was = right.get(label);
        for (const array of ["W_x", "W_h", "b"]) {
          if (!layer[array].every(Number.isFinite)) throw new Error(`${name}: not finite`);
          if (!was || name.endsWith(".safetensors")) continue; // which has no sums
          if (String(layer[array]) !== String(was[array])) {
            throw new Error(`${name}: wrong ${array}`);
          }
        }
      }
    }
  }
  if (refused < 2000 || read < 100) throw new Error(`${refused} refused, ${read} read`);
});
