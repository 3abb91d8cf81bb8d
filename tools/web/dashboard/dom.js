// Small helpers for the document. Whatever came from the server is put in as text, never as markup, and never becomes
// part of a selector.

/** The element of index.html with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element with these properties and children; a text is a text. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Says something in an element that a screen reader watches, unless it says so already. */
export function say(place, text, isError = false) {
  place.classList.toggle("error", isError);
  if (place.textContent !== text) place.textContent = text;
}

/** Calls `act` when nobody has typed into `input` for a moment. */
export function onTyped(input, act) {
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(act, 200);
  });
}

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** 12,345 */
export const count = (number) => whole.format(number);

/** 0.25, 12.3, 1,230, 45.6k, 7.89M */
export function amount(number) {
  const [divisor, unit] = number >= 1e6 ? [1e6, "M"] : number >= 1e4 ? [1e3, "k"] : [1, ""];
  return short.format(number / divisor) + unit;
}

/** 512 B, 64 KiB, 1.5 MiB */
export function bytes(number) {
  const power = number < 1 ? 0 : Math.min(Math.floor(Math.log2(number) / 10), 4);
  return `${short.format(number / 2 ** (10 * power))} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}

/** Of microseconds: 90 µs, 2.5 ms, 1.2 s */
export function time(us) {
  const [divisor, unit] = us >= 1e6 ? [1e6, "s"] : us >= 1e3 ? [1e3, "ms"] : [1, "µs"];
  return `${short.format(us / divisor)} ${unit}`;
}

/** Of seconds: 45 s, 12 min, 3 h 20 min, 5 d 2 h */
export function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
