// A node as a client sees it: an address whose connections break, stall and vanish while the server behind it lives.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Relay {
  #listener = createServer((client) => this.#join(client));
  #pairs = new Set();
  #target;
  port = 0;

  /** Forwards to this port of 127.0.0.1. */
  static async start(target) {
    const relay = new Relay();
    relay.#target = target;
    await relay.listen();
    return relay;
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  #join(client) {
    const server = connect(this.#target, "127.0.0.1");
    const pair = [client, server];
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on("error", () => {}).on("close", end);
    client.pipe(server).pipe(client);
  }

  /** Takes connections, on the port that it had. */
  async listen() {
    await once(this.#listener.listen(this.port, "127.0.0.1"), "listening");
    this.port = this.#listener.address().port;
  }

  /** Resets every connection, wherever in a message it is. */
  cut() {
    for (const pair of [...this.#pairs]) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Lets nothing through any more on the connections that there are, and tells nobody. */
  stall() {
    for (const [client, server] of this.#pairs) {
      client.unpipe(server);
      server.unpipe(client);
    }
  }

  /** The node is gone: nothing listens at its address. */
  async stop() {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    this.cut();
    await closed;
  }

  async remove() {
    if (this.#listener.listening) await this.stop();
  }
}
