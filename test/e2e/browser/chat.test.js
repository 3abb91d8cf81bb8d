// The chat page in a real browser, served by the real binary.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { launchChromium, Person } from "./support/browser.js";
import { Client } from "./support/client.js";
import { Server } from "./support/server.js";

const bounded = { timeout: 90_000 };
const kHostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>&amp;"'`;

let browser, server, ada, grace;

before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

beforeEach(async () => {
  server = await Server.start({ config: "[channels.general]\npersistent = true\n" });
  ada = await Person.arrive(browser, server.pageUrl, "Ada");
  grace = await Person.arrive(browser, server.pageUrl, "Grace");
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.remove();
});

test("two windows chat, and each shows who wrote", bounded, async () => {
  await ada.say("Is anybody there?");
  await grace.hear("Ada", "Is anybody there?");
  await ada.hear("Ada", "Is anybody there?", { own: true });
  await grace.say("I am.\nIn two lines.");
  await ada.hear("Grace", "I am.\nIn two lines.");

  await ada.callMyself("Ada L.");
  await ada.say("Under another name");
  await grace.hear("Ada L.", "Under another name");
  assert.equal(await ada.count(".entry"), 3);
  assert.equal(await grace.count(".entry"), 3);
  assert.deepEqual([...ada.failures, ...grace.failures], []);
});

test("the page asks nobody but its own server, and its policy names exactly what it holds", bounded, async () => {
  for (const url of ada.requests) assert.ok(url.startsWith(server.pageUrl) || url.startsWith("data:"), url);

  const response = await fetch(server.pageUrl);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = response.headers.get("content-security-policy");
  const page = await response.text();
  for (const tag of ["style", "script"]) {
    const [, content] = new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, "s").exec(page);
    assert.ok(policy.includes(`${tag}-src 'sha256-${createHash("sha256").update(content).digest("base64")}'`), policy);
  }
  assert.ok(policy.startsWith("default-src 'none'; "), policy);
});

test("channels: joined by name or by address, counted while unread, left again", bounded, async () => {
  for (const person of [ada, grace]) await person.join("tea/time");
  await grace.page.click("#channels button:has-text('general')");
  await ada.say("The kettle is on");
  await grace.see("#channels .unread", "1");
  assert.match(await grace.page.title(), /^\(1\) #general/);

  await grace.page.evaluate(() => (location.hash = "#tea/time"));
  await grace.hear("Ada", "The kettle is on");
  assert.equal(await grace.count(".unread"), 0);

  await grace.page.click("#leave");
  await grace.see("h1", "general");
  assert.equal(await grace.count("#channels li"), 1);
});

test("who comes later reads a persistent channel's history, and a reload keeps what is ours", bounded, async () => {
  await ada.say("Before you came");
  await ada.hear("Ada", "Before you came", { own: true });
  const late = await Person.arrive(browser, server.pageUrl, "Late");
  await late.hear("Ada", "Before you came");
  await ada.page.reload();
  await ada.hear("Ada", "Before you came", { own: true });
});

test("others see that somebody is typing", bounded, async () => {
  await ada.page.locator("#text").pressSequentially("Hm");
  await grace.see("#typing", "Ada is typing…");
  await ada.say("Hm!");
  await grace.hear("Ada", "Hm!");
  assert.equal(await grace.page.textContent("#typing"), "");
});

for (const signal of ["SIGKILL", "SIGTERM"]) {
  test(`after ${signal} and a restart on the same port the page is back, with what was typed`, bounded, async () => {
    await ada.say("Before");
    await grace.hear("Ada", "Before");
    await server.end(signal);
    for (const person of [ada, grace]) await person.see("#status:is([data-state=waiting], [data-state=connecting])");
    await ada.say("While it was away");
    await ada.see(".entry.waiting .what", "While it was away");

    await server.restart();
    for (const person of [ada, grace]) await person.see("#status[data-state=online]");
    await ada.hear("Ada", "While it was away", { own: true });
    await grace.hear("Ada", "While it was away");
    await grace.say("After");
    await ada.hear("Grace", "After");
    assert.equal(await ada.count(".waiting"), 0);
    await ada.hear("Ada", "Before", { own: true });
  });
}

test("a page that lost its connection, and nothing else, recovers exactly what it missed", bounded, async () => {
  let socket, letThrough;
  let way = Promise.resolve();
  const onSocket = async (opened) => {
    await way;
    socket = opened;
    socket.connectToServer();
  };
  const carol = await Person.arrive(browser, server.pageUrl, "Carol", { onSocket });
  await ada.say("Heard");
  await carol.hear("Ada", "Heard");

  way = new Promise((resolve) => (letThrough = resolve));
  await socket.close({ code: 4200 });
  await carol.see("#status:not([data-state=online])");
  for (const text of ["Missed", "Missed as well"]) await ada.say(text);
  await ada.hear("Ada", "Missed as well", { own: true });
  letThrough();
  await carol.hear("Ada", "Missed as well");

  assert.deepEqual(await carol.page.locator(".what").allTextContents(), ["Heard", "Missed", "Missed as well"]);
  assert.equal(await carol.count(".remark"), 0);
  assert.equal(await carol.page.locator("#frames .in", { hasText: '"recovered":true' }).count(), 1);
});

test("a page that was told not to come back says why and stays away", bounded, async () => {
  const sockets = [];
  const onSocket = (opened) => {
    sockets.push(opened);
    opened.connectToServer();
  };
  const carol = await Person.arrive(browser, server.pageUrl, "Carol", { onSocket });
  await sockets[0].close({ code: 4003, reason: "banned for a day" });
  await carol.see("#status[data-state=refused]");
  assert.equal(await carol.page.textContent("#status p"), "Refused (banned for a day)");
  await carol.page.evaluate(() => dispatchEvent(new Event("online")));
  assert.equal(sockets.length, 1);

  await carol.page.click("#retry");
  await carol.see("#status[data-state=online]");
});

test("markup is text wherever it comes from", bounded, async () => {
  await ada.callMyself(kHostile.slice(0, 40));
  await ada.say(kHostile);
  await grace.hear(kHostile.slice(0, 40), kHostile);
  await ada.page.locator("#text").pressSequentially("…");
  await grace.see("#typing", `${kHostile.slice(0, 40)} is typing…`);
  await ada.join(kHostile);
  await ada.see(".remark.error");
  await grace.page.evaluate((name) => (location.hash = name), `#${encodeURIComponent(kHostile)}`);
  await grace.see(".remark.error");

  for (const person of [ada, grace]) {
    assert.equal(await person.count("img, body script"), 0);
    assert.deepEqual(person.failures, []);
  }
});

test("whatever JSON others publish is shown as what it is", bounded, async () => {
  const stranger = await Client.connect(server.wsUrl);
  await stranger.request({ type: "subscribe", channel: "general" });
  const objects = [{}, { text: 7, nick: "N" }, { [kHostile]: kHostile }, { text: "t", at: 1e300 }];
  const values = [null, true, -0.5, "words", [], [[1]], ...objects];
  for (const data of values) {
    const reply = await stranger.request({ type: "publish", channel: "general", data });
    assert.equal(reply.type, "published");
  }

  await ada.hear("someone", "t");
  assert.equal(await ada.count(".entry"), values.length);
  for (const data of values.slice(0, -1)) {
    await ada.hear(data?.nick ?? "someone", JSON.stringify(data, null, 2));
  }
  assert.equal(await ada.count("img, body script"), 0);
  assert.deepEqual(ada.failures, []);
  stranger.socket.terminate();
});

test("what the server refuses is told in words", bounded, async () => {
  await ada.join("no spaces");
  await ada.see(".remark.error", "“no spaces” cannot be a channel: use letters, digits and _ = @ , . ; : / # -");
});
