import { browser } from "../devices.ts";
import { hold } from "../world.ts";

hold(browser);
