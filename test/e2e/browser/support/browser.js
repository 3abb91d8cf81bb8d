// Chromium without a screen, and what a person does on the chat page.

import { chromium } from "playwright-core";

const kArguments = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const kTimeout = 15_000;

/** Debian's Chromium, or what CHROMIUM names, with a profile of its own that goes with it. */
export function launchChromium() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kArguments });
}

/** One window: another person, with nothing remembered. */
export class Person {
  /** Opens the page under this name and waits until it is connected; `onSocket` may stand between it and the server. */
  static async arrive(browser, url, nick, { onSocket } = {}) {
    const person = new Person();
    const context = await browser.newContext();
    context.setDefaultTimeout(kTimeout);
    person.page = await context.newPage();
    person.requests = [];
    person.failures = [];
    person.page.on("request", (request) => person.requests.push(request.url()));
    person.page.on("pageerror", (error) => person.failures.push(`${error}`));
    person.page.on("dialog", (dialog) => person.failures.push(`a dialog: ${dialog.message()}`));
    if (onSocket) await person.page.routeWebSocket(/./, onSocket);
    await person.page.goto(url);
    await person.see("#status[data-state=online]");
    await person.callMyself(nick);
    return person;
  }

  async callMyself(nick) {
    await this.page.fill("#nick", nick);
    await this.page.press("#nick", "Enter");
  }

  async say(text) {
    await this.page.fill("#text", text);
    await this.page.press("#text", "Enter");
  }

  async join(channel) {
    await this.page.fill("#join-name", channel);
    await this.page.press("#join-name", "Enter");
  }

  /** Waits until something like this is visible; a text is compared as a whole. */
  async see(selector, text) {
    const all = this.page.locator(selector).filter({ visible: true });
    await (text === undefined ? all : all.filter({ hasText: exactly(text) })).first().waitFor();
  }

  /** Waits for a line in the log, by its author and its text; `own` is how the page must show it. */
  async hear(nick, text, { own = false } = {}) {
    const line = this.page
      .locator(own ? ".entry.own:not(.waiting)" : ".entry:not(.own)")
      .filter({ has: this.page.locator(".who", { hasText: exactly(nick) }) })
      .filter({ has: this.page.locator(".what", { hasText: exactly(text) }) });
    await line.waitFor({ state: "attached" });
  }

  count(selector) {
    return this.page.locator(selector).count();
  }
}

const exactly = (text) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}\\s*$`);
