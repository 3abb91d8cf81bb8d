// When the client comes back after a close, by the ranges of close codes in the protocol.

import assert from "node:assert/strict";
import { test } from "node:test";

import { retryDelay } from "../dist/modules/backoff.js";

const kSettings = { backoffBase: 500, backoffMax: 30_000, backoffPause: 2_000 };
const kLeast = 0;
const kMost = 1 - Number.EPSILON;
const delay = (code, attempt, random) => retryDelay(code, attempt, kSettings, random);

test("4000 to 4099 never come back", () => {
  for (const code of [4000, 4001, 4003, 4099]) assert.equal(delay(code, 0, kLeast), Infinity);
});

test("4100 to 4199 come back after a pause, however the dice fall", () => {
  for (const code of [4100, 4101, 4102, 4108, 4199]) {
    assert.equal(delay(code, 0, kLeast), 2_000);
    assert.ok(delay(code, 0, kMost) <= 2_500);
    assert.ok(delay(code, 3, kMost) > 5_900);
  }
});

test("4200 to 4299 come back at once, but not in a loop", () => {
  for (const code of [4200, 4201, 4299]) {
    assert.equal(delay(code, 0, kMost), 0);
    assert.ok(delay(code, 1, kMost) > 900);
  }
});

test("anything else backs off exponentially up to a bound, with full jitter", () => {
  for (const code of [1000, 1001, 1006, 1009, 1011, 1013, 3999, 4300, 5000]) {
    assert.equal(delay(code, 5, kLeast), 0);
    assert.equal(Math.round(delay(code, 0, kMost)), 500);
    assert.equal(Math.round(delay(code, 3, kMost)), 4_000);
    assert.equal(Math.round(delay(code, 5_000, kMost)), 30_000);
  }
});

test("the dice are thrown anew each time", () => {
  const delays = new Set(Array.from({ length: 50 }, () => delay(1006, 6)));
  assert.ok(delays.size > 40);
  for (const each of delays) assert.ok(each >= 0 && each < 30_000);
});
