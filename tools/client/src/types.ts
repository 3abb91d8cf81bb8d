import type { SentixError } from "./errors.js";
import type { Discovery, Strategy } from "./nodes.js";
import type { RequestOptions } from "./requests.js";
import type { SocketConstructor } from "./link.js";
import type { ChannelEvent, Gap, Member, Message, Position, WireMessage } from "./wire.js";

/** What travels in a channel: the data of its publications, of its events by name, and what is known of its members. */
export interface ChannelType {
  data?: any;
  events?: Record<string, any>;
  info?: any;
}

/** What goes into `authenticate`. The server's authenticators say which members they read. */
export type Credentials = Record<string, unknown>;

/** `renew` is true where what was given last is refused or expires: what was kept for reuse is no good. */
export type CredentialsCallback = (asked: { renew: boolean }) => Credentials | string | Promise<Credentials | string>;

/** Times are in milliseconds. */
export interface ClientOptions {
  /** The WebSocket to use where the runtime has none, as Node 20: npm's `ws`. */
  WebSocket?: SocketConstructor | undefined;
  /** In which order the nodes are tried. Default: `random`. */
  strategy?: Strategy;
  /** Where to learn of other nodes. Default: false, only those given. */
  discovery?: Discovery;
  /** Who we are: an object, a token (as `{token}`), or what is asked for one before every connection. */
  credentials?: Credentials | string | CredentialsCallback;
  /** From the beginning of an attempt to the server's welcome. Default: 10000. */
  connectTimeout?: number;
  /** For the answer to a request. Default: 10000. */
  timeout?: number;
  /** Silence after which the server is asked whether it is there. Default: 25000; 0: never. */
  pingInterval?: number;
  /** For the answer to that, then the connection counts as lost. Default: 10000. */
  pongTimeout?: number;
  /** The most that the first pause between attempts can be; each further one up to twice as long. Default: 500. */
  backoffBase?: number;
  /** The most that a pause can be. Default: 30000. */
  backoffMax?: number;
  /** The least that it is after close codes 4100 to 4199. Default: 2000. */
  backoffPause?: number;
  /** How many requests may wait while there is no connection; one more is `queue_full`. Default: 1000. */
  queueLimit?: number;
  /** Whether to look after the connection when the page is seen again or the network is back. Default: true. */
  watchPage?: boolean;
  /** Logs everything, without secrets: true for console.debug, or what gets the lines. Default: false. */
  debug?: boolean | ((line: string) => void);
}

export interface SubscribeOptions {
  /**
   * A grant for a private channel: a JSON Web Token with the channel's name as `channel`. Or what is asked for one:
   * before each subscribing, and after nine tenths of the time that the last one lasts.
   */
  token?: string | ((channel: string) => string | Promise<string>);
  /** Where to go on: the `position` of an earlier subscription. */
  since?: Position;
  /** How many messages an iterator keeps for a slow reader. Default: 1000. */
  buffer?: number;
}

export interface PublishOptions extends RequestOptions {
  /**
   * 1 to 64 characters by which the server knows a repetition. Default: a random one, which is all that is needed
   * against a connection that is lost at the wrong moment; give one to be safe against a page that is reloaded, too.
   */
  key?: string;
  /**
   * Whether to publish again on the next connection what was not answered on the last. Default: where the channel is
   * known to keep a history, since there the key keeps it from being heard twice; elsewhere it is rejected as `lost`.
   */
  retry?: boolean;
}

export interface Published {
  channel: string;
  /** Where the channel keeps a history; undefined, too, where the application dropped the message. */
  offset: number | undefined;
  /** Only the subscribers of this server got it, because it has lost the others (`without_redis = "local"`). */
  local: true | undefined;
}

export interface HistoryOptions extends RequestOptions {
  /** Default: 100. */
  limit?: number;
  /** The oldest after this, instead of the newest of all. */
  since?: Position;
  /** Newest first. */
  reverse?: boolean;
}

export interface History<Data> extends Position {
  channel: string;
  messages: { offset: number; data: Data }[];
}

/** How the client stands. */
export type State =
  /** Not connected, and nothing is done about it: before `connect`, and after `close`. */
  | { name: "closed" }
  | { name: "connecting" }
  /** Welcomed, authenticated, every channel subscribed again. */
  | { name: "online"; url: string; connection: string }
  /** The next attempt comes after `delay`, or when the page is seen again or the network is back. */
  | { name: "waiting"; delay: number; closeCode: number; reason: string }
  /** The server said not to come back. Only `connect` tries again. */
  | { name: "refused"; closeCode: number; reason: string };

/** What happens to a client, and what its handlers are given. */
export interface ClientEvents {
  state: [state: State];
  /** Every publication of every channel, after the handlers of its subscription. */
  message: [channel: string, data: any, message: Message];
  /** Every gap of every channel. */
  gap: [gap: Gap];
  /** An event of any channel. */
  event: [event: ChannelEvent];
  /** What the server's application sent of a type that the protocol does not know. */
  other: [message: WireMessage];
  /** What has nobody else to be told to: a callback that failed, a channel that could not be entered. */
  error: [error: SentixError | Error];
}

type Events<T extends ChannelType> = NonNullable<T["events"]>;

/** What happens in a channel, and what its handlers are given. */
export type SubscriptionEvents<T extends ChannelType> = {
  /** Each publication once, in the channel's order. */
  message: [data: T["data"], message: Message<T["data"]>];
  /** An event of any name; `event:typing` is one of the name after the colon. */
  event: [event: ChannelEvent];
  /** Something may be missing between the messages before and after this call. */
  gap: [gap: Gap];
  /** A user came with its first connection, or left with its last. After a reconnect: who did meanwhile. */
  join: [member: Member<T["info"]>];
  leave: [member: Member<T["info"]>];
  /** The members are known, or have changed. */
  members: [members: ReadonlyMap<string, Member<T["info"]>>];
  /** The server let us in, the first time and after every reconnect. `recovered`: whatever was missed follows now. */
  subscribed: [recovered: boolean];
  /** It is over: with the reason, where that is not `unsubscribe` or `close`. */
  end: [error?: SentixError];
} & {
  [Name in keyof Events<T> & string as `event:${Name}`]: [
    data: Events<T>[Name],
    event: ChannelEvent<Events<T>[Name], Name>,
  ];
};
