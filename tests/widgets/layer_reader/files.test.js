import { opened } from "../../../rnncore/widgets/layer_reader/reading.js";
import { runOf } from "../../../rnncore/widgets/layer_reader/trace.js";

const LIMITS = { array: 2 ** 25, header: 10_000_000, entries: 20_000 };
const STORED = new URL("../../reference/files/", import.meta.url);
const MADE = new URL("../../../_build/cases/layer_reader_files/", import.meta.url);

const near = (a, b, close, what) => {
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} numbers, not ${b.length}`);
  const scale = Math.max(1, ...b.map(Math.abs));
  b.forEach((right, i) => {
    if (!(Math.abs(a[i] - right) <= close * scale)) {
      throw new Error(`${what}, number ${i}: ${a[i]}, not ${right}`);
    }
  });
};

async function compare(folder, { file, label, x, h, c, close, ...said }) {
  const bytes = Deno.readFileSync(new URL(file, folder));
  const { layers, read } = await opened(new Blob([bytes]), LIMITS);
  const found = layers.find((one) => one.label === label);
  if (!found) throw new Error(`${file} has ${layers.map((one) => one.label)}, not ${label}`);
  const layer = { ...await read(found), ...said };
  const run = runOf(layer, x);
  run.extend(x.length);
  near([...run.states.subarray(layer.units)], h.flat(), close, `${file}, ${label}`);
  if (c) near([...run.c(x.length)], c, close, `c of ${file}, ${label}`);
}

const indexOf = (folder) => JSON.parse(Deno.readTextFileSync(new URL("index.json", folder))).layers;

for (const one of indexOf(STORED)) {
  Deno.test(`${one.file}, ${one.label}: the states are those of its library`, () =>
    compare(STORED, one));
}

Deno.test("every file that rnncore and NumPy write is read as rnncore reads it", async () => {
  const layers = indexOf(MADE);
  if (layers.length < 40) throw new Error("There are too few files.");
  for (const one of layers) await compare(MADE, one);
});
