// A connection that stays: one WebSocket to a sentix server, opened again whenever it is lost.
//
// Every request carries an id that the server repeats in its reply, so a request is a promise. Everything else
// that arrives (publications, events, errors that belong to no request) goes to `onMessage`. What was subscribed
// is the caller's to remember: it subscribes again each time the state becomes "online".

const kSubprotocol = "sentix.v1";
const kAnswerTimeout = 10_000; // for the welcome, and for every reply; all times are in milliseconds
const kPingInterval = 25_000;
const kStableAfter = 10_000; // a connection that lived shorter counts as a failed attempt
const kBackoffBase = 500;
const kBackoffMax = 30_000;
const kPauseMin = 2_000; // what "after a pause" means for close codes 4100 to 4199

/**
 * How long to wait before the next attempt, by the ranges of close codes in the protocol: 4000 to 4099 do not
 * come back (Infinity), 4100 to 4199 after a pause, 4200 to 4299 at once; and with exponential backoff and full
 * jitter after anything else, so that a thousand clients of a failed server do not return in one instant.
 */
export function pauseBefore(closeCode, attempt, random = Math.random()) {
  if (closeCode >= 4000 && closeCode <= 4099) return Infinity;
  if (closeCode >= 4200 && closeCode <= 4299 && attempt === 0) return 0;
  const jitter = random * Math.min(kBackoffMax, kBackoffBase * 2 ** attempt);
  return closeCode >= 4100 && closeCode <= 4199 ? kPauseMin + jitter : jitter;
}

/** Why a request has no reply: the server's own error code, or "timeout", or "lost" with the close code. */
export class RequestError extends Error {
  constructor(code, message, closeCode = null) {
    super(message);
    this.code = code;
    this.closeCode = closeCode;
  }
}

export class Connection {
  #url;
  #handlers;
  #socket = null;
  #state = { name: "closed" };
  #timer = 0; // what happens next: give up on the handshake, ping, or connect again
  #attempt = 0;
  #onlineSince = 0;
  #nextId = 1;
  #requests = new Map(); // id -> { resolve, reject, timer }

  /**
   * `handlers.onState({name, until, reason})` names "connecting", "online", "waiting" (until a time, as Date.now()
   * counts) or "refused"; `onMessage(message)` gets what answers no request; `onFrame(direction, text)` sees
   * every text as it travels, "out" or "in".
   */
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  get online() {
    return this.#state.name === "online";
  }

  /** Connects now, unless a connection is there or under way. */
  open() {
    if (this.#socket) return;
    this.#enter({ name: "connecting" });
    this.#socket = new WebSocket(this.#url, kSubprotocol);
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    this.#schedule(kAnswerTimeout, () => this.#abandon("no welcome in time"));
  }

  /** Cuts the pause before the next attempt short; a connection that was refused stays away. */
  hurry() {
    if (this.#state.name === "waiting") this.open();
  }

  /** Sends `{type, id, ...fields}`; resolves with the reply, or rejects with a RequestError. */
  request(type, fields = {}) {
    if (!this.online) return Promise.reject(new RequestError("lost", "not connected"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#requests.delete(id);
        reject(new RequestError("timeout", "the server did not answer"));
      }, kAnswerTimeout);
      this.#requests.set(id, { resolve, reject, timer });
      const text = JSON.stringify({ type, id, ...fields });
      this.#socket.send(text);
      this.#handlers.onFrame("out", text);
    });
  }

  #receive(text) {
    this.#handlers.onFrame("in", text);
    const message = JSON.parse(text);
    if (message.type === "welcome") return this.#welcome();
    const request = this.#requests.get(message.id);
    if (!request) return this.#handlers.onMessage(message);
    this.#requests.delete(message.id);
    clearTimeout(request.timer);
    if (message.type === "error") request.reject(new RequestError(message.code, message.message));
    else request.resolve(message);
  }

  #welcome() {
    this.#onlineSince = Date.now();
    this.#schedulePing();
    this.#enter({ name: "online" });
  }

  // A path that died in silence raises no close event for minutes: an unanswered ping tells sooner.
  #schedulePing() {
    this.#schedule(kPingInterval, async () => {
      const socket = this.#socket;
      try {
        await this.request("ping");
      } catch (error) {
        if (error.code === "timeout" && socket === this.#socket) return this.#abandon("the server fell silent");
      }
      if (socket === this.#socket) this.#schedulePing();
    });
  }

  // close() waits for the peer's close frame, which a silent peer never sends: so we stop listening as well.
  #abandon(reason) {
    const socket = this.#socket;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lost(1006, reason);
  }

  #lost(closeCode, reason) {
    if (this.online && Date.now() - this.#onlineSince > kStableAfter) this.#attempt = 0;
    const pause = pauseBefore(closeCode, this.#attempt++);
    this.#socket = null;
    if (pause === Infinity) {
      clearTimeout(this.#timer);
      this.#enter({ name: "refused", reason: reason || `close code ${closeCode}` });
    } else {
      this.#schedule(pause, () => this.open());
      const why = closeCode === 4200 ? "server going away" : reason;
      this.#enter({ name: "waiting", until: Date.now() + pause, reason: why });
    }
    for (const { reject, timer } of this.#requests.values()) {
      clearTimeout(timer);
      reject(new RequestError("lost", reason || "the connection was lost", closeCode));
    }
    this.#requests.clear();
  }

  #schedule(delay, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delay);
  }

  #enter(state) {
    this.#state = state;
    this.#handlers.onState(state);
  }
}
