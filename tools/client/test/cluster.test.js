// The chat of the original: its calls in its order, without waiting in between.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { ChatClusterClient } from "../dist/modules/cluster.js";
import { FakeSocket, settled } from "./support/fake_socket.js";
import { beginFakeTime, endFakeTime } from "./support/fake_time.js";

beforeEach(beginFakeTime);
afterEach(endFakeTime);

test("connect, subscribe and send in one breath, and hear what is said", async () => {
  const nodes = [1, 2, 3].map((number) => ({ host: `server${number}.example.com`, port: 8079 + number }));
  const chatClient = new ChatClusterClient(nodes, "JohnDoe", { WebSocket: FakeSocket });
  const heard = [];
  chatClient.on("message", (channel, data) => heard.push([channel, data]));
  chatClient.connect();
  chatClient.subscribeToChannel("general");
  chatClient.sendMessage("general", "Hello, clustered chat!");

  await settled();
  assert.ok(nodes.some(({ host, port }) => FakeSocket.last.url === `ws://${host}:${port}/ws`));
  FakeSocket.last.welcome();
  await settled();
  FakeSocket.last.answer("subscribe", { type: "subscribed" });
  await settled();
  const [{ type, channel, data }] = FakeSocket.last.sent;
  assert.deepEqual([type, channel], ["publish", "general"]);
  assert.deepEqual(data, { nick: "JohnDoe", text: "Hello, clustered chat!" });
  FakeSocket.last.say({ type: "message", channel, data });
  assert.deepEqual(heard, [["general", { nick: "JohnDoe", text: "Hello, clustered chat!" }]]);

  chatClient.unsubscribeFromChannel("general");
  assert.equal(FakeSocket.last.types().at(-1), "unsubscribe");
  chatClient.close();
  assert.equal(chatClient.state.name, "closed");
});
