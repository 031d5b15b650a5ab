/** The Indonesian words of the screens that come after the first one. Whatever uses one of them is loaded with this file,
 * and the build refuses a shell that knows any of them (build/words.mjs). English is one file, fetched when it is asked
 * for. */

import { learn } from "../ui/words.ts";
import enrolment from "./id/enrolment.json";
import files from "./id/files.json";
import syncing from "./id/syncing.json";
import work from "./id/work.json";

const later = { ...work, ...syncing, ...files, ...enrolment };
learn(later);

export default later;
