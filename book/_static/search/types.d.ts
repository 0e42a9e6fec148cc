/** [index of its page, kind, anchor, title, headings above, bold, index of where it leads, text] */
export type Part = [number, string, string, string, string[], string[], number, string];

/** What the build writes: each page is [address, title]. */
export interface Book {
  pages: [string, string][];
  parts: Part[];
}

/** One word of a text: its term, those of its parts, and where it stands. */
export interface Word {
  term: string;
  also: string[];
  start: number;
  end: number;
  exact: boolean;
}

export interface Query {
  large: Word[];
  small: Word[];
  phrases: string[];
  key: string;
}

/** A part of the book that is found, with the terms that were found in it. */
export interface Found {
  kind: string;
  address: string;
  page: string;
  path: string[];
  title: string;
  text: string;
  terms: string[];
  score: number;
}

/** What is found; loose: nothing has all words, these have some, or similar ones. */
export interface Answer {
  found: Found[];
  loose: boolean;
}

export type Piece = { text: string; hit: boolean };
