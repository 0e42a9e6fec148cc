// Number fields that refuse what is not a finite number, in words, and keep the last good value;
// and one slider for whichever field was chosen last.

function fields({ change, signal }) {
  const all = new Map(); // name -> {input, error, value}
  const slider = html("input", { type: "range", min: -2, max: 2, step: 0.05 });
  const sliderLabel = html("span", { class: "slider-name" });
  const sliderRow = html("label", { class: "slider" }, sliderLabel, slider, html("small", {}, "moves the field chosen last"));
  let chosen = null;

  const choose = (name) => {
    const field = all.get(name);
    chosen = name;
    write(sliderLabel, `drag ${name}`);
    put(slider, { "aria-label": `Drag ${name}`, min: Math.min(-2, Math.floor(field.value)), max: Math.max(2, Math.ceil(field.value)) });
    slider.value = field.value;
  };
  const refuse = (name, why) => {
    const { input, error, value } = all.get(name);
    put(input, { "aria-invalid": why ? "true" : null });
    write(error, why ? `${name} takes a finite number; ${why}, so it stays ${shown(value)}.` : "");
  };

  function field(name, sym, onValue) {
    const error = html("span", { class: "error", role: "status" });
    const input = html("input", { type: "number", step: 0.1, "aria-label": name, autocomplete: "off" });
    all.set(name, { input, error, value: 0 });
    const read = () => {
      const text = input.value.trim();
      if (text === "" || !Number.isFinite(Number(text))) return null;
      return Number(text);
    };
    const on = (type, handler) => input.addEventListener(type, handler, { signal });
    let before = 0; // the value when the editing began: what stays if it ends in nonsense
    on("focus", () => {
      before = all.get(name).value;
      choose(name);
    });
    on("input", () => {
      const value = read();
      if (value === null) return;
      refuse(name, "");
      onValue(value);
    });
    on("blur", () => {
      if (read() === null) {
        if (all.get(name).value !== before) onValue(before);
        all.get(name).value = before;
        refuse(name, input.validity.badInput ? "this was none" : "the field was empty");
      }
      input.value = all.get(name).value;
    });
    on("keydown", (event) => {
      if (event.key === "Enter") input.blur();
    });
    return html("span", { class: "field", "data-sym": sym }, html("span", { class: "field-name", "aria-hidden": "true" }, name), input, error);
  }

  slider.addEventListener("input", () => change(chosen, Number(slider.value)), { signal });

  function update(name, value) {
    const entry = all.get(name);
    entry.value = value;
    if (entry.input !== entry.input.getRootNode().activeElement) entry.input.value = value;
    else if (Number(entry.input.value) !== value && entry.input.value !== "" && !entry.input.validity.badInput) entry.input.value = value;
    if (name === chosen && Number(slider.value) !== value) choose(name);
  }
  return { field, update, choose, sliderRow };
}
