// @ts-nocheck: this function runs in a page, where a test sends it.
// What axe finds and calls serious or critical, in words; rules that never say so are left out.
export default async () => {
  const { axe } = /** @type {any} */ (globalThis);
  const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
  // For the eye alone: aria-hidden, beside the MathML.
  all(".katex-html").forEach((node) => node.remove());
  // Half of all elements are colours of code and letters of equations: as text they mean the same.
  const isJudged = (/** @type {Element} */ node) =>
    !node.matches("span, math *") || node.matches("[id], [href], [role], [tabindex], [lang]") ||
    [...node.attributes].some(({ name }) => name.startsWith("aria-"));
  for (const node of all("pre, math")) {
    if (![...node.querySelectorAll("*")].some(isJudged)) node.replaceChildren(node.textContent);
  }
  // The contrast of texts is measured apart: axe passes over short ones, such as most numbers.
  const isLeftOut = ({ id, impact }) =>
    id === "color-contrast" || impact === "minor" || impact === "moderate";
  const left = axe._audit.rules.filter(isLeftOut).map(({ id }) => [id, { enabled: false }]);
  // A link within a text is underlined: that its colour stands out as well is no excuse here, and
  // to compare colours takes half of axe's time.
  axe.configure({ rules: [{ id: "link-in-text-block", any: ["link-in-text-block-style"] }] });
  const { violations } = await axe.run({
    preload: false,
    resultTypes: ["violations"],
    rules: Object.fromEntries(left),
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) =>
        `${id}: ${html.slice(0, 120)} ${failureSummary.slice(0, 300)}`
      )
    );
};
