import { desktop } from "../devices.ts";
import { hold } from "../world.ts";

hold(desktop);
