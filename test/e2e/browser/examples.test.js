// Each example of tools/examples, started as its reader starts it and used as its reader uses it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchChromium } from "./support/browser.js";
import { Example } from "./support/example.js";
import { hasRedis } from "./support/redis.js";

const bounded = { timeout: 240_000 };
const noRedis = hasRedis ? false : "there is no redis-server on this machine";
let browser;

before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

async function withExample(name, use) {
  const example = await Example.start(browser, name);
  let failures;
  try {
    await use(example);
  } finally {
    failures = await example.stop();
  }
  assert.deepEqual(failures, []);
}

const say = async (page, text) => {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
};
const see = (page, selector, text) => page.locator(selector, { hasText: text }).first().waitFor();

test("chat: rooms, history, who is here, who is typing, and a room that is not for everybody", bounded, () =>
  withExample("chat", async (example) => {
    const signIn = async (page, name) => {
      await page.fill("[name=username]", name);
      await page.fill("[name=token]", `${name}-token`);
      await page.click("#sign-in button");
      await see(page, "#state", `online as ${name}`);
    };
    const join = async (page, room) => {
      await page.fill("#join-name", room);
      await page.press("#join-name", "Enter");
    };
    const [ada, guest] = [await example.visit(), await example.visit()];
    await see(guest, "#state", "online as guest");
    await signIn(ada, "ada");
    await see(guest, "#members li", "ada");
    await see(ada, "#members li", "guest");

    await say(ada, "Is anybody <b>there</b>?");
    await see(guest, "#log li", "ada Is anybody <b>there</b>?");
    await guest.locator("#text").pressSequentially("I am");
    await see(ada, "#typing", /^guest [0-9a-f]{4} …$/);
    await guest.press("#text", "Enter");
    await see(ada, "#log li", /^guest [0-9a-f]{4} I am$/);

    await join(guest, "private/garden");
    await see(guest, "#log li", "You may not subscribe to the channel");
    await join(ada, "private/garden");
    await see(ada, "#members li", "ada");
    await say(ada, "The roses are out");
    await see(ada, "#log li", "The roses are out");
    const grace = await example.visit();
    await signIn(grace, "grace");
    await see(grace, "#log li", "I am"); // the history of #general
    await join(grace, "private/garden");
    await see(grace, "#log li", "ada The roses are out");
    await say(grace, "And the bees are in");
    await see(ada, "#log li", "grace And the bees are in");
    await say(guest, "Where did you all go?");
    await see(ada, "#rooms button", "#general (1)");
    assert.equal(await guest.locator("#log li", { hasText: "bees" }).count(), 0);
    await example.takePictures(ada);
  }));

const withRedis = { ...bounded, skip: noRedis };
test("cluster: three nodes, of which one is killed under somebody who talks", withRedis, async () => {
  const example = await Example.start(browser, "cluster");
  let failures;
  try {
    const [ada, bob] = [await example.visit(), await example.visit()];
    for (const page of [ada, bob]) await see(page, "#state", /^online as guest [0-9a-f]{4}, on (first|second|third)$/);
    await ada.locator("#nodes li").nth(2).waitFor();
    await say(ada, "Is anybody <b>there</b>?");
    await see(bob, "#log li", "Is anybody <b>there</b>?");
    const [, home] = /, on (\w+)$/.exec(await ada.textContent("#state"));
    await example.takePictures(ada);
    await bob.locator("#nodes li", { hasText: home }).getByRole("button").click();
    await ada.waitForFunction((before) => {
      const state = globalThis.document.getElementById("state").textContent;
      return state.startsWith("online") && !state.endsWith(`on ${before}`);
    }, home);
    await say(bob, "Still there?");
    await say(ada, "As if nothing had happened");
    for (const page of [ada, bob]) {
      await see(page, "#log li", "Still there?");
      await see(page, "#log li", "As if nothing had happened");
      assert.equal(await page.locator("#log li").count(), 3);
    }
  } finally {
    failures = await example.stop();
  }
  // That the killed node does not answer is what browsers write to their consoles.
  assert.deepEqual(failures.filter((text) => !/ERR_CONNECTION_|WebSocket connection/.test(text)), []);
});

test("cursors: pointers move and go, lines stay for who comes later", bounded, () =>
  withExample("cursors", async (example) => {
    const [ada, grace] = [await example.visit(), await example.visit()];
    for (const page of [ada, grace]) await see(page, "#state", "2 here");
    const draw = async (page, points) => {
      await page.mouse.move(...points[0]);
      await page.mouse.down();
      for (const point of points) await page.mouse.move(...point, { steps: 4 });
      await page.mouse.up();
    };
    await draw(ada, [[120, 200], [200, 300], [330, 180], [300, 420]]);
    await grace.locator("polyline").waitFor({ state: "attached" });
    await draw(grace, [[500, 420], [620, 220], [740, 420], [560, 290]]);
    await ada.locator("polyline").nth(1).waitFor({ state: "attached" });
    await grace.locator(".cursor").waitFor();
    await ada.focus("#board");
    await ada.keyboard.down("Shift");
    for (let i = 0; i < 5; i++) await ada.keyboard.press("ArrowRight");
    await ada.keyboard.up("Shift");
    await grace.locator("polyline").nth(2).waitFor({ state: "attached" });
    const points = await grace.locator("polyline").nth(2).getAttribute("points");
    assert.equal(points, "100,100 108,100 116,100 124,100 132,100 140,100");

    const late = await example.visit();
    await late.locator("polyline").nth(2).waitFor({ state: "attached" });
    await example.takePictures(ada);
    await ada.context().close();
    await grace.locator(".cursor").waitFor({ state: "detached" });
    await see(grace, "#state", "2 here");
  }));

test("numbers: the last minute at once, then every message, drawn once a frame", bounded, () =>
  withExample("numbers", async (example) => {
    const page = await example.visit();
    const labelOf = (page) => page.locator("canvas[aria-label]").first().getAttribute("aria-label");
    const count = async () => Number.parseInt(await labelOf(page));
    const countExceeds = async (least) => {
      while (!((await count()) > least)) await page.waitForTimeout(50);
    };
    await countExceeds(20);
    await see(page, "h2", "Processor 1");
    assert.match(await page.textContent(".number >> nth=0"), /^\d+ %$/);

    const late = await example.visit();
    const label = await labelOf(late);
    assert.ok(Number.parseInt(label) > 20, `from the history: ${label}`);

    await page.click("#pause");
    const [before, heard] = [await count(), await page.textContent("#delay")];
    await page.waitForFunction((old) => document.getElementById("delay").textContent !== old, heard);
    assert.equal(await count(), before);
    await page.click("#pause");
    await countExceeds(before);
    await example.takePictures(page);
  }));

test("telemetry: a summary of every device, each second", bounded, () =>
  withExample("telemetry", async (example) => {
    const page = await example.visit();
    await see(page, "#devices tr", /^freezer[1-9]\d*-\d+\.\d/);
    const first = await page.textContent("#devices");
    await page.waitForFunction((first) => document.getElementById("devices").textContent !== first, first);
    await page.waitForFunction(() => document.getElementById("devices").rows.length === 8);
    await example.takePictures(page);
  }));
