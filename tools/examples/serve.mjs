// Serves an example: starts the server that its page talks to, what else belongs to it, and the page itself.
//
//   node serve.mjs NAME [--port 8000]     0 takes a free port; the address to open is printed when all of it runs

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: "string", default: "8000" } },
});
const [name] = positionals;
process.chdir(import.meta.dirname);
if (!existsSync(`${name}/index.html`)) {
  console.error("usage: serve.mjs chat|cluster|cursors|numbers|telemetry [--port 8000]");
  process.exit(2);
}

const children = [];
const start = (...command) => {
  const child = spawn(command[0], command.slice(1), { cwd: name, stdio: ["ignore", "pipe", "inherit"] });
  child.on("error", (error) => end(`${command[0]}: ${error.message}`));
  child.on("exit", () => end(`${command[0]} has ended`));
  children.push(child);
  return createInterface({ input: child.stdout });
};
const end = (reason) => {
  for (const child of children) child.removeAllListeners("exit").kill();
  if (reason) console.error(reason);
  process.exit(reason ? 1 : 0);
};
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end());

// A folder with a sentix.toml is served by sentix, which finds it there; another one has a server of its own, and one
// with a start.mjs starts what it needs.
const build = resolve("../../build");
const command = existsSync(`${name}/start.mjs`)
  ? [process.execPath, "start.mjs"]
  : existsSync(`${name}/sentix.toml`)
  ? [process.env.SENTIX ?? `${build}/sentix`, "serve", "--port", "0", "--admin", "off", "--page", "none"]
  : [`${build}/example-${name}`, "0"];
const [line] = await once(start(...command), "line");
const server = /^listening on ws:\/\/(.*)$/.exec(line)[1];
if (existsSync(`${name}/feed.mjs`)) start(process.execPath, "feed.mjs", server).on("line", console.log);

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };
const files = new Map([
  ["/", `${name}/index.html`],
  ["/page.css", "page.css"],
  ["/sentix-client.js", "../client/dist/esm/index.js"],
]);
for (const file of readdirSync(name)) if (types[extname(file)]) files.set(`/${file}`, `${name}/${file}`);

const http = createServer(async (request, response) => {
  const file = files.get(new URL(request.url, "http://localhost").pathname);
  if (!file) return response.writeHead(404).end("There is no such page.\n");
  response.setHeader("content-type", types[extname(file)]);
  response.setHeader("content-security-policy", "default-src 'self'; connect-src ws: http:; img-src data:");
  response.end(await readFile(file));
});
await once(http.listen(Number(values.port), "127.0.0.1"), "listening");
console.log(`open http://127.0.0.1:${http.address().port}/?server=${server}`);
