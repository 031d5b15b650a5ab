"""Whether anything that Tenggat stands on is known to be vulnerable: `make audit`.

pip-audit and npm ask the services that keep the advisories. Where those cannot be asked, nothing was audited, and this
says so and fails: silence is no clean bill.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]

LOCKED: Final = ("client/web", "tests/bench/web", "tests/uploads/peer")
"""Folders with a package-lock.json."""

OURS: Final = "tenggat"

CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 2


@dataclass
class Report:
    """What is known of one set of packages. `unknown`: those of which nobody could say anything, and why."""

    name: str
    asked: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        if self.vulnerable:
            return VULNERABLE
        return CLEAN if self.asked and not self.unknown else NOT_AUDITED

    def lines(self) -> Iterable[str]:
        if self.vulnerable:
            yield f"{self.name}: VULNERABLE"
            yield from (f"  {one}" for one in self.vulnerable)
        if self.status == CLEAN:
            yield f"{self.name}: {self.asked} packages, no known vulnerability"
        elif not self.asked:
            yield f"{self.name}: NOT AUDITED: " + ("; ".join(self.unknown[:3]) or "nothing was said of any package")
        elif self.unknown:
            yield f"{self.name}: NOT AUDITED are {len(self.unknown)} packages:"
            yield from (f"  {one}" for one in self.unknown[:10])
            if len(self.unknown) > 10:
                yield f"  and {len(self.unknown) - 10} more"


def of_python(told: str, faults: str = "") -> Report:
    """Read pip-audit's JSON. A package that it passed over was not audited, though pip-audit itself is content."""
    report = Report("Python packages")
    try:
        dependencies: list[dict[str, Any]] = json.loads(told)["dependencies"]
    except (ValueError, KeyError, TypeError):
        report.unknown.append(_last(faults or told))
        return report
    for one in dependencies:
        if one["name"].lower() == OURS:
            continue
        if "skip_reason" in one:
            report.unknown.append(f"{one['name']}: {one['skip_reason']}")
            continue
        report.asked += 1
        report.vulnerable += [
            f"{one['name']} {one['version']}: {fault['id']}; mended in {', '.join(fault['fix_versions']) or 'none yet'}"
            for fault in one.get("vulns", ())
        ]
    return report


def of_npm(folder: str, told: str, faults: str = "") -> Report:
    """Read `npm audit --json`."""
    report = Report(f"npm packages of {folder}")
    try:
        answer: Mapping[str, Any] = json.loads(told)
        counted = answer["metadata"]["dependencies"]
        vulnerable: Mapping[str, Any] = answer["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        report.unknown.append(_last(_npm_fault(told) or faults or told))
        return report
    report.asked = counted if isinstance(counted, int) else int(counted["total"])
    report.vulnerable = [
        f"{name} {one['range']}: {one['severity']}; "
        + ("npm audit fix mends it" if one["fixAvailable"] else "no mended one")
        for name, one in vulnerable.items()
    ]
    return report


def _npm_fault(told: str) -> str:
    try:
        answer = json.loads(told)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    return str(answer.get("message") or (answer.get("error") or {}).get("summary") or "")


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def main() -> int:
    """Ask, and tell; the exit status."""
    sys.path.insert(0, str(ROOT / "client" / "web"))
    from npm import node_and_npm  # type: ignore[import-not-found]

    asked = _run([sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"], ROOT)
    reports = [of_python(asked.stdout, asked.stderr)]
    _, npm, environment = node_and_npm()
    for folder in LOCKED:
        asked = _run([*npm, "audit", "--package-lock-only", "--json"], ROOT / folder, environment)
        reports.append(of_npm(folder, asked.stdout, asked.stderr))
    for report in reports:
        print("\n".join(report.lines()))
    statuses = {report.status for report in reports}
    if NOT_AUDITED in statuses:
        print(
            "\nNOT AUDITED. The services that keep the advisories could not be asked from here, or do not know these"
            " packages.\nWhether they are vulnerable is not known: run `make audit` where those can be reached."
        )
    return VULNERABLE if VULNERABLE in statuses else NOT_AUDITED if NOT_AUDITED in statuses else CLEAN


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
