// The bar at the foot of the screen: what Python does, and what can be done about it.

import { button, html, write } from "./dom.js";
import { KEYS } from "./editor.js";
import { megabytes } from "./words.js";

export const HELP = "run-keys";

/**
 * @param {{ runAll: () => void, stop: () => void, restore: () => void }} does
 */
export function makeBar({ runAll, stop, restore }) {
  const said = html("p", { class: "run-status", role: "status" });
  const count = html("span", { class: "run-count" });
  const meter = html("progress", { "aria-label": "Loaded", hidden: true });
  const buttons = {
    all: button("Run all", runAll, { class: "run-all" }),
    stop: button("Stop", stop),
    restore: button("Restore the page", restore),
  };
  const element = html(
    "section",
    { class: "run-bar", "aria-label": "Run this page" },
    html("div", { class: "run-says" }, said, count, meter),
    html("div", { class: "run-buttons" }, ...Object.values(buttons)),
    html("p", { class: "run-keys", id: HELP }, KEYS),
  );
  return {
    element,
    focus: () => buttons.all.focus(),
    say(/** @type {string} */ text) {
      write(said, text);
      if (said.textContent) meter.hidden = count.hidden = true;
    },
    /** @param {{ loaded: number, total: number, what: string }} progress */
    load({ loaded, total, what }) {
      write(said, what ? `Loading ${what}.` : "Starting Python.");
      const isLoading = Boolean(what);
      meter.hidden = count.hidden = !isLoading;
      meter.max = total || 1;
      meter.value = loaded;
      write(count, isLoading ? `${megabytes(loaded)} of ${megabytes(total)} MB` : "");
    },
    canStop(/** @type {boolean} */ can) {
      buttons.stop.ariaDisabled = String(!can);
    },
  };
}
