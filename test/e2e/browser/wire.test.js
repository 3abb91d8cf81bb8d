// The wire protocol against npm's ws, a WebSocket implementation that is not ours.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";

import { Client } from "./support/client.js";
import { Server } from "./support/server.js";

const kMessageBytesMax = 1 << 20;
const bounded = { timeout: 30_000 };

let server;
before(async () => {
  server = await Server.start();
});
after(() => server?.remove());

test("welcome is the first message, and sentix.v1 is selected among others", bounded, async () => {
  const socket = new WebSocket(server.wsUrl, ["chat.v7", "sentix.v1"]);
  const [[text]] = await Promise.all([once(socket, "message"), once(socket, "open")]);
  assert.equal(socket.protocol, "sentix.v1");
  const welcome = JSON.parse(text);
  assert.equal(welcome.type, "welcome");
  assert.equal(welcome.protocol, 1);
  assert.equal(typeof welcome.connection, "string");
  socket.terminate();
});

test("no subprotocol is selected where none is offered", bounded, async () => {
  const socket = new WebSocket(server.wsUrl);
  await once(socket, "open");
  assert.equal(socket.protocol, "");
  socket.terminate();
});

test("a publication reaches every subscriber, its author too", bounded, async () => {
  const [author, reader] = await Promise.all([Client.connect(server.wsUrl), Client.connect(server.wsUrl)]);
  for (const client of [author, reader]) {
    const reply = await client.request({ type: "subscribe", channel: "round-trip" });
    assert.equal(reply.type, "subscribed");
    assert.equal(reply.channel, "round-trip");
  }
  author.send({ type: "publish", id: "p", channel: "round-trip", data: { text: "hello" } });

  const expected = { type: "message", channel: "round-trip", data: { text: "hello" } };
  assert.deepEqual(await reader.next(), expected);
  const received = [await author.next(), await author.next()];
  assert.deepEqual(received.find(({ type }) => type === "message"), expected);
  const published = received.find(({ type }) => type === "published");
  assert.deepEqual(published, { type: "published", id: "p", channel: "round-trip" });
  author.socket.terminate();
  reader.socket.terminate();
});

test("data arrives byte for byte as it was sent", bounded, async () => {
  const client = await Client.connect(server.wsUrl);
  await client.request({ type: "subscribe", channel: "bytes" });
  const data = '{ "n" : 1.50e+2,"n":-0,  "\\u00e9":"é\\/" , "list":[ 1 ,2]}';
  client.socket.send(`{"type":"publish","channel":"bytes","data":${data}}`);
  assert.ok((await client.nextText()).includes(`"data":${data}`));
  client.socket.terminate();
});

test("fragments make one message, with a ping answered between them", bounded, async () => {
  const client = await Client.connect(server.wsUrl);
  const text = '{"type":"ping","id":"in three parts"}';
  client.socket.send(text.slice(0, 9), { fin: false });
  client.socket.ping("still there?");
  const [payload] = await once(client.socket, "pong", { signal: AbortSignal.timeout(10_000) });
  assert.equal(`${payload}`, "still there?");
  client.socket.send(text.slice(9, 20), { fin: false });
  client.socket.send(text.slice(20), { fin: true });
  assert.deepEqual(await client.next(), { type: "pong", id: "in three parts" });
  client.socket.terminate();
});

test("an error is answered and leaves the connection open", bounded, async () => {
  const client = await Client.connect(server.wsUrl);
  const refused = await client.request({ type: "publish", channel: "not-joined", data: 1 });
  assert.equal(refused.type, "error");
  assert.equal(refused.code, "not_subscribed");
  assert.equal(typeof refused.message, "string");
  assert.equal((await client.request({ type: "dance" })).code, "unknown_type");
  assert.equal((await client.request({ type: "subscribe", channel: "no spaces" })).code, "bad_request");
  client.socket.send("{");
  assert.equal((await client.next()).code, "bad_request");
  assert.equal((await client.request({ type: "ping" })).type, "pong");
  client.socket.terminate();
});

test("the close handshake repeats the client's code", bounded, async () => {
  for (const code of [1000, 1001, 3000, 4999]) {
    const client = await Client.connect(server.wsUrl);
    client.socket.close(code, "bye");
    assert.equal((await client.closed).code, code);
  }
});

const violations = [
  ["a binary message", 1003, (socket) => socket.send(Buffer.from("{}"))],
  ["a text that is not UTF-8", 1007, (socket) => socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })],
  ["a frame without a mask", 1002, (socket) => socket.send("{}", { mask: false })],
  ["a reserved opcode", 1002, (socket) => socket._socket.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]))],
  ["a message over the limit", 1009, (socket) => socket.send("x".repeat(kMessageBytesMax + 1), { compress: false })],
  [
    "a compressed message over the limit",
    1009,
    (socket) => socket.send("x".repeat(kMessageBytesMax + 1), { compress: true }),
  ],
];

for (const [what, code, send] of violations) {
  test(`${what} is closed with ${code}`, bounded, async () => {
    const client = await Client.connect(server.wsUrl);
    client.socket.on("error", () => {}); // ws reports that its own writing was cut short
    send(client.socket);
    assert.equal((await client.closed).code, code);
  });
}

test("a message of exactly the limit is accepted", bounded, async () => {
  const client = await Client.connect(server.wsUrl);
  const frame = JSON.stringify({ type: "ping", id: 1, padding: "" });
  client.send({ type: "ping", id: 1, padding: "x".repeat(kMessageBytesMax - frame.length) });
  assert.deepEqual(await client.next(), { type: "pong", id: 1 });
  client.socket.terminate();
});

test("SIGTERM closes every client with 4200 and ends with status 0", bounded, async () => {
  const own = await Server.start();
  try {
    const clients = await Promise.all([1, 2, 3].map(() => Client.connect(own.wsUrl)));
    const status = own.end("SIGTERM");
    for (const client of clients) assert.equal((await client.closed).code, 4200);
    assert.equal(await status, 0);
  } finally {
    await own.remove();
  }
});
