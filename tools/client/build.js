// dist/: the module as ESM and as CommonJS, minified, each with its types. dist/modules/ has the sources one by one,
// for the unit tests; it is not packed.

import { execFileSync } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

process.chdir(import.meta.dirname);
await rm("dist", { recursive: true, force: true });

const types = (folder) => execFileSync("npx", ["tsc", "--outDir", folder], { stdio: "inherit" });
const common = { target: "es2022", bundle: true, minify: true, sourcemap: true };

const esm = { entryPoints: ["src/index.ts"], outfile: "dist/esm/index.js", format: "esm" };
const { metafile } = await build({ ...common, ...esm, metafile: true });
types("dist/esm");

// What the module exports, without the helper that would make an ES module of it again.
const names = metafile.outputs[esm.outfile].exports.join(",");
const contents = `import {${names}} from "./src/index.ts"; module.exports = {${names}};`;
const logOverride = { "commonjs-variable-in-esm": "silent" };
const stdin = { contents, resolveDir: ".", loader: "ts" };
await build({ ...common, stdin, outfile: "dist/cjs/index.js", format: "cjs", logOverride });
types("dist/cjs");
await writeFile("dist/cjs/package.json", '{"type":"commonjs"}\n'); // says how Node and TypeScript read this folder

const sources = (await readdir("src")).map((name) => `src/${name}`);
await build({ target: "es2022", entryPoints: sources, outdir: "dist/modules", format: "esm" });
