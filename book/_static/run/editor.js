// The editor of a cell: CodeMirror, in the colours of the page's code. Tab leaves it.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** The classes by which the page's style sheet colours code, for what the editor tells apart. */
const COLOURS = tagHighlighter([
  { tag: tags.comment, class: "c1" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.number, class: "mi" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: tags.operatorKeyword, class: "ow" },
  { tag: tags.moduleKeyword, class: "kn" },
  { tag: [tags.keyword, tags.self], class: "k" },
  { tag: [tags.function(tags.definition(tags.variableName))], class: "nf" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.operator, class: "o" },
]);

const isMac = /Mac|iP(?:hone|ad)/.test(navigator.platform);

/** How the keys are called that a reader needs. */
export const KEYS = isMac
  ? "Shift+Return runs a cell, ⌘] and ⌘[ indent, Tab leaves the editor."
  : "Shift+Enter runs a cell, Ctrl+] and Ctrl+[ indent, Tab leaves the editor.";

/**
 * Make an editor.
 * @param {object} options
 * @param {string} options.text
 * @param {string} options.label its accessible name
 * @param {string} options.describedby the ids of what says more of it
 * @param {() => void} options.run
 * @param {(text: string) => void} options.change
 */
export function makeEditor({ text, label, describedby, run, change }) {
  const start = () => {
    run();
    return true;
  };
  const keys = ["Shift-Enter", "Mod-Enter"].map((key) => ({ key, run: start }));
  let isRefused = false;
  const view = new EditorView({
    doc: text,
    extensions: [
      Prec.high(keymap.of(keys)),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      history(),
      python(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      indentOnInput(),
      bracketMatching(),
      syntaxHighlighting(COLOURS),
      EditorView.contentAttributes.of(() => ({
        "aria-label": label,
        "aria-describedby": describedby,
        "aria-invalid": String(isRefused),
        autocapitalize: "off",
        spellcheck: "false",
      })),
      EditorView.updateListener.of((update) =>
        update.docChanged && change(update.state.doc.toString())
      ),
    ],
  });
  // The page has keys of its own.
  view.dom.addEventListener("keydown", (event) => event.stopPropagation());
  const current = () => view.state.doc.toString();
  return {
    element: view.dom,
    text: current,
    set(/** @type {string} */ insert) {
      if (insert === current()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } });
    },
    /** Mark what is in it as refused by Python, or no more. @param {boolean} is */
    refuse(is) {
      if (is === isRefused) return;
      isRefused = is;
      view.dispatch({}); // the attributes are read again
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
