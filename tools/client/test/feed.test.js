// Asynchronous iteration over what is pushed: order, the end, leaving, and a reader that is too slow.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed } from "../dist/modules/feed.js";

const feedOf = (limit = 10) => {
  const feed = new Feed(
    limit,
    () => "dropped",
    () => (feed.left = (feed.left ?? 0) + 1),
  );
  return feed;
};

async function rest(feed) {
  const items = [];
  for await (const item of feed) items.push(item);
  return items;
}

test("what was pushed before and what comes later arrive in order, until the end", async () => {
  const feed = feedOf();
  feed.push(1);
  feed.push(2);
  const all = rest(feed);
  await null;
  feed.push(3);
  feed.end();
  assert.deepEqual(await all, [1, 2, 3]);
  assert.deepEqual(await feed.next(), { done: true, value: undefined });
});

test("several may wait, and each gets one", async () => {
  const feed = feedOf();
  const taken = [feed.next(), feed.next(), feed.next()];
  feed.push("a");
  feed.push("b");
  feed.end();
  assert.deepEqual(
    (await Promise.all(taken)).map(({ value }) => value),
    ["a", "b", undefined],
  );
});

test("leaving the loop tells once and drops the rest", async () => {
  const feed = feedOf();
  for (const item of [1, 2, 3]) feed.push(item);
  for await (const item of feed) if (item === 2) break;
  assert.equal(feed.left, 1);
  assert.deepEqual(await rest(feed), []);
});

test("past its limit the oldest go, and the first item says so", async () => {
  for (const pushed of [4, 5, 6, 7, 100]) {
    const feed = feedOf(4);
    for (let item = 1; item <= pushed; ++item) feed.push(item);
    feed.end();
    const kept = [pushed - 3, pushed - 2, pushed - 1, pushed];
    assert.deepEqual(await rest(feed), pushed === 4 ? kept : ["dropped", ...kept.slice(1)], `${pushed} pushed`);
  }
});

test("after a reader caught up, a new overflow is told anew", async () => {
  const feed = feedOf(2);
  for (const item of [1, 2, 3]) feed.push(item);
  assert.equal((await feed.next()).value, "dropped");
  for (const item of [4, 5, 6]) feed.push(item);
  feed.end();
  assert.deepEqual(await rest(feed), ["dropped", 6]);
});
