// @ts-nocheck: this function runs in a page, where a test sends it.
export default (root) => ({
  dots: [...root.querySelectorAll(".chart .mark:not([visibility])")].map((dot) => ({
    name: dot.dataset.name,
    t: Number(dot.dataset.index),
    value: Number(dot.dataset.value),
    place: dot.getAttribute("transform").match(/[-\d.]+/g).map(Number),
  })),
  bars: [...root.querySelectorAll(".input-bar")].map((bar) => ({
    value: Number(bar.dataset.value),
    x: bar.x.baseVal.value + 2,
    y: bar.y.baseVal.value,
    height: bar.height.baseVal.value,
  })),
  lines: [...root.querySelectorAll(".chart .curve")].map((line) =>
    line.getAttribute("d").match(/[-\d.]+/g).map(Number)
  ),
  zero: Number([...root.querySelectorAll(".chart .zero")][0].getAttribute("y1")),
});
