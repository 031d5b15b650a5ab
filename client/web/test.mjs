/** Runs every `tests/**` file named `*.test.ts` or `*.test.tsx`; words after the command choose files by their name. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const chosen = process.argv.slice(2);
const tests = readdirSync(join(here, "tests"), { recursive: true })
  .map(String)
  .filter(file => /\.test\.tsx?$/.test(file) && (!chosen.length || chosen.some(word => file.includes(word))))
  .sort();
if (!tests.length) throw new Error("there are no such tests");

// Below node_modules, so that packages are found; a folder of its own, so that two runs do not meet.
const cache = join(here, "node_modules", ".cache");
mkdirSync(cache, { recursive: true });
const outdir = mkdtempSync(join(cache, "tests-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: tests.map(file => join("tests", file)),
    outbase: "tests",
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    jsx: "automatic",
    jsxImportSource: "preact",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = tests.map(file => join(outdir, file.replace(/\.tsx?$/, ".mjs")));
  // Far from Indonesia, with half an hour and summer time: whatever asks the machine for its zone comes out wrong.
  const env = { ...process.env, TZ: "America/St_Johns" };
  // Node would leave one core to itself, and the contract's two halves wait for servers.
  const at = `--test-concurrency=${Math.max(2, availableParallelism())}`;
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", at, ...files], {
    cwd: here,
    env,
    stdio: "inherit",
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
