// One picture of a series: lines over five minutes, with what they are now beside it.

import { element } from "./dom.js";
import { kSamples } from "./series.js";

const kSvg = "http://www.w3.org/2000/svg";
const kWidth = kSamples - 1; // of the picture in its own units: one for each second
const kHeight = 100;
const kHeadroom = 1.1;

function svg(name, attributes) {
  const made = document.createElementNS(kSvg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** 1, 2 or 5 and zeros: the first of them that is not below `value`. */
export function niceMaximum(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

/** The same of bytes: a power of two. */
export const niceBytes = (value) => 2 ** Math.ceil(Math.log2(value));

/** The path of a line; where there is no value it is interrupted, and a value alone is a dot. */
export function pathOf(values, maximum) {
  let path = "";
  let drawing = false;
  values.forEach((value, i) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = kWidth - (values.length - 1 - i);
    const y = kHeight - (value / maximum) * kHeight;
    path += `${drawing ? "L" : "M"}${x} ${y.toFixed(2)}${drawing ? "" : "h.01"}`;
    drawing = true;
  });
  return path;
}

export class Plot {
  element;
  #title;
  #names;
  #format;
  #readings;
  #paths;
  #picture;
  #roundUp;
  #area = svg("path", { class: "area" });
  #top = element("span", { className: "top" });

  /**
   * `names` of the lines, the first of which is drawn as an area; `format(value)` tells one with its unit, and
   * `roundUp(value)` gives what the top of the picture stands for.
   */
  constructor(title, names, format, roundUp = niceMaximum) {
    this.#roundUp = roundUp;
    this.#title = title;
    this.#names = names;
    this.#format = format;
    this.#readings = names.map(() => element("b", {}, "–"));
    this.#paths = names.map((_, i) => svg("path", { class: `line line-${i}` }));
    const grid = svg("path", { class: "grid", d: `M0 ${kHeight / 2}H${kWidth}` });
    this.#picture = svg("svg", { viewBox: `0 0 ${kWidth} ${kHeight}`, preserveAspectRatio: "none", role: "img" });
    this.#picture.append(grid, this.#area, ...this.#paths);
    this.element = element(
      "figure",
      { className: "plot" },
      element("figcaption", {}, element("span", { className: "title" }, title), ...this.#makeReadings()),
      element("div", { className: "picture" }, this.#top, this.#picture),
      element("p", { className: "axis" }, element("span", {}, "5 min ago"), element("span", {}, "now")),
    );
  }

  #makeReadings() {
    const reading = (name, i) => element("span", { className: `reading line-${i}` }, this.#readings[i], ` ${name}`);
    return this.#names.map(reading);
  }

  show(series) {
    const largest = Math.max(0, ...series.values.flat().filter((value) => value !== null));
    const maximum = this.#roundUp(largest * kHeadroom || 1);
    this.#top.textContent = this.#format(maximum);
    series.values.forEach((values, i) => this.#paths[i].setAttribute("d", pathOf(values, maximum)));
    this.#area.setAttribute("d", areaUnder(series.values[0], maximum));
    const texts = series.latest.map((value) => (value === null ? "–" : this.#format(value)));
    texts.forEach((text, i) => (this.#readings[i].textContent = text));
    const now = texts.map((text, i) => `${this.#names[i]} ${text}`).join(", ");
    const label = `${this.#title}: now ${now}; at most ${this.#format(largest)} in 5 minutes`;
    this.#picture.setAttribute("aria-label", label);
  }
}

// Under a line with interruptions there would have to be several.
function areaUnder(values, maximum) {
  if (values.length < 2 || values.includes(null)) return "";
  return `${pathOf(values, maximum)}V${kHeight}H${kWidth - values.length + 1}Z`;
}
