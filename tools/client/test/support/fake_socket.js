// A WebSocket whose other side is the test: it opens, answers and ends when the test says so.

export class FakeSocket {
  /** Every socket that was opened since `FakeSocket.all.length = 0`. */
  static all = [];

  static get last() {
    return FakeSocket.all.at(-1);
  }

  readyState = 0;
  sent = []; // as objects
  closed = null; // what our side closed it with
  terminated = false;
  onmessage = null;
  onclose = null;
  onerror = null;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
    FakeSocket.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code, reason) {
    this.closed = { code, reason };
    this.readyState = 2;
  }

  terminate() {
    this.terminated = true;
    this.readyState = 3;
  }

  // --- The other side -----------------------------------------------------------------------------------

  welcome(connection = "c1") {
    this.readyState = 1;
    this.say({ type: "welcome", connection, protocol: 1 });
  }

  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** Answers the request of this type that was sent last, and takes it out of `sent`. */
  answer(type, reply) {
    const index = this.sent.findLastIndex((message) => message.type === type);
    if (index < 0) throw new Error(`no ${type} among ${JSON.stringify(this.sent)}`);
    const [{ id, channel }] = this.sent.splice(index, 1);
    this.say({ id, channel, ...reply });
  }

  end(code = 1006, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  types() {
    return this.sent.map(({ type }) => type);
  }
}

/** Lets everything happen that promises hold ready. */
export async function settled() {
  for (let round = 0; round < 20; ++round) await null;
}
