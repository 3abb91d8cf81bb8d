import { retryDelay } from "./backoff.js";
import { Connector } from "./connector.js";
import { renewalDelay } from "./credentials.js";
import { Emitter } from "./emitter.js";
import { SentixError } from "./errors.js";
import type { Link } from "./link.js";
import type { NodeAddress } from "./nodes.js";
import { type Manner, Requests } from "./requests.js";
import { type Settings, settingsOf } from "./settings.js";
import { type Owner, Subscription } from "./subscription.js";
import type {
  ChannelType,
  ClientEvents,
  ClientOptions,
  Credentials,
  History,
  HistoryOptions,
  Published,
  PublishOptions,
  State,
  SubscribeOptions,
} from "./types.js";
import type { ChannelEvent, Member, Message, WireMessage } from "./wire.js";

// What a server may think better of: a place in a full channel becomes free, a rate goes by.
const kPassing = ["channel_full", "rate_limited", "internal", "timeout"];

/**
 * A client of sentix that stays connected: to one of its nodes at a time, and to another when that one goes.
 *
 * `Types` names what travels in which channel: `{general: {data: Chat, events: {typing: {nick: string}}}}`.
 */
export class SentixClient<Types extends { [Name in keyof Types]: ChannelType } = Record<string, ChannelType>>
  extends Emitter<ClientEvents>
  implements Owner
{
  #connector: Connector;
  #requests: Requests;
  #subscriptions = new Map<string, Subscription<any>>();
  #prepared: Link | undefined; // authenticated: channels can be subscribed
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #keeping = new Set<string>(); // channels that are known to keep a history
  #key = randomText();
  #keys = 0;
  #leaving = new Set<string>(); // channels whose `unsubscribed` is awaited
  #settings: Settings;

  /** Where to connect, and how; see `ClientOptions`. Nothing happens before `connect`. */
  constructor(nodes: NodeAddress | NodeAddress[], options: ClientOptions = {}) {
    super();
    const settings = settingsOf(options);
    this.#settings = settings;
    this.#requests = new Requests(settings);
    const connected = {
      state: (state: State) => this.emit("state", state),
      ended: (error: SentixError) => this.#ended(error),
      prepare: (link: Link, credentials?: Credentials) => this.#prepare(link, credentials),
      message: (message: WireMessage) => this.#receive(message),
      lost: (closeCode: number, reason: string) => this.#lost(closeCode, reason),
      failed: (error: Error) => this.emit("error", error),
    };
    this.#connector = new Connector(connected, [nodes].flat(), settings);
  }

  get state(): State {
    return this.#connector.state;
  }

  /** Resolves once online, however long that takes; rejects where the server refuses us, or after `close`. */
  connect(): Promise<void> {
    return this.#connector.connect();
  }

  /** Ends the connection, every subscription, and as `closed` everything that has no answer. */
  close(): void {
    this.#connector.close(new SentixError("closed", "The client was closed."));
    for (const subscription of [...this.#subscriptions.values()]) this.#drop(subscription);
  }

  /** Hears a channel from now on, over every connection. Asked twice, it is the same subscription. */
  subscribe<Name extends keyof Types & string>(name: Name, options: SubscribeOptions = {}): Subscription<Types[Name]> {
    let subscription = this.#subscriptions.get(name);
    if (!subscription) {
      subscription = new Subscription(this, name, options);
      this.#subscriptions.set(name, subscription);
      if (this.#prepared) void this.#enter(subscription, this.#prepared);
    }
    return subscription;
  }

  unsubscribe(name: keyof Types & string): void {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) return;
    this.#drop(subscription);
    if (!this.#prepared) return;
    this.#leaving.add(name);
    const left = () => void this.#leaving.delete(name);
    this.#requests.request("unsubscribe", { channel: name }, { first: true }).then(left, left);
  }

  /** Resolves once the server has it. Without a connection it waits for one; see `PublishOptions`. */
  publish<Name extends keyof Types & string>(
    channel: Name,
    data: Types[Name]["data"],
    { key = `${this.#key}${this.#keys++}`, retry, ...rest }: PublishOptions = {},
  ): Promise<Published> {
    const again = () => retry ?? this.#keeps(channel);
    const manner = { ...rest, again };
    return this.#ask("publish", { channel, data: data ?? null, key }, manner, ({ offset, local }) => {
      if (offset !== undefined) this.#keeping.add(channel);
      return { channel, offset, local };
    });
  }

  /** An event to the server's handlers and, with a channel, to its other subscribers: now or not at all. */
  send(event: string, data: unknown = null, channel?: string): Promise<void> {
    return this.#ask("event", { event, channel, data }, { volatile: true }, () => {});
  }

  history<Name extends keyof Types & string>(
    channel: Name,
    { limit, since, reverse, ...rest }: HistoryOptions = {},
  ): Promise<History<Types[Name]["data"]>> {
    const manner = { ...rest, again: () => true };
    return this.#ask("history", { channel, limit, since, reverse }, manner, ({ epoch, offset, messages }) => {
      return { channel, epoch, offset, messages };
    });
  }

  /** Who is in a channel, also in one that is not subscribed. */
  presence<Name extends keyof Types & string>(channel: Name): Promise<Member<Types[Name]["info"]>[]> {
    return this.#ask("presence", { channel }, { again: () => true }, ({ members }) => members);
  }

  /** The milliseconds to the server and back. */
  ping(): Promise<number> {
    const begin = performance.now();
    return this.#ask("ping", {}, { volatile: true }, () => performance.now() - begin);
  }

  /** Shows renewed credentials to the server, on the connection that there is. Resolves with the user. */
  async authenticate(): Promise<unknown> {
    return this.#authenticate((await this.#connector.credentials.ask(true)) ?? {});
  }

  // Whoever does not care for the result need not: a rejection that nobody looks at does no harm.
  #ask<Result>(type: string, fields: object, manner: Manner, read: (reply: WireMessage) => Result): Promise<Result> {
    const result = this.#requests.request(type, fields, manner).then(read);
    result.catch((error) => this.#settings.log?.(`! ${type}: ${error}`));
    return result;
  }

  // --- One connection after another ---------------------------------------------------------------------

  #ended(error: SentixError): void {
    this.#lost(error.closeCode ?? 1000, error.message);
    this.#requests.fail(error);
  }

  // Channels before what waits: most may only be published to by their subscribers.
  async #prepare(link: Link, credentials?: Credentials): Promise<void> {
    this.#requests.attach((text) => link.send(text));
    if (credentials) await this.#authenticate(credentials).catch(unlessUnknown);
    this.#prepared = link;
    await Promise.all([...this.#subscriptions.values()].map((each) => this.#enter(each, link)));
    if (this.#prepared === link) this.#requests.open();
  }

  async #authenticate(credentials: Credentials): Promise<unknown> {
    const { user } = await this.#requests.request("authenticate", { credentials }, { first: true });
    const delay = this.#connector.credentials.renewable ? renewalDelay(credentials) : undefined;
    clearTimeout(this.#renewal);
    if (delay !== undefined) {
      const failed = (error: Error) => this.emit("error", error); // the server ends the connection when it is time
      this.#renewal = setTimeout(() => void this.authenticate().catch(failed), delay);
    }
    return user;
  }

  #lost(closeCode: number, reason: string): void {
    this.#prepared = undefined;
    clearTimeout(this.#renewal);
    for (const subscription of this.#subscriptions.values()) subscription.lost();
    this.#requests.lost(closeCode, reason);
  }

  // Subscribes; where that has been done, only shows another grant. Never rejects: what is not let in is ended, or
  // tried again where it was in before and the reason may pass.
  async #enter(subscription: Subscription<any>, link: Link, attempt = 0): Promise<void> {
    const { name } = subscription;
    const current = () => this.#prepared === link && this.#subscriptions.get(name) === subscription;
    const again = (delay: number, attempts = 0) =>
      (subscription.timer = setTimeout(() => this.#enter(subscription, link, attempts), delay));
    try {
      const { token } = subscription.options;
      const grant = typeof token === "function" ? await token(name) : token;
      if (!current()) return;
      const fields = { channel: name, since: subscription.position, token: grant };
      const seen = (reply: WireMessage) => void (current() && subscription.enter(reply));
      await this.#requests.request("subscribe", fields, { first: true, seen });
      const delay = token !== grant && renewalDelay({ token: grant });
      if (delay && current()) again(delay);
    } catch (error) {
      if (!current()) return;
      if (subscription.entered && kPassing.includes((error as SentixError).code)) {
        again(retryDelay(0, attempt, this.#settings), attempt + 1);
      } else {
        if (subscription.state === "pending") this.#drop(subscription, error as SentixError);
        this.emit("error", error as SentixError);
      }
    }
  }

  // By the server. Whoever can be asked for another grant is asked where the last one has ended.
  #ousted(subscription?: Subscription<any>, reason = "The server ended the subscription."): void {
    if (!subscription) return;
    subscription.lost();
    if (reason === "token expired" && typeof subscription.options.token === "function")
      void this.#enter(subscription, this.#prepared as Link);
    else this.#drop(subscription, new SentixError("closed", reason));
  }

  #drop(subscription: Subscription<any>, error?: SentixError): void {
    this.#subscriptions.delete(subscription.name);
    subscription.end(error);
  }

  #keeps(channel: string): boolean {
    return this.#keeping.has(channel) || this.#subscriptions.get(channel)?.position !== undefined;
  }

  // --- What the server says -----------------------------------------------------------------------------

  #receive(message: WireMessage): void {
    const { type, id, channel } = message;
    if (id !== undefined && this.#requests.settle(message)) return;
    const subscription = this.#subscriptions.get(channel);
    if (type === "error") return this.emit("error", new SentixError(message.code, message.message));
    if (type === "unsubscribed") return id === undefined ? this.#ousted(subscription, message.reason) : undefined;
    // A channel that we never asked for may still be heard: the server's application can put us in.
    if (subscription ? !subscription.receive(message) : this.#leaving.has(channel)) return;
    if (type === "message") this.emit("message", channel, message.data, message as Message);
    else if (type === "event") this.emit("event", message as ChannelEvent);
    else if (!channel) this.emit("other", message);
  }
}

// A server that knows no authentication takes us as we are.
function unlessUnknown(error: SentixError): void {
  if (error.code !== "not_found") throw error;
}

/** 24 characters that characters that nobody guesses. */
function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}
