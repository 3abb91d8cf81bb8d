// Starts the sentix binary on a free port of 127.0.0.1, and ends it.

import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary = resolve(process.env.SENTIX ?? fileURLToPath(new URL("../../../../build/sentix", import.meta.url)));
export const kStartTimeout = 10_000;

export class Server {
  #command;
  #child;
  #folder;
  port;
  adminPort; // a promise of it, where there is an admin listener

  /** `sentix serve`, or another command; `config` is the text of a sentix.toml. Resolves once the server listens. */
  static async start({ command = ["serve", "--admin", "off"], port = 0, config = "" } = {}) {
    const server = new Server();
    server.#command = command;
    server.#folder = await mkdtemp(join(tmpdir(), "sentix-e2e-"));
    await writeFile(join(server.#folder, "sentix.toml"), config);
    await server.#run(port);
    return server;
  }

  get wsUrl() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  get pageUrl() {
    return `http://127.0.0.1:${this.port}/`;
  }

  async #run(port, more = []) {
    const options = { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] };
    this.#child = spawn(binary, [...this.#command, "--port", `${port}`, ...more], options);
    this.#child.stderr.pipe(process.stderr, { end: false });
    this.adminPort = adminPort(this.#child.stderr);
    const signal = AbortSignal.timeout(kStartTimeout);
    const failure = once(this.#child, "exit", { signal }).then(([code]) => {
      throw new Error(`${binary} ended with ${code} before it listened`);
    });
    this.port = await Promise.race([failure, listeningPort(this.#child.stdout, signal)]);
  }

  /** Ends the process by the signal; resolves with its exit status, null after SIGKILL. */
  async end(signal) {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, "exit");
    this.#child.kill(signal);
    return (await exit)[0];
  }

  /** Runs it once more on the port that it had, with these further arguments. */
  async restart(more) {
    await this.#run(this.port, more);
  }

  async remove() {
    await this.end("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }
}

/** The port that a program tells in its line of where it listens. */
export async function listeningPort(stdout, signal) {
  for await (const [line] of on(createInterface({ input: stdout }), "line", { signal })) {
    const port = /^listening on ws:\/\/.*:(\d+)$/.exec(line)?.[1];
    if (port) return Number(port);
  }
}

// The port of the admin listener, once the log tells it; null where it ends before that.
function adminPort(stderr) {
  return new Promise((resolve) => {
    let log = "";
    stderr.on("data", (bytes) => {
      log += bytes;
      const port = /admin listener on .*:(\d+)\n/.exec(log)?.[1];
      if (port) resolve(Number(port));
    });
    stderr.on("end", () => resolve(null));
  });
}
