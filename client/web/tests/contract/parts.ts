/** What `desk.ts` promises, held against every implementation of it: a browser's device, and the Python client behind the
 * desktop window's local server. Both speak with a real server, over networks that can be cut.
 */

import "./world.ts";
import "./nobody.ts";
import "./drafts.ts";
import "./sending.ts";
import "./files.ts";
import "./carrying.ts";
import "./inviting.ts";
import "./texts.ts";
