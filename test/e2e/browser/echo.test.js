// `sentix echo` with clients that are not ours: Chromium, Firefox and npm's ws, compressed and not, directly and
// through nginx and HAProxy.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { WebSocket } from "ws";

import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";

const kSizes = [0, 1, 125, 126, 255, 256, 65_535, 65_536, 1 << 20];
const kBrowsers = {
  chrome: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] },
  firefox: { executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr" },
};
const bounded = { timeout: 120_000 };

const routes = [];
before(async () => {
  const server = await Server.start({ command: ["echo"] });
  routes.push(server);
  for (const proxy of ["nginx", "haproxy"]) routes.push(await Proxy.start(proxy, server));
});
after(async () => {
  for (const route of routes.reverse()) await route.remove();
});

/** Runs inside a page. Sends text and bytes of each size, and tells what came back otherwise. */
async function converse(url, sizes) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const next = (event) => new Promise((resolve) => socket.addEventListener(event, resolve, { once: true }));
  await next("open");
  const changed = [];
  for (const size of sizes) {
    const text = "größe ≠ ".repeat(size).slice(0, size) + "𝄞";
    socket.send(text);
    if ((await next("message")).data !== text) changed.push(`text of ${size}`);

    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * i) % 251);
    socket.send(bytes);
    const back = new Uint8Array((await next("message")).data);
    if (back.length !== size || back.some((byte, i) => byte !== bytes[i])) changed.push(`binary of ${size}`);
  }
  socket.close(3000, "enough");
  const { code, wasClean } = await next("close");
  return { changed, code, wasClean, extensions: socket.extensions };
}

for (const [browser, options] of Object.entries(kBrowsers)) {
  test(`${browser}: what is sent comes back, compressed`, bounded, async () => {
    const running = await puppeteer.launch({ browser, headless: true, ...options });
    try {
      const page = await running.newPage();
      for (const { wsUrl } of routes) {
        const { changed, code, wasClean, extensions } = await page.evaluate(converse, wsUrl, kSizes);
        assert.deepEqual({ changed, code, wasClean }, { changed: [], code: 3000, wasClean: true });
        assert.match(extensions, /^permessage-deflate/);
      }
    } finally {
      await running.close();
    }
  });
}

for (const perMessageDeflate of [false, { threshold: 0 }]) {
  test(`ws: what is sent comes back, ${perMessageDeflate ? "compressed" : "uncompressed"}`, bounded, async () => {
    for (const { wsUrl } of routes) {
      const socket = new WebSocket(wsUrl, { perMessageDeflate });
      await once(socket, "open");
      assert.equal(socket.extensions.includes("permessage-deflate"), Boolean(perMessageDeflate));
      for (const size of kSizes) for (const binary of [false, true]) await roundTrip(socket, size, binary);
      socket.close(3000, "enough");
      const [code] = await once(socket, "close");
      assert.equal(code, 3000);
    }
  });
}

/** Sends a message in two fragments, and takes it back. */
async function roundTrip(socket, size, binary) {
  const message = Buffer.alloc(size, "sentix");
  const half = size >> 1;
  socket.send(message.subarray(0, half), { binary, fin: false });
  socket.send(message.subarray(half), { binary, fin: true });
  const [back, isBinary] = await once(socket, "message");
  assert.ok(back.equals(message), `${size} bytes`);
  assert.equal(isBinary, binary);
}
