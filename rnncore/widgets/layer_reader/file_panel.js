// Where a file is dropped or chosen, which of its layers is shown, and what it does not say.

import { NAMES as ACTIVATIONS } from "../shared/activations.js";
import { html, noteChange, put, write } from "../shared/dom.js";
import { refusals } from "../shared/frame/refusals.js";
import { clipped } from "../shared/numbers.js";
import { open } from "./late.js";
import { Refusal } from "./refusal.js";
import { howRead, inBrief } from "./told.js";

/** @import { Frame, Values } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */
/** @import { Opened } from "./reading.js" */
/** @import { Source } from "./source.js" */

const HOW =
  "Drop a file of weights here, or choose one: .safetensors or .npz. It stays on this page.";

/**
 * Make the panel.
 * @param {Frame} frame
 * @param {Source} source
 * @param {(layer: Layer) => Values} startOf the values with which a layer is first shown
 */
export function filePanel(frame, source, startOf) {
  const { root, signal } = frame;
  const parts = made();
  const { input, close, said, select } = parts;
  let isRefused = false; // the last file, that is
  const say = (/** @type {string} */ text, isRefusal = false) => {
    isRefused = isRefusal;
    said.refuse(isRefusal ? input : null, text);
    put(said.element, { class: `said-of-file${isRefusal ? " refused" : ""}` });
  };
  const { load, choose } = loading(frame, source, startOf, say);
  const on = (/** @type {HTMLElement} */ node, /** @type {string} */ type, /** @type {any} */ f) =>
    node.addEventListener(type, f, { signal });
  on(input, "change", async () => {
    const [file] = input.files ?? [];
    if (file) await load(file);
    input.value = "";
  });
  on(close, "click", () => {
    source.close();
    input.focus();
  });
  on(select, "change", () => choose(select.selectedIndex + 1));
  takeDrops(root, signal, load, (text) => say(text, true));
  let wasOpen = false;
  return {
    element: parts.element,
    /** @param {Layer} layer @param {number} chosen */
    update(layer, chosen) {
      const isOpen = source.file() !== null;
      if (noteChange(parts.element, layer) && isRefused) say(""); // the reader has gone on
      if (wasOpen && !isOpen) say("The file is closed.");
      wasOpen = isOpen;
      put(root, { "data-file": isOpen || null });
      showParts(parts, source, layer, chosen);
    },
  };
}

function made() {
  const type = { type: "file", accept: ".npz,.safetensors", "aria-label": "A file of weights" };
  const [input, select] = [html("input", type), html("select", { "aria-label": "Layer" })];
  const close = html("button", { type: "button", hidden: true }, "Close the file");
  const said = refusals("p", "said-of-file");
  const [about, how] = [html("p", { class: "about" }), html("p", { class: "how" })];
  const which = html("label", { class: "which" }, "Layer ", select);
  const choices = html("div", { class: "unsaid" });
  const element = html(
    "div",
    { class: "file" },
    html("p", {}, HOW),
    html("div", { class: "buttons" }, input, close),
    said.element,
    html("div", { class: "layers" }, which, about),
    choices,
    how,
  );
  return { element, input, select, close, said, about, how, which, choices };
}

/**
 * @param {ReturnType<typeof made>} parts
 * @param {Source} source
 * @param {Layer} layer
 * @param {number} chosen
 */
function showParts({ select, close, about, how, which, choices }, source, layer, chosen) {
  const [kept, labels] = [source.file(), source.labels()];
  put(close, { hidden: !kept });
  put(which, { hidden: labels.length < 2 });
  if (noteChange(select, labels.join("\n"))) {
    put(select, {}, ...labels.map((label) => html("option", {}, label)));
  }
  select.selectedIndex = chosen - 1;
  write(about, inBrief(layer));
  const found = kept?.opened.layers[chosen - 1];
  write(how, found ? howRead(found, layer) : "");
  showUnsaid(choices, source, layer, chosen);
}

/**
 * Return what reads a file, and what shows another of the layers there are.
 * @param {Frame} frame
 * @param {Source} source
 * @param {(layer: Layer) => Values} startOf
 * @param {(text: string, isRefusal?: boolean) => void} say
 */
function loading({ signal, limits }, source, startOf, say) {
  let tries = 0;
  /**
   * Read a layer and show it, unless another is asked for in the meantime.
   * @param {string} name of the file
   * @param {number} chosen
   * @param {() => Promise<Opened> | Opened} opened
   */
  async function show(name, chosen, opened) {
    tries += 1;
    const own = tries;
    try {
      const file = await opened();
      const layer = await file.read(file.layers[chosen - 1]);
      if (own !== tries || signal.aborted) return;
      source.open(file, chosen, layer, startOf(layer));
      say(`“${clipped(name, 60)}” is open. A copied link leads here without it.`);
    } catch (error) {
      if (own !== tries) return;
      const why = error instanceof Refusal ? error.message : `It cannot be read: ${error}.`;
      say(`“${clipped(name, 60)}” is not shown. ${why} The layer that was here stays.`, true);
    }
  }
  return {
    load(/** @type {File} */ file) {
      say("Reading the file …");
      return show(file.name, 1, () => open(file, limits.file));
    },
    choose(/** @type {number} */ chosen) {
      const kept = source.file();
      if (kept) return show(kept.opened.name, chosen, () => kept.opened);
      const layer = source.layer(chosen);
      if (!layer) return;
      const values = { ...startOf(layer), chosen };
      for (const [name, value] of Object.entries(values)) source.model.set(name, value);
      source.model.save_changes();
    },
  };
}

/**
 * Take a file that is dropped anywhere on the widget.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @param {(file: File) => void} load
 * @param {(text: string) => void} refuse
 */
function takeDrops(root, signal, load, refuse) {
  const on = (/** @type {string} */ type, /** @type {(event: DragEvent) => void} */ handler) =>
    root.addEventListener(type, /** @type {any} */ (handler), { signal });
  const hover = (/** @type {boolean} */ is) => put(root, { "data-dropping": is ? true : null });
  on("dragover", (event) => {
    event.preventDefault();
    hover(true);
  });
  on("dragleave", ({ relatedTarget }) => {
    if (!root.contains(/** @type {Node | null} */ (relatedTarget))) hover(false);
  });
  on("drop", (event) => {
    event.preventDefault();
    hover(false);
    const files = event.dataTransfer?.files ?? [];
    if (files.length === 1) load(files[0]);
    else refuse(`Drop one file of weights, not ${files.length || "text"}. Nothing changed.`);
  });
}

/**
 * Let the reader choose what a file does not say of a layer.
 * @param {HTMLElement} box
 * @param {Source} source
 * @param {Layer} layer
 * @param {number} chosen
 */
function showUnsaid(box, source, layer, chosen) {
  const kept = source.file();
  const found = kept?.opened.layers[chosen - 1];
  const isSaid = !kept || !found || Boolean(found.options);
  put(box, { hidden: isSaid });
  if (isSaid) return put(box, {}, "");
  const isTorch = found.from === "PyTorch";
  const all = {
    activation: isTorch ? (layer.kind === "SimpleRNN" ? ["tanh", "relu"] : []) : ACTIVATIONS,
    recurrent_activation: isTorch || layer.kind === "SimpleRNN" ? [] : ACTIVATIONS,
    reset_after: layer.kind === "GRU" && found.names.length === 2 && !isTorch
      ? ["true", "false"]
      : [],
  };
  const key = JSON.stringify([all, kept.opened.name, chosen]);
  if (box.dataset.for !== key) {
    const selects = Object.entries(all).filter(([, known]) => known.length).map(([name, known]) => {
      const select = html(
        "select",
        { "aria-label": name, name },
        ...known.map((word) => html("option", {}, word)),
      );
      select.addEventListener("change", () => {
        const value = name === "reset_after" ? select.value === "true" : select.value;
        const now = source.layer(source.model.get("chosen"));
        const file = source.file();
        if (now && file) {
          source.open(file.opened, source.model.get("chosen"), { ...now, [name]: value }, {});
        }
      });
      return html("label", {}, `${name} `, select);
    });
    const note = html("small", {}, "The file does not say:");
    put(box, { "data-for": key }, ...(selects.length ? [note, ...selects] : []));
  }
  box.querySelectorAll("select").forEach((select) => {
    select.value = String(layer[/** @type {keyof Layer} */ (select.name)]);
  });
}
