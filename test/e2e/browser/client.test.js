// The client of tools/client with a real server: every command, presence, credentials, limits, several nodes; in Node,
// and in pages and workers of Chromium and Firefox.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, afterEach, before, test } from "node:test";

import { ChatClusterClient, ClientPage, kBrowsers, SentixClient, WebSocket } from "./support/client_page.js";
import { Server } from "./support/server.js";

const bounded = { timeout: 60_000 };
const kMessageBytesMax = 4096;
const kConfig = `max_message_bytes = ${kMessageBytesMax}\n
[channels.kept]
persistent = true
[channels.seen]
presence = true
[channels.small]
max_clients = 1
`;
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const kUsers = `[auth]
enabled = true
[[auth.users]]
username = "ada"
token_sha256 = "${sha256("ada's")}"
[[auth.users]]
username = "bob"
token_sha256 = "${sha256("bob's")}"
`;

let open, guarded;
const clients = [];

before(async () => {
  open = await Server.start({ config: kConfig });
  guarded = await Server.start({ config: kConfig + kUsers });
});
after(async () => {
  for (const server of [open, guarded]) await server?.remove();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function clientOf(nodes, options = {}, Client = SentixClient) {
  const client = new Client(nodes, { WebSocket, backoffBase: 20, ...options });
  clients.push(client);
  return client;
}

async function connected(...given) {
  const client = clientOf(...given);
  await client.connect();
  return client;
}

const next = (emitter, name) => new Promise((resolve) => emitter.once(name, (...given) => resolve(given)));

test("publications, events, history, and the time to the server and back", bounded, async () => {
  const [author, reader] = await Promise.all([connected(open.wsUrl), connected(open.wsUrl)]);
  const written = await author.subscribe("kept").ready;
  const read = await reader.subscribe("kept").ready;
  const message = next(read, "message");
  assert.deepEqual(await written.publish({ n: 1 }), { channel: "kept", offset: 1, local: undefined });
  assert.deepEqual(await message, [{ n: 1 }, { type: "message", channel: "kept", data: { n: 1 }, offset: 1 }]);

  const typing = next(read, "event:typing");
  await written.send("typing", { nick: "Ada" });
  const [data, { from }] = await typing;
  assert.deepEqual([data, from], [{ nick: "Ada" }, author.state.connection]);

  await written.publish("two");
  const { epoch, ...history } = await read.history({ limit: 1 });
  assert.deepEqual(history, { channel: "kept", offset: 2, messages: [{ offset: 2, data: "two" }] });
  const since = { epoch, offset: 0 };
  const { messages } = await reader.history("kept", { since });
  assert.deepEqual(messages, [
    { offset: 1, data: { n: 1 } },
    { offset: 2, data: "two" },
  ]);
  assert.ok((await reader.ping()) > 0);

  const late = (await connected(open.wsUrl)).subscribe("kept", { since });
  const items = [];
  for await (const item of late) if (items.push(item.data) === 2) break;
  assert.deepEqual(items, [{ n: 1 }, "two"]);
});

test("what the server refuses rejects with its code, and nothing else suffers", bounded, async () => {
  const client = await connected(open.wsUrl);
  const subscription = await client.subscribe("small").ready;
  const second = await connected(open.wsUrl);
  await assert.rejects(second.subscribe("small").ready, { name: "SentixError", code: "channel_full" });
  await assert.rejects(second.publish("small", 1), { code: "not_subscribed" });
  await assert.rejects(client.history("small"), { code: "not_found" });
  await assert.rejects(client.subscribe("no spaces").ready, { code: "bad_request" });
  await subscription.publish("still there");
  subscription.unsubscribe();
  await assert.rejects(client.publish("small", 1), { code: "not_subscribed" });
});

test(
  "a message that is too large for the server is rejected as that, once, and the connection comes back",
  bounded,
  async () => {
    const client = await connected(open.wsUrl);
    const kept = await client.subscribe("kept").ready;
    const sending = [
      kept.publish("small enough"),
      kept.publish("x".repeat(kMessageBytesMax)),
      kept.publish("small, too"),
    ];
    await assert.rejects(sending[1], { code: "too_large", closeCode: 1009 });
    const [first, , third] = await Promise.allSettled(sending);
    assert.equal(third.value.offset, first.value.offset + 1);
  },
);

test("members are who is there, with their first and last connection", bounded, async () => {
  const credentials = (name) => ({ username: name, token: `${name}'s` });
  const ada = await connected(guarded.wsUrl, { credentials: credentials("ada") });
  const seen = await ada.subscribe("seen").ready;
  assert.deepEqual([...seen.members.keys()], ["ada"]);
  const join = next(seen, "join");
  const bob = await connected(guarded.wsUrl, { credentials: async () => credentials("bob") });
  await bob.subscribe("seen").ready;
  assert.equal((await join)[0].user, "bob");
  assert.deepEqual((await bob.presence("seen")).map(({ user }) => user).sort(), ["ada", "bob"]);
  const leave = next(seen, "leave");
  bob.close();
  assert.equal((await leave)[0].user, "bob");
  assert.deepEqual([...seen.members.keys()], ["ada"]);
});

test("wrong credentials are refused for good; a callback is asked for better ones", bounded, async () => {
  const stranger = clientOf(guarded.wsUrl, { credentials: { username: "ada", token: "wrong" } });
  await assert.rejects(stranger.connect(), { code: "refused", closeCode: 4001 });
  assert.equal(stranger.state.name, "refused");

  const asked = [];
  const credentials = ({ renew }) => (asked.push(renew), { username: "ada", token: renew ? "ada's" : "expired" });
  const client = await connected(guarded.wsUrl, { credentials });
  assert.deepEqual(asked, [false, true]);
  assert.deepEqual(await client.authenticate(), { user: "ada" });

  const byUrl = clientOf(`${guarded.wsUrl}?token=wrong`);
  await assert.rejects(byUrl.connect(), { code: "refused", closeCode: 4001 });
});

test("credentials where the server knows none do no harm", bounded, async () => {
  const client = await connected(open.wsUrl, { credentials: "whatever" });
  await client.subscribe("c").ready;
});

test("the chat of the original, over nodes of which only one is there", bounded, async () => {
  const nowhere = await Server.start();
  await nowhere.end("SIGKILL");
  const nodes = [nowhere, open, nowhere].map(({ port }) => ({ host: "127.0.0.1", port }));
  try {
    for (const strategy of ["round_robin", "random", "first"]) {
      const chatClient = new ChatClusterClient(nodes, "JohnDoe", { WebSocket, strategy, backoffBase: 20 });
      clients.push(chatClient);
      const message = next(chatClient, "message");
      chatClient.connect();
      chatClient.subscribeToChannel("general");
      chatClient.sendMessage("general", "Hello, clustered chat!");
      const [channel, data] = await message;
      assert.deepEqual([channel, data], ["general", { nick: "JohnDoe", text: "Hello, clustered chat!" }], strategy);
      chatClient.close();
    }
  } finally {
    await nowhere.remove();
  }
});

/** Runs inside a page or a worker: a conversation with itself. */
async function converse(module, url) {
  const { SentixClient } = await import(module);
  const client = new SentixClient(url);
  const subscription = client.subscribe("pages");
  const items = [];
  const reading = (async () => {
    for await (const { data } of subscription) if (items.push(data) === 3) return;
  })();
  client.connect();
  for (const text of ["größe", "≠", "𝄞"]) client.publish("pages", { text });
  await reading;
  const state = client.state.name;
  client.close();
  return { items, state, after: client.state.name };
}

/** Runs inside a page: lets a worker do this, and tells what it returned. */
function inWorker(expression) {
  const text = `${expression}.then((value) => postMessage({ value }), (error) => postMessage({ error: error + "" }));`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

for (const browser of Object.keys(kBrowsers)) {
  test(`${browser}: in a page and in a worker`, bounded, async () => {
    const opened = await ClientPage.open(browser);
    try {
      const module = new URL("/sentix.js", opened.page.url());
      const talk = `(${converse})(${JSON.stringify(module)}, ${JSON.stringify(open.wsUrl)})`;
      for (const expression of [talk, `(${inWorker})(${JSON.stringify(talk)})`]) {
        const told = await opened.page.evaluate(expression);
        const items = ["größe", "≠", "𝄞"].map((text) => ({ text }));
        assert.deepEqual(told, { items, state: "online", after: "closed" });
      }
    } finally {
      await opened.close();
    }
  });
}

const kSecret = "a secret that nobody could guess";
const grant = (seconds, claims) => {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const parts = [{ alg: "HS256" }, { exp, ...claims }].map((part) => Buffer.from(JSON.stringify(part)));
  const text = parts.map((part) => part.toString("base64url")).join(".");
  return `${text}.${createHmac("sha256", kSecret).update(text).digest("base64url")}`;
};

test("a private channel goes on with one grant after another, and ends with its only one", bounded, async () => {
  const config = `[auth.jwt]\nsecret = "${kSecret}"\nleeway = 0\n[channels.private]\nprivate = true\n`;
  const server = await Server.start({ config });
  try {
    const renewing = await connected(server.wsUrl);
    const given = [];
    const token = (channel) => {
      given.push(grant(5, { channel, publish: true, n: given.length }));
      return given.at(-1);
    };
    const subscription = await renewing.subscribe("private", { token }).ready;
    const once = (await connected(server.wsUrl)).subscribe("private", { token: grant(5, { channel: "private" }) });
    await once.ready;
    assert.equal((await next(once, "end"))[0].message, "token expired");
    const heard = next(subscription, "message");
    await subscription.publish("still here");
    assert.deepEqual([(await heard)[0], subscription.state], ["still here", "subscribed"]);
    assert.ok(given.length > 1);

    const refused = (await connected(server.wsUrl)).subscribe("private", { token: grant(5, { channel: "other" }) });
    await assert.rejects(refused.ready, { code: "forbidden", message: /it is for another channel/ });
  } finally {
    await server.remove();
  }
});
