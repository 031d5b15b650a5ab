/** The contract, held against the Python client behind the window's local server. */

import "./held/desktop.ts";
import "./parts.ts";
import "./window.ts";
