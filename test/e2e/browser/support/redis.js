// A redis-server of a test's own, on a free port of 127.0.0.1, that keeps nothing.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const kStartTimeout = 10_000;

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

export class Redis {
  #child;
  url;

  /** Resolves once it answers. */
  static async start() {
    const redis = new Redis();
    const port = await freePort();
    const options = ["--bind", "127.0.0.1", "--port", `${port}`, "--save", "", "--dir", tmpdir()];
    redis.#child = spawn("redis-server", options, { stdio: "ignore" });
    redis.url = `redis://127.0.0.1:${port}`;
    for (const end = Date.now() + kStartTimeout; !(await answers(port)); await sleep(20)) {
      if (Date.now() > end) throw new Error("redis-server does not answer");
    }
    return redis;
  }

  async end() {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}

async function freePort() {
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (bytes) => resolve(`${bytes}`.startsWith("+PONG")));
    socket.once("error", () => resolve(false));
    socket.once("data", () => socket.destroy());
  });
}
