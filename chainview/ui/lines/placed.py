"""A value's place among those that are shown, and the lines that stand there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from chainview.pack.values import Compound, Value
from chainview.pack.values.unread import Unread
from chainview.pack.values.walk import walk
from chainview.system.wording import plural
from chainview.ui.lines.blocks import Headed
from chainview.ui.lines.line import Line, Span, in_cells

MARK: Span = ("  ", "quiet")
"""Stands in a head where the fold mark belongs."""
_OPEN: Span = ("▾ ", "quiet")
_FOLDED: Span = ("▸ ", "changed")
_MOST_COUNTED = 10_000

Key = tuple[str, str]
"""A place: the part of the event, and the path in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A value, and where it stands: in which part of an event, by which path, how deep."""

    part: str
    path: str
    depth: int
    value: Value
    inner: Value
    """What options, results and variants around it hold, which is what the lines below are about."""

    @property
    def key(self) -> Key:
        """What names it."""
        return self.part, self.path

    @property
    def text(self) -> str:
        """Part and path as one: `input.orders[2].status`."""
        between = "." if self.part and self.path and self.path[0] != "[" else ""
        return f"{self.part}{between}{self.path}"


class Placed:
    """The lines of a value, without those of the values it holds."""

    def __init__(self, place: Place, block: Headed, width: int) -> None:
        self.place = place
        self.height, self.heads = block.height, block.heads
        self._block = block
        self._width = width

    @property
    def foldable(self) -> bool:
        """Whether there is something to fold away."""
        return self.height > self.heads or self.holds

    @property
    def holds(self) -> bool:
        """Whether there are values below it."""
        inner = self.place.inner
        return isinstance(inner, Compound) and bool(inner.held)

    @property
    def mark_at(self) -> int:
        """The cell of its fold mark."""
        at = 0
        for text, role in self._block.line(0):
            if (text, role) == MARK:
                break
            at += len(text)
        return at

    @property
    def folded_line(self) -> Line:
        """The one line that stands for all of it, and says how much it hides."""
        hides = self._hides()
        line = in_cells(_marked(self._block.line(0), _FOLDED), max(8, self._width - len(hides)), "dim")
        text, role = line[-1]
        return [*line[:-1], (text.rstrip(), role), (hides, "changed")]

    def _hides(self) -> str:
        if not self.holds:
            return f"  … {plural(self.height - self.heads, 'line')}"
        shown = islice(walk(self.place.inner), 1, _MOST_COUNTED + 2)
        held = sum([each.count if isinstance(each, Unread) else 1 for each in shown])
        return f"  … {_MOST_COUNTED:,} values or more" if held > _MOST_COUNTED else f"  … {plural(held, 'value')}"

    def line(self, row: int) -> Line:
        """The line at `row`."""
        line = self._block.line(row)
        return _marked(line, _OPEN) if not row and self.foldable else line


def _marked(line: Line, mark: Span) -> Line:
    if MARK not in line:
        return line
    at = line.index(MARK)
    return [*line[:at], mark, *line[at + 1 :]]
