// Runs an example of tools/examples as its reader does, and looks at it in Chromium.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const kFolder = fileURLToPath(new URL("../../../../tools/examples", import.meta.url));
const kTimeout = 60_000; // for whatever a test waits for; machines can be slow

export class Example {
  #name;
  #child;
  #browser;
  #failures = [];
  url;

  /** Resolves once the example runs. */
  static async start(browser, name) {
    const example = new Example();
    example.#name = name;
    example.#browser = browser;
    const command = [`${kFolder}/serve.mjs`, name, "--port", "0"];
    example.#child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: example.#child.stdout });
    const [line] = await once(lines, "line", { signal: AbortSignal.timeout(kTimeout) });
    example.url = /^open (.*)$/.exec(line)[1];
    return example;
  }

  /** Another visitor: a page with nothing remembered. What fails in it, or what it asks of others, fails `stop`. */
  async visit(options) {
    const context = await this.#browser.newContext({ viewport: { width: 900, height: 560 }, ...options });
    context.setDefaultTimeout(kTimeout);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.#failures.push(`${error}`));
    page.on("console", (message) => message.type() === "error" && this.#failures.push(message.text()));
    page.on("request", (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) this.#failures.push(request.url());
    });
    await page.goto(this.url);
    return page;
  }

  /** With PICTURES in the environment: renews the pictures of the example's README, by day and by night. */
  async takePictures(page) {
    if (!process.env.PICTURES) return;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${kFolder}/${this.#name}/${colorScheme}.png` });
    }
  }

  /** Ends it; returns what went wrong in its pages. */
  async stop() {
    for (const context of this.#browser.contexts()) await context.close();
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await exit;
    return this.#failures;
  }
}
