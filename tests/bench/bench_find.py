"""How quickly a search goes through a chain: `python -m tests.bench.bench_find [EVENTS]` prints it, beside the twin.

The twin is the same search with CHAINVIEW_CORE=off, in the same process.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

from chainview.chain.files.opened import open_chain
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.core import serving
from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.chain import samples

EVENTS = 1_000_000
RUNS = 3
ENVELOPE_WORD = "chain-event"
"""It stands in every payload, and nobody sees it there."""
SEARCHES = (("next", ENVELOPE_WORD), ("count", ENVELOPE_WORD), ("count", "begins"), ("count", "fifty"))
"""None; none; one in five events; one in 250."""


def sought(table: EventTable, pattern: str) -> int | None:
    """The next hit."""
    return Finder(table, pattern).seek(-1).run()


def counted(table: EventTable, pattern: str) -> int:
    """All hits."""
    finder = Finder(table, pattern)
    while not finder.count_step():
        pass
    return finder.total


def seconds(what: str, table: EventTable, pattern: str) -> tuple[float, int | None]:
    """The processor seconds of a search, and what it found."""
    begun = time.process_time()
    found = sought(table, pattern) if what == "next" else counted(table, pattern)
    return time.process_time() - begun, found


def main() -> None:
    """Prints the figures."""
    [count] = numbers_asked(__doc__, EVENTS)
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.chain"
        samples.write_native(path, count)
        with open_chain(path).load() as opened:
            for what, pattern in SEARCHES:
                spent: dict[str, list[float]] = {"": [], "off": []}
                found = set[int | None]()
                for _ in range(RUNS):
                    for served in spent:
                        os.environ[serving.VARIABLE] = served
                        took, hits = seconds(what, opened.table, pattern)
                        spent[served].append(took)
                        found.add(hits)
                assert len(found) == 1, found
                core, twin = median(spent[""]), median(spent["off"])
                print_figure(
                    f"{what} {pattern!r} in {count:,} events",
                    f"{core:.2f} s of CPU, {core / twin:.2f} of the twin; found {found.pop()}",
                )


if __name__ == "__main__":
    main()
