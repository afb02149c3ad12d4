"""How long a native chain of a million events takes to open, index, check and bisect, and what its table costs.

Run it with `python -m tests.bench.bench_open [EVENTS]`; nothing is asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from array import array
from pathlib import Path

from chainview.chain.event import Kind
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.table import EventTable
from tests.bench.figures import numbers_asked, seconds_served
from tests.bench.large_file import write_large

EVENTS = 1_000_000
FIRST_SCREEN = 2000
HASH_BYTES = 20


def main() -> None:
    """Prints the figures."""
    [count] = numbers_asked(__doc__, EVENTS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.chain"
        size = write_large(path, count)
        print(f"file            {count:,} events, {size / 1e6:.0f} MB")
        start = time.perf_counter()
        opened = open_chain(path)
        steps = opened.steps(FIRST_SCREEN)
        next(steps)
        print(f"first {FIRST_SCREEN:,}     {(time.perf_counter() - start) * 1000:.1f} ms after the start of opening")
        longest = 0.0
        before = time.perf_counter()
        for _ in steps:
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
        print(f"indexed         {time.perf_counter() - start:.2f} s, longest step {longest * 1000:.1f} ms")
        print(f"table           {table_bytes(opened.table) / count:.1f} bytes an event beside payload and hash")
        start = time.perf_counter()
        at = first_difference(opened.table, opened.table)
        print(
            f"bisected        {(time.perf_counter() - start) * 1e6:.0f} us for two equal tables (first difference {at})"
        )
        start = time.perf_counter()
        calls = opened.table.kinds.count(Kind.CALL)
        print(f"calls counted   {(time.perf_counter() - start) * 1000:.2f} ms for {calls:,}")
        opened.close()
        spent = {word: processor_seconds(path, word) for word in ("", "off")}
        for name, core, twin in zip(("index", "verify"), *spent.values(), strict=True):
            print(f"{name:<15} {core:.2f} s of CPU, {core / twin:.2f} of the twin in Python")


def processor_seconds(path: Path, word: str) -> tuple[float, float]:
    """What indexing and verifying took of the processor, with that word for who serves."""
    with open_chain(path) as opened:
        return seconds_served(word, opened.load), seconds_served(word, lambda: _require_sound(opened))


def _require_sound(opened: OpenedChain) -> None:
    assert verify(opened).sound


def table_bytes(table: EventTable) -> int:
    """The bytes that a table's columns take, hashes and payloads left out."""
    columns = [
        value for name, value in vars(table).items() if isinstance(value, array | bytearray) and name != "_payloads"
    ]
    return sum([sys.getsizeof(column) for column in columns]) - len(table) * HASH_BYTES


def first_difference(one: EventTable, other: EventTable) -> int | None:
    """The index of the first event whose hash differs: equal hashes mean that all before is equal too."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high) // 2
        if one.hash(middle) == other.hash(middle):
            low = middle + 1
        else:
            high = middle
    return None if low == len(one) == len(other) else low


if __name__ == "__main__":
    main()
