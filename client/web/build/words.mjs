/** Turns src/words/<language>/*.json (ICU MessageFormat, as translators know it) into what @lingui/core reads, while
 * bundling, so that no parser travels to the phone. A message that cannot be read, or a key that one language lacks,
 * stops the build.
 */

import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compileMessage } from "@lingui/message-utils/compileMessage";

const LANGUAGES = ["id", "en"];
/** What src/words/id/index.ts brings, with the shell. */
const FIRST = ["frame", "filing", "cases", "errors"];
/** What src/words/later.ts brings, and src/desktop/said.ts. */
const LATER = ["work", "syncing", "files", "enrolment", "desktop"];

export function words() {
  return {
    name: "words",
    setup(build) {
      build.onLoad({ filter: /[\\/]words[\\/](id|en)[\\/]\w+\.json$/ }, ({ path }) => {
        const own = parse(path);
        const root = dirname(dirname(path));
        const errors = LANGUAGES.map(code => parse(join(root, code, basename(path)))).flatMap(other =>
          Object.keys(other)
            .filter(key => !(key in own))
            .map(key => ({ text: `${path} lacks ${key}` })),
        );
        const compiled = Object.fromEntries(Object.entries(own).map(([key, text]) => [key, compileMessage(text)]));
        return { contents: JSON.stringify(compiled), loader: "json", errors };
      });
    },
  };
}

function parse(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Words that come with a later file, and are used in one of these sources all the same. */
export function tooEarly(sources, root) {
  const keys = names => names.flatMap(name => Object.keys(parse(join(root, "id", `${name}.json`))));
  const later = new Set(keys(LATER));
  // What is only said otherwise later is there.
  for (const word of keys(FIRST)) later.delete(word);
  return sources.flatMap(path =>
    [...readFileSync(path, "utf8").matchAll(/"(\w+)"/g)]
      .filter(([, word]) => later.has(word))
      .map(([, word]) => `${path}: "${word}" is not there yet`),
  );
}
