// What the page remembers. A browser may deny storage: then it remembers nothing, and works all the same.

const kPrefix = "sentix."; // other pages of this host may remember things as well

/** The remembered value of this window, else of this browser, else the fallback. */
export function recall(key, fallback) {
  try {
    return JSON.parse(sessionStorage.getItem(kPrefix + key) ?? localStorage.getItem(kPrefix + key)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remembers for this window's reloads; with `forBrowser` for windows opened later, too. */
export function remember(key, value, { forBrowser = false } = {}) {
  try {
    sessionStorage.setItem(kPrefix + key, JSON.stringify(value));
    if (forBrowser) localStorage.setItem(kPrefix + key, JSON.stringify(value));
  } catch {
    // Denied, or full: see above.
  }
}
