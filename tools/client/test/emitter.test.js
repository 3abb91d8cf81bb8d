// Handlers: added, removed, also while they are called; and one that throws.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { Emitter } from "../dist/modules/emitter.js";

test("every handler of the name is called with what is given, in order", () => {
  const emitter = new Emitter();
  const calls = [];
  emitter.on("a", (...given) => calls.push([1, ...given]));
  emitter.on("a", (...given) => calls.push([2, ...given]));
  emitter.on("b", () => calls.push("another"));
  emitter.emit("a", "x", "y");
  emitter.emit("nobody listens");
  assert.deepEqual(calls, [
    [1, "x", "y"],
    [2, "x", "y"],
  ]);
});

test("a handler goes by off, by what on returned, and after once", () => {
  const emitter = new Emitter();
  let calls = 0;
  const count = () => (calls += 1);
  emitter.on("a", count);
  emitter.off("a", count);
  emitter.on("a", count)();
  emitter.once("a", count)();
  emitter.emit("a");
  assert.equal(calls, 0);
  emitter.once("a", count);
  emitter.emit("a");
  emitter.emit("a");
  assert.equal(calls, 1);
});

test("a handler may add and remove handlers: who was there at the beginning is called", () => {
  const emitter = new Emitter();
  const calls = [];
  const second = () => calls.push("second");
  emitter.on("a", () => {
    calls.push("first");
    emitter.off("a", second);
    emitter.on("a", () => calls.push("late"));
  });
  emitter.on("a", second);
  emitter.emit("a");
  assert.deepEqual(calls, ["first", "second"]);
});

test("what a handler throws keeps nobody from hearing, and is reported as uncaught", async () => {
  const emitter = new Emitter();
  const listeners = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException"); // those of the test runner, which would fail this test
  try {
    const reported = once(process, "uncaughtException");
    let heard = false;
    emitter.on("a", () => {
      throw new Error("a handler's mistake");
    });
    emitter.on("a", () => (heard = true));
    emitter.emit("a");
    assert.ok(heard);
    assert.equal((await reported)[0].message, "a handler's mistake");
  } finally {
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
});
