// A list that comes in pages: shows as many as were asked for, and asks again every so often.

const kPage = 100;

export class PagedList {
  #wanted = kPage;
  #fetchPage;
  #show;
  #running = null; // the newest refresh: an older one that comes later shows nothing

  /** `fetchPage(after, limit)` resolves with `{items, next}`; `show(items, hasMore)` puts them in the document. */
  constructor(fetchPage, show) {
    this.#fetchPage = fetchPage;
    this.#show = show;
  }

  async refresh() {
    const mine = (this.#running = Symbol("refresh"));
    const all = [];
    let after = "";
    do {
      const { items, next } = await this.#fetchPage(after, kPage);
      all.push(...items);
      after = next;
    } while (after && all.length < this.#wanted);
    if (mine === this.#running) this.#show(all, Boolean(after));
  }

  more() {
    this.#wanted += kPage;
    return this.refresh();
  }

  /** From the first page on: what is looked for has changed. */
  restart() {
    this.#wanted = kPage;
    return this.refresh();
  }
}
