// A channel over several connections: each message once and in order, or a gap that says so.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { FakeSocket, settled } from "./support/fake_socket.js";
import { beginFakeTime, endFakeTime, onlineClient, outcome, pass, reconnect, subscribed } from "./support/fake_time.js";

let client;

beforeEach(async () => {
  beginFakeTime();
  client = await onlineClient();
});
afterEach(() => {
  client.close();
  endFakeTime();
});

const message = (offset, data = offset) => ({ type: "message", channel: "c", data, offset });
const at = (offset, epoch = "e1") => ({ epoch, offset });

function record(subscription) {
  const heard = [];
  subscription.on("message", (data) => heard.push(data));
  subscription.on("gap", ({ reason, after, now }) => heard.push([reason, after, now]));
  return heard;
}

test("messages arrive as data and whole, on the subscription and then on the client", async () => {
  const subscription = await subscribed(client, "c");
  const heard = [];
  subscription.on("message", (data, whole) => heard.push(["subscription", data, whole]));
  client.on("message", (channel, data, whole) => heard.push(["client", channel, data, whole]));
  const whole = { type: "message", channel: "c", data: { n: 1 }, user: "ada" };
  FakeSocket.last.say(whole);
  assert.deepEqual(heard, [
    ["subscription", { n: 1 }, whole],
    ["client", "c", { n: 1 }, whole],
  ]);
});

test("what was heard is not heard again, and what is left out is told", async () => {
  const subscription = await subscribed(client, "c", at(5));
  const heard = record(subscription);
  for (const offset of [4, 5, 6, 6, 7, 10, 9, 11]) FakeSocket.last.say(message(offset));
  assert.deepEqual(heard, [6, 7, ["skipped", at(7), at(9)], 10, 11]);
  assert.deepEqual(subscription.position, at(11));
});

test("after a reconnect it asks since its position; what was missed follows, with nothing twice", async () => {
  const subscription = await subscribed(client, "c", at(5));
  const heard = record(subscription);
  const recoveries = [];
  subscription.on("subscribed", (recovered) => recoveries.push(recovered));
  FakeSocket.last.say(message(6));

  FakeSocket.last.end(1006);
  assert.equal(subscription.state, "pending");
  await reconnect();
  assert.deepEqual(FakeSocket.last.sent, [{ type: "subscribe", id: 2, channel: "c", since: at(6) }]);
  FakeSocket.last.say(message(99)); // of no subscription of ours yet
  FakeSocket.last.answer("subscribe", { type: "subscribed", ...at(8), recovered: true });
  for (const offset of [7, 8, 9]) FakeSocket.last.say(message(offset)); // at once, before any promise runs
  assert.deepEqual(heard, [6, 7, 8, 9]);
  assert.deepEqual(recoveries, [true]);
});

test("a connection lost amid a recovery goes on from there", async () => {
  const subscription = await subscribed(client, "c", at(0));
  const heard = record(subscription);
  await reconnect(1006, [{ type: "subscribed", ...at(3), recovered: true }]);
  FakeSocket.last.say(message(1));
  await reconnect();
  assert.deepEqual(FakeSocket.last.sent.at(-1).since, at(1));
  FakeSocket.last.answer("subscribe", { type: "subscribed", ...at(3), recovered: true });
  for (const offset of [2, 3]) FakeSocket.last.say(message(offset));
  assert.deepEqual(heard, [1, 2, 3]);
});

test("what cannot be recovered is a gap, and the channel goes on behind it", async () => {
  const subscription = await subscribed(client, "c", at(5));
  const heard = record(subscription);
  const gaps = [];
  client.on("gap", (gap) => gaps.push(gap.channel));
  await reconnect(1006, [{ type: "subscribed", ...at(900), recovered: false }]);
  FakeSocket.last.say(message(901));
  await reconnect(1006, [{ type: "subscribed", ...at(2, "e2"), recovered: false }]);
  FakeSocket.last.say(message(3));
  const gone = ["not_recovered", at(901), at(2, "e2")];
  assert.deepEqual(heard, [["not_recovered", at(5), at(900)], 901, gone, 3]);
  assert.deepEqual(gaps, ["c", "c"]);
});

test("a channel without a history has a gap at every reconnect", async () => {
  const subscription = await subscribed(client, "c");
  const heard = record(subscription);
  FakeSocket.last.say({ type: "message", channel: "c", data: "before" });
  await reconnect(1006, [{ type: "subscribed" }]);
  FakeSocket.last.say({ type: "message", channel: "c", data: "after" });
  assert.deepEqual(heard, ["before", ["no_history", undefined, undefined], "after"]);
});

test("the server's own gap is told; what has its offset may still come", async () => {
  const subscription = await subscribed(client, "c", at(5));
  const heard = record(subscription);
  FakeSocket.last.say({ type: "gap", channel: "c", ...at(9, "e2") });
  for (const offset of [9, 10]) FakeSocket.last.say(message(offset));
  assert.deepEqual(heard, [["server", at(5), at(8, "e2")], 9, 10]);
  assert.deepEqual(subscription.position, at(10, "e2"));
});

test("a kept position goes on in a new client", async () => {
  const subscription = client.subscribe("c", { since: at(41) });
  const heard = record(subscription);
  await settled();
  assert.deepEqual(FakeSocket.last.sent[0].since, at(41));
  FakeSocket.last.answer("subscribe", { type: "subscribed", ...at(50), recovered: false });
  assert.deepEqual(heard, [["not_recovered", at(41), at(50)]]);
});

test("events by any name and by theirs", async () => {
  const subscription = await subscribed(client, "c");
  const heard = [];
  subscription.on("event", ({ event }) => heard.push(event));
  subscription.on("event:typing", (data, { from }) => heard.push([data, from]));
  for (const event of ["typing", "waving"]) {
    FakeSocket.last.say({ type: "event", event, channel: "c", data: { nick: "Ada" }, from: "c9" });
  }
  assert.deepEqual(heard, ["typing", [{ nick: "Ada" }, "c9"], "waving"]);
});

test("members are a live set; a reconnect tells who came and went meanwhile", async () => {
  const ada = { user: "ada", info: null, connections: 1 };
  const bob = { ...ada, user: "bob" };
  const cyd = { ...ada, user: "cyd" };
  const subscription = await subscribed(client, "c", { members: [ada] });
  const heard = [];
  for (const name of ["join", "leave"]) subscription.on(name, ({ user }) => heard.push(`${name} ${user}`));
  subscription.on("members", (members) => heard.push([...members.keys()].join()));
  assert.deepEqual([...subscription.members.values()], [ada]);
  FakeSocket.last.say({ type: "join", channel: "c", member: bob });
  FakeSocket.last.say({ type: "leave", channel: "c", member: { ...ada, connections: 0 } });
  await reconnect(1006, [{ type: "subscribed", members: [ada, cyd] }]);
  const after = ["leave bob", "join ada", "join cyd", "ada,cyd"];
  assert.deepEqual(heard, ["join bob", "ada,bob", "leave ada", "bob", ...after]);
});

test("an iterator gives messages and gaps, several side by side, until the end", async () => {
  const subscription = await subscribed(client, "c", at(0));
  const read = async (until) => {
    const items = [];
    for await (const { type, data } of subscription) {
      items.push(data ?? type);
      if (data !== undefined && data === until) break;
    }
    return items;
  };
  const [some, all] = [read(1), read()];
  await settled();
  for (const offset of [1, 2, 4]) FakeSocket.last.say(message(offset));
  assert.deepEqual(await some, [1]);
  subscription.unsubscribe();
  assert.deepEqual(await all, [1, 2, "gap", 4]);
  assert.deepEqual(await read(), [], "begun after the end");
});

test("an iterator that is not read drops the oldest and says so", async () => {
  const subscription = await subscribed(client, "c", at(0), { buffer: 2 });
  const iterator = subscription[Symbol.asyncIterator]();
  for (const offset of [1, 2, 3, 4]) FakeSocket.last.say(message(offset));
  subscription.unsubscribe();
  const items = [];
  for await (const item of iterator) items.push(item.type === "gap" ? item.reason : item.data);
  assert.deepEqual(items, ["overflow", 4]);
});

test("asked twice, it is one subscription; ended, a new one", async () => {
  const first = await subscribed(client, "c");
  assert.equal(client.subscribe("c"), first);
  first.unsubscribe();
  assert.deepEqual(FakeSocket.last.types(), ["unsubscribe"]);
  const second = client.subscribe("c");
  assert.notEqual(second, first);
  const heard = record(second);
  FakeSocket.last.say(message(1)); // still for the first
  FakeSocket.last.answer("unsubscribe", { type: "unsubscribed" });
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  FakeSocket.last.say(message(undefined, "for the second"));
  assert.deepEqual(heard, ["for the second"]);
});

test("after unsubscribe nothing is heard, not even on the client", async () => {
  const subscription = await subscribed(client, "c");
  const heard = [];
  client.on("message", (channel) => heard.push(channel));
  subscription.unsubscribe();
  assert.equal(subscription.state, "ended");
  FakeSocket.last.say(message(1));
  FakeSocket.last.answer("unsubscribe", { type: "unsubscribed" });
  await reconnect();
  assert.deepEqual(FakeSocket.last.sent, []);
  assert.deepEqual(heard, []);
});

test("a channel that we never asked for is heard on the client: the application put us in", async () => {
  const heard = [];
  client.on("message", (channel, data) => heard.push([channel, data]));
  client.on("event", ({ event }) => heard.push(event));
  FakeSocket.last.say(message(1));
  FakeSocket.last.say({ type: "event", event: "e", channel: "c", data: 1, from: "x" });
  assert.deepEqual(heard, [["c", 1], "e"]);
});

test("refused, it ends with the reason, and is not tried again", async () => {
  const subscription = client.subscribe("c");
  const ends = [];
  subscription.on("end", (error) => ends.push(error.code));
  await settled();
  FakeSocket.last.answer("subscribe", { type: "error", code: "forbidden", message: "No." });
  assert.equal(await outcome(subscription.ready), "forbidden");
  assert.deepEqual(
    [subscription.state, ends, client.errors.map(({ code }) => code)],
    ["ended", ["forbidden"], ["forbidden"]],
  );
  await reconnect();
  assert.deepEqual(FakeSocket.last.sent, []);
});

test("who was in and finds the channel full for the moment tries again, with backoff", async () => {
  const subscription = await subscribed(client, "c");
  await reconnect(4200, [{ type: "error", code: "channel_full", message: "Full." }]);
  assert.equal(subscription.state, "pending");
  await pass(250);
  FakeSocket.last.answer("subscribe", { type: "error", code: "rate_limited", message: "Slow down." });
  await settled();
  assert.deepEqual(FakeSocket.last.sent, []);
  await pass(500);
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  await subscription.ready;
  assert.equal(subscription.state, "subscribed");
});

test("the server may end it by itself", async () => {
  const subscription = await subscribed(client, "c");
  let reason;
  subscription.on("end", (error) => (reason = error));
  FakeSocket.last.say({ type: "unsubscribed", channel: "c" });
  assert.equal(subscription.state, "ended");
  assert.equal(reason.message, "The server ended the subscription.");
});

test("a grant is asked for before each subscribing", async () => {
  let grants = 0;
  const subscription = await subscribed(client, "c", {}, { token: async (channel) => `${channel}${++grants}` });
  FakeSocket.last.end(4200);
  await pass(0);
  FakeSocket.last.welcome();
  await settled();
  assert.equal(FakeSocket.last.sent[0].token, "c2");
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  subscription.unsubscribe();

  const plain = client.subscribe("d", { token: () => Promise.reject(new Error("no grant today")) });
  assert.match(await outcome(plain.ready), /no grant today/);
});

const kNow = 1_700_000_000;
const grantUntil = (exp, name = "") => `${btoa("{}")}.${btoa(JSON.stringify({ exp, name }))}.x`;

test("another grant is shown before the last one ends, and changes nothing else", async () => {
  let grants = 0;
  const token = () => grantUntil(kNow + 100 * ++grants);
  const subscription = await subscribed(client, "c", at(5), { token });
  const heard = record(subscription);
  await pass(89_999);
  assert.equal(FakeSocket.last.sent.length, 0);
  await pass(1);
  const { id, ...renewal } = FakeSocket.last.sent.at(-1);
  assert.deepEqual(renewal, { type: "subscribe", channel: "c", since: at(5), token: grantUntil(kNow + 200) });
  FakeSocket.last.say(message(6));
  FakeSocket.last.say({ type: "subscribed", id, channel: "c", ...at(6) });
  FakeSocket.last.say(message(7));
  assert.deepEqual(heard, [6, 7]);
  await settled();
  await pass(99_000); // nine tenths of the 110 s that are left to the second
  assert.equal(grants, 3);
});

test("after a refused renewal the server ends it, and it comes back with a new grant from its position", async () => {
  let grants = 0;
  const token = () => grantUntil(kNow + 100, `${++grants}`);
  const subscription = await subscribed(client, "c", at(5), { token });
  const heard = record(subscription);
  await pass(90_000);
  FakeSocket.last.answer("subscribe", { type: "error", code: "forbidden", message: "No." });
  await settled();
  assert.deepEqual([subscription.state, client.errors.map(({ code }) => code)], ["subscribed", ["forbidden"]]);
  FakeSocket.last.say({ type: "unsubscribed", channel: "c", reason: "token expired" });
  await settled();
  assert.equal(subscription.state, "pending");
  assert.deepEqual(FakeSocket.last.sent.at(-1).since, at(5));
  assert.equal(FakeSocket.last.sent.at(-1).token, grantUntil(kNow + 100, "3"));
  FakeSocket.last.answer("subscribe", { type: "subscribed", ...at(6), recovered: true });
  FakeSocket.last.say(message(6));
  assert.deepEqual([subscription.state, heard], ["subscribed", [6]]);
});

test("a grant that cannot be renewed ends with its reason", async () => {
  const subscription = await subscribed(client, "c", {}, { token: grantUntil(kNow + 100) });
  let reason;
  subscription.on("end", (error) => (reason = error));
  await pass(100_000);
  assert.equal(FakeSocket.last.sent.length, 0);
  FakeSocket.last.say({ type: "unsubscribed", channel: "c", reason: "token expired" });
  assert.equal(reason.message, "token expired");
});

test("who has left shows no more grants", async () => {
  let grants = 0;
  const token = () => grantUntil(kNow + 100, `${++grants}`);
  (await subscribed(client, "c", {}, { token })).unsubscribe();
  await subscribed(client, "d", {}, { token });
  FakeSocket.last.end(4000); // stay away
  await pass(200_000);
  assert.equal(grants, 2);
});
