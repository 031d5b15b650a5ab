"""What a set of runs must have seen: a simulation in which a fault never struck has proved nothing about it."""

from collections import Counter
from collections.abc import Iterable

from tests.simulation.simulation import Report

FAULTS = (
    "lost_request", "lost_response", "duplicated_request", "reordered_request", "cut_request", "cut_response",
    "damaged_request", "damaged_response", "captive_portal", "server_killed", "client_killed", "disk_rolled_back",
    "server_restored", "files_restored", "clock_a_year_ahead", "clock_a_year_behind", "scope_taken", "scope_given",
    "disk_short", "device_revoked", "poisoned_command", "row_damaged", "unknown_record_type", "scope_changed_mid_page",
    "bundle_damaged", "keys_renewed",
)  # fmt: skip

OUTCOMES = {
    "result_applied": "commands applied",
    "result_merged": "merged, with both values kept",
    "result_rejected": "refused",
    "result_blocked": "blocked by a refused one",
    "result_quarantined": "quarantined",
    "stray_malformed": "broken lines kept",
    "stray_seq_reused": "numbers reused, kept and numbered anew",
    "fork": "new instances minted",
    "resent": "sent again after a restore",
    "late_evidence": "late evidence kept",
    "left": "records that left a device's scope",
    "digest_mismatch": "digests that differed, all explained",
    "mended": "rows mended",
    "upgrade": "exchanges of an old client",
    "wiped": "revoked devices wiped",
    "typed_during_exchange": "typed while an answer travelled",
    "signed_in_again": "signed in again",
    "pause": "deadlines paused",
    "arrived": "photos that arrived",
    "code_documents_missing": "submits that lacked a photo",
    "upload_cut": "uploads cut in the middle",
    "upload_resumed": "uploads that went on from there",
    "killed_in_upload": "servers killed in an upload",
    "bytes_dropped": "photos let go of",
    "room_made": "of them, since the disk was nearly full",
    "asked_in_scope": "photos asked for by who may",
    "asked_out_of_scope": "photos asked for by who may not",
    "write_ok": "bundles written",
    "bring_imported": "bundles imported by hand",
    "bring_carried": "bundles carried by another device",
    "bring_again_imported": "imported once more",
    "bring_killed": "servers killed in an import",
    "bring_damaged": "damaged bundles refused",
    "hear_whole": "answers taken in whole",
    "hear_ok": "answers that came late",
    "hear_answer_too_old": "answers of an earlier life of the server",
    "answer_of_another": "answers heard by who they are not for",
}


def totals(reports: Iterable[Report]) -> tuple[Counter[str], Counter[str]]:
    struck: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for report in reports:
        struck.update(report.trace.struck)
        outcomes.update(report.trace.outcomes)
    return struck, outcomes


def never(struck: Counter[str], outcomes: Counter[str]) -> list[str]:
    """The faults that never struck and the outcomes that never came."""
    return [name for name in FAULTS if not struck[name]] + [name for name in OUTCOMES if not outcomes[name]]


def table(struck: Counter[str], outcomes: Counter[str]) -> str:
    lines = ["fault struck", *(f"  {name:<24}{struck[name]:>7}" for name in FAULTS)]
    lines += [f"  {name:<24}{count:>7}" for name, count in sorted(struck.items()) if name not in FAULTS]
    lines += ["outcome", *(f"  {words:<42}{outcomes[name]:>7}" for name, words in OUTCOMES.items())]
    return "\n".join(lines)
