import {
  factor,
  packed,
  python,
  readNumber,
  readShape,
  shapeText,
  shown,
  shownBriefly,
  unpacked,
} from "../../../rnncore/widgets/shared/numbers.js";
import { same } from "../../support/same.js";

const FILE = new URL("../../../_build/cases/numbers.json", import.meta.url);
const READ = new URL("../../../_build/cases/reading.json", import.meta.url);
const SPECIAL = { nan: NaN, inf: Infinity, "-inf": -Infinity };

Deno.test("numbers: a number is written as Python writes it", () => {
  for (const [text, usual, brief, two] of JSON.parse(Deno.readTextFileSync(FILE))) {
    const value = SPECIAL[/** @type {keyof SPECIAL} */ (text)] ?? Number(text);
    same([shown(value), shownBriefly(value), shown(value, 2)], [usual, brief, two], text);
  }
});

Deno.test("numbers: an exact half goes to the even digit", () => {
  same([0.125, 0.375, 2.5, 3.5].map((v) => shown(v, v < 1 ? 2 : 0)), ["0.12", "0.38", "2", "4"]);
});

Deno.test("numbers: a negative factor stands in brackets", () => {
  same([factor(-0.5), factor(0.5), factor(-0)], ["(−0.5)", "0.5", "0"]);
});

Deno.test("numbers: Python reads back what is written for it", () => {
  same(python([[1, -0.5], [1e21, 0.1]]), "[[1.0, -0.5], [1e+21, 0.1]]");
  same(python(-0), "-0.0");
  same([shapeText([3]), shapeText([null, 32])], ["(3,)", "(None, 32)"]);
});

Deno.test("numbers: what a link holds comes back exactly", () => {
  const values = [0.1, -1e-300, [1, 2.5], [], [[1, 2], [3, 4]], [[[1], [2]], [[3], [4]]]];
  for (const value of values.filter((v) => !Array.isArray(v) || v.length)) {
    same(unpacked(packed(value), value), value);
  }
  same(packed([[1, 2], [3, 4]]), "1,2;3,4");
});

Deno.test("numbers: what is no finite number in the right nesting is refused", () => {
  const texts = ["", "NaN", "Infinity", "1e999", "0x10", "1,2", "--1", "1_0", "<b>", "1 2"];
  for (const text of texts) same(unpacked(text, 0), null, text);
  for (const text of ["1,,2", "1;2", "1,x", ","]) same(unpacked(text, [0]), null, text);
  same(unpacked(" -1.5e+3 ", 0), -1500);
});

Deno.test("numbers: a number and a shape are read as Python reads them", () => {
  const { numbers, shapes } = JSON.parse(Deno.readTextFileSync(READ));
  for (const [text, value, inLink] of numbers) {
    const read = readNumber(text);
    same(read.value, value === null ? null : Number(value), text);
    same(read.why === "", value !== null, text);
    same(unpacked(text, 0), inLink, text);
  }
  for (const [text, shape] of shapes) same(readShape(text), shape, text);
});

Deno.test("numbers: a refusal names the text, and says what to write", () => {
  const comma = "has a comma for thousands or for decimals (leave it out, or write a point)";
  const more = "is more than one number (a field takes only one, without spaces)";
  const none = "is not a number (write it as −0.5, 2e−5 or 1/2)";
  const words = {
    "1,000": comma,
    "1.000,5": comma,
    "1, 2, 3": more,
    "[1 2 3]": more,
    "5 000": more,
    "1.2.3": none,
    "0x10": none,
    "∞": none,
    "1/0": "divides by 0",
    "1e999": "is too large",
    "1e-999": "is too close to 0 (write 0)",
  };
  for (const [text, why] of Object.entries(words)) same(readNumber(text).why, `“${text}” ${why}`);
  same(readNumber("\u202e1\n2").why, `“1 2” ${more}`);
  same(readNumber("x".repeat(1e6)).why, `“${"x".repeat(24)}…” ${none}`);
});

Deno.test("numbers: hundreds of thousands of characters are read at once", () => {
  const long = ["9", " ", "1 ", "x ", ",", ".", "1,", "\u202f000", "1\u202f000", "-", "(", "%"];
  for (const text of long.map((part) => `1${part.repeat(2e5 / part.length)}x`)) {
    const start = performance.now();
    same([readNumber(text).value, readShape(text)], [null, null]);
    same(performance.now() - start < 1000, true, text.slice(0, 9));
  }
});
