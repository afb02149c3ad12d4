"""What rows are searched for and filtered by, with what was found of it, in a line that fits."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from chainview.chain.words.spans import middle_cut
from chainview.system.wording import visible
from chainview.ui.lines.line import Line, plain

_BETWEEN = "   "
_ENDLESS = 1 << 20
_LEAST = 6
"""Cells that a pattern has, however little room there is."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A search and a filter, each empty where there is none, with what is said of how much they found."""

    pattern: str = ""
    hits: str = ""
    """How many hits there are in the rows, and which of them the cursor is on."""
    everywhere: str = ""
    """How many there are in the rows of all actors; empty where there are no others."""
    filter: str = ""
    shown: str = ""
    """How many rows the filter shows."""
    filtering: bool = True

    def line(self, width: int) -> Line:
        """Both beside each other; where they do not fit, pattern and filter are cut in their middles."""
        pattern, filter = visible(self.pattern), visible(self.filter)
        room = width - cell_len(plain(self._line("", "")))
        if cell_len(pattern) + cell_len(filter) > room:
            half = max(_LEAST, room // 2)
            left = min(cell_len(pattern), max(half, room - cell_len(filter)))
            pattern, filter = middle_cut(pattern, left), middle_cut(filter, max(_LEAST, room - left))
        return self._line(pattern, filter)

    def _line(self, pattern: str, filter: str) -> Line:
        line: Line = []
        if self.pattern:
            all_hits = f" here, {self.everywhere} in all actors" if self.everywhere else ""
            line += [("/ ", "key"), (pattern, "text"), (f"  {self.hits}{all_hits}{_BETWEEN}", "dim")]
        if self.filter:
            line += [("& ", "key"), (filter, "text")]
            line.append((f"  {self.shown}{_BETWEEN}", "warn" if self.filtering else "dim"))
        return line


def beside(sought: Sought, where: str, width: int) -> Line:
    """What is sought with where the cursor is at the right end, which is left out where it has no room."""
    whole: Line = [(" ", "text"), *sought.line(_ENDLESS)]
    gap = width - cell_len(plain(whole)) - cell_len(where)
    return [*whole, (" " * gap, "text"), (where, "dim")] if gap >= 0 else [(" ", "text"), *sought.line(width - 1)]
