import { retryDelay } from "./backoff.js";
import { CredentialSource } from "./credentials.js";
import { SentixError } from "./errors.js";
import { Link } from "./link.js";
import { type NodeAddress, Nodes } from "./nodes.js";
import { watchPage } from "./page.js";
import type { Settings } from "./settings.js";
import type { Credentials, State } from "./types.js";
import type { WireMessage } from "./wire.js";

/** Whoever wants to be connected. */
export interface Connected {
  state(state: State): void;
  /** Nothing more is done until somebody calls connect(). */
  ended(error: SentixError): void;
  /** A new connection is welcomed: does what must be done before it counts as online. Rejecting ends it. */
  prepare(link: Link, credentials: Credentials | undefined): Promise<void>;
  message(message: WireMessage): void;
  /** The connection that was being prepared, or was prepared, is gone. */
  lost(closeCode: number, reason: string): void;
  /** Something of the caller's own failed: a callback, or the WebSocket that it gave. */
  failed(error: Error): void;
}

const kStableAfter = 10_000; // milliseconds; a connection that lived shorter counts as a failed attempt
const kAbnormal = 1006; // RFC 6455 section 7.1.5: no close frame was received
const kNotAuthenticated = 4001;
/** Keeps one connection to one of several nodes: chooses, connects, waits, and begins again. */
export class Connector {
  readonly credentials: CredentialSource;
  #connected: Connected;
  #settings: Settings;
  #nodes: Nodes;
  #unwatch: (() => void) | undefined;
  #state: State = { name: "closed" };
  #links: Link[] = []; // under way, of which the first that is welcomed stays
  #link: Link | undefined; // welcomed
  #attempt = 0; // failures since a connection was stable
  #onlineSince = Infinity;
  #renewed = false; // other credentials were asked for, since those we had were refused
  #timer: ReturnType<typeof setTimeout> | undefined; // until the next attempt
  #waiters: { resolve(): void; reject(error: SentixError): void }[] = [];

  constructor(connected: Connected, addresses: NodeAddress[], settings: Settings) {
    this.#connected = connected;
    this.#settings = settings;
    this.#nodes = new Nodes(addresses, settings);
    this.credentials = new CredentialSource(settings.credentials);
  }

  get state(): State {
    return this.#state;
  }

  /** Resolves once online; rejects where the server refuses us for good, or with what `close` is given. */
  connect(): Promise<void> {
    if (this.#state.name === "online") return Promise.resolve();
    const promise = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    promise.catch(() => {}); // the state tells it as well
    if (this.#state.name === "closed" || this.#state.name === "refused") {
      if (this.#settings.watchPage) this.#unwatch ??= watchPage(() => this.#look());
      this.#attempt = 0;
      this.#renewed = false;
      void this.#begin();
    }
    return promise;
  }

  close(error: SentixError): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#rest({ name: "closed" }, error);
  }

  async #begin(): Promise<void> {
    clearTimeout(this.#timer);
    const connecting: State = { name: "connecting" };
    this.#enter(connecting);
    try {
      const credentials = await this.credentials.ask(this.#renewed);
      const urls = await this.#nodes.choose(this.#attempt);
      if (this.#state !== connecting) return; // somebody closed us meanwhile
      this.#links = urls.map((url) => this.#open(url, credentials));
    } catch (error) {
      if (this.#state !== connecting) return;
      this.#connected.failed(error as Error);
      this.#retry(kAbnormal, `${error}`);
    }
  }

  #open(url: string, credentials: Credentials | undefined): Link {
    return new Link(url, this.#settings, {
      welcome: (link, { connection }) => void this.#welcomed(link, connection, credentials),
      message: (message) => this.#connected.message(message),
      lost: (link, closeCode, reason) => this.#lost(link, closeCode, reason),
    });
  }

  async #welcomed(link: Link, connection: string, credentials: Credentials | undefined): Promise<void> {
    for (const other of this.#links) if (other !== link) other.close();
    this.#links = [];
    this.#link = link;
    try {
      await this.#connected.prepare(link, credentials);
    } catch (error) {
      if (this.#link !== link) return; // lost, and told already
      const refused = (error as SentixError).code === "unauthenticated";
      link.close();
      return this.#lost(link, refused ? kNotAuthenticated : kAbnormal, (error as Error).message);
    }
    if (this.#link !== link) return;
    this.#onlineSince = Date.now();
    this.#enter({ name: "online", url: link.url, connection });
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  #lost(link: Link, closeCode: number, reason: string): void {
    this.#links = this.#links.filter((other) => other !== link);
    if (this.#link === link) {
      this.#link = undefined;
      this.#connected.lost(closeCode, reason);
    } else if (this.#links.length) {
      return; // others may still answer
    }
    this.#retry(closeCode, reason);
  }

  #retry(closeCode: number, reason: string): void {
    if (Date.now() - this.#onlineSince > kStableAfter) {
      this.#attempt = 0;
      this.#renewed = false;
    }
    this.#onlineSince = Infinity;
    let delay = retryDelay(closeCode, Math.floor(this.#attempt / this.#nodes.count), this.#settings);
    if (closeCode === kNotAuthenticated && this.credentials.renewable && !this.#renewed) {
      this.#renewed = true;
      delay = 0;
    }
    this.#attempt += 1;
    if (delay === Infinity) {
      const text = reason || `The server closed with ${closeCode}.`;
      return this.#rest({ name: "refused", closeCode, reason }, new SentixError("refused", text, closeCode));
    }
    this.#timer = setTimeout(() => void this.#begin(), delay);
    this.#enter({ name: "waiting", delay, closeCode, reason });
  }

  #rest(state: State, error: SentixError): void {
    clearTimeout(this.#timer);
    for (const link of [...this.#links, this.#link]) link?.close();
    this.#links = [];
    this.#link = undefined;
    this.#onlineSince = Infinity;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.#connected.ended(error);
    this.#enter(state);
  }

  #look(): void {
    if (this.#state.name === "waiting") void this.#begin();
    else this.#link?.probe();
  }

  #enter(state: State): void {
    this.#state = state;
    this.#settings.log?.(`= ${Object.values(state).join(" ")}`);
    this.#connected.state(state);
  }
}
