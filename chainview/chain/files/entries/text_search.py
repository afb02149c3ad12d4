"""Regular expressions over a text too large to be held: it is looked at a window at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chainview.chain.files.entries.entry import Data

_WINDOW = 1 << 16
_ENOUGH = 1 << 12
"""Bytes that are looked at before what does not match there is no longer thought to be cut."""


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


class Searcher:
    """Looks for one thing after the other in a text, mostly on from where the last one was."""

    def __init__(self, data: Data, window: int = _WINDOW) -> None:
        self._data = data
        self._window = window
        self._held = b""
        self._base = 0

    def search(self, pattern: re.Pattern[bytes], start: int, longest: int) -> Found | None:
        """The first match at or after an offset of an expression that looks at `longest` bytes at most.

        A `^` of several lines holds where it holds in the whole text.
        """
        size, at = len(self._data), start
        while at <= size:
            held, base = self._held, self._base
            end = base + len(held)
            if not (at <= end and (base < at or at == base == 0)):
                held, base, end = self._look_at(at, longest)
            match = pattern.search(held, at - base)
            if match is not None and (base + match.start() + longest <= end or end >= size):
                return Found(match, base)
            if end >= size:
                return None
            # What begins in the last bytes is looked at again.
            at = max(at, end - longest + 1 if match is None else base + match.start())
            self._look_at(at, longest)
        return None

    def between(self, start: int, stop: int) -> bytes:
        """The bytes between two offsets."""
        begin = start - self._base
        if begin >= 0 and stop - self._base <= len(self._held):
            return self._held[begin : stop - self._base]
        return self._data[start:stop]

    def match(self, pattern: re.Pattern[bytes], start: int) -> Found | None:
        """A match at an offset, where what is held goes on behind it; None where there is none, or that isn't known."""
        held, base = self._held, self._base
        match, anew = None, not base < start < base + len(held)
        if not anew:
            match = pattern.match(held, start - base)
            seen = len(held) - (start - base)
            is_open = seen < _ENOUGH if match is None else match.end() == len(held)
            cut = is_open and base + len(held) < len(self._data)
            anew = cut and start > base + 1
        if anew:
            held, base, _ = self._look_at(start, 0)
            match = pattern.match(held, start - base)
        if match is None or (match.end() == len(held) and base + len(held) < len(self._data)):
            return None
        return Found(match, base)

    def _look_at(self, at: int, longest: int) -> tuple[bytes, int, int]:
        """Holds what lies at an offset, with a byte more in front, which tells whether a line begins there."""
        self._base = max(at - 1, 0)
        self._held = self._data[self._base : at + self._window + longest]
        return self._held, self._base, self._base + len(self._held)
