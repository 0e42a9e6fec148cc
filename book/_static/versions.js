// Says on a page of an older version of the book that there is a newer one, and leads there.
(() => {
  "use strict";
  const { version, latest } = /** @type {HTMLElement} */ (document.currentScript).dataset;
  if (Number(version) >= Number("NEWEST")) return;
  const said = Object.assign(document.createElement("p"), { className: "rnn-said" });
  const link = document.createElement("a");
  link.textContent = "This page in the latest version";
  const follow = () => link.href = latest + location.search + location.hash;
  addEventListener("hashchange", follow);
  follow();
  said.append(`This is version ${version} of the book, and version NEWEST is out. `, link, ".");
  (document.querySelector("article") ?? document.querySelector("main"))?.prepend(said);
})();
