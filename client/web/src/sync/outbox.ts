/** The life of a command on the device that made it, in one table.
 *
 *     queued        written, may still be amended; never left the device
 *     sent          left the device at least once; frozen, sent again byte for byte until a result comes
 *     acknowledged  the server has it; kept 30 days and sent again if the server starts a new epoch
 *     refused       rejected, quarantined or blocked; stays visible with its reason until the person settles it
 *     settled       one that the person undid before it left, or corrected or gave up after it was refused;
 *                   its text stays readable
 *
 * Nothing leaves this table but acknowledged and settled commands that are old enough.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { TenggatError } from "./errors.ts";
import type { Status } from "./messages.ts";

export const STATES = ["queued", "sent", "acknowledged", "refused", "settled"] as const;
export type State = (typeof STATES)[number];

export const EVENTS = [
  "amend",
  "send",
  "result_done",
  "result_refused",
  "result_retry",
  "new_epoch",
  "renumber",
  "settle",
  "block",
  "hand_over",
  "revised_done",
] as const;
export type Event = (typeof EVENTS)[number];

export const TRANSITIONS: Record<State, Partial<Record<Event, State>>> = {
  queued: {
    amend: "queued",
    send: "sent",
    // The instance id was found to be used by another: what never got a result is numbered anew.
    renumber: "queued",
    new_epoch: "queued",
    // The server was restored and no longer knows the refused command that this one builds on.
    block: "refused",
    // Undone before it ever left.
    settle: "settled",
  },
  sent: {
    renumber: "queued",
    // Sent again after a lost answer: still the same bytes.
    send: "sent",
    result_done: "acknowledged",
    revised_done: "acknowledged",
    result_refused: "refused",
    result_retry: "sent",
    new_epoch: "sent",
    block: "refused",
  },
  acknowledged: {
    // A repeated response tells the same thing again.
    result_done: "acknowledged",
    revised_done: "acknowledged",
    // A restored server lost what it had acknowledged: it is sent again, byte for byte, under the same key.
    new_epoch: "sent",
  },
  refused: {
    // An officer looked at it, and it could be done after all.
    revised_done: "acknowledged",
    result_refused: "refused",
    new_epoch: "refused",
    settle: "settled",
    // The device was revoked and will be wiped: what was refused goes up again, to be kept there.
    hand_over: "sent",
  },
  settled: {
    // What the person has dealt with stays so.
    revised_done: "settled",
    result_refused: "settled",
    new_epoch: "settled",
  },
};

export const EVENT_OF: Record<Status, Event> = {
  applied: "result_done",
  merged: "result_done",
  rejected: "result_refused",
  quarantined: "result_refused",
  blocked: "result_refused",
  retry: "result_retry",
};

/** Which event it is that a command, answered before, has another result now. */
export const REVISED: Partial<Record<Status, Event>> = {
  applied: "revised_done",
  merged: "revised_done",
  rejected: "result_refused",
  quarantined: "result_refused",
  blocked: "result_refused",
};

/** What the screen counts as *on this device*. */
export const WAITING: readonly State[] = ["queued", "sent"];

/** How long an acknowledged command can still be sent to a restored server. */
export const KEEP_DAYS = 30;

/** The command cannot change any more: it left the device, or its result has come. */
export const frozen = (detail: string) => new TenggatError("frozen", detail);

/** The state after the event; `frozen` where the table has no such move. */
export function step(state: State, event: Event): State {
  const to = TRANSITIONS[state][event];
  if (to === undefined) throw frozen(`a command that is ${state} cannot ${event.replaceAll("_", " ")}`);
  return to;
}

/** The id under which an outbox goes on when its own turned out to be someone else's. Always the same one: a database
 * that is brought back from before takes the same step again, and its commands are known under the keys they had. */
export function nextInstance(taken: string): string {
  const digits = bytesToHex(sha256(utf8ToBytes(`tenggat instance ${taken}`))).slice(0, 32);
  // As a random UUID looks (RFC 9562, version 4).
  const variant = ((Number.parseInt(digits[16] ?? "0", 16) & 3) | 8).toString(16);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`];
  return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20)].join("-");
}
