// @ts-nocheck: this function runs in a page, where a test sends it.
export default async ([name, queries]) => {
  let followed = 0;
  for (const query of queries) {
    location.hash = `#${name}?${query}`;
    const arrived = () => document.documentElement.dataset.rnnFollowed === location.hash;
    for (let i = 0; i < 200 && !arrived(); i += 1) {
      await new Promise((done) => setTimeout(done, i / 10));
    }
    followed += arrived();
  }
  return followed;
};
