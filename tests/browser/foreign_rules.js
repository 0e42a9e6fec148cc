// @ts-nocheck: this function runs in a page, where a test sends it.
// The rules of the page's style sheet that reach into widgets by a class, less those of the book.
export default () => {
  const inside = "[data-rnn-widget] ";
  const rules = ({ cssRules }) =>
    [...cssRules].flatMap((rule) => {
      if (rule.media?.mediaText === "print") return []; // on paper a widget is its film strip
      return rule.selectorText ? [rule] : rule.cssRules ? rules(rule) : [];
    });
  const sheets = [...document.styleSheets].filter(({ href }) => href);
  const selectors = sheets.flatMap(rules).flatMap(({ selectorText }) =>
    selectorText.replace(/::[\w-]+/g, "").split(/,(?![^(]*\))/)
  );
  const last = (selector) => selector.trim().split(/[\s>+~]+(?![^(]*\))/).at(-1);
  return selectors.filter((selector) => {
    const ends = last(selector);
    return /\.[\w-]/.test(ends) && !/\.rnn|data-rnn/.test(selector) &&
      document.querySelector(inside + ends);
  });
};
