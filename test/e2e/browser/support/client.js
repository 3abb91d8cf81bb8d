// A client of the wire protocol on npm's ws: every wait of a test is for a message, and is bounded.

import { on, once } from "node:events";
import { WebSocket } from "ws";

const kTimeout = 10_000;

export class Client {
  #messages;
  #nextId = 1;

  /** Resolves once the welcome has arrived. */
  static async connect(url, options = {}) {
    const client = new Client();
    client.socket = new WebSocket(url, "sentix.v1", options);
    client.closed = once(client.socket, "close").then(([code, reason]) => ({ code, reason: `${reason}` }));
    client.#messages = on(client.socket, "message", { signal: AbortSignal.timeout(2 * kTimeout) });
    await once(client.socket, "open", { signal: AbortSignal.timeout(kTimeout) });
    client.welcome = await client.next();
    return client;
  }

  /** The next message as it travelled. */
  async nextText() {
    const { value } = await this.#messages.next();
    return `${value[0]}`;
  }

  async next() {
    return JSON.parse(await this.nextText());
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends with an id; resolves with the reply and skips what arrives before it. */
  async request(message) {
    const id = this.#nextId++;
    this.send({ ...message, id });
    for (;;) {
      const reply = await this.next();
      if (reply.id === id) return reply;
    }
  }
}
