/** Builds the app into dist/: hashed names, a service worker that knows them, and every file compressed beside itself.
 *
 *     node build.mjs            what is shipped
 *     node build.mjs --watch    again after each change, not minified
 */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { exifParts } from "./build/exif_parts.mjs";
import { oneShell } from "./build/one_shell.mjs";
import { styleAddress } from "./build/style_address.mjs";
import { tooEarly, words } from "./build/words.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");

/** Browsers of the cheap phones of the last five years; what is newer than this in the code is translated. */
const TARGET = ["chrome93", "firefox92", "safari15.4"];

/** Loaded only when asked for, so not kept on every phone in advance: the map, the desktop window, and what only a phone
 * that puts the app on its home screen fetches, with a network. */
const ON_DEMAND = /^(assets\/(map|leaflet|desktop)|icons\/.*-(192|512)\.png)/;

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: !watching,
  target: TARGET,
  legalComments: "none",
  logLevel: "warning",
  jsx: "automatic",
  jsxImportSource: "preact",
  alias: { react: "preact/compat" },
};

/** What the app loads later, a service worker never does: it only exchanges. */
const withoutLater = {
  name: "without-later",
  setup: build =>
    build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : null,
    ),
};

async function build() {
  rmSync(dist, { recursive: true, force: true });
  const bundled = await esbuild.build({
    ...common,
    entryPoints: { app: "src/main.tsx", style: "src/styles/app.css", pages: "src/styles/pages.css" },
    outdir: "dist/assets",
    format: "esm",
    splitting: true,
    publicPath: "/assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".png": "file", ".svg": "file" },
    plugins: [words(), styleAddress(), exifParts(), oneShell(join(here, "src/main.tsx"))],
    metafile: true,
  });
  cpSync(join(here, "static"), dist, { recursive: true });
  const outputs = Object.entries(bundled.metafile.outputs);
  const entry = source => relative("dist", outputs.find(([, output]) => output.entryPoint === source)[0]);
  const style = entry("src/styles/app.css");
  const script = shellScript(bundled.metafile.outputs, entry("src/main.tsx"));
  const plain = [...files(join(here, "static")), join(here, "src/worker.ts")];
  const version = hashOf(...outputs.map(([path]) => path).sort(), ...plain.map(read));
  const html = read(join(here, "static/index.html"))
    .replace("<!--style-->", `<link rel="stylesheet" href="/${style}">`)
    .replace("<!--script-->", `<script type="module" src="/${script}"></script>`)
    .replace("{{version}}", version);
  writeFileSync(join(dist, "index.html"), html);

  const pages = entry("src/styles/pages.css");
  const offline = join(dist, "offline.html");
  writeFileSync(offline, read(offline).replace("<!--style-->", `<link rel="stylesheet" href="/${pages}">`));

  const kept = files(dist)
    .map(path => relative(dist, path))
    .filter(path => !ON_DEMAND.test(path) && !/^(index\.html|robots\.txt)/.test(path));
  await esbuild.build({
    ...common,
    entryPoints: ["src/worker.ts"],
    outfile: "dist/sw.js",
    format: "iife",
    plugins: [withoutLater],
    define: { VERSION: JSON.stringify(version), KEPT: JSON.stringify(["/", ...kept.map(path => `/${path}`)]) },
  });
  const told = { version, pages_css: pages };
  compress();
  // Last: a server that runs looks for it, and takes the folder in when it is there.
  writeFileSync(join(dist, "build.json"), `${JSON.stringify(told)}\n`);
  return { script, style, version };
}

/** The one file that has all of the shell. The entry's own only says its name, and would cost a request of its own. */
function shellScript(outputs, main) {
  const imported = outputs[`dist/${main}`].imports.filter(found => found.kind === "import-statement");
  const [{ path }, ...others] = imported;
  const early = tooEarly(
    Object.keys(outputs[path].inputs).filter(source => /^src\/.*\.tsx?$/.test(source)),
    join(here, "src/words"),
  );
  if (others.length || outputs[path].imports.some(found => found.kind === "import-statement")) {
    throw new Error("the shell came out in several files (build/one_shell.mjs)");
  }
  if (early.length) throw new Error(early.join("\n"));
  rmSync(join(dist, main));
  return relative("dist", path);
}

function compress() {
  for (const path of files(dist)) {
    if (/\.(png|ico|woff2)$/.test(path)) continue;
    const plain = readFileSync(path);
    const quality = { [constants.BROTLI_PARAM_QUALITY]: watching ? 4 : 11 };
    writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: quality }));
    writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
  }
}

/** What a phone must load before the first screen. */
function shell({ script, style }) {
  return ["index.html", style, script].map(path => [path, statSync(join(dist, `${path}.br`)).size]);
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(found => found.isFile())
    .map(found => join(found.parentPath ?? found.path, found.name))
    .sort();
}

function read(path) {
  return readFileSync(path, "utf8");
}

function hashOf(...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 12);
}

function report(made) {
  const sizes = shell(made);
  for (const [path, size] of sizes) console.log(`${String(size).padStart(7)} B  ${path}`);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`${String(total).padStart(7)} B  the shell, brotli; version ${made.version}`);
}

mkdirSync(dist, { recursive: true });
report(await build());
if (watching) {
  const { watch } = await import("node:fs");
  let pending;
  for (const folder of ["src", "static"]) {
    watch(join(here, folder), { recursive: true }, () => {
      clearTimeout(pending);
      pending = setTimeout(() => build().then(report, error => console.error(error.message)), 100);
    });
  }
}
