// "Predict first": the next value stays hidden until the reader has typed one.

import { html, put, symbol, write } from "../dom.js";
import { shown } from "../numbers.js";

export function guess({ begin, reveal, signal }) {
  const input = html("input", { type: "number", step: "any", autocomplete: "off" });
  const label = html("label", {}, "");
  const ask = html(
    "form",
    { class: "guess", hidden: true },
    label,
    input,
    html("button", { type: "submit" }, "Check"),
  );
  const skip = html("button", { type: "button" }, "Show me");
  ask.append(skip);
  const verdict = html("p", { class: "verdict", role: "status" });
  const toggle = html("input", { type: "checkbox", role: "switch" });
  const element = html(
    "div",
    { class: "predict" },
    html("label", { class: "switch" }, toggle, " Predict first"),
    ask,
    verdict,
  );
  let question = null;

  function close() {
    question = null;
    if (ask.contains(ask.getRootNode().activeElement)) toggle.focus({ preventScroll: true });
    ask.hidden = true;
  }
  function finish(text) {
    close();
    reveal();
    write(verdict, text);
  }
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!question) return;
    const answer = input.value.trim() === "" ? NaN : Number(input.value);
    if (!Number.isFinite(answer)) return write(verdict, "Type a number first.");
    const { name, part, value, slips } = question;
    const off = Math.abs(answer - value);
    const right = off <= 5e-3 * Math.max(1, Math.abs(value));
    const slip = slips.find(([wrong]) =>
      Math.abs(answer - wrong) <= 5e-3 * Math.max(1, Math.abs(wrong))
    );
    if (!right) {
      const told = slip ? ` It is what you get if you ${slip[1]}.` : "";
      return write(
        verdict,
        `Not yet: ${shown(answer)} is off by ${shown(off)}.${told} Try again, or press Show me.`,
      );
    }
    finish(`Right: ${name}${part} = ${shown(value)}.`);
  }, { signal });
  skip.addEventListener(
    "click",
    () => finish(`${question.name}${question.part} = ${shown(question.value)}.`),
    { signal },
  );
  toggle.addEventListener("change", () => {
    close();
    begin();
    write(
      verdict,
      toggle.checked ? "Press Next: the new number stays hidden until you have typed yours." : "",
    );
  }, { signal });

  return {
    element,
    on: () => toggle.checked,
    ask(asked) {
      question = asked;
      put(label, {}, ...symbol(asked.name), `${asked.part} = `);
      put(input, { "aria-label": `Your guess for ${asked.name}${asked.part}` });
      input.value = "";
      write(verdict, "");
      ask.hidden = false;
      input.focus();
    },
    close() {
      close();
      write(verdict, "");
    },
  };
}
