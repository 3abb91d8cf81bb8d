// Ten thousand numbered messages while nodes are cut, stalled and stopped under the client, in Node, Chromium and
// Firefox; and servers that are killed, drained and moved.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ClientPage, kBrowsers, SentixClient, WebSocket } from "./support/client_page.js";
import { Relay } from "./support/relay.js";
import { Server } from "./support/server.js";

const kNumbers = 10_000;
const kUnderWay = 40; // publications without an answer
const kFew = 4; // of them where servers end
const kMishapEvery = 400; // numbers
const kImpatient = { pingInterval: 300, pongTimeout: 1_000, backoffBase: 20, backoffMax: 200, backoffPause: 100 };
const kKeepsAll = `[channels.numbers]\npersistent = true\nhistory_size = ${kNumbers}\n`;
const bounded = { timeout: 240_000 };

/** Hears until the last number; runs in Node and, as text, in pages. A gap is noted as its reason. */
async function hear(Client, nodes, last, options) {
  const client = new Client(nodes, options);
  const heard = [];
  let connections = 0;
  client.on("state", ({ name }) => (connections += Number(name === "online")));
  const numbers = client.subscribe("numbers");
  const all = new Promise((resolve) => {
    numbers.on("message", (number) => {
      heard.push(number);
      if (number === last) resolve();
    });
  });
  numbers.on("gap", ({ reason }) => heard.push(reason));
  await client.connect();
  const done = all.then(() => client.close()).then(() => ({ heard, connections }));
  return { done };
}

/** The same in a page; resolves once it is subscribed. */
async function hearInPage(page, nodes, last, options) {
  const source = `(async () => {
    const { SentixClient } = await import("/sentix.js");
    const { done } = await (${hear})(SentixClient, ${JSON.stringify(nodes)}, ${last}, ${JSON.stringify(options)});
    globalThis.done = done;
  })()`;
  await page.evaluate(source);
  return { done: page.evaluate("globalThis.done") };
}

/** Publishes 1 to `last` in order, some at a time; `progress(number)` is awaited after each. */
async function publishAll(client, last, underWay, progress) {
  let next = 1;
  const lane = async () => {
    while (next <= last) {
      const number = next++;
      await client.publish("numbers", number, { retry: true });
      await progress(number);
    }
  };
  await Promise.all(Array.from({ length: underWay }, lane));
}

const pages = {};
before(async () => {
  for (const browser of Object.keys(kBrowsers)) pages[browser] = await ClientPage.open(browser);
});
after(async () => {
  for (const page of Object.values(pages)) await page.close();
});

test("nodes break in every way: each number once and in order, no gap", bounded, async (context) => {
  const server = await Server.start({ config: kKeepsAll });
  const relays = await Promise.all([1, 2, 3].map(() => Relay.start(server.port)));
  const nodes = relays.map(({ url }) => url);
  const publisher = new SentixClient(nodes, { WebSocket, ...kImpatient });
  try {
    const listening = { node: hear(SentixClient, nodes, kNumbers, { WebSocket, ...kImpatient }) };
    for (const [browser, { page }] of Object.entries(pages))
      listening[browser] = hearInPage(page, nodes, kNumbers, kImpatient);
    await Promise.all(Object.values(listening));
    await publisher.connect();
    publisher.subscribe("numbers");

    let mishaps = 0;
    let away; // a node that is gone until the next mishap
    await publishAll(publisher, kNumbers, kUnderWay, async (number) => {
      if (number % kMishapEvery) return;
      const relay = relays[mishaps % relays.length];
      await away?.listen();
      away = undefined;
      mishaps += 1;
      if (mishaps % 4 === 0) relay.stall();
      else if (mishaps % 4 === 1) await (away = relay).stop();
      else for (const each of relays) each.cut();
    });
    for (const [who, begun] of Object.entries(listening)) {
      const { heard, connections } = await (await begun).done;
      context.diagnostic(`${who}: ${heard.length} messages over ${connections} connections, ${mishaps} mishaps`);
      assert.ok(connections > 3, `${who} was never disturbed: ${connections} connections`);
      assert.deepEqual(firstMistake(heard), undefined, who);
    }
  } finally {
    publisher.close();
    for (const relay of relays) await relay.remove();
    await server.remove();
  }
});

/** Where a list is not 1, 2, 3, …, with its surroundings. */
function firstMistake(heard) {
  const index = heard.findIndex((number, at) => number !== at + 1);
  if (index >= 0) return { index, heard: heard.slice(Math.max(0, index - 2), index + 3) };
  return heard.length === kNumbers ? undefined : { length: heard.length };
}

test(
  "servers are killed, drained and moved: nothing missing or twice but at a gap that says so",
  bounded,
  async (context) => {
    const last = 2_000;
    const config = `drain_window = "100ms"\n${kKeepsAll}`;
    const servers = [await Server.start({ config }), await Server.start({ config })];
    const nodes = servers.map(({ wsUrl }) => wsUrl);
    await servers[1].end("SIGKILL");
    let [running] = servers;
    const options = { WebSocket, ...kImpatient };
    const publisher = new SentixClient(nodes, options);
    const listener = new SentixClient(nodes, options);
    try {
      const heard = [];
      const numbers = listener.subscribe("numbers");
      const all = new Promise((resolve) =>
        numbers.on("message", (number) => (heard.push(number), number === last && resolve())),
      );
      numbers.on("gap", ({ reason }) => heard.push(reason));
      publisher.subscribe("numbers");
      await Promise.all([publisher.connect(), listener.connect()]);

      let ends = 0;
      let calm; // what waits until the listener is back: a new server keeps nothing of what was before
      const mishap = async () => {
        const back = new Promise((resolve) => numbers.once("subscribed", resolve));
        const signal = ends % 2 ? "SIGTERM" : "SIGKILL";
        const status = await running.end(signal);
        if (signal === "SIGTERM") assert.equal(status, 0);
        if (ends % 3 === 2) running = servers.find((other) => other !== running);
        await running.restart();
        ends += 1;
        await back;
      };
      await publishAll(publisher, last, kFew, async (number) => {
        if (number % 200 === 0 && number < last) calm = mishap();
        await calm;
      });
      await all;
      const gaps = heard.filter((each) => typeof each === "string");
      context.diagnostic(`${heard.length - gaps.length} messages and ${gaps.length} gaps, ${ends} servers ended`);
      assert.equal(gaps.length, ends, "one gap for each server that took its history with it");
      assertNoSilentMistake(heard);
    } finally {
      for (const client of [publisher, listener]) client.close();
      for (const server of servers) await server.remove();
    }
  },
);

/** Between gaps each number once and in order; after one, only what was under way may come again. */
function assertNoSilentMistake(heard) {
  let previous = 0;
  let gap = false;
  for (const each of heard) {
    if (typeof each === "string") {
      gap = true;
      continue;
    }
    const expected = gap ? each > previous - kFew : each === previous + 1;
    assert.ok(expected, `${each} after ${previous}${gap ? " and a gap" : ""}`);
    previous = each;
    gap = false;
  }
}
