// @ts-nocheck: this function runs in a page, where a test sends it.
// Follows links to a widget; returns how many it has followed, and those that changed a parameter.
export default async ([name, queries, parameters]) => {
  const { rnnModel } = document.getElementById(name);
  const values = () => JSON.stringify(parameters.map((parameter) => rnnModel.get(parameter)));
  const [start, changed] = [values(), []];
  let followed = 0;
  for (const query of queries) {
    location.hash = `#${name}?${query}`;
    const arrived = () => document.documentElement.dataset.rnnFollowed === location.hash;
    for (let i = 0; i < 200 && !arrived(); i += 1) {
      await new Promise((done) => setTimeout(done, i / 10));
    }
    followed += arrived();
    if (values() !== start) changed.push(query);
  }
  return [followed, changed];
};
