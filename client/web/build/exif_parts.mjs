/** Of ExifReader only what reads EXIF out of the pictures that phones take: its own builder leaves parts out by the same
 * constants, but asks for webpack.
 */

import { readFileSync } from "node:fs";

const PARTS = new Set(["EXIF", "JPEG", "WEBP"]);

export function exifParts() {
  return {
    name: "exif-parts",
    setup(build) {
      build.onLoad({ filter: /[\\/]exifreader[\\/]src[\\/][\w-]+\.js$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        return { contents: source.replace(/\bConstants\.USE_(\w+)/g, (_, part) => String(PARTS.has(part))) };
      });
    },
  };
}
