// What the server told, second by second: totals become rates, and histograms become quantiles of what lies between
// two moments. No document.

export const kSamples = 300; // that are kept: five minutes

/** The rate per second of a total between two answers of /api/stats; null where the server has begun anew. */
export function rate(before, after, totalOf) {
  const difference = totalOf(after) - totalOf(before);
  const seconds = (after.clock_ms - before.clock_ms) / 1000;
  return seconds > 0 && difference >= 0 ? difference / seconds : null;
}

/** Which time, in µs, this share of what happened between two answers did not exceed; null where nothing happened. */
export function quantile(before, after, histogramOf, share) {
  const counts = histogramOf(after).counts.map((value, i) => value - histogramOf(before).counts[i]);
  const all = counts.reduce((sum, value) => sum + value, 0);
  if (!(all > 0) || counts.some((value) => value < 0)) return null;
  const bounds = after.bounds_us;
  let below = 0;
  for (const [i, value] of counts.entries()) {
    if (value > 0 && below + value >= share * all) {
      if (i === bounds.length) return bounds[i - 1]; // longer than the last bound, and nobody knows how long
      const lower = i === 0 ? 0 : bounds[i - 1];
      return lower + ((share * all - below) / value) * (bounds[i] - lower);
    }
    below += value;
  }
  return null;
}

/** The last moments of several lines: `lines` has a function of two answers for each. */
export class Series {
  values; // one array for each line, the newest last
  #lines;
  #before = null;

  constructor(lines) {
    this.#lines = lines;
    this.values = lines.map(() => []);
  }

  add(stats) {
    if (this.#before) {
      this.#lines.forEach((line, i) => {
        this.values[i].push(line(this.#before, stats));
        if (this.values[i].length > kSamples) this.values[i].shift();
      });
    }
    this.#before = stats;
  }

  /** The newest value of each line; null where there is none. */
  get latest() {
    return this.values.map((values) => values.at(-1) ?? null);
  }
}
