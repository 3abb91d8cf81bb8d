// The client of tools/client finds the nodes of a cluster by GET /nodes: two real ones on a Redis of the test's own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { ClientPage, SentixClient, WebSocket } from "./support/client_page.js";
import { hasRedis, Redis } from "./support/redis.js";
import { Server } from "./support/server.js";

const bounded = { timeout: 120_000, skip: hasRedis ? false : "there is no redis-server on this machine" };
const kPatience = 30_000; // far longer than anything takes
const kConfig = `[channels.kept]\npersistent = true\npublish = "anyone"\n`;

let redis;
let servers = [];

before(async () => {
  if (hasRedis) redis = await Redis.start();
});
after(async () => {
  for (const server of servers) await server.remove();
  await redis?.end();
});

async function startNode(id) {
  const command = ["serve", "--admin", "off", "--redis", redis.url, "--node-id", id];
  const server = await Server.start({ command, config: kConfig });
  servers.push(server);
  return server;
}

/** Waits until a node tells exactly these as healthy. */
async function awaitNodes(server, ids) {
  for (const end = Date.now() + kPatience; ; await sleep(50)) {
    const { nodes } = await (await fetch(new URL("/nodes", server.pageUrl))).json();
    const healthy = nodes.filter((node) => node.healthy).map((node) => node.id);
    if (healthy.join() === ids.join()) return;
    assert.ok(Date.now() < end, `${healthy} are healthy, not ${ids}`);
  }
}

const next = (emitter, name) => new Promise((resolve) => emitter.once(name, (...given) => resolve(given)));

test("who was given one node goes to another that it told of, and misses nothing", bounded, async () => {
  const first = await startNode("a");
  const second = await startNode("b");
  await awaitNodes(first, ["a", "b"]);
  const settings = { WebSocket, discovery: true, strategy: "round_robin", backoffBase: 20, backoffMax: 200 };
  const client = new SentixClient([first.wsUrl], settings);
  const publisher = new SentixClient([second.wsUrl], { WebSocket });
  try {
    await client.connect();
    const heard = [];
    const kept = client.subscribe("kept");
    await kept.ready;
    kept.on("message", (data) => heard.push(data));
    await publisher.connect();
    await publisher.publish("kept", 1);
    while (heard.length < 1) await sleep(10);
    const back = next(client, "state");
    await first.end("SIGTERM");
    await back;
    await publisher.publish("kept", 2);
    for (const end = Date.now() + kPatience; heard.length < 2 && Date.now() < end; ) await sleep(10);
    assert.deepEqual(heard, [1, 2]);
    await awaitNodes(second, ["b"]);
  } finally {
    client.close();
    publisher.close();
    for (const server of servers.splice(0)) await server.remove();
  }
});

test("a page of another origin may ask for the nodes", bounded, async () => {
  const server = await startNode("a");
  const opened = await ClientPage.open("chrome");
  try {
    const ids = await opened.page.evaluate(async (url) => {
      const { nodes } = await (await fetch(url)).json();
      return nodes.map((node) => node.id);
    }, new URL("/nodes", server.pageUrl).href);
    assert.ok(ids.includes("a"), `${ids}`);
  } finally {
    await opened.close();
  }
});
