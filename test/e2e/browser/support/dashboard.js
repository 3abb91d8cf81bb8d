// The dashboard of a server of its own, in Chromium.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { Server } from "./server.js";

const kTimeout = 30_000; // for whatever a test waits for; machines can be slow
const kAxe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export class Dashboard {
  #failures = [];
  #axe;
  server;
  page;
  url;

  /** `config` is the text of a sentix.toml, `options` those of the browser's context. */
  static async open(browser, config = "", options = {}) {
    const dashboard = new Dashboard();
    const command = ["serve", "--admin", "127.0.0.1:0"];
    dashboard.server = await Server.start({ command, config });
    dashboard.url = `http://127.0.0.1:${await dashboard.server.adminPort}/`;
    await dashboard.visit(browser, options);
    return dashboard;
  }

  /** A window with nothing remembered. */
  async visit(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(kTimeout);
    this.page = await context.newPage();
    this.page.on("pageerror", (error) => this.#failures.push(`${error}`));
    this.page.on("dialog", (dialog) => this.#failures.push(`a dialog: ${dialog.message()}`));
    this.page.on("console", (message) => {
      const isPolicy = /Content Security Policy/.test(message.text());
      if (isPolicy) this.#failures.push(message.text());
    });
    this.page.on("request", (request) => {
      if (!request.url().startsWith(this.url) && !request.url().startsWith("data:")) this.#failures.push(request.url());
    });
    await this.page.goto(this.url);
    return this.page;
  }

  async view(name) {
    await this.page.click(`nav a[href="#${name}"]`);
    await this.page.locator(`#${name}`).waitFor();
  }

  /** Waits until this element's text matches. */
  async see(selector, text) {
    await this.page.locator(selector).filter({ hasText: text, visible: true }).first().waitFor();
  }

  ready() {
    return this.see("#state[data-state=ready]", "Ready");
  }

  async ask(path, body) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(new URL(path, this.url), { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response.json();
  }

  /** What axe-core finds wrong with the page as it is. */
  async violations() {
    this.#axe ??= await readFile(kAxe, "utf8");
    await this.page.evaluate(this.#axe);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run());
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  }

  /** Ends the server; nothing may have gone wrong in the page. */
  async close() {
    await this.page.context().close();
    await this.server.remove();
    assert.deepEqual(this.#failures, []);
  }
}
