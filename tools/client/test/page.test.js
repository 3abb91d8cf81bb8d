// What a page is told about its surroundings, and what the client does then.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { watchPage } from "../dist/modules/page.js";
import { FakeSocket, settled } from "./support/fake_socket.js";
import { beginFakeTime, clientOf, endFakeTime, onlineClient, pass } from "./support/fake_time.js";

let scope;

beforeEach(() => {
  beginFakeTime();
  scope = new EventTarget();
  globalThis.addEventListener = scope.addEventListener.bind(scope);
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
});
afterEach(() => {
  delete globalThis.addEventListener;
  delete globalThis.document;
  endFakeTime();
});

function happen(name, hidden) {
  if (hidden !== undefined) globalThis.document.hidden = hidden;
  (name === "visibilitychange" ? globalThis.document : scope).dispatchEvent(new Event(name));
}

test("it looks when the page is seen and the network comes or goes, until the watch ends", () => {
  let looks = 0;
  const end = watchPage(() => (looks += 1));
  happen("visibilitychange", true);
  assert.equal(looks, 0);
  happen("visibilitychange", false);
  for (const name of ["online", "offline", "pageshow"]) happen(name);
  assert.equal(looks, 4);
  end();
  happen("visibilitychange", false);
  happen("online");
  assert.equal(looks, 4);
});

test("a worker has no document, and Node has no events: neither is a problem", () => {
  delete globalThis.document;
  let looks = 0;
  const end = watchPage(() => (looks += 1));
  happen("online");
  assert.equal(looks, 1);
  end();
  delete globalThis.addEventListener;
  watchPage(() => {})();
});

test("a page that is seen again does not wait for the end of the pause", async () => {
  const client = await onlineClient({ watchPage: true });
  FakeSocket.last.end(4101);
  happen("visibilitychange", true);
  await settled();
  assert.equal(FakeSocket.all.length, 1);
  happen("visibilitychange", false);
  await settled();
  assert.deepEqual([FakeSocket.all.length, client.state.name], [2, "connecting"]);
  happen("online");
  await settled();
  assert.equal(FakeSocket.all.length, 2, "an attempt under way is left alone");
  client.close();
});

test("a connection that is there is probed, and lost if it is dead", async () => {
  const client = await onlineClient({ watchPage: true });
  happen("offline");
  assert.deepEqual(FakeSocket.last.types(), ["ping"]);
  await pass(10_000);
  assert.equal(client.state.name, "waiting");
  client.close();
});

test("refused or closed, it stays away whatever the page sees", async () => {
  const client = clientOf({ watchPage: true });
  client.connect();
  await settled();
  FakeSocket.last.end(4003);
  happen("online");
  await settled();
  assert.equal(FakeSocket.all.length, 1);
  client.close();
  happen("online");
  await settled();
  assert.equal(FakeSocket.all.length, 1);
});
