"""Filters: a few words that say which events to show, and the events they let through."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress

from chainview.chain.event import Kind
from chainview.chain.query.hits import stop_after
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError

_FLIPPED = bytes([1 - min(value, 1) for value in range(256)])
_TOKEN = re.compile(r'(!?)(?:([a-z]+):)?(?:"([^"]*)"|([^\s!]\S*))')
_NUMBER = re.compile(r"0{0,20}[1-9][0-9]{0,18}")
_STRETCH = 1 << 14
_STRETCH_BYTES = 1 << 20
_WORDS = {kind.word: kind for kind in Kind}
Mask = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Token:
    """One condition: `key` is `kind`, `call` or empty for a word; `inverted` lets through what does not meet it."""

    key: str
    value: str
    inverted: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all have to hold."""

    text: str
    tokens: tuple[Token, ...]


def parse_filter(text: str) -> Filter:
    """The filter a user typed: `kind:host,error`, `call:3`, words, texts in quotes, each inverted by a `!` before it.

    A word matches event types, function names and the texts in payloads; without capitals it ignores case. `call:3`
    means the call that event 3 belongs to. Raises ChainviewError, saying what is wrong.
    """
    tokens: list[Token] = []
    at = 0
    while (rest := text[at:]) and rest.strip():
        at += len(rest) - len(rest.lstrip())
        found = _TOKEN.match(text, at)
        if found is None:
            raise ChainviewError("a ! in a filter stands right before what it inverts, such as !log")
        tokens.append(_token(found))
        at = found.end()
    return Filter(text.strip(), tuple(tokens))


def _token(found: re.Match[str]) -> Token:
    inverted, key, quoted, word = found.groups()
    value = word if quoted is None else quoted
    if word is not None and '"' in word and (word.startswith('"') or key):
        raise ChainviewError(f"the filter has a quote that is not closed: {found[0]}")
    if key == "kind":
        for name in value.split(","):
            if name not in _WORDS:
                raise ChainviewError(f"there is no kind {name!r}; kinds are {', '.join(_WORDS)}")
    elif key == "call":
        if not _NUMBER.fullmatch(value):
            raise ChainviewError(f"call: wants the number of an event, not {value[:40]!r}")
    elif key is not None:
        key, value = "", f"{key}:{value}"
    return Token(key or "", value, bool(inverted))


class Selection:
    """The events of a table that a filter lets through, found a stretch at a time and kept up as the table grows."""

    def __init__(self, table: EventTable, filter_: Filter) -> None:
        self.filter = filter_
        self.matches = array("I")
        """Their positions, ascending: index + `table.dropped`."""
        self._table = table
        self._seen = table.dropped
        self._finders: list[Finder] = []
        self._masks = [self._mask(token) for token in filter_.tokens]
        self._reads = any(not token.key for token in filter_.tokens)

    @property
    def complete(self) -> bool:
        """Whether every event has been looked at."""
        return self._seen >= len(self._table) + self._table.dropped

    def step(self, events: int = _STRETCH) -> bool:
        """Looks at that many more events, or fewer large ones; True when every event has been looked at."""
        self.forget()
        base = self._table.dropped
        start = self._seen - base
        stop = min(start + events, len(self._table))
        if self._reads and start < stop:
            stop = min(stop, stop_after(self._table, start, _STRETCH_BYTES))
        if not all(finder.ready(start, stop) for finder in self._finders):
            return False
        if start < stop:
            self.matches.extend(compress(range(start + base, stop + base), self._let_through(start, stop)))
            self._seen = stop + base
        return self.complete

    def lets_through(self, index: int) -> bool:
        """Whether an event that was looked at is let through."""
        position = index + self._table.dropped
        at = bisect_left(self.matches, position)
        return at < len(self.matches) and self.matches[at] == position

    def forget(self) -> None:
        """Takes out what the table has let go."""
        base = self._table.dropped
        if self.matches and self.matches[0] < base:
            del self.matches[: bisect_left(self.matches, base)]
        self._seen = max(self._seen, base)

    def _let_through(self, start: int, stop: int) -> bytes:
        passed = b"\1" * (stop - start)
        for token, mask in zip(self.filter.tokens, self._masks, strict=True):
            found = mask(start, stop)
            if token.inverted:
                found = found.translate(_FLIPPED)
            both = int.from_bytes(passed, "little") & int.from_bytes(found, "little")
            passed = both.to_bytes(stop - start, "little")
        return passed

    def _mask(self, token: Token) -> Mask:
        if token.key == "kind":
            wanted = {_WORDS[name] for name in token.value.split(",")}
            of_kind = bytes([1 if value in wanted else 0 for value in range(256)])
            return lambda start, stop: bytes(self._table.kinds[start:stop].translate(of_kind))
        if token.key == "call":
            number = int(token.value)
            return lambda start, stop: self._in_call(number, start, stop)
        finder = Finder(self._table, token.value, plain=True)
        self._finders.append(finder)
        return lambda start, stop: _marked(finder, start, stop)

    def _in_call(self, number: int, start: int, stop: int) -> bytes:
        index = number - 1 - self._table.dropped
        if not 0 <= index < len(self._table):
            return bytes(stop - start)
        call = self._table.call_of(index)
        first = index if call is None else call
        last = first if call is None else call + self._table.steps(call)
        mask = bytearray(stop - start)
        low, high = max(first, start), min(last + 1, stop)
        if low < high:
            mask[low - start : high - start] = b"\1" * (high - low)
        return bytes(mask)


def _marked(finder: Finder, start: int, stop: int) -> bytes:
    mask = bytearray(stop - start)
    for index in finder.hits_between(start, stop):
        mask[index - start] = 1
    return bytes(mask)
