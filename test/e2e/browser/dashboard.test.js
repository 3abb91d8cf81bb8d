// The dashboard in a real browser, served by the real admin listener.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launchChromium } from "./support/browser.js";
import { Client } from "./support/client.js";
import { Dashboard } from "./support/dashboard.js";

const bounded = { timeout: 120_000 };
const kHostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
const kViews = ["overview", "channels", "connections", "closes", "settings"];
const kConfig = `
admin_token = "s3cret"
admin_read_token = "look"
[auth]
[[auth.users]]
username = '${kHostile}'
token_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
info = { html = '${kHostile}' }
[[auth.users]]
username = "ann"
token_sha256 = "6a581ee901185606598bbd5369794c46dcf21ebf95955a46fb4a6244bb89e79f"
[channels.kept]
persistent = true
`;

let browser, dashboard, clients;

before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

beforeEach(async () => {
  clients = [];
  dashboard = await Dashboard.open(browser, kConfig);
  await dashboard.ready();
});
afterEach(async () => {
  for (const client of clients) client.socket.terminate();
  await dashboard.close();
});

async function enter(channel, options = {}) {
  const client = await Client.connect(dashboard.server.wsUrl, options);
  clients.push(client);
  if (channel) await client.request({ type: "subscribe", channel });
  return client;
}

const asUser = { headers: { Authorization: "Bearer secret" } };
const asAnn = { headers: { Authorization: "Bearer okay" } };

test("the plots move with what happens", bounded, async () => {
  const path = () => dashboard.page.locator(".plot path.line").first().getAttribute("d");
  await dashboard.see(".plot:nth-child(1) b", /^0$/);
  const before = await path();
  const client = await enter("news");
  await dashboard.see(".plot:nth-child(1) b", /^1$/);
  assert.notEqual(await path(), before);
  const publishing = setInterval(() => client.send({ type: "publish", channel: "news", data: 1 }), 20);
  try {
    for (const plot of [2, 3, 4]) await dashboard.see(`.plot:nth-child(${plot}) b`, /[1-9]/);
  } finally {
    clearInterval(publishing);
  }
  await dashboard.see("#nodes tbody tr", /ready.*1/s);
});

test("a tap shows what is published, and the form publishes", bounded, async () => {
  const client = await enter("kept");
  await dashboard.view("channels");
  await dashboard.page.click('button[aria-label="Tap kept"]');
  await dashboard.see("#tap-state", "Waiting for messages");
  await dashboard.ask("/api/publish", { channel: "kept", data: { text: "over there" } });
  await dashboard.see("#tap-log li", /message\s*\{"data":\{"text":"over there"\},"offset":1\}/);
  assert.equal(await dashboard.page.inputValue("#publish-channel"), "kept");
  await dashboard.page.fill("#publish-data", '{"n": 7}');
  await dashboard.page.click("#publish button");
  await dashboard.see("#publish-state", "Published, with offset 2.");
  await dashboard.see("#tap-log li", /"n":7/);
  await dashboard.page.fill("#publish-data", "no JSON");
  await dashboard.page.click("#publish button");
  await dashboard.see("#tap-log li", /"no JSON"/);
  const heard = [await client.next(), await client.next(), await client.next()];
  assert.deepEqual(heard.map(({ data }) => data), [{ text: "over there" }, { n: 7 }, "no JSON"]);
  await dashboard.page.click("#tap-stop");
  await dashboard.see("#tap-state", "Stopped. 3 messages");
  await dashboard.page.fill("#publish-channel", "*");
  await dashboard.page.click("#publish button");
  await dashboard.see("#publish-state.error", /"channel" must be/);
});

test("a connection is found, inspected and sent away; why stands in the closes", bounded, async () => {
  await enter("news");
  const client = await enter("news", asUser);
  await client.request({ type: "subscribe", channel: "kept" });
  await dashboard.view("connections");
  await dashboard.see("#connection-table tbody tr:nth-child(2)", /127\.0\.0\.1/);
  await dashboard.page.fill("#search", "onerror");
  await dashboard.see("#connection-table tbody tr", client.welcome.connection);
  await dashboard.page.locator("#connection-table tbody tr:nth-child(2)").waitFor({ state: "detached" });
  await dashboard.page.click(`button[aria-label="Inspect ${client.welcome.connection}"]`);
  await dashboard.see("#details-list dd", /news, kept|kept, news/);
  await dashboard.page.fill("#disconnect-reason", "go home");
  await dashboard.page.click("#disconnect button");
  await dashboard.see("#details-state", "Disconnected.");
  assert.deepEqual(await client.closed, { code: 4003, reason: "go home" });
  await dashboard.see("#no-connections", "Nobody is connected who matches.");
  await dashboard.page.click("#details-close");
  await dashboard.view("closes");
  await dashboard.see("#closes-table tbody tr", /4003/);
  await dashboard.page.fill("#closes-search", "nothing like it");
  await dashboard.see("#no-closes", "Nothing has ended that matches.");
});

test("the settings are shown, those that are no defaults alone, and secrets never", bounded, async () => {
  await dashboard.view("settings");
  await dashboard.see("#settings-table tr", /max_clients.*1000/s);
  const all = await dashboard.page.locator("#settings-table tbody tr").count();
  await dashboard.page.check("#changed-only");
  const changed = dashboard.page.locator("#settings-table tbody tr");
  await dashboard.see("#settings-table tbody tr", /channels\."kept"\.persistent\s*.*true/s);
  assert.ok((await changed.count()) < all / 2);
  await dashboard.see("#settings-table tbody tr", /admin_token.*••••••••/s);
  assert.doesNotMatch(await dashboard.page.content(), /s3cret/);
});

test("names and payloads are shown as text, whatever is in them", bounded, async () => {
  const client = await enter("kept", asUser);
  await dashboard.view("channels");
  await dashboard.page.click('button[aria-label="Tap kept"]');
  await dashboard.see("#tap-state", "Waiting for messages");
  client.send({ type: "publish", channel: "kept", data: { [kHostile]: `</code>${kHostile}\u2028\n\n` } });
  await dashboard.see("#tap-log .who", kHostile);
  await dashboard.see("#tap-log code", /<\/code><img/);
  await dashboard.page.fill("#publish-channel", kHostile);
  await dashboard.page.fill("#publish-data", kHostile);
  await dashboard.page.click("#publish button");
  await dashboard.see("#publish-state.error", /"channel" must be/);
  await dashboard.view("connections");
  await dashboard.page.click(`button[aria-label="Inspect ${client.welcome.connection}"]`);
  await dashboard.see("#details-list dd", kHostile);
  await dashboard.page.click("#details-close");
  await dashboard.ask("/api/disconnect", { user: kHostile, reason: kHostile.slice(0, 60) });
  await dashboard.view("closes");
  await dashboard.see("#closes-table td", kHostile);
  assert.equal(await dashboard.page.locator("img, script:not([src])").count(), 0);
});

test("a token is asked for where it is wrong, and with the second one nothing can be changed", bounded, async () => {
  const client = await enter("news");
  await dashboard.page.click("#sign-in");
  await dashboard.page.fill("#token", "wrong");
  await dashboard.page.press("#token", "Enter");
  await dashboard.see("#login-reason", /admin_token/);
  await dashboard.page.fill("#token", "look");
  await dashboard.page.press("#token", "Enter");
  await dashboard.see("#read-only", "read only");
  await dashboard.page.reload();
  await dashboard.see("#read-only", "read only"); // the window remembers the token
  await dashboard.view("channels");
  assert.equal(await dashboard.page.locator("#publish").isVisible(), false);
  await dashboard.view("connections");
  await dashboard.page.click(`button[aria-label="Inspect ${client.welcome.connection}"]`);
  await dashboard.see("#details-list dd", "news");
  assert.equal(await dashboard.page.locator("#disconnect").isVisible(), false);
  // The server refuses it, not the page.
  await dashboard.page.evaluate(() => (document.getElementById("disconnect").hidden = false));
  await dashboard.page.click("#disconnect button");
  await dashboard.see("#details-state.error", /admin_read_token may only look/);
  await dashboard.page.click("#details-close");
  await dashboard.page.click("#sign-in"); // which is to sign out
  await dashboard.page.locator("#read-only").waitFor({ state: "hidden" });
  await dashboard.page.click("#sign-in");
  await dashboard.page.fill("#token", "s3cret");
  await dashboard.page.press("#token", "Enter");
  await dashboard.ready();
  const stored = await dashboard.page.evaluate(() => [localStorage.length, sessionStorage.getItem("sentix-token")]);
  assert.deepEqual(stored, [0, "s3cret"]);
});

test("all of it can be done with the keyboard", bounded, async () => {
  const client = await enter("news");
  const { page } = dashboard;
  const focused = () =>
    page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
  const tabTo = async (name) => {
    for (let presses = 0; (await focused()) !== name; ++presses) {
      assert.ok(presses < 60, `${name} cannot be reached`);
      await page.keyboard.press("Tab");
    }
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await tabTo("Connections");
  await page.keyboard.press("Enter");
  await dashboard.see("#connection-table tbody tr", client.welcome.connection);
  await tabTo(`Inspect ${client.welcome.connection}`);
  await page.keyboard.press("Enter");
  await dashboard.see("#details-list dd", "news");
  await tabTo("Disconnect");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid");
  await page.keyboard.press("Enter");
  await dashboard.see("#details-state", "Disconnected.");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#details").isVisible(), false);
  assert.equal((await client.closed).code, 4003);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong with any view, wide or narrow, ${colorScheme}`, bounded, async () => {
    await enter("news", asUser);
    await dashboard.page.emulateMedia({ colorScheme });
    for (const width of [1280, 360]) {
      await dashboard.page.setViewportSize({ width, height: 800 });
      for (const view of kViews) {
        await dashboard.view(view);
        assert.deepEqual(await dashboard.violations(), [], `${view} ${width}`);
        const overflow = await dashboard.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${view} is ${overflow} px wider than a screen of ${width}`);
      }
    }
    await dashboard.page.click("#sign-in");
    assert.deepEqual(await dashboard.violations(), [], "sign in");
  });
}

test("a server that goes is told of, and one that returns is asked again", bounded, async () => {
  const port = new URL(dashboard.url).port;
  await dashboard.server.end("SIGKILL");
  await dashboard.see("#state[data-state=failed]", "The server does not answer.");
  await dashboard.server.restart(["--admin", `127.0.0.1:${port}`]);
  await dashboard.ready();
});

test("the page and its files come with a strict policy, and need no token", bounded, async () => {
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  for (const path of ["", "main.js", "dashboard.css"]) {
    const headers = { "X-Forwarded-For": "192.0.2.1" }; // who comes by a proxy needs a token for data
    const response = await fetch(dashboard.url + path, { headers });
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("content-security-policy"), policy);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal((await fetch(`${dashboard.url}api/info`, { headers })).status, 401);
  }
});

// With PICTURES=310 in the environment, the seconds to wait for full plots: renews those of tools/web/README.md.
test("pictures", { skip: !process.env.PICTURES, timeout: 600_000 }, async () => {
  const folder = fileURLToPath(new URL("../../../tools/web/", import.meta.url));
  const { page } = dashboard;
  const names = ["news", "sports", "lobby"];
  const crowd = await Promise.all(Array.from({ length: 12 }, (_, i) => enter(names[i % 3], i % 4 ? {} : asAnn)));
  let at = 0;
  const publishing = setInterval(() => {
    const wave = 1 + Math.round(3 + 3 * Math.sin(at++ / 40));
    for (let i = 0; i < wave; ++i) {
      crowd[i % 3].send({ type: "publish", channel: names[i % 3], data: { text: `Line ${at}`, score: [at % 7, i] } });
    }
    if (at % 400 === 0) enter("news");
  }, 50);
  await page.waitForTimeout(Number(process.env.PICTURES) * 1000);
  await dashboard.ask("/api/disconnect", { connection: crowd[5].welcome.connection });
  const shoot = async (name, colorScheme, width, height) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${folder}${name}.png` });
  };
  await shoot("dashboard", "light", 1280, 800);
  await shoot("dashboard-dark", "dark", 1280, 800);
  await shoot("dashboard-phone", "light", 360, 720);
  await dashboard.view("channels");
  await page.click('button[aria-label="Tap news"]');
  await page.waitForTimeout(4000);
  await shoot("dashboard-channels", "light", 1280, 800);
  await shoot("dashboard-channels-phone", "dark", 360, 720);
  await dashboard.view("connections");
  await shoot("dashboard-connections-phone", "dark", 360, 720);
  clearInterval(publishing);
});
