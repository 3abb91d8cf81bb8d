// Starts nginx or HAProxy in front of a server, with the configurations of tools/deploy, and ends it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { kStartTimeout, listeningPort } from "./server.js";

const program = fileURLToPath(new URL("../../../interop/proxy.py", import.meta.url));
const PYTHONPATH = fileURLToPath(new URL("../..", import.meta.url));

export class Proxy {
  #child;
  #port;

  /** `name` is "nginx" or "haproxy". Resolves once it listens. */
  static async start(name, server) {
    const proxy = new Proxy();
    const options = { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, PYTHONPATH } };
    proxy.#child = spawn("python3", [program, name, `${server.port}`], options);
    proxy.#port = await listeningPort(proxy.#child.stdout, AbortSignal.timeout(kStartTimeout));
    return proxy;
  }

  get wsUrl() {
    return `ws://127.0.0.1:${this.#port}/ws`;
  }

  async remove() {
    const exit = once(this.#child, "exit");
    this.#child.stdin.end();
    await exit;
  }
}
