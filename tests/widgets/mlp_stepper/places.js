// @ts-nocheck: this function runs in a page, where a test sends it.
// Where each number of the board stands, and how it looks.
export default (root) =>
  Object.fromEntries(
    ["W", "B", "x", "z", "next"].map((
      key,
    ) => [
      key,
      [...root.querySelectorAll(`.board .${key} .cells:not([hidden])`)].map((row) =>
        [...row.querySelectorAll(".cell:not([hidden])")].map((cell) => {
          const { left, right, top, bottom } = cell.getBoundingClientRect();
          const num = cell.querySelector(".num").getBoundingClientRect();
          return {
            left,
            right,
            top,
            bottom,
            on: cell.classList.contains("on"),
            spills: num.width > right - left,
            index: cell.querySelector(".num").dataset.index,
          };
        })
      ),
    ]),
  );
