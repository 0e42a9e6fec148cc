// The types that the modules of the widgets share. Nothing here reaches a browser.
// In a module:  /** @import { Frame, View } from "../shared/types.d.ts" */

/** A number, or nested lists of numbers, or words: whatever a parameter holds. */
// deno-lint-ignore no-explicit-any
export type Value = any;

/** The parameters of a widget, by name. */
export type Values = Record<string, Value>;

/** What Python gives as bounds, tolerances, horizons and names: LIMITS of the class. */
export type Limits = Value;

/** The place of a number in nested lists: [row, column], or [] for a lone number. */
export type Path = number[];

export type Vector = number[];
export type Matrix = number[][];

/** What may stand inside an element; null stands for nothing. */
export type Child = Node | string | null;
export type Children = Child | Child[];

/** Attributes by name; null, undefined and false take one away, true leaves it empty. */
export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** The model of anywidget: its traits, and what is to happen when one changes. */
export interface Model {
  get(name: string): Value;
  set(name: string, value: Value): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** A field of the editor: one number of one parameter, under the name a reader counts by. */
export interface Field {
  param: string;
  path: Path;
  name: string;
  sym?: string;
  whole?: boolean;
  min?: number;
  max?: number;
}

/** Fields that stand together, in so many columns. */
export interface Group {
  legend: string;
  columns: number;
  fields: Field[];
}

/** A word that is chosen from a list. */
export interface Choice {
  param: string;
  path?: Path;
  label: string;
  known: string[];
}

/** What the editor is made of. */
export interface Editable {
  groups: Group[];
  choices?: Choice[];
  /** The name of the field that the slider moves at first. */
  chosen?: string;
  /** Whether there is a slider; left out: yes. */
  slider?: boolean;
}

/** What "Predict first" asks before a step. */
export interface Question {
  /** A symbol, such as h_2. */
  name: string;
  /** What follows the symbol, such as ", unit 1". */
  part: string;
  value: number;
  /** Wrong answers, and what a reader does who gives them. */
  slips: [number, string][];
}

/** What `widget` gives a view. */
export interface Frame {
  root: HTMLElement;
  model: Model;
  /** Aborted when the view is closed. */
  signal: AbortSignal;
  /** The note under the presets; a view may place it elsewhere, in `head`. */
  note: HTMLElement;
  /** Set several parameters at once. */
  save(changes: Values): void;
  /** Update an element; in a drag of a slider, what is out of sight waits for its end. */
  whenSeen(element: Element, update: () => void): void;
  /** Go to a step; false where "Predict first" asks for it instead. */
  goto(to: number): boolean;
  step(): number;
  values(): Values;
  limits: Limits;
  /** Whether this is a page of the book, not a notebook. */
  inBook: boolean;
}

/** The parts of a widget. */
export interface View {
  /** The elements above the controls. */
  head: Child[];
  /**
   * The elements below the controls, the question, and what leaves the widget. Without controls
   * the last comes at the end.
   */
  body?: Child[];
  /** Take new values, and compute what is to be shown. */
  compute(values: Values): void;
  /** What the number of elements depends on; build() follows when that changes. */
  shape?(): Value;
  /** Make those elements. */
  build?(): void;
  /** What the editor is made of; left out: no editor. */
  fields?(): Editable;
  /** Bring everything up to date; the DOM changes in place. */
  show(step: number): void;
  /** The step in words, for those who listen. */
  words(step: number): string;
  /** What to guess before the step; left out: nothing. */
  question?(step: number): Question;
  /** Draw again: the width has changed. */
  resized?(): void;
}

/** The words that a param may be: a list, or what makes one of a text; null where it is none. */
export type Known = readonly string[] | ((text: string) => string | null);

/** Known words, by the param whose words they are. */
export type Words = Record<string, Known>;

/** What a film strip is made of; `stored` is the one in the page, with the values of the start. */
export interface Reel {
  values: Values;
  limits: Limits;
  id: string;
  model: Model;
  stored: string;
}

/** Makes the film strip as `strip` does in Python, as HTML. */
export type Film = (reel: Reel) => string;

/** What makes a widget: see `widget` in frame/frame.js. */
export interface Spec {
  /** The stem with hyphens. */
  kind: string;
  /** The name of the group. */
  label: string;
  /** The traits that the reader and Python change. */
  params: string[];
  /** Further traits whose change is shown, but which no link carries. */
  also?: string[];
  /**
   * The params that say where the reader looks: they change no number, and presets leave them as
   * they are.
   */
  looks?: string[];
  /** The known words of each param that is a word, or a function that gives them. */
  words?: Words | ((limits: Limits) => Words);
  /** Whether the values fit together; until they do nothing new is shown. */
  valid(values: Values, limits: Limits): boolean;
  /** Whether a link may ask for the values; left out: what is valid. */
  linkable?(values: Values, start: Values, limits: Limits): boolean;
  /** How many steps there are; left out where there are none. */
  steps?(values: Values, limits: Limits): number;
  /** The link to what is shown where that is no link's; null where it is; left out: it is. */
  link?(model: Model): string | null;
  /** The words before the presets. */
  presets?: string;
  /** The Python code that gives what is shown. */
  python(values: Values, step: number, model: Model): string;
  film: Film;
  /** Make the parts, once for each view. */
  view(frame: Frame): View;
}
