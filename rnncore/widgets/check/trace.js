// The verdict on an answer, as rnncore.exercises.check gives it.

const close = (a, b) => Math.abs(a - b) <= 5e-4;
export const flat = (value) => [value].flat(3);

// A tuple of numbers in any brackets: "(16, 41, 12)", "16 41 12"; null where it is none.
function asShape(text) {
  const inner = text.trim().replace(/^[([]|[)\]]$/g, "").trim().replace(/,$/, "");
  const parts = inner === "" ? [] : inner.split(/\s*,\s*|\s+/);
  return parts.every((part) => /^\d+$/.test(part)) && parts.length ? parts.map(Number) : null;
}

// What the fields hold, as the exercise's kind of answer; null while one is empty or no number.
export function answerOf(kind, texts, like) {
  if (kind === "shape") return asShape(texts[0] ?? "");
  if (kind === "shapes") {
    const lines = (texts[0] ?? "").split("\n").filter((line) => line.trim());
    const shapes = lines.map(asShape);
    return shapes.length && !shapes.includes(null) ? shapes : null;
  }
  const numbers = flat(like).map((_, i) => (/\d/.test(texts[i] ?? "") ? Number(texts[i]) : NaN));
  if (numbers.some((n) => !Number.isFinite(n))) return null;
  const nest = (value) => (Array.isArray(value) ? value.map(nest) : numbers.shift());
  return nest(like);
}

const alike = (
  a,
  b,
) => (Array.isArray(b)
  ? Array.isArray(a) && a.length === b.length && b.every((part, i) => alike(a[i], part))
  : !Array.isArray(a) && close(a, b));

function difference(kind, answer, expected) {
  if (kind === "numbers") {
    if (!Array.isArray(expected)) return "The number differs.";
    const wrong = flat(expected).filter((value, i) => !close(flat(answer)[i], value)).length;
    return `${wrong} of ${flat(expected).length} numbers differ.`;
  }
  if (answer.length !== expected.length) {
    return `The answer has ${answer.length < expected.length ? "more" : "fewer"} entries.`;
  }
  return `${
    expected.filter((part, i) => !alike(answer[i], part)).length
  } of ${expected.length} entries differ.`;
}

export function verdictOn({ kind, expected, slips }, answer) {
  if (alike(answer, expected)) return { right: true, text: "right." };
  const slip = slips.find(({ value }) => alike(answer, value));
  return {
    right: false,
    text: `not yet. ${slip ? `This is ${slip.meaning}` : difference(kind, answer, expected)}`,
  };
}

// For the tests: the verdict on texts, as the fields give them.
export function trace({ name: _, ...exercise }, texts) {
  if (!texts) return { expected: exercise.expected };
  const given = answerOf(exercise.kind, texts, exercise.expected);
  return given === null ? null : verdictOn(exercise, given).text;
}
