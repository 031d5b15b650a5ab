/** `import address from "some.css?address"`: the style sheet becomes a file of its own, for a part of the app that is
 * loaded on demand and links it itself. */

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export function styleAddress() {
  return {
    name: "style-address",
    setup(build) {
      build.onResolve({ filter: /\.css\?address$/ }, ({ path, resolveDir }) => {
        const plain = path.replace("?address", "");
        const found = plain.startsWith(".") ? join(resolveDir, plain) : fileURLToPath(import.meta.resolve(plain));
        return { path: found, namespace: "style-address" };
      });
      build.onLoad({ filter: /.*/, namespace: "style-address" }, async ({ path }) => {
        const plain = readFileSync(path, "utf8");
        const { code } = await build.esbuild.transform(plain, { loader: "css", minify: true });
        return { contents: code, loader: "file", watchFiles: [path], pluginData: basename(path) };
      });
    },
  };
}
