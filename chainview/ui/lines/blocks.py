"""Lines in a row whose number is known before they are made: at hand, a text, or bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Protocol

from rich.cells import cell_len

from chainview.system.wording import plural, visible
from chainview.ui.lines.breaks import breaks
from chainview.ui.lines.line import Line, plain, steady, wrapped

_MOST_SHOWN = 1 << 20
"""The characters of a text that are made ready to be shown, at once, while keys wait."""
_PRINTABLE = bytes([code if 32 <= code < 127 else ord(".") for code in range(256)])


class Block(Protocol):
    """Some lines in a row whose number is known without making them."""

    @property
    def height(self) -> int: ...
    def line(self, row: int) -> Line: ...


class Headed(Block, Protocol):
    """A block that begins with some lines of head."""

    @property
    def heads(self) -> int: ...


class Fixed:
    """Lines that are at hand."""

    def __init__(self, *lines: Line) -> None:
        self._lines = lines
        self.height = self.heads = len(lines)

    def line(self, row: int) -> Line:
        """The line at `row`."""
        return self._lines[row]


class TextBlock:
    """A text behind its head: in quotes on the head's line when it fits, else below it, broken between words."""

    def __init__(
        self, head: Line, text: str, kind: str, tail: Line, width: int, *, wrap: bool, indent: int = 2
    ) -> None:
        quoted = f'"{visible(text)}"' if len(text) <= 2 * width else ""
        line: Line = [*head, (quoted, "string"), (f" {kind}", "type")]
        if quoted and "\n" not in text and cell_len(plain(line)) <= width:
            line += tail
            self._head = wrapped(line, width, 4, words=True) if wrap else [line]
            self.height = self.heads = len(self._head)
            return
        self._rows = [steady(row if row.isprintable() else visible(row)) for row in text[:_MOST_SHOWN].split("\n")]
        lines = text.count("\n") + 1
        count = f", {lines:,} lines" if lines > 1 else ""
        line = [*head, (f"{kind}, {len(text):,} characters{count}", "type"), *tail]
        self._head = wrapped(line, width, 4, words=True) if wrap else [line]
        self.heads = len(self._head)
        if len(text) > _MOST_SHOWN:
            self._rows.append(f"… and {plural(len(text) - _MOST_SHOWN, 'more character')}")
        self._indent = f"{' ' * min(indent, width // 3)}│ "
        room = max(8, width - len(self._indent))
        self._broken = {at: breaks(row, room) for at, row in enumerate(self._rows) if wrap and len(row) > room // 2}
        """Where the lines of the rows begin that may need more than one."""
        self._starts = array("Q")
        total = 0
        for at in range(len(self._rows)):
            self._starts.append(total)
            total += len(self._broken.get(at, "1"))
        self.height = self.heads + total

    def line(self, row: int) -> Line:
        """The head, then the lines of the text."""
        if row < self.heads:
            return self._head[row]
        row -= self.heads
        at = bisect_right(self._starts, row) - 1
        text, begins = self._rows[at], self._broken.get(at)
        if begins is not None:
            nth = row - self._starts[at]
            text = text[begins[nth] : begins[nth + 1] if nth + 1 < len(begins) else None]
        return [(self._indent, "quiet"), (text, "string")]


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
        self.heads = 1 if head else 0
        self.height = self.heads + -(-len(data) // self._per_line)

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
