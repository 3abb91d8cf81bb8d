import { SentixError } from "./errors.js";
import type { Settings } from "./settings.js";
import type { WireMessage } from "./wire.js";

export interface RequestOptions {
  /** Milliseconds that the answer may take from when it is sent; the time in the queue does not count. */
  timeout?: number;
  /** Gives up: takes the request out of the queue, or stops waiting for its answer. */
  signal?: AbortSignal;
}

/** How a request behaves where there is no connection. */
export interface Manner extends RequestOptions {
  /** Belongs to the set-up of a connection: sent while the others still wait, never queued. */
  first?: boolean;
  /** Worthless later: never queued. */
  volatile?: boolean;
  /** Asked where the connection went away before the answer: may it be sent again on the next? */
  again?: () => boolean;
  /** Sees the answer before anything that arrives after it, which those who await the promise may not. */
  seen?: (reply: WireMessage) => void;
}

interface Pending extends Manner {
  text: string;
  sent: boolean;
  timer?: ReturnType<typeof setTimeout>;
  abort?: () => void;
  resolve(reply: WireMessage): void;
  reject(error: SentixError): void;
}

const kTooLarge = 1009; // RFC 6455 section 7.4.1: a message is too big

/**
 * What was asked and is not answered, in the order in which it was asked: by id, with a promise each. While there is no
 * connection, a bounded number waits; what was sent and may be sent again waits with it, in its old place.
 */
export class Requests {
  #pending = new Map<number, Pending>(); // in the order of the ids
  #nextId = 1;
  #send: ((text: string) => boolean) | undefined;
  #open = false;
  #settings: Pick<Settings, "timeout" | "queueLimit">;

  constructor(settings: Pick<Settings, "timeout" | "queueLimit">) {
    this.#settings = settings;
  }

  request(type: string, fields: object, manner: Manner = {}): Promise<WireMessage> {
    const id = this.#nextId++;
    const promise = new Promise<WireMessage>((resolve, reject) => {
      const text = JSON.stringify({ type, id, ...fields });
      const pending: Pending = { ...manner, text, sent: false, resolve, reject };
      const { signal } = manner;
      if (signal?.aborted) return reject(aborted());
      if (this.#open || manner.first) this.#transmit(id, pending);
      if (!pending.sent) {
        if (manner.volatile || manner.first) return reject(new SentixError("offline", "There is no connection."));
        if (this.#waiting() >= this.#settings.queueLimit)
          return reject(new SentixError("queue_full", "Too much waits to be sent."));
      }
      this.#pending.set(id, pending);
      pending.abort = () => this.#end(id)?.reject(aborted());
      signal?.addEventListener("abort", pending.abort);
    });
    promise.catch(() => {}); // whoever does not care for the answer need not
    return promise;
  }

  /** A new connection: what belongs to its set-up may be sent by it. */
  attach(send: (text: string) => boolean): void {
    this.#send = send;
  }

  /** The connection is set up: sends what waits, in order, and from now on everything at once. */
  open(): void {
    this.#open = true;
    for (const [id, pending] of this.#pending) if (!pending.sent) this.#transmit(id, pending);
  }

  /** Takes an answer; false where it answers nothing that was asked. */
  settle(reply: WireMessage): boolean {
    const pending = this.#end(reply.id as number);
    if (!pending) return false;
    if (reply.type === "error") {
      pending.reject(new SentixError(reply.code, reply.message));
    } else {
      pending.seen?.(reply);
      pending.resolve(reply);
    }
    return true;
  }

  /** The connection is gone: what can be sent again waits, the rest fails. */
  lost(closeCode: number, reason: string): void {
    this.#open = false;
    this.#send = undefined;
    const sent = [...this.#pending].filter(([, pending]) => pending.sent);
    // Sending it again would end every connection: what is too large is the longest of all that had no answer.
    const longest = Math.max(...sent.map(([, { text }]) => text.length));
    for (const [id, pending] of sent) {
      clearTimeout(pending.timer);
      pending.sent = false;
      const tooLarge = closeCode === kTooLarge && pending.text.length === longest;
      if (!tooLarge && pending.again?.()) continue;
      const code = tooLarge ? "too_large" : "lost";
      this.#end(id)?.reject(new SentixError(code, reason || "The connection was lost.", closeCode));
    }
  }

  /** Ends everything with this error. */
  fail(error: SentixError): void {
    for (const id of [...this.#pending.keys()]) this.#end(id)?.reject(error);
  }

  #waiting(): number {
    return [...this.#pending.values()].filter(({ sent }) => !sent).length;
  }

  #transmit(id: number, pending: Pending): void {
    if (!this.#send?.(pending.text)) return;
    pending.sent = true;
    const late = () => this.#end(id)?.reject(new SentixError("timeout", "The server did not answer in time."));
    pending.timer = setTimeout(late, pending.timeout ?? this.#settings.timeout);
  }

  #end(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    if (pending?.abort) pending.signal?.removeEventListener("abort", pending.abort);
    return pending;
  }
}

const aborted = () => new SentixError("aborted", "Aborted by its caller.");
