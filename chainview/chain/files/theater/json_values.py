"""JSON values one after the other out of a file of any size, past damage, without holding more than one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder

from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Cut, Damage, Data
from chainview.pack.serde.parts import too_many_parts

_WINDOW = 1 << 20
_WORK_PER_BYTE, _LEAST_WORK = 64, 1 << 24
_WORK_TOO_DEEP = 1 << 16
_TOKEN = 16
"""A decoder that stops this near to the end of a window may have stopped for lack of more text."""
_FOLLOWING = re.compile(r"\}[\s,]*\{")
_BLANK = " \t\r\n,"
_EVENT_KEY = re.compile(r'"hash"\s*:')


@dataclass(frozen=True, slots=True)
class JsonObject:
    """One object; it takes the bytes from `start` to `end`."""

    value: dict[str, object]
    start: int
    end: int


class ObjectScanner:
    """The objects from `position` on, separated by blanks or commas; `closed` tells whether a `]` ended them.

    What is no object is a Damage up to the next `{`, and behind many that are none, or refused, up to the next that
    may be an event. What the file's end cuts off is a Cut. `position` moves along.
    """

    def __init__(self, data: Data, position: int, *, in_array: bool) -> None:
        self.position = position
        self.closed = False
        self._data = data
        self._in_array = in_array
        self._decoder = JSONDecoder()
        self._work = _WORK_PER_BYTE * len(data) + _LEAST_WORK
        self._text = ""
        self._at = 0
        self._base = position
        self._size = _WINDOW
        self._refused = 0

    def refuse(self) -> None:
        """Tells that the last object was no event."""
        self._refused += 1

    def accept(self) -> None:
        """Tells that the last object was an event."""
        self._refused = 0

    def __iter__(self) -> Iterator[JsonObject | Damage | Cut]:
        damaged: int | None = None
        while self._more():
            if self._in_array and self._text[self._at] == "]":
                self._move(self._at + 1)
                self.closed = True
                break
            start = self.position
            if self._refused > TOLD_APART and self._skip_to_event():
                damaged = start if damaged is None else damaged
                continue
            found = self._decode()
            if isinstance(found, dict):
                if damaged is not None:
                    yield Damage(damaged, start, "event")
                    damaged = None
                yield JsonObject(found, start, self.position)
            elif found is None:
                yield Cut(start if damaged is None else damaged)
                return
            else:
                self._refused += 1
                damaged = start if damaged is None else damaged
        if damaged is not None:
            yield Damage(damaged, self.position, "event")
        elif self._in_array and not self.closed:
            yield Cut(self.position)

    def _more(self) -> bool:
        """Moves to the next character that is no separator; False at the end of the data."""
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _BLANK:
                at += 1
            self._move(at)
            if at < len(text):
                return True
            if self.position >= len(self._data):
                return False
            self._read_window()

    def _move(self, at: int) -> None:
        skipped = self._text[self._at : at]
        self.position += len(skipped) if skipped.isascii() else len(skipped.encode("utf-8", "surrogateescape"))
        self._at = at

    def _read_window(self) -> None:
        self._base, self._at = self.position, 0
        self._text = self._data[self._base : self._base + self._size].decode("utf-8", "surrogateescape")

    def _decode(self) -> object:
        """The object here; None when the data ends in it; False, moved to the next `{`, when it is malformed."""
        while True:
            failed, ended = self._at + 1, False
            if self._text[self._at] == "{" and not (self._size > _WINDOW and too_many_parts(self._text)):
                try:
                    value, end = self._decoder.raw_decode(self._text, self._at)
                except JSONDecodeError as error:
                    failed = max(failed, error.pos)
                    ended = error.pos >= len(self._text) - _TOKEN or error.msg.startswith("Unterminated string")
                except ValueError:
                    ended = False
                except RecursionError:
                    self._work -= _WORK_TOO_DEEP
                else:
                    self._move(end)
                    self._size = _WINDOW
                    return value
            self._work -= len(self._text) - self._at if ended else failed - self._at
            if ended and self._base + self._size < len(self._data):
                self._size = _WINDOW if self._at else self._size * 4
                self._read_window()
                continue
            if ended and self._work >= 0 and self._only_cut():
                return None
            self._skip_to_brace(failed)
            return False

    def _skip_to_event(self) -> bool:
        """Moves to the next object that may be an event, or on in the data; False where one begins right here."""
        key = _EVENT_KEY.search(self._text, self._at)
        if key is None and self._at and self._base + self._size < len(self._data):
            self._size = _WINDOW
            self._read_window()
            key = _EVENT_KEY.search(self._text)
        brace = self._text.rfind("{", self._at, len(self._text) if key is None else key.start())
        if key is not None and brace == self._at:
            return False
        self._move(brace if brace > self._at else len(self._text) if key is None else key.end())
        return True

    def _only_cut(self) -> bool:
        """Whether no further object follows the one that does not end."""
        return _FOLLOWING.search(self._text, self._at) is None

    def _skip_to_brace(self, at: int) -> None:
        if self._work < 0:
            self.position = len(self._data)
            self._text, self._at = "", 0
            return
        if self._in_array and self._text[self._at] != "{":
            at = self._at + 1
        brace = self._text.find("{", at)
        self._move(len(self._text) if brace < 0 else brace)
