// The dashboard of one of two nodes on a Redis of the test's own shows both.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchChromium } from "./support/browser.js";
import { Client } from "./support/client.js";
import { Dashboard } from "./support/dashboard.js";
import { hasRedis, Redis } from "./support/redis.js";
import { Server } from "./support/server.js";

const bounded = { timeout: 120_000, skip: hasRedis ? false : "there is no redis-server on this machine" };
const kHostile = `<img/src=x/onerror="alert(1)">`;
const configOf = (id) => `redis_url = "${redis.url}"\nnode_id = '${id}'\n`;

let redis, browser, dashboard, other;

before(async () => {
  if (!hasRedis) return;
  redis = await Redis.start();
  browser = await launchChromium();
  other = await Server.start({ config: configOf(kHostile) });
  dashboard = await Dashboard.open(browser, configOf("here"));
});
after(async () => {
  await dashboard?.close();
  await other?.remove();
  await browser?.close();
  await redis?.end();
});

test("it shows all nodes, whatever they are called, and each as it is", bounded, async () => {
  await dashboard.ready();
  const rows = "#nodes tbody tr";
  await dashboard.see(rows, "here (this one)");
  await dashboard.see(rows, kHostile);
  assert.equal(await dashboard.page.locator(rows).count(), 2);
  const client = await Client.connect(other.wsUrl);
  const clients = dashboard.page.locator(rows, { hasText: kHostile }).locator('td[data-column="Clients"]');
  await clients.filter({ hasText: /^1$/ }).waitFor();
  assert.deepEqual(await dashboard.violations(), []);
  client.socket.terminate();
  await redis.end();
  await dashboard.see(rows, "unknown");
  await dashboard.see(rows, "not ready");
});
