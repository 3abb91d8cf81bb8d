import type { Settings } from "./settings.js";

/** Where a server is: a URL (`wss://host/ws`; `host:port` is `ws://host:port/ws`), or its parts. */
export type NodeAddress = string | { host: string; port?: number; secure?: boolean; path?: string };

/**
 * In which order the nodes are tried. `random`: shuffled once, then one after the other. `round_robin`: as they are
 * given. `first`: all at once, and the first that answers is kept. A function chooses itself, from all URLs and the
 * number of failures since the last success.
 */
export type Strategy = "random" | "round_robin" | "first" | ((urls: string[], attempt: number) => string);

/**
 * Where to ask for the nodes that there are. `true`: `GET /nodes` at the nodes that are known. A string: at this URL. A
 * function: tells them itself.
 */
export type Discovery = boolean | string | (() => Promise<NodeAddress[]>);

const kListFresh = 30_000; // milliseconds that a list of nodes is believed while all goes well
const kListTimeout = 3_000;

/** The URL of a node's WebSocket. Without a scheme it is as secure as the page that asks. Throws where it is none. */
export function toUrl(address: NodeAddress): string {
  const page = (globalThis as { location?: { protocol: string } }).location?.protocol;
  let text = address;
  let secure = page === "https:";
  if (typeof text !== "string") {
    const { host, port } = text;
    secure = text.secure ?? secure;
    text = (/^[^[].*:/.test(host) ? `[${host}]` : host) + (port ? `:${port}` : "") + (text.path ?? "");
  }
  const url = new URL(/^\w+:\/\//.test(text) ? text.replace(/^http/, "ws") : `ws${secure ? "s" : ""}://${text}`);
  if (url.pathname === "/") url.pathname = "/ws";
  return url.href;
}

/** The nodes that there are, and which of them is next. */
export class Nodes {
  #seeds: string[];
  #urls: string[] = [];
  #next = 0;
  #settings: Pick<Settings, "strategy" | "discovery">;
  #listedAt = -Infinity;

  constructor(addresses: NodeAddress[], settings: Pick<Settings, "strategy" | "discovery">) {
    this.#seeds = addresses.map(toUrl);
    this.#settings = settings;
    this.#use(this.#seeds);
  }

  get count(): number {
    return this.#urls.length;
  }

  /** What to connect to now: one URL, or several of which the first that answers is kept. */
  async choose(attempt: number): Promise<string[]> {
    const { strategy, discovery } = this.#settings;
    if (discovery && (attempt || Date.now() - this.#listedAt > kListFresh)) await this.#list(discovery);
    if (strategy === "first") return this.#urls;
    if (typeof strategy === "function") return [strategy([...this.#urls], attempt)];
    return [this.#urls[this.#next++ % this.#urls.length] as string];
  }

  // What nobody can tell leaves the nodes that were given, so that a lost directory is not a lost service.
  async #list(discovery: Discovery): Promise<void> {
    try {
      const listed = (await this.#ask(discovery)).map(toUrl);
      this.#use(listed.length ? listed : this.#seeds);
      this.#listedAt = Date.now();
    } catch {
      this.#use(this.#seeds);
    }
  }

  #ask(discovery: Discovery): Promise<NodeAddress[]> {
    if (typeof discovery === "function") return discovery();
    if (typeof discovery === "string") return fetchNodes(discovery);
    const known = new Set([...this.#urls, ...this.#seeds]);
    return Promise.any([...known].map((url) => fetchNodes(new URL("/nodes", url.replace(/^ws/, "http")).href)));
  }

  // A list that says what it said before goes on where it was.
  #use(urls: string[]): void {
    const same = urls.length === this.#urls.length && urls.every((url) => this.#urls.includes(url));
    if (same) return;
    this.#urls = [...urls];
    this.#next = 0;
    if (this.#settings.strategy === "random") shuffle(this.#urls);
  }
}

/**
 * The answer of `GET /nodes`: a list, or `{"nodes": [...]}`, of URLs or of objects with a `url`; one with
 * `"healthy": false` is left out.
 */
async function fetchNodes(url: string): Promise<NodeAddress[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(kListTimeout) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const answer = await response.json();
  const nodes: (string | { url: string; healthy?: boolean })[] = answer.nodes ?? answer;
  return nodes.flatMap((node) => (typeof node === "string" ? node : node.healthy === false ? [] : node.url));
}

// Fisher and Yates.
function shuffle(list: string[]): void {
  for (let end = list.length - 1; end > 0; --end) {
    const other = Math.floor(Math.random() * (end + 1));
    [list[end], list[other]] = [list[other] as string, list[end] as string];
  }
}
