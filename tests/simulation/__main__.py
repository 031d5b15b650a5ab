"""`python -m tests.simulation --seeds N [--start S]`, or `--seed X --trace` to watch one run; with
`--database postgres` the server stands on a PostgreSQL.

One line per seed; on a failure the seed, the invariant and the last steps, and exit status 1.
"""

import argparse
import sys
from collections.abc import Iterator
from multiprocessing import get_context

from tests.postgres import cluster
from tests.simulation.report import never, table, totals
from tests.simulation.simulation import Report
from tests.simulation.worker import begin, run

PROCESSES = 2
ENOUGH = 40
"""From so many seeds on, each fault must have struck."""


def reports(seeds: range, url: str | None) -> Iterator[Report]:
    if len(seeds) == 1:
        begin(url)
        yield run(seeds[0])
        return
    with get_context("spawn").Pool(PROCESSES, begin, (url,)) as pool:
        yield from pool.imap(run, seeds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--start", type=int, default=1)
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--trace", action="store_true", help="with --seed: print every step")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite", help="the server's")
    given = parser.parse_args()
    if given.database == "sqlite":
        return live(given, None)
    with cluster() as databases:
        databases.make_tables()
        return live(given, databases.url)


def live(given: argparse.Namespace, url: str | None) -> int:
    """The exit status of those cities."""
    if given.seed is not None and given.trace:
        begin(url)
        print(run(given.seed, tell=True).line())
        return 0
    seeds = range(given.start, given.start + given.seeds) if given.seed is None else range(given.seed, given.seed + 1)
    done: list[Report] = []
    for report in reports(seeds, url):
        done.append(report)
        print(report.line(), flush=True)
        if report.fault:
            print(*report.trace.lines, sep="\n")
            print(f"again: python -m tests.simulation --seed {report.seed} --trace", file=sys.stderr)
            return 1
    struck, outcomes = totals(done)
    print(table(struck, outcomes))
    steps, seconds = sum(r.trace.steps for r in done), sum(r.seconds for r in done)
    print(f"{len(done)} seeds, {steps} steps, {steps / seconds:.0f} steps/s in each process")
    if len(done) >= ENOUGH and (missing := never(struck, outcomes)):
        print("never happened:", ", ".join(missing), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
