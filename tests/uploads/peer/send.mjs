// Sends one file with tus-js-client: node send.mjs ENDPOINT TOKEN CASE ATTACHMENT FILE CHUNK

import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, token, caseId, attachment, path, chunk] = process.argv.slice(2);

const upload = new Upload(createReadStream(path), {
  endpoint,
  chunkSize: Number(chunk),
  uploadSize: statSync(path).size,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { case: caseId, attachment },
  retryDelays: [100, 200, 400, 800, 1600, 3200],
  onError(error) {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess() {
    console.log("sent");
  },
});
upload.start();
