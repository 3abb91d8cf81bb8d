const kDone = { done: true as const, value: undefined };

/**
 * An asynchronous iterator over what is pushed. What nobody has taken yet waits, up to a limit: past it the oldest
 * goes, and what `overflow` makes stands in its place.
 */
export class Feed<Item> implements AsyncIterableIterator<Item> {
  #items: Item[] = [];
  #takers: ((result: IteratorResult<Item>) => void)[] = [];
  #ended = false;
  #overflowed = false;
  #limit: number;
  #overflow: () => Item;
  #left: () => void;

  /** `left` is called once, when the reader leaves its loop. */
  constructor(limit: number, overflow: () => Item, left: () => void) {
    this.#limit = limit;
    this.#overflow = overflow;
    this.#left = left;
  }

  push(item: Item): void {
    const taker = this.#takers.shift();
    if (taker) return taker({ done: false, value: item });
    this.#items.push(item);
    if (this.#items.length <= this.#limit) return;
    // The first item stands for what was dropped: from now on, or already.
    if (this.#overflowed) this.#items.splice(1, 1);
    else this.#items.splice(0, 2, this.#overflow());
    this.#overflowed = true;
  }

  /** What waits can still be taken; then the loop ends. */
  end(): void {
    this.#ended = true;
    for (const taker of this.#takers) taker(kDone);
  }

  async next(): Promise<IteratorResult<Item>> {
    if (this.#items.length) {
      this.#overflowed = false;
      return { done: false, value: this.#items.shift() as Item };
    }
    return this.#ended ? kDone : new Promise((resolve) => this.#takers.push(resolve));
  }

  async return(): Promise<IteratorResult<Item>> {
    this.#items = [];
    this.end();
    this.#left();
    return kDone;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
