// "Predict first": the next value stays hidden until the reader has typed one.

function guess({ reveal, signal }) {
  const input = html("input", { type: "number", step: "any", autocomplete: "off" });
  const label = html("label", {}, "");
  const ask = html("form", { class: "guess", hidden: true }, label, input, html("button", { type: "submit" }, "Check"));
  const skip = html("button", { type: "button" }, "Show me");
  ask.append(skip);
  const verdict = html("p", { class: "verdict", role: "status" });
  const toggle = html("input", { type: "checkbox", role: "switch" });
  const element = html("div", { class: "predict" }, html("label", { class: "switch" }, toggle, " Predict first"), ask, verdict);
  let question = null;

  function close() {
    question = null;
    ask.hidden = true;
  }
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!question) return;
    const answer = input.value.trim() === "" ? NaN : Number(input.value);
    if (!Number.isFinite(answer)) return write(verdict, "A guess is a finite number; the field holds none.");
    const { name, value, slips } = question;
    const off = Math.abs(answer - value);
    const close_ = off <= 5e-3 * Math.max(1, Math.abs(value));
    const slip = slips.find(([wrong]) => Math.abs(answer - wrong) <= 5e-3 * Math.max(1, Math.abs(wrong)));
    let text = `Right: ${name} = ${shown(value)}.`;
    if (!close_) text = `${name} is ${shown(value)}; your ${shown(answer)} is off by ${shown(off)}.` + (slip ? ` It is what you get if you ${slip[1]}.` : "");
    close();
    reveal();
    write(verdict, text);
  }, { signal });
  skip.addEventListener("click", () => {
    close();
    reveal();
  }, { signal });
  toggle.addEventListener("change", () => {
    close();
    write(verdict, toggle.checked ? "Press Next: the new number stays hidden until you have typed yours." : "");
  }, { signal });

  return {
    element,
    on: () => toggle.checked,
    ask(asked) {
      question = asked;
      write(label, `${asked.name} = `);
      put(input, { "aria-label": `Your guess for ${asked.name}` });
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
