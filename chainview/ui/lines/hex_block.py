"""Bytes as offset, hexadecimal and text."""

from __future__ import annotations

from chainview.ui.lines.blocks import Line

_PRINTABLE = bytes([code if 32 <= code < 127 else ord(".") for code in range(256)])


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
