/** The words of the window, in both languages: its own, and those of other screens that it says otherwise, because there
 * is no browser and no home screen here. */

import { sayOtherwise } from "../ui/words.ts";
import english from "../words/en/desktop.json";
import indonesian from "../words/id/desktop.json";

sayOtherwise("id", indonesian);
sayOtherwise("en", english);
