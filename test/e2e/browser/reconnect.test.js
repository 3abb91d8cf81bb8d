// When the page comes back after a close: the ranges of close codes, backoff and jitter. No socket, no clock.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

// The page's files have no package.json that would tell Node that they are modules: a data: address does.
const source = await readFile(new URL("../../../tools/web/chat/connection.js", import.meta.url));
const { pauseBefore } = await import(`data:text/javascript;base64,${source.toString("base64")}`);

const kLeast = 0;
const kMost = 1 - Number.EPSILON;

test("4000 to 4099 never come back", () => {
  for (const code of [4000, 4001, 4003, 4099]) assert.equal(pauseBefore(code, 0, kLeast), Infinity);
});

test("4100 to 4199 come back after a pause, however the dice fall", () => {
  for (const code of [4100, 4101, 4199]) {
    assert.equal(pauseBefore(code, 0, kLeast), 2_000);
    assert.ok(pauseBefore(code, 0, kMost) < 3_000);
  }
});

test("4200 to 4299 come back at once, but not in a loop", () => {
  for (const code of [4200, 4201, 4299]) {
    assert.equal(pauseBefore(code, 0, kMost), 0);
    assert.ok(pauseBefore(code, 1, kMost) > 0);
  }
});

test("anything else backs off exponentially up to a bound, with full jitter", () => {
  for (const code of [1000, 1006, 1011, 3999, 4300]) {
    assert.equal(pauseBefore(code, 5, kLeast), 0);
    assert.equal(Math.round(pauseBefore(code, 0, kMost)), 500);
    assert.equal(Math.round(pauseBefore(code, 3, kMost)), 4_000);
    assert.equal(Math.round(pauseBefore(code, 1_000, kMost)), 30_000);
  }
});
