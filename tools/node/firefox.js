// Go through pages in Firefox as a reader does, and print what is seen: one line of JSON a page.
// One after the other: only the tab in front has frames and the focus, and a second browser would
// take more to start than it saves where the cores have other work.
//
//     node firefox.js PATH_OF_FIREFOX ADDRESS …
import process from "node:process";
import puppeteer from "puppeteer-core";

const NEXT = '[data-rnn-slot] [aria-label="Next step"]';

/** In the page: scroll to each widget, and return the names of those that do not start. */
const wake = async () => {
  const asleep = [];
  const slots = [...document.querySelectorAll("[data-rnn-slot]")];
  for (const slot of slots) {
    slot.scrollIntoView({ block: "center", behavior: "instant" });
    const isUp = () => slot.matches(".alive") && slot.querySelector("[data-rnn-widget]");
    for (let k = 0; !isUp() && k < 500; k += 1) await new Promise((done) => setTimeout(done, 10));
    if (!isUp()) asleep.push(slot.dataset.rnnId);
  }
  return { widgets: slots.length - asleep.length, asleep };
};

/** In the page: the MathML elements whose number of children is wrong. */
const torn = () => {
  const children = { mfrac: 2, mroot: 2, msub: 2, msup: 2, munder: 2, mover: 2 };
  Object.assign(children, { msubsup: 3, munderover: 3 });
  const all = [...document.querySelectorAll(Object.keys(children).join())];
  return all.filter((node) => node.children.length !== children[node.localName])
    .map((node) => node.outerHTML.slice(0, 200));
};

/** In the page: copy the first equation; return its TeX, and what is copied. */
const copyEquation = () => {
  const equation = document.querySelector("p .math");
  if (!equation) return null;
  getSelection().selectAllChildren(equation);
  return new Promise((done) => {
    document.addEventListener("copy", ({ clipboardData }) =>
      done([
        equation.querySelector("annotation").textContent.trim(),
        clipboardData.getData("text/plain"),
      ]), { once: true });
    if (!document.execCommand("copy")) done(["it", "is not copied"]);
  });
};

/** Follow a link to step 2 of the first stepper, press arrows; return the steps that it shows. */
const follow = async (page) => {
  if (!(await page.$(NEXT))) return null;
  const id = await page.$eval(NEXT, (node) => node.closest("[data-rnn-slot]").dataset.rnnId);
  const step = `[data-rnn-id="${id}"] [data-step]`;
  const steps = [];
  const read = async () => steps.push(await page.$eval(step, (node) => Number(node.dataset.step)));
  await page.evaluate((link) => location.assign(link), `#${id}?step=2`);
  await page.waitForFunction(() => document.activeElement.closest("[data-rnn-slot]"));
  await read();
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowLeft"]) {
    await page.keyboard.press(key);
    await read();
  }
  return steps;
};

/** Press the theme's button twice; return the themes, the first one too. */
const switchThemes = async (page) => {
  const theme = () => page.$eval("html", (html) => html.dataset.theme);
  const themes = [await theme()];
  const button = await page.$(".theme-switch-button:not(dialog *)"); // a locator waits for frames
  for (let k = 0; k < 2; k += 1) {
    await button.click();
    themes.push(await theme());
  }
  return themes;
};

/** In the page: how many times as large a button of a widget is in type half as large again. */
const grown = () => {
  const { style } = document.documentElement;
  const sizeOf = () => document.querySelector("[data-rnn-widget] button").getBoundingClientRect();
  const usual = sizeOf().height;
  style.fontSize = "150%";
  dispatchEvent(new Event("resize"));
  const ratio = sizeOf().height / usual;
  style.fontSize = "";
  dispatchEvent(new Event("resize"));
  return ratio;
};

/** Listen to all that a page complains of. */
const complaintsOf = (page) => {
  const complaints = [];
  page.on("console", (message) => {
    if (/error|warn/.test(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => {
    // Firefox may draw an equation of which it has read only one half; torn() finds true ones.
    if (!/Incorrect number of children for <m/.test(error)) complaints.push(String(error));
  });
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  return complaints;
};

/** Do all this with a page. */
const goThrough = async (page, address) => {
  page.setDefaultTimeout(10_000);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(address);
  await page.waitForSelector("html[data-rnn-ready]");
  const seen = await page.evaluate(wake);
  seen.torn = await page.evaluate(torn);
  seen.copied = await page.evaluate(copyEquation);
  seen.themes = await switchThemes(page);
  seen.grown = seen.widgets ? await page.evaluate(grown) : null;
  seen.steps = await follow(page);
  await page.setViewport({ width: 360, height: 740 });
  const width = ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth;
  seen.tooWide = await page.$eval("html", width);
  return seen;
};

const look = async (browser, address) => {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  const seen = await goThrough(page, address).catch((error) => void complaints.push(String(error)));
  await page.close();
  return { address, complaints, ...seen };
};

const [executablePath, ...addresses] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  for (const address of addresses) console.log(JSON.stringify(await look(browser, address)));
} finally {
  await browser.close();
}
