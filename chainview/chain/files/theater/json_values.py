"""JSON values one after the other out of a file of any size, past damage, without holding more than a few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, Generic, Literal, TypeVar

from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Cut, Damage, Data, Pause, may_grow
from chainview.pack.serde.parts import too_many_parts

_WINDOW = 1 << 14
"""Bytes that are looked at together, where an object needs no more: to tell what is wrong costs by all before it."""
_LARGE = 1 << 20
"""Bytes up to which an object is read whatever it is made of."""
_OBJECTS_A_WINDOW = 4
_WORK_PER_BYTE, _LEAST_WORK = 4, 1 << 22
"""What may be read in vain for a byte of the file, and in any case. Then only what begins as an event does is read."""
_TOKEN = 16
"""A decoder that stops this near to the end of a window may have stopped for lack of more text."""
_FOLLOWING = re.compile(r"\}[\s,]*\{")
_BLANKS = re.compile(r"[ \t\r\n,]*+")
_BLANK = frozenset(" \t\r\n,")
_EVENT_HEAD = re.compile(
    r'\{\s*+"hash"\s*+:\s*+\[[\d\s,]*+\]\s*+,\s*+"parent_hash"\s*+:\s*+(?:null|\[[\d\s,]*+\])\s*+,\s*+"event_type"\s*+:'
)
"""How Theater begins an event."""
_LONGEST_HEAD = 1 << 10
_EVENT_KEY = re.compile(r'"hash"\s*+:\s*+\[[\d\s,]*+\]')

_Read = TypeVar("_Read")


class ObjectScanner(Generic[_Read]):
    """What is read of the objects from `position` on, separated by blanks or commas.

    `read` tells what an object stands for that ends at a byte, and None for what is not looked for: a Damage up to the
    next `{`, as what is no object, and behind many of them up to the next that may be an event. What the file's end
    cuts off is a Cut. `closed` tells whether a `]` ended them; `position` moves along. While the data grows an object
    that is not whole yet is waited for, and so is all that stands behind very much damage.
    """

    def __init__(
        self, data: Data, position: int, *, in_array: bool, read: Callable[[dict[str, object], int], _Read | None]
    ) -> None:
        self.position = position
        self.closed = False
        self._data = data
        self._in_array = in_array
        self._read = read
        self._scan: Callable[[str, int], tuple[Any, int]] = JSONDecoder().scan_once  # type: ignore[attr-defined]
        self._work = self._most_work = _WORK_PER_BYTE * len(data) + _LEAST_WORK
        self._text = ""
        self._at = 0
        self._base = self._end = position
        self._size = _WINDOW
        self._is_ascii, self._has_too_many_parts = True, False
        self._refused = 0

    def __iter__(self) -> Iterator[_Read | Damage | Cut | Pause]:
        damaged: int | None = None
        read = self._read
        while self._more() or may_grow(self._data):
            start = self.position
            if start >= len(self._data) or (self._is_lost and may_grow(self._data)):
                yield Pause()
                continue
            if self._in_array and self._text[self._at] == "]":
                self._move(self._at + 1)
                self.closed = True
                break
            if self._is_lost and self._skip_to_event():
                damaged = start if damaged is None else damaged
                continue
            found = self._decode()
            if found is None and may_grow(self._data):
                yield Pause()
                self._read_window()
                continue
            if found is None:
                yield Cut(start if damaged is None else damaged)
                return
            if found is not False:
                entry = read(found, self.position)
                if entry is not None:
                    if damaged is not None:
                        yield Damage(damaged, start, "event")
                        damaged = None
                    self._refused = 0
                    yield entry
                    continue
                if self._refused < TOLD_APART:
                    if damaged is not None:
                        yield Damage(damaged, start, "event")
                        damaged = None
                    yield Damage(start, self.position, "event")
                    self._refused += 1
                    continue
            self._refused += 1
            damaged = start if damaged is None else damaged
        if damaged is not None:
            yield Damage(damaged, self.position, "event")
        elif self._in_array and not self.closed:
            yield Cut(self.position)

    @property
    def _is_lost(self) -> bool:
        """Whether only what begins as an event does is looked for."""
        return self._work < 0 or self._refused > TOLD_APART

    def _more(self) -> bool:
        """Moves to the next character that is no separator; False at the end of the data."""
        while True:
            text, at = self._text, self._at
            if text[at : at + 1] in _BLANK:
                blanks = _BLANKS.match(text, at)
                at = at if blanks is None else blanks.end()
                self._move(at)
            if at < len(text):
                return True
            if self.position >= len(self._data):
                return False
            self._read_window()

    def _move(self, at: int) -> None:
        skipped = at - self._at
        self.position += (
            skipped if self._is_ascii else len(self._text[self._at : at].encode("utf-8", "surrogateescape"))
        )
        self._at = at

    def _read_window(self) -> None:
        self._base, self._at = self.position, 0
        text = self._data[self._base : self._base + self._size]
        self._end = self._base + len(text)
        self._is_ascii = text.isascii()
        self._text = text.decode("utf-8", "surrogateescape")
        self._has_too_many_parts = self._size > _LARGE and too_many_parts(self._text)

    def _decode(self) -> dict[str, object] | Literal[False] | None:
        """The object here; None when the data ends in it; False, moved to the next `{`, when it is malformed."""
        while True:
            failed, ended = self._at + 1, False
            if self._text[self._at] == "{" and not self._has_too_many_parts:
                try:
                    value, end = self._scan(self._text, self._at)
                except JSONDecodeError as error:
                    failed = max(failed, error.pos)
                    ended = error.pos >= len(self._text) - _TOKEN or error.msg.startswith("Unterminated string")
                except StopIteration as error:
                    failed = max(failed, error.value)
                    ended = error.value >= len(self._text) - _TOKEN
                except ValueError:
                    ended = False
                except RecursionError:
                    self._work -= len(self._text) - self._at
                else:
                    if self._size > _WINDOW:
                        self._size = max(_WINDOW, _OBJECTS_A_WINDOW * (end - self._at))
                    self._move(end)
                    found: dict[str, object] = value
                    return found
            if self._end < min(self._base + self._size, len(self._data)):
                # More has come since.
                self._read_window()
                continue
            near_end = ended or failed + _LONGEST_HEAD > len(self._text)
            if near_end and self._end == len(self._data) and may_grow(self._data):
                return None
            self._work -= len(self._text) - self._at if ended else failed - self._at
            if self._base + self._size < len(self._data):
                if ended and not self._at:
                    self._size *= 4
                if ended or (self._at and failed + _LONGEST_HEAD > len(self._text)):
                    self._read_window()
                    continue
            if ended and self._work >= 0 and self._only_cut():
                return None
            self._skip_to_brace(failed)
            return False

    def _skip_to_event(self) -> bool:
        """Moves to the next object that may be an event, or on in the data; False where one begins right here."""
        if self._work < -self._most_work:
            self.position = len(self._data)
            self._text, self._at = "", 0
            return True
        wanted = _EVENT_HEAD if self._work < 0 else _EVENT_KEY
        key = wanted.search(self._text, self._at)
        if key is None and self._at and self._base + self._size < len(self._data):
            self._size = _WINDOW
            self._read_window()
            key = wanted.search(self._text)
        brace = self._text.rfind("{", self._at, len(self._text) if key is None else key.start() + 1)
        if key is not None and brace == self._at:
            return False
        self._move(brace if brace > self._at else len(self._text) if key is None else key.end())
        return True

    def _only_cut(self) -> bool:
        """Whether no further object follows the one that does not end, and no event is whole in it."""
        if _FOLLOWING.search(self._text, self._at) is not None:
            return False
        head = _EVENT_HEAD.search(self._text, self._at + 1)
        try:
            return head is None or not self._scan(self._text, head.start())
        except (ValueError, StopIteration, RecursionError):
            return True

    def _skip_to_brace(self, at: int) -> None:
        """Moves to the next `{` from a place on, or to an event that begins before it."""
        if self._in_array and self._text[self._at] != "{":
            at = self._at + 1
        head = _EVENT_HEAD.search(self._text, self._at + 1, at + _LONGEST_HEAD)
        brace = self._text.find("{", at)
        if head is not None and head.start() < at:
            brace = head.start()
        self._move(len(self._text) if brace < 0 else brace)
