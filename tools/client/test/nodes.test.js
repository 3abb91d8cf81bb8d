// Where to connect: addresses, strategies, and the list that nodes tell over HTTP (by a small server of the test).

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";

import { Nodes, toUrl } from "../dist/modules/nodes.js";

const kThree = ["a:1", "b:2", "c:3"];
const kThreeUrls = ["ws://a:1/ws", "ws://b:2/ws", "ws://c:3/ws"];

const open = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers every request with what `reply(path)` returns: [status, body]. */
async function directory(reply) {
  const server = createServer((request, response) => {
    const [status, body] = reply(request.url);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${server.address().port}`;
}

const nodesOf = (addresses, settings = {}) =>
  new Nodes(addresses, { strategy: "round_robin", discovery: false, ...settings });

async function choices(nodes, count, attempt = 0) {
  const chosen = [];
  for (let each = 0; each < count; ++each) chosen.push((await nodes.choose(attempt))[0]);
  return chosen;
}

test("an address becomes the URL of a WebSocket", () => {
  const table = [
    ["localhost:8080", "ws://localhost:8080/ws"],
    ["ws://h:1", "ws://h:1/ws"],
    ["wss://h/", "wss://h/ws"],
    ["wss://h/path?token=t", "wss://h/path?token=t"],
    ["http://h:80/ws", "ws://h/ws"],
    ["https://h", "wss://h/ws"],
    ["[::1]:8080", "ws://[::1]:8080/ws"],
    [{ host: "h" }, "ws://h/ws"],
    [{ host: "h", port: 8080 }, "ws://h:8080/ws"],
    [{ host: "h", port: 443, secure: true }, "wss://h/ws"],
    [{ host: "::1", port: 8080 }, "ws://[::1]:8080/ws"],
    [{ host: "[::1]", port: 8080, path: "/x" }, "ws://[::1]:8080/x"],
  ];
  for (const [address, url] of table) assert.equal(toUrl(address), url);
  for (const wrong of ["", "ws://", "no spaces", "h:99999"]) assert.throws(() => toUrl(wrong), TypeError, wrong);
});

test("without a scheme it is as secure as the page", () => {
  globalThis.location = { protocol: "https:" };
  try {
    assert.equal(toUrl("h"), "wss://h/ws");
    assert.equal(toUrl({ host: "h" }), "wss://h/ws");
    assert.equal(toUrl({ host: "h", secure: false }), "ws://h/ws");
    assert.equal(toUrl("ws://h"), "ws://h/ws");
  } finally {
    delete globalThis.location;
  }
});

test("round_robin goes round in the given order", async () => {
  assert.deepEqual(await choices(nodesOf(kThree), 7), [...kThreeUrls, ...kThreeUrls, kThreeUrls[0]]);
});

test("random visits every node before it visits one again, in one of all orders", async () => {
  const orders = new Set();
  for (let each = 0; each < 200; ++each) {
    const chosen = await choices(nodesOf(kThree, { strategy: "random" }), 6);
    assert.deepEqual([...chosen.slice(0, 3)].sort(), kThreeUrls);
    assert.deepEqual(chosen.slice(3), chosen.slice(0, 3));
    orders.add(chosen.join());
  }
  assert.equal(orders.size, 6);
});

test("first takes all at once; a function chooses itself", async () => {
  assert.deepEqual(await nodesOf(kThree, { strategy: "first" }).choose(0), kThreeUrls);
  const strategy = (urls, attempt) => urls[attempt];
  assert.deepEqual(await nodesOf(kThree, { strategy }).choose(2), ["ws://c:3/ws"]);
});

test("with discovery the nodes are asked for /nodes, whichever answers", async () => {
  const list = { nodes: [{ url: "ws://x:1/ws" }, { url: "ws://y:2/ws", healthy: false }, "z:3"] };
  const paths = [];
  const answering = await directory((path) => (paths.push(path), [200, JSON.stringify(list)]));
  const broken = await directory(() => [500, ""]);
  const nodes = nodesOf([broken, answering], { discovery: true });
  assert.deepEqual(await choices(nodes, 3), ["ws://x:1/ws", "ws://z:3/ws", "ws://x:1/ws"]);
  assert.deepEqual(paths, ["/nodes"], "asked once while all goes well");
  assert.equal(nodes.count, 2);
});

test("after a failure the list is asked for again; one that says the same goes on where it was", async () => {
  let list = ["x:1", "y:2"];
  const answering = await directory(() => [200, JSON.stringify(list)]);
  const nodes = nodesOf([answering], { discovery: `http://${answering}/my/nodes` });
  assert.deepEqual(await choices(nodes, 1), ["ws://x:1/ws"]);
  assert.deepEqual(await choices(nodes, 1, 1), ["ws://y:2/ws"]);
  list = ["z:3"];
  assert.deepEqual(await choices(nodes, 1, 1), ["ws://z:3/ws"]);
});

test("a function may tell the nodes, too", async () => {
  const nodes = nodesOf(["a:1"], { discovery: async () => [{ host: "f", port: 5 }] });
  assert.deepEqual(await choices(nodes, 1), ["ws://f:5/ws"]);
});

test("a directory that tells nothing useful leaves the nodes that were given", async () => {
  const answers = [
    [404, ""],
    [200, "not JSON"],
    [200, "[]"],
    [200, "{}"],
    [200, '[{"url":"no url"}]'],
    [200, "null"],
  ];
  for (const answer of answers) {
    const useless = await directory(() => answer);
    assert.deepEqual(await choices(nodesOf([useless], { discovery: true }), 1), [`ws://${useless}/ws`], answer[1]);
  }
  const nodes = nodesOf(["a:1"], { discovery: () => Promise.reject(new Error("none")) });
  assert.deepEqual(await choices(nodes, 1), ["ws://a:1/ws"]);
});
