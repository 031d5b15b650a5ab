/** The words of the window, in both languages: its own, and those of other screens that it says otherwise, because there
 * is no browser and no home screen here. */

import { sayOtherwise } from "../ui/words.ts";
import english from "../words/en/desktop.json";
import invitedEnglish from "../words/en/enrolment.json";
import indonesian from "../words/id/desktop.json";
import invitedIndonesian from "../words/id/enrolment.json";

// A link may be pasted at the gate, before any other screen.
sayOtherwise("id", { ...invitedIndonesian, ...indonesian });
sayOtherwise("en", { ...invitedEnglish, ...english });
