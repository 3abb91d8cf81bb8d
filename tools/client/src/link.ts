import type { Settings } from "./settings.js";
import { kSubprotocol, type WireMessage } from "./wire.js";

/** The part of a WebSocket that is used: what browsers, Node 22, Deno, Bun and npm's ws have in common. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** ws only: ends a connection whose peer does not answer. */
  terminate?(): void;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
}

export type SocketConstructor = new (url: string, protocol: string) => SocketLike;

type LinkSettings = Pick<Settings, "WebSocket" | "connectTimeout" | "pingInterval" | "pongTimeout" | "log">;

/** Whoever hears of what happens on a link. After `lost`, or a call of `close`, nothing more comes. */
export interface LinkEvents {
  welcome(link: Link, message: WireMessage): void;
  message(message: WireMessage): void;
  lost(link: Link, closeCode: number, reason: string): void;
}

const kOpen = 1; // WebSocket.OPEN
const kPing = '{"type":"ping","id":"alive"}';

/**
 * One WebSocket from its beginning to its end. It waits for the welcome, finds out when the other side is dead, and
 * hands on every other message. A path that died in silence raises no close event for minutes, so silence is probed
 * with pings of the protocol: scripts cannot send those of WebSocket.
 */
export class Link {
  readonly url: string;
  #socket: SocketLike;
  #settings: LinkSettings;
  #events: LinkEvents | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard = false; // since the last look

  constructor(url: string, settings: LinkSettings, events: LinkEvents) {
    this.url = url;
    this.#settings = settings;
    this.#events = events;
    this.#socket = new settings.WebSocket(url, kSubprotocol);
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => this.#lost(code, `${reason}`);
    this.#socket.onerror = () => {}; // a close event follows, and says more
    this.#after(settings.connectTimeout, () => this.#abandon("no welcome in time"));
  }

  /** False where it can no longer be sent; then `lost` is about to come. */
  send(text: string): boolean {
    if (this.#socket.readyState !== kOpen) return false;
    this.#socket.send(text);
    this.#settings.log?.(`> ${text}`);
    return true;
  }

  /** Finds out now whether the other side is still there; if not, `lost` comes after pongTimeout. */
  probe(): void {
    this.#heard = false;
    this.send(kPing);
    const look = () => (this.#heard ? this.#watch() : this.#abandon("the server fell silent"));
    this.#after(this.#settings.pongTimeout, look);
  }

  /** Ends it; no event follows. */
  close(code = 1000, reason = ""): void {
    this.#forget();
    this.#socket.close(code, reason);
  }

  #receive(text: unknown): void {
    this.#heard = true;
    this.#settings.log?.(`< ${text}`);
    const message = JSON.parse(text as string) as WireMessage;
    if (message.type === "welcome") {
      this.#watch();
      this.#events?.welcome(this, message);
    } else if (message.id !== "alive") {
      this.#events?.message(message);
    }
  }

  #watch(): void {
    this.#heard = false;
    if (!this.#settings.pingInterval) return clearTimeout(this.#timer);
    this.#after(this.#settings.pingInterval, () => (this.#heard ? this.#watch() : this.probe()));
  }

  // close() waits for the peer's close frame, which a silent peer never sends: so nobody listens any more.
  #abandon(reason: string): void {
    const socket = this.#socket;
    this.#lost(1006, reason);
    if (socket.terminate) socket.terminate();
    else socket.close();
  }

  #lost(closeCode: number, reason: string): void {
    const events = this.#events;
    this.#forget();
    events?.lost(this, closeCode, reason);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#events = undefined;
    this.#socket.onmessage = this.#socket.onclose = null;
  }

  #after(delay: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delay);
  }
}
