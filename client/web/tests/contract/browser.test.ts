/** The contract, held against a browser's device. */

import "./held/browser.ts";
import "./parts.ts";
