// What was asked and is not answered: the queue, its order, its bound, and what a lost connection does to it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { SentixError } from "../dist/modules/errors.js";
import { Requests } from "../dist/modules/requests.js";

const kAgain = { again: () => true };
let requests, sent, up;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  requests = new Requests({ timeout: 10_000, queueLimit: 3 });
  connect();
});
afterEach(() => mock.timers.reset());

function connect() {
  sent = [];
  up = true;
  requests.attach((text) => up && sent.push(JSON.parse(text)) > 0);
}

const code = (promise) =>
  promise.then(
    () => "resolved",
    (error) => (assert.ok(error instanceof SentixError), error.code),
  );
const ids = () => sent.map(({ id }) => id);

test("an answer finds its request, in any order, and an error rejects", async () => {
  requests.open();
  const first = requests.request("ping", {});
  const second = requests.request("history", { channel: "c", limit: undefined });
  assert.deepEqual(sent, [
    { type: "ping", id: 1 },
    { type: "history", id: 2, channel: "c" },
  ]);
  assert.ok(requests.settle({ type: "error", id: 2, code: "forbidden", message: "No." }));
  assert.ok(requests.settle({ type: "pong", id: 1 }));
  assert.deepEqual(await first, { type: "pong", id: 1 });
  await assert.rejects(second, { name: "SentixError", code: "forbidden", message: "No." });
  for (const id of [1, 3, "1", undefined]) assert.equal(requests.settle({ type: "pong", id }), false);
});

test("what cannot be written as JSON is rejected, and nothing is sent", async () => {
  requests.open();
  await assert.rejects(requests.request("publish", { data: 1n }), TypeError);
  assert.deepEqual(sent, []);
});

test("before the connection is set up only what belongs to the set-up is sent; then the rest, in order", async () => {
  requests.request("publish", { data: 1 });
  requests.request("publish", { data: 2 });
  requests.request("subscribe", {}, { first: true });
  assert.deepEqual(ids(), [3]);
  requests.open();
  assert.deepEqual(ids(), [3, 1, 2]);
});

test("the queue is bounded; what is worthless later never enters it", async () => {
  assert.equal(await code(requests.request("event", {}, { volatile: true })), "offline");
  for (let index = 0; index < 3; ++index) requests.request("publish", {});
  assert.equal(await code(requests.request("publish", {})), "queue_full");
  requests.open();
  assert.equal(sent.length, 3);
  requests.request("publish", {});
  assert.equal(sent.length, 4, "what is under way takes no place");
});

test("after a lost connection what may be sent again is, in its old place; the rest fails as lost", async () => {
  requests.open();
  const kept = requests.request("publish", { n: 1 }, kAgain);
  const lost = requests.request("publish", { n: 2 }, { again: () => false });
  const plain = requests.request("ping", {});
  requests.lost(1006, "");
  const later = requests.request("publish", { n: 4 });
  assert.deepEqual([await code(lost), await code(plain)], ["lost", "lost"]);
  connect();
  requests.open();
  assert.deepEqual(
    sent.map(({ n }) => n),
    [1, 4],
  );
  requests.settle({ type: "published", id: 1 });
  requests.settle({ type: "published", id: 4 });
  assert.deepEqual([await code(kept), await code(later)], ["resolved", "resolved"]);
});

test("a socket that can no longer send takes nothing: it waits, and was not sent", async () => {
  requests.open();
  up = false;
  const waits = requests.request("publish", { n: 1 });
  requests.lost(1006, "");
  connect();
  requests.open();
  assert.deepEqual(ids(), [1]);
  requests.settle({ type: "published", id: 1 });
  assert.equal(await code(waits), "resolved");
});

test("after 1009 the longest is not sent again: it would end every connection", async () => {
  requests.open();
  const small = requests.request("publish", { data: "x" }, kAgain);
  const large = requests.request("publish", { data: "x".repeat(100) }, kAgain);
  requests.lost(1009, "too big");
  assert.equal(await code(large), "too_large");
  connect();
  requests.open();
  assert.deepEqual(ids(), [1]);
  requests.settle({ type: "published", id: 1 });
  assert.equal(await code(small), "resolved");
});

test("a time-out counts from the sending, not from the asking", async () => {
  const waits = requests.request("publish", {}, { timeout: 100 });
  mock.timers.tick(10 ** 6);
  requests.open();
  mock.timers.tick(99);
  assert.ok(requests.settle({ type: "published", id: 1 }));
  assert.equal(await code(waits), "resolved");

  const late = requests.request("ping", {});
  mock.timers.tick(10_000);
  assert.equal(await code(late), "timeout");
  assert.equal(requests.settle({ type: "pong", id: 2 }), false);
});

test("its caller's signal takes it out, waiting or sent, and is let go of afterwards", async () => {
  const abort = new AbortController();
  const waits = requests.request("publish", {}, { signal: abort.signal });
  requests.open();
  const other = new AbortController();
  const answered = requests.request("ping", {}, { signal: other.signal });
  abort.abort();
  assert.equal(await code(waits), "aborted");
  assert.equal(await code(requests.request("ping", {}, { signal: abort.signal })), "aborted");
  requests.settle({ type: "pong", id: 2 });
  other.abort();
  assert.equal(await code(answered), "resolved");
  assert.deepEqual(ids(), [1, 2]);
});

test("`seen` comes before anything that follows, the promise only later", async () => {
  requests.open();
  const order = [];
  requests.request("subscribe", {}, { seen: () => order.push("seen") }).then(() => order.push("promise"));
  requests.settle({ type: "subscribed", id: 1 });
  order.push("the next message");
  await null;
  await null;
  assert.deepEqual(order, ["seen", "the next message", "promise"]);
});

test("all that is pending can be failed at once", async () => {
  const waits = requests.request("publish", {}, kAgain);
  requests.fail(new SentixError("closed", "Closed."));
  assert.equal(await code(waits), "closed");
  requests.open();
  assert.deepEqual(sent, []);
});
