// @ts-nocheck: this function runs in a page, where a test sends it.
export default (root) =>
  [...root.querySelectorAll("[data-valve]")].map((hole) => ({
    name: hole.dataset.name,
    value: Number(hole.dataset.value),
    full: Number(hole.dataset.valve),
    sides: ["width", "height"].map((side) => Number(hole.getAttribute(side))),
    ...Object.fromEntries([["middle", hole], ["slot", hole.previousSibling]].map(([name, rect]) => [
      name,
      [
        rect.x.baseVal.value + rect.width.baseVal.value / 2,
        rect.y.baseVal.value + rect.height.baseVal.value / 2,
      ],
    ])),
  }));
