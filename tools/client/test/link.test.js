// One WebSocket: the welcome, silence, pings, and the end.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Link } from "../dist/modules/link.js";
import { FakeSocket } from "./support/fake_socket.js";

const kPing = { type: "ping", id: "alive" };
let link, socket, heard, log;

afterEach(() => mock.timers.reset());
beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  heard = [];
  log = [];
  begin({});
});

function begin(settings) {
  const events = {
    welcome: (which, message) => heard.push(["welcome", which, message.connection]),
    message: (message) => heard.push(["message", message]),
    lost: (which, code, reason) => heard.push(["lost", which, code, reason]),
  };
  const defaults = { connectTimeout: 10_000, pingInterval: 25_000, pongTimeout: 10_000, log: (line) => log.push(line) };
  link = new Link("ws://node/ws", { WebSocket: FakeSocket, ...defaults, ...settings }, events);
  socket = FakeSocket.last;
}

test("it asks for the subprotocol, and hands on the welcome and every message after it", () => {
  assert.deepEqual([socket.url, socket.protocol], ["ws://node/ws", "sentix.v1"]);
  socket.welcome("c7");
  socket.say({ type: "pong", id: 1 });
  assert.deepEqual(heard, [
    ["welcome", link, "c7"],
    ["message", { type: "pong", id: 1 }],
  ]);
});

test("without a welcome in time it is lost", () => {
  socket.readyState = 1;
  mock.timers.tick(9_999);
  assert.deepEqual(heard, []);
  mock.timers.tick(1);
  assert.deepEqual(heard, [["lost", link, 1006, "no welcome in time"]]);
  assert.ok(socket.terminated);
});

test("silence is probed with a ping, whose answer is nobody else's", () => {
  socket.welcome();
  mock.timers.tick(24_999);
  assert.deepEqual(socket.sent, []);
  mock.timers.tick(1);
  assert.deepEqual(socket.sent, [kPing]);
  socket.say({ type: "pong", id: "alive" });
  mock.timers.tick(10_000);
  mock.timers.tick(25_000);
  assert.deepEqual(socket.sent, [kPing, kPing]);
  assert.equal(heard.length, 1);
});

test("who talks is not asked whether it lives", () => {
  socket.welcome();
  for (let second = 0; second < 300; second += 10) {
    mock.timers.tick(10_000);
    socket.say({ type: "message", channel: "c", data: 1 });
  }
  assert.deepEqual(socket.sent, []);
});

test("a ping without an answer ends it, also where the socket cannot be terminated", () => {
  const { terminate } = FakeSocket.prototype;
  FakeSocket.prototype.terminate = undefined;
  try {
    socket.welcome();
    mock.timers.tick(25_000);
    mock.timers.tick(10_000);
    assert.deepEqual(heard.at(-1), ["lost", link, 1006, "the server fell silent"]);
    assert.ok(socket.closed);
    socket.end(1006);
    assert.equal(heard.length, 2, "told once");
  } finally {
    FakeSocket.prototype.terminate = terminate;
  }
});

test("any message answers a probe", () => {
  socket.welcome();
  link.probe();
  assert.deepEqual(socket.sent, [kPing]);
  socket.say({ type: "message", channel: "c", data: 1 });
  mock.timers.tick(10_000);
  assert.equal(heard.at(-1)[0], "message");
});

test("without an interval it never pings by itself", () => {
  begin({ pingInterval: 0 });
  socket.welcome();
  mock.timers.tick(10 ** 8);
  assert.deepEqual(socket.sent, []);
});

test("what cannot be sent is not taken", () => {
  assert.equal(link.send("{}"), false);
  socket.welcome();
  assert.equal(link.send("{}"), true);
  socket.readyState = 2;
  assert.equal(link.send("{}"), false);
  assert.equal(socket.sent.length, 1);
});

test("the end comes with its code and reason; after our own close nothing comes", () => {
  socket.welcome();
  socket.end(4200, "bye");
  assert.deepEqual(heard.at(-1), ["lost", link, 4200, "bye"]);

  begin({});
  socket.welcome();
  const count = heard.length;
  link.close();
  assert.deepEqual(socket.closed, { code: 1000, reason: "" });
  socket.say({ type: "message", channel: "c", data: 1 });
  socket.end(1000);
  mock.timers.tick(10 ** 6);
  assert.equal(heard.length, count);
});

test("the log has what travels", () => {
  socket.welcome();
  link.send('{"type":"ping"}');
  assert.deepEqual(log, ['< {"type":"welcome","connection":"c1","protocol":1}', '> {"type":"ping"}']);
});
