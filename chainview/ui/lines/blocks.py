"""Lines in a row whose number is known before they are made: at hand, a text, bytes, or blocks one after the other."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Protocol

from rich.cells import cell_len

from chainview.system.wording import plural, visible
from chainview.ui.lines.line import Line, plain, wrapped

_MEASURED = 4096
_MOST_SHOWN = 1 << 20
"""The characters of a text that are made ready to be shown, at once, while keys wait."""
_PRINTABLE = bytes([code if 32 <= code < 127 else ord(".") for code in range(256)])


class Block(Protocol):
    """Some lines in a row whose number is known without making them."""

    @property
    def height(self) -> int: ...
    def line(self, row: int) -> Line: ...


class Fixed:
    """Lines that are at hand."""

    def __init__(self, *lines: Line) -> None:
        self._lines = lines
        self.height = len(lines)

    def line(self, row: int) -> Line:
        """The line at `row`."""
        return self._lines[row]


class LazyLines:
    """The lines of blocks that come one by one; only those up to the last line asked for are pulled."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._rest: Iterator[Block] = iter(blocks)
        self._blocks: list[Block] = []
        self._starts = array("Q")
        self.height = 0
        """How many lines are known."""
        self.complete = False
        """Whether all lines are known."""

    def ensure(self, height: int, seconds: float = 0.02) -> None:
        """Makes that many lines known, if there are so many, and stops early when that takes longer than `seconds`."""
        until = perf_counter() + seconds
        while not self.complete and self.height < height:
            block = next(self._rest, None)
            if block is None:
                self.complete = True
            elif block.height:
                self._starts.append(self.height)
                self._blocks.append(block)
                self.height += block.height
                if not len(self._blocks) & 63 and perf_counter() > until:
                    return

    def line(self, row: int) -> Line:
        """The line at `row`, which must be known."""
        at = bisect_right(self._starts, row) - 1
        return self._blocks[at].line(row - self._starts[at])


class TextBlock:
    """A text behind its head: in quotes on the head's line when it fits, else below it, broken at the width."""

    def __init__(self, head: Line, text: str, kind: str, tail: Line, width: int, *, wrap: bool) -> None:
        quoted = f'"{visible(text)}"' if len(text) <= 2 * width else ""
        line: Line = [*head, (quoted, "string"), (f" {kind}", "type")]
        if quoted and "\n" not in text and cell_len(plain(line)) <= width:
            line += tail
            self._head = wrapped(line, width, 4) if wrap else [line]
            self.height = len(self._head)
            return
        self._rows = text[:_MOST_SHOWN].split("\n")
        lines = text.count("\n") + 1
        count = f", {lines:,} lines" if lines > 1 else ""
        line = [*head, (f"{kind}, {len(text):,} characters{count}", "type"), *tail]
        self._head = wrapped(line, width, 4) if wrap else [line]
        if len(text) > _MOST_SHOWN:
            self._rows.append(f"… and {plural(len(text) - _MOST_SHOWN, 'more character')}")
        self._width = max(8, width - 4)
        self._wrap = wrap
        self._starts = array("Q")
        total = 0
        for at, row in enumerate(self._rows):
            if not row.isprintable():
                row = self._rows[at] = visible(row)
            self._starts.append(total)
            total += max(1, -(-len(row) // self._room(row))) if wrap else 1
        self.height = len(self._head) + total

    def _room(self, row: str) -> int:
        """How many characters of a row surely fit on a line; rows with wide characters get half the width."""
        narrow = row.isascii() or (len(row) <= _MEASURED and max(row) < "\u1100")
        return self._width if narrow else self._width // 2

    def line(self, row: int) -> Line:
        """The head, then the lines of the text."""
        if row < len(self._head):
            return self._head[row]
        row -= len(self._head)
        at = bisect_right(self._starts, row) - 1
        text = self._rows[at]
        if self._wrap:
            room = self._room(text)
            start = (row - self._starts[at]) * room
            text = text[start : start + room]
        return [("  │ ", "quiet"), (text, "string")]


class HexBlock:
    """A head line, if there is one, and below it the bytes, as many on a line as 8 or 16 or more fit."""

    def __init__(self, head: Line, data: bytes, width: int, indent: int = 0) -> None:
        self._head = head
        self._data = data
        self._indent = " " * indent
        self._digits = max(4, len(f"{max(0, len(data) - 1):x}"))
        groups = max(1, (width - indent - self._digits - 4) // 33)
        # A group of eight takes 25 cells of hexadecimal and 8 of text.
        self._per_line = 8 * min(4, groups)
        self.height = (1 if head else 0) + -(-len(data) // self._per_line)

    def line(self, row: int) -> Line:
        """The line at `row`."""
        if self._head:
            if row == 0:
                return self._head
            row -= 1
        start = row * self._per_line
        piece = self._data[start : start + self._per_line]
        groups = [piece[at : at + 8].hex(" ") for at in range(0, self._per_line, 8)]
        hexadecimal = "  ".join([group.ljust(23) for group in groups])
        return [
            (f"{self._indent}{start:0{self._digits}x}  ", "quiet"),
            (f"{hexadecimal}  ", "number"),
            (piece.translate(_PRINTABLE).decode("ascii"), "string"),
        ]
