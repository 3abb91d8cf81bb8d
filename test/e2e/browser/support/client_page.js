// The client of tools/client as a program imports it: in Node with npm's ws, and inside the pages of browsers.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { WebSocket } from "ws";

import { ChatClusterClient, SentixClient } from "../../../../tools/client/dist/esm/index.js";

export { ChatClusterClient, SentixClient, WebSocket };

const kModule = fileURLToPath(new URL("../../../../tools/client/dist/esm/index.js", import.meta.url));
export const kBrowsers = {
  chrome: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] },
  firefox: { executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr" },
};

/** A page in a browser of its own that can import "/sentix.js". */
export class ClientPage {
  #server;
  #browser;
  page;

  static async open(browser) {
    const opened = new ClientPage();
    const script = await readFile(kModule);
    opened.#server = createServer((request, response) => {
      const isScript = request.url === "/sentix.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : "<!doctype html><title>sentix</title>");
    });
    await once(opened.#server.listen(0, "127.0.0.1"), "listening");
    opened.#browser = await puppeteer.launch({ browser, headless: true, ...kBrowsers[browser] });
    opened.page = await opened.#browser.newPage();
    await opened.page.goto(`http://127.0.0.1:${opened.#server.address().port}/`);
    return opened;
  }

  async close() {
    await this.#browser?.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
