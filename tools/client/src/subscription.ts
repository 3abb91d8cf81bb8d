import { Emitter } from "./emitter.js";
import { SentixError } from "./errors.js";
import { Feed } from "./feed.js";
import { type Change, Roster } from "./roster.js";
import type {
  ChannelType,
  History,
  HistoryOptions,
  Published,
  PublishOptions,
  SubscribeOptions,
  SubscriptionEvents,
} from "./types.js";
import type { Gap, Member, Message, Position, WireMessage } from "./wire.js";

type EventNames<T extends ChannelType> = keyof NonNullable<T["events"]> & string;
type Handler<T extends ChannelType, Name extends keyof SubscriptionEvents<T>> = (
  ...given: SubscriptionEvents<T>[Name] extends unknown[] ? SubscriptionEvents<T>[Name] : never
) => void;
type Item<T extends ChannelType> = Message<T["data"]> | Gap;

/** What a subscription needs of the client that it belongs to. */
export interface Owner {
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Published>;
  send(event: string, data?: unknown, channel?: string): Promise<void>;
  history(channel: string, options?: HistoryOptions): Promise<History<any>>;
  unsubscribe(channel: string): void;
  /** @internal */
  emit(name: "gap", gap: Gap): void;
}

// An emitter whose handlers' types are said below: they depend on the channel's, which a base class cannot take.
const Base = Emitter as new () => { emit(name: string, ...given: any[]): void };

export interface Subscription<T extends ChannelType> {
  on<Name extends keyof SubscriptionEvents<T> & string>(name: Name, handler: Handler<T, Name>): () => void;
  once<Name extends keyof SubscriptionEvents<T> & string>(name: Name, handler: Handler<T, Name>): () => void;
  off<Name extends keyof SubscriptionEvents<T> & string>(name: Name, handler: Handler<T, Name>): void;
}

const kIteratorBuffer = 1000;

/**
 * A channel that is heard, over however many connections it takes. It remembers its position, so that after a reconnect
 * the server sends what was missed; where it cannot, a `gap` says so.
 */
export class Subscription<T extends ChannelType = ChannelType> extends Base {
  readonly name: string;
  /** Resolves once the server has let us in; rejects where the subscription ends before. */
  readonly ready: Promise<this>;
  /** @internal */
  readonly options: SubscribeOptions;
  /** @internal Until the next attempt, or until another grant is to be shown. Nobody waits once it is lost. */
  timer: ReturnType<typeof setTimeout> | undefined;
  #owner: Owner;
  #state: "pending" | "subscribed" | "ended" = "pending";
  #entered: boolean; // at some time, on some connection
  #position: Position | undefined;
  #roster = new Roster<T["info"]>();
  #feeds = new Set<Feed<Item<T>>>();
  #settle!: [resolve: (self: this) => void, reject: (error: SentixError) => void];

  /** @internal */
  constructor(owner: Owner, name: string, options: SubscribeOptions) {
    super();
    this.#owner = owner;
    this.name = name;
    this.options = options;
    this.#position = options.since;
    this.#entered = options.since !== undefined;
    this.ready = new Promise<this>((...settle) => (this.#settle = settle));
    this.ready.catch(() => {}); // the event "end" tells it as well
  }

  /** @internal The server has let us in before. */
  get entered(): boolean {
    return this.#entered;
  }

  get state(): "pending" | "subscribed" | "ended" {
    return this.#state;
  }

  /** The last that was heard, where the channel keeps a history: another `subscribe` can go on `since` there. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Who is there, kept up to date; empty where the channel does not tell. */
  get members(): ReadonlyMap<string, Member<T["info"]>> {
    return this.#roster.members;
  }

  publish(data: T["data"], options?: PublishOptions): Promise<Published> {
    return this.#owner.publish(this.name, data, options);
  }

  /** Sends an event to the others in the channel: now or not at all. */
  send<Name extends EventNames<T>>(event: Name, data?: NonNullable<T["events"]>[Name]): Promise<void> {
    return this.#owner.send(event, data, this.name);
  }

  history(options?: HistoryOptions): Promise<History<T["data"]>> {
    return this.#owner.history(this.name, options);
  }

  unsubscribe(): void {
    if (this.#state !== "ended") this.#owner.unsubscribe(this.name);
  }

  /** Messages and gaps from now on. Leaving the loop leaves the channel subscribed. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item<T>> {
    const overflow = (): Gap => ({ type: "gap", channel: this.name, reason: "overflow" });
    const feed = new Feed<Item<T>>(this.options.buffer ?? kIteratorBuffer, overflow, () => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    if (this.#state === "ended") feed.end();
    return feed;
  }

  /** @internal The server has let us in. Where it had already, the reply is to another grant, and tells nothing. */
  enter(reply: WireMessage): void {
    if (this.#state === "subscribed") return;
    const before = this.#position;
    const now = reply.epoch === undefined ? undefined : { epoch: reply.epoch, offset: reply.offset };
    this.#state = "subscribed";
    this.#changed(this.#roster.replace(reply.members));
    if (!reply.recovered) {
      this.#position = now;
      if (this.#entered) this.#gap(before || now ? "not_recovered" : "no_history", before, now);
    }
    this.#entered = true;
    this.emit("subscribed", Boolean(reply.recovered));
    this.#settle[0](this);
  }

  /** @internal The connection is gone, or the grant has ended. */
  lost(): void {
    clearTimeout(this.timer);
    if (this.#state === "subscribed") this.#state = "pending";
  }

  /** @internal */
  end(error?: SentixError): void {
    this.lost();
    this.#state = "ended";
    for (const feed of this.#feeds) feed.end();
    this.#feeds.clear();
    this.#settle[1](error ?? new SentixError("closed", "The subscription has ended."));
    this.emit("end", error);
  }

  /**
   * @internal What the server says of this channel. Returns false for what must not be heard: what was heard before,
   * and what still belongs to an earlier subscription.
   */
  receive(message: WireMessage): boolean {
    if (this.#state !== "subscribed") return false;
    if (message.type === "message") return this.#hear(message as Message<T["data"]>);
    if (message.type === "gap") {
      // "Before its offset": what has the offset itself may still come.
      const now = { epoch: message.epoch, offset: message.offset - 1 };
      const before = this.#position;
      this.#position = now;
      this.#gap("server", before, now);
    } else if (message.type === "join") {
      this.#changed(this.#roster.join(message.member));
    } else if (message.type === "leave") {
      this.#changed(this.#roster.leave(message.member));
    } else if (message.type === "event") {
      this.emit("event", message);
      this.emit(`event:${message.event}`, message.data, message);
    }
    return true;
  }

  #hear(message: Message<T["data"]>): boolean {
    const before = this.#position;
    if (message.offset !== undefined && before) {
      if (message.offset <= before.offset) return false;
      this.#position = { epoch: before.epoch, offset: message.offset };
      if (message.offset > before.offset + 1) {
        this.#gap("skipped", before, { epoch: before.epoch, offset: message.offset - 1 });
      }
    }
    this.emit("message", message.data, message);
    for (const feed of this.#feeds) feed.push(message);
    return true;
  }

  #gap(reason: Gap["reason"], after: Position | undefined, now: Position | undefined): void {
    const gap: Gap = { type: "gap", channel: this.name, reason, after, now };
    this.emit("gap", gap);
    for (const feed of this.#feeds) feed.push(gap);
    this.#owner.emit("gap", gap);
  }

  #changed(change: Change<T["info"]> | undefined): void {
    if (!change) return;
    for (const member of change.left) this.emit("leave", member);
    for (const member of change.joined) this.emit("join", member);
    this.emit("members", this.members);
  }
}
