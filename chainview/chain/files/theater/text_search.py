"""Regular expressions over a text too large to be held: it is looked at a window at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chainview.chain.files.entries.entry import Data

_FIRST_WINDOW, _WINDOW = 1 << 11, 1 << 16
"""What is looked for is mostly near."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match, by the offsets of the whole text."""

    match: re.Match[bytes]
    base: int

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.base + self.match.start()

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.base + self.match.end()

    def group(self, number: int) -> bytes:
        """What a group of it matched."""
        return self.match.group(number)


def search(pattern: re.Pattern[bytes], data: Data, start: int, longest: int, window: int = _WINDOW) -> Found | None:
    """The first match at or after an offset of an expression that matches `longest` bytes at most.

    A `^` of several lines holds where it holds in the whole text.
    """
    size, at, ahead = len(data), start, min(_FIRST_WINDOW, window)
    while at <= size:
        # A byte more in front tells whether a line begins here; what begins in the last bytes is looked at again.
        base = max(at - 1, 0)
        held = data[base : at + ahead + longest]
        match = pattern.search(held, at - base)
        if match is not None and (base + match.start() < at + ahead or base + len(held) >= size):
            return Found(match, base)
        if base + len(held) >= size:
            return None
        at += ahead
        ahead = window
    return None
