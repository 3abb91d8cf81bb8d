// How one connection follows another: nodes, backoff, credentials, the queue, and what a person does meanwhile.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { SentixClient } from "../dist/modules/client.js";
import { FakeSocket, settled } from "./support/fake_socket.js";
import * as time from "./support/fake_time.js";

const { clientOf, onlineClient, outcome, pass, reconnect, subscribed } = time;
const clients = [];

beforeEach(time.beginFakeTime);
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  time.endFakeTime();
});

const kept = (client) => (clients.push(client), client);
const online = async (...given) => kept(await onlineClient(...given));
const begun = async (...given) => {
  const client = kept(clientOf(...given));
  client.connected = outcome(client.connect());
  await settled();
  return client;
};
const urls = () => FakeSocket.all.map(({ url }) => url);

test("nothing happens before connect, which resolves once online, however often it is asked", async () => {
  const client = kept(clientOf());
  await pass(10 ** 6);
  assert.equal(FakeSocket.all.length, 0);
  const all = [client.connect(), client.connect()];
  await settled();
  assert.equal(FakeSocket.all.length, 1);
  FakeSocket.last.welcome("c9");
  await Promise.all([...all, client.connect()]);
  assert.deepEqual(client.state, { name: "online", url: "ws://node:1/ws", connection: "c9" });
  assert.deepEqual(client.states, ["connecting", "online"]);
});

test("without a WebSocket the constructor says what to do", () => {
  const original = globalThis.WebSocket;
  delete globalThis.WebSocket;
  try {
    assert.throws(() => new SentixClient("h"), /give one as the option/);
  } finally {
    if (original) globalThis.WebSocket = original;
  }
  assert.throws(() => new SentixClient("no spaces", { WebSocket: FakeSocket }), TypeError);
});

test("an option that is undefined has its default", async () => {
  const client = await online({ pingInterval: undefined, timeout: undefined });
  await pass(25_000);
  assert.deepEqual(FakeSocket.last.types(), ["ping"]);
  assert.equal(client.state.name, "online");
});

test("failures back off, and each node is tried before the pauses grow", async () => {
  const client = await begun({}, ["a:1", "b:2"]);
  for (const pause of [250, 250, 500, 500, 1_000]) {
    FakeSocket.last.end(1006);
    await settled();
    assert.deepEqual(client.state, { name: "waiting", delay: pause, closeCode: 1006, reason: "" });
    const before = FakeSocket.all.length;
    await pass(pause - 1);
    assert.equal(FakeSocket.all.length, before);
    await pass(1);
    assert.equal(FakeSocket.all.length, before + 1);
  }
  const [a, b] = ["ws://a:1/ws", "ws://b:2/ws"];
  assert.deepEqual(urls(), [a, b, a, b, a, b]);
});

test("4200 comes back at once, and to the next node", async () => {
  await online({}, ["a:1", "b:2"]);
  await pass(60_000);
  FakeSocket.last.end(4200, "this server is going away");
  await pass(0);
  assert.deepEqual(urls(), ["ws://a:1/ws", "ws://b:2/ws"]);
});

test("a connection that lived for long makes up for failures; one that did not is one more", async () => {
  const client = await begun();
  for (const pause of [250, 500, 1_000]) {
    FakeSocket.last.end(1006);
    await pass(pause);
  }
  FakeSocket.last.welcome();
  await pass(9_000);
  FakeSocket.last.end(1006);
  assert.equal(client.state.delay, 2_000);
  await pass(2_000);
  FakeSocket.last.welcome();
  await pass(11_000);
  FakeSocket.last.end(1006);
  assert.equal(client.state.delay, 250);
});

test("4100 to 4199 come back after a pause", async () => {
  const client = await online();
  FakeSocket.last.end(4101, "too slow");
  assert.equal(client.state.delay, 2_250);
});

test("4000 to 4099 stay away until connect is called, and everything that waits fails as refused", async () => {
  const client = await online();
  const publishing = client.publish("c", 1);
  FakeSocket.last.end(4003, "banned for a day");
  await pass(10 ** 7);
  assert.equal(FakeSocket.all.length, 1);
  assert.deepEqual(client.state, { name: "refused", closeCode: 4003, reason: "banned for a day" });
  assert.equal(await outcome(publishing), "lost");

  const waiting = client.publish("c", 2);
  const again = client.connect();
  await settled();
  FakeSocket.last.end(4003, "still banned");
  await assert.rejects(again, { code: "refused", closeCode: 4003, message: "still banned" });
  assert.equal(await outcome(waiting), "refused");
});

test("close ends everything: the connection, the attempts, the subscriptions, what waits", async () => {
  const client = await online();
  const subscription = await subscribed(client, "c");
  const publishing = client.publish("c", 1);
  client.close();
  assert.deepEqual(FakeSocket.last.closed, { code: 1000, reason: "" });
  assert.equal(await outcome(publishing), "lost");
  assert.equal(subscription.state, "ended");

  const other = await begun();
  const waiting = other.publish("c", 1);
  FakeSocket.last.end(1006);
  other.close();
  await pass(10 ** 7);
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual([await other.connected, await outcome(waiting)], ["closed", "closed"]);
  assert.deepEqual(other.states, ["connecting", "waiting", "closed"]);
});

test("close while the credentials are asked for: nothing is opened any more", async () => {
  let give;
  const client = await begun({ credentials: () => new Promise((resolve) => (give = resolve)) });
  client.close();
  give("t");
  await settled();
  assert.equal(FakeSocket.all.length, 0);
});

test("the first that answers: all are asked, one is kept, the others are closed", async () => {
  const client = await begun({ strategy: "first" }, ["a:1", "b:2", "c:3"]);
  const [a, b, c] = FakeSocket.all;
  a.end(1006);
  b.welcome("cb");
  await settled();
  assert.equal(client.state.url, "ws://b:2/ws");
  assert.deepEqual([b.closed, c.closed], [null, { code: 1000, reason: "" }]);

  b.end(4200);
  await pass(0);
  const [, ...rest] = FakeSocket.all.slice(-4);
  for (const socket of rest) socket.end(1006);
  assert.equal(client.state.name, "waiting", "only when none is left");
});

test("what is published offline waits, is sent in order behind the subscriptions, and is bounded", async () => {
  const client = kept(clientOf({ queueLimit: 2 }));
  const sending = [client.publish("c", 1), client.publish("c", 2), client.publish("c", 3)];
  client.subscribe("c");
  assert.equal(await outcome(sending[2]), "queue_full");
  assert.equal(await outcome(client.send("typing", 1, "c")), "offline");
  client.connect();
  await settled();
  FakeSocket.last.welcome();
  await settled();
  assert.deepEqual(FakeSocket.last.types(), ["subscribe"]);
  assert.equal(client.state.name, "connecting");
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  await settled();
  assert.deepEqual(
    FakeSocket.last.sent.map(({ data }) => data),
    [1, 2],
  );
  assert.equal(client.state.name, "online");
});

test("a publication without an answer is sent again with its key where there is a history, else lost", async () => {
  const client = await online();
  await subscribed(client, "kept", { epoch: "e", offset: 0 });
  await subscribed(client, "not-kept");
  const once = client.publish("elsewhere", 0);
  FakeSocket.last.answer("publish", { type: "published", offset: 7 });
  assert.deepEqual(await once, { channel: "elsewhere", offset: 7, local: undefined });

  const outcomes = [];
  for (const [channel, options] of [
    ["kept"],
    ["not-kept"],
    ["elsewhere"],
    ["not-kept", { retry: true }],
    ["kept", { retry: false }],
  ]) {
    outcomes.push(outcome(client.publish(channel, channel, options)));
  }
  const keys = FakeSocket.last.sent.map(({ key }) => key);
  assert.equal(new Set(keys).size, 5);
  for (const key of keys) assert.match(key, /^[\w-]{20,64}$/);

  const position = { type: "subscribed", epoch: "e", offset: 0, recovered: true };
  await reconnect(1006, [{ type: "subscribed" }, position]);
  const again = FakeSocket.last.sent.map(({ key }) => key);
  assert.deepEqual(again, [keys[0], keys[2], keys[3]]);
  for (let each = 0; each < 3; ++each) FakeSocket.last.answer("publish", { type: "published" });
  assert.deepEqual(await Promise.all(outcomes), ["resolved", "lost", "resolved", "resolved", "lost"]);
});

test("every command travels as the protocol says, and gives what it is for", async () => {
  const client = await online();
  const sent = async (promise, reply) => {
    const { id, ...request } = FakeSocket.last.sent.at(-1);
    FakeSocket.last.answer(request.type, reply);
    return [request, await promise];
  };
  assert.deepEqual(await sent(client.publish("c", undefined, { key: "k" }), { type: "published" }), [
    { type: "publish", channel: "c", data: null, key: "k" },
    { channel: "c", offset: undefined, local: undefined },
  ]);
  const apart = await sent(client.publish("c", 1, { key: "k" }), { type: "published", local: true });
  assert.deepEqual(apart[1], { channel: "c", offset: undefined, local: true });
  assert.deepEqual(await sent(client.send("typing", { n: 1 }, "c"), { type: "ok" }), [
    { type: "event", event: "typing", channel: "c", data: { n: 1 } },
    undefined,
  ]);
  const history = { epoch: "e", offset: 2, messages: [{ offset: 2, data: "x" }] };
  const since = { epoch: "e", offset: 1 };
  assert.deepEqual(
    await sent(client.history("c", { limit: 5, since, reverse: true }), { type: "history", ...history }),
    [
      { type: "history", channel: "c", limit: 5, since, reverse: true },
      { channel: "c", ...history },
    ],
  );
  assert.deepEqual(await sent(client.presence("c"), { type: "presence", members: [] }), [
    { type: "presence", channel: "c" },
    [],
  ]);
  const [ping, milliseconds] = await sent(client.ping(), { type: "pong" });
  assert.deepEqual(ping, { type: "ping" });
  assert.ok(milliseconds >= 0);
});

test("credentials are shown before anything else", async () => {
  const client = await begun({ credentials: { username: "ada", token: "t" } });
  client.subscribe("c");
  FakeSocket.last.welcome();
  await settled();
  assert.deepEqual(FakeSocket.last.sent, [
    { type: "authenticate", id: 1, credentials: { username: "ada", token: "t" } },
  ]);
  FakeSocket.last.answer("authenticate", { type: "authenticated", user: { user: "ada" } });
  await settled();
  assert.deepEqual(FakeSocket.last.types(), ["subscribe"]);
});

test("a server that knows no authentication takes us as we are", async () => {
  const client = await begun({ credentials: "t" });
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "error", code: "not_found", message: "None here." });
  assert.equal(await client.connected, "resolved");
});

test("credentials that never change are refused for good", async () => {
  const client = await begun({ credentials: "t" });
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "error", code: "unauthenticated", message: "Wrong." });
  assert.equal(await client.connected, "refused");
  assert.deepEqual(client.state, { name: "refused", closeCode: 4001, reason: "Wrong." });
  assert.ok(FakeSocket.last.closed);
});

test("a callback is asked once for others, at once; if those are refused as well, that is that", async () => {
  const asked = [];
  const credentials = ({ renew }) => (asked.push(renew), `t${asked.length}`);
  const client = await begun({ credentials });
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "error", code: "unauthenticated", message: "Expired." });
  await pass(0);
  FakeSocket.last.welcome();
  await settled();
  assert.deepEqual(FakeSocket.last.sent.at(-1).credentials, { token: "t2" });
  FakeSocket.last.end(4001);
  assert.equal(await client.connected, "refused");
  assert.deepEqual(asked, [false, true]);
});

test("a token that expires is renewed on the connection that there is, and again after 4001", async () => {
  let asked = 0;
  const token = () => `x.${btoa(JSON.stringify({ exp: Date.now() / 1000 + 100 }))}.${++asked}`;
  await begun({ credentials: token });
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "authenticated", user: {} });
  await pass(90_000);
  assert.equal(asked, 2);
  FakeSocket.last.answer("authenticate", { type: "authenticated", user: {} });
  await settled();
  FakeSocket.last.end(4001, "The token has expired.");
  await pass(0);
  assert.equal(asked, 3);
  assert.equal(FakeSocket.all.length, 2);
});

test("a callback that fails is told, and is a failed attempt", async () => {
  let fails = true;
  const credentials = () => (fails ? Promise.reject(new Error("no network")) : "t");
  const client = await begun({ credentials });
  assert.deepEqual([client.state.name, client.errors[0].message], ["waiting", "no network"]);
  fails = false;
  await pass(250);
  assert.equal(FakeSocket.all.length, 1);
});

test("a server that does not answer the authentication is left", async () => {
  const client = await begun({ credentials: "t" });
  FakeSocket.last.welcome();
  await pass(10_000);
  assert.deepEqual([client.state.name, client.state.closeCode], ["waiting", 1006]);
  assert.ok(FakeSocket.last.closed);
});

test("authenticate shows renewed credentials and resolves with the user", async () => {
  const client = await online({ credentials: undefined });
  const promise = client.authenticate();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "authenticated", user: { user: "ada" } });
  assert.deepEqual(await promise, { user: "ada" });
});

test("an error that answers nothing, and what only the application knows, are events", async () => {
  const client = await online();
  const others = [];
  client.on("other", (message) => others.push(message));
  FakeSocket.last.say({ type: "error", code: "bad_request", message: "What?" });
  FakeSocket.last.say({ type: "score", points: 3 });
  assert.equal(client.errors[0].code, "bad_request");
  assert.deepEqual(others, [{ type: "score", points: 3 }]);
});

test("the log has no secrets", async () => {
  const lines = [];
  const options = { debug: (line) => lines.push(line), credentials: { token: "s3cret", x: 1 } };
  const client = await begun(options, "ws://h/ws?token=s3cret&a=1");
  client.subscribe("c", { token: 's3cret"\\' });
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("authenticate", { type: "authenticated", user: {} });
  await settled();
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  await settled();
  assert.ok(lines.includes('> {"type":"authenticate","id":1,"credentials":…}'));
  assert.ok(lines.includes('> {"type":"subscribe","id":2,"channel":"c","token":"…"}'));
  assert.ok(lines.includes("= online ws://h/ws?token=…&a=1 c1"));
  assert.doesNotMatch(lines.join("\n"), /s3cret/);
});

test("debug: true writes to the console", async () => {
  const debug = mock.method(console, "debug", () => {});
  await begun({ debug: true });
  assert.deepEqual(debug.mock.calls[0].arguments, ["[sentix] = connecting"]);
});

test("a rejection that nobody looks at ends no process", async () => {
  const client = kept(clientOf({ queueLimit: 0 }));
  client.publish("c", 1);
  client.send("e");
  client.connect();
  client.subscribe("c");
  client.close();
  await new Promise(setImmediate);
});
