// What `npm pack` makes of this folder: its size, both forms of the module, and no dependency.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

const kBytesMax = 6_000; // gzipped
const kNames = ["ChatClusterClient", "SentixClient", "SentixError", "Subscription"];
const source = join(import.meta.dirname, "..");
let folder, files;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sentix-client-"));
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: source,
  });
  const [{ filename, files: listed }] = JSON.parse(packed);
  files = listed.map(({ path }) => path);
  const modules = join(folder, "node_modules", "sentix-client");
  await mkdir(modules, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, filename), "-C", modules, "--strip-components=1"]);
});
after(() => rm(folder, { recursive: true }));

const run = (...given) => execFileSync(process.execPath, given, { cwd: folder, encoding: "utf8" }).trim();

test("each form of the module is under 6 kB gzipped", async (context) => {
  for (const path of ["esm/index.js", "cjs/index.js"]) {
    const bytes = gzipSync(await readFile(join(source, "dist", path)), { level: 9 }).length;
    context.diagnostic(`${path}: ${bytes} bytes gzipped`);
    assert.ok(bytes < kBytesMax, `${path}: ${bytes} bytes`);
  }
});

test("it holds the module, its types and its README, and needs nothing else", async () => {
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  for (const path of ["README.md", "package.json", "dist/esm/index.d.ts", "dist/cjs/index.d.ts"])
    assert.ok(files.includes(path), path);
  for (const path of files) assert.match(path, /^(dist\/(esm|cjs)\/|README\.md$|package\.json$)/);
});

test("import and require give the same names", async () => {
  await writeFile(
    join(folder, "use.mjs"),
    'import * as all from "sentix-client"; console.log(Object.keys(all).sort().join());',
  );
  await writeFile(join(folder, "use.cjs"), 'console.log(Object.keys(require("sentix-client")).sort().join());');
  for (const file of ["use.mjs", "use.cjs"]) assert.equal(run(file), kNames.join(), file);
});

test("TypeScript finds the types from either kind of module", async () => {
  const text =
    'import { SentixClient } from "sentix-client";\nexport const client: SentixClient = new SentixClient("h");\n';
  for (const name of ["a.mts", "b.cts"]) await writeFile(join(folder, name), text);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--lib", "es2023,dom"];
  run(join(source, "node_modules/typescript/bin/tsc"), ...options, "a.mts", "b.cts");
});
