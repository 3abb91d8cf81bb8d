// Each example of tools/examples, started as its reader starts it and used as its reader uses it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchChromium } from "./support/browser.js";
import { Example } from "./support/example.js";

const bounded = { timeout: 240_000 };
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
