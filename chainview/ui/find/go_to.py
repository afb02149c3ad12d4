"""What can be typed to go to an event, and finding it by the start of its hash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chainview.chain.table import EventTable

_NUMBER = re.compile(r"#?([0-9][0-9,_]*)")
_STEP = re.compile(r"[+-][0-9]{1,12}")
_HASH = re.compile(r"[0-9a-fA-F]{4,40}")
_EVENTS_A_STEP = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event by its number, by steps from the cursor, or by how its hash begins.

    Digits alone may be a number and the start of a hash; the number then goes first.
    """

    number: int | None = None
    step: int | None = None
    hash_prefix: str = ""


def parse_wanted(text: str) -> Wanted | None:
    """What a typed text asks for; None when it is nothing that could be an event."""
    text = text.strip()
    if _STEP.fullmatch(text):
        return Wanted(step=int(text))
    prefix = text.lower() if _HASH.fullmatch(text) else ""
    found = _NUMBER.fullmatch(text)
    digits = found[1].replace(",", "").replace("_", "") if found else ""
    if digits and len(digits) <= 18:
        return Wanted(number=int(digits), hash_prefix=prefix)
    return Wanted(hash_prefix=prefix) if prefix else None


def hash_matches(table: EventTable, prefix: str) -> Iterator[int | None]:
    """The indices of events whose hash begins with these hexadecimal digits; None after each stretch without one."""
    even, odd = bytes.fromhex(prefix[: len(prefix) & ~1]), prefix[len(prefix) & ~1 :]
    start = table.dropped
    while start - table.dropped < len(table):
        at = max(0, start - table.dropped)
        for index in range(at, min(at + _EVENTS_A_STEP, len(table))):
            hash_ = table.hash(index)
            if (
                hash_ is not None
                and hash_.startswith(even)
                and hash_.hex()[len(prefix) - len(odd) : len(prefix)] == odd
            ):
                yield index
        start = table.dropped + at + _EVENTS_A_STEP
        yield None
