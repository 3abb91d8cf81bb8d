// A client on fake sockets and in fake time: nothing waits for a clock.

import { mock } from "node:test";

import { SentixClient } from "../../dist/modules/client.js";
import { FakeSocket, settled } from "./fake_socket.js";

/** To be called before each test; `endFakeTime` after it. */
export function beginFakeTime() {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_700_000_000_000 });
  mock.method(Math, "random", () => 0.5);
  FakeSocket.all.length = 0;
}

export function endFakeTime() {
  mock.timers.reset();
  mock.restoreAll();
}

/** Lets this much time pass, and everything happen that follows. */
export async function pass(milliseconds) {
  await settled();
  mock.timers.tick(milliseconds);
  await settled();
}

/** A client that notes its states and errors; `Client` may be another class. */
export function clientOf(options = {}, nodes = "node:1") {
  const client = new SentixClient(nodes, {
    WebSocket: FakeSocket,
    strategy: "round_robin",
    watchPage: false,
    ...options,
  });
  client.states = [];
  client.errors = [];
  client.on("state", (state) => client.states.push(state.name));
  client.on("error", (error) => client.errors.push(error));
  return client;
}

/** The same, online. */
export async function onlineClient(options, nodes) {
  const client = clientOf(options, nodes);
  const connected = client.connect();
  await settled();
  FakeSocket.last.welcome();
  await connected;
  return client;
}

/** Welcomed again after the present connection ended, with the channels subscribed that `replies` answers. */
export async function reconnect(code = 4200, replies = []) {
  FakeSocket.last.end(code);
  await pass(1_000_000);
  FakeSocket.last.welcome();
  await settled();
  for (const reply of replies) FakeSocket.last.answer("subscribe", reply);
  await settled();
}

/** "resolved", or the code of the error. */
export const outcome = (promise) =>
  promise.then(
    () => "resolved",
    (error) => error.code ?? `${error}`,
  );

/** A subscription that the server has answered with this. */
export async function subscribed(client, name, reply = {}, options = {}) {
  const subscription = client.subscribe(name, options);
  await settled();
  FakeSocket.last.answer("subscribe", { type: "subscribed", ...reply });
  await settled();
  return subscription;
}
