// Leads on to where a page or an anchor has moved: #old?step=3 goes to the new place's ?step=3.
(() => {
  "use strict";
  const page = document.documentElement.dataset.moved;
  if (page) return location.replace(page + location.search + location.hash);

  const follow = () => {
    const [, name, query] = location.hash.match(/^#?(.*?)((?:\?|%3F).*)?$/i);
    const place = document.getElementById(name)?.dataset.moved;
    if (place) location.replace(place + (query ?? ""));
  };
  addEventListener("hashchange", follow);
  follow();
})();
