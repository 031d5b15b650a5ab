/** What is loaded later builds on all of the shell, and the bundler shall know it: by itself it cuts the shell into a file
 * for each set of later parts that share something, a dozen of them, and each costs a request before the first screen.
 */

import { readFileSync } from "node:fs";
import { extname } from "node:path";

/** `main`: the file that the shell begins with. */
export function oneShell(main) {
  return {
    name: "one-shell",
    setup(build) {
      build.onResolve({ filter: /^\./ }, async ({ path, kind, pluginData, ...from }) => {
        if (kind !== "dynamic-import" || pluginData?.asked) return;
        const found = await build.resolve(path, { ...from, kind, pluginData: { asked: true } });
        return { ...found, pluginData: { later: true } };
      });
      build.onLoad({ filter: /\.tsx?$/ }, ({ path, pluginData }) => {
        if (!pluginData?.later) return;
        const contents = `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(main)};\n`;
        return { contents, loader: extname(path).slice(1) };
      });
    },
  };
}
