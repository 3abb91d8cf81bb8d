// A Redis and three nodes of sentix. A node that the page wants killed is killed, and comes back after a while.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws"; // Node 22 has one of its own

import { SentixClient } from "sentix-client";

const kNodes = ["first", "second", "third"];
const kAway = 5000; // milliseconds that a killed node stays away

const folder = mkdtempSync(`${tmpdir()}/sentix-cluster-`);
const children = new Map();
const start = (name, ...command) => {
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  child.on("error", (error) => end(`${command[0]}: ${error.message}`));
  children.set(name, child);
  return child;
};
const end = (reason) => {
  for (const child of children.values()) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  if (reason) console.error(reason);
  process.exit(reason ? 1 : 0);
};
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end());

const socket = `${folder}/redis.sock`;
start("redis", "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder);
while (!existsSync(socket)) await sleep(20);

// Resolves with where it listens. A node that comes back has the port that it had.
const urls = new Map();
async function startNode(name) {
  const binary = process.env.SENTIX ?? "../../../build/sentix";
  const port = new URL(urls.get(name) ?? "ws://127.0.0.1:0").port || "0";
  const words = ["--node-id", name, "--port", port, "--redis", `redis+unix://${socket}`, "--admin", "off"];
  const node = start(name, binary, "serve", "--page", "none", ...words);
  const [line] = await once(createInterface({ input: node.stdout }), "line");
  urls.set(name, line.replace("listening on ", ""));
}
await Promise.all(kNodes.map(startNode));

const client = new SentixClient([...urls.values()], { WebSocket });
await client.connect();
const operator = await client.subscribe("operator").ready;
operator.on("event:kill", async (name) => {
  if (!kNodes.includes(name)) return;
  children.get(name).kill("SIGKILL");
  await sleep(kAway);
  await startNode(name);
});
console.log(`listening on ${urls.get(kNodes[0])}`);
