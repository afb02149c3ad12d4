"""A row of the chain tree as text: its columns, and how it is cut to a width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

from chainview.chain.event import Kind
from chainview.chain.stats.report import duration_words
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Forms, Role, Span, fitting
from chainview.chain.words.summary import summary
from chainview.ui.lines.line import in_cells, loose_cells

HASH_LETTERS = 7
_GUTTER = 1
_RAIL = 1
"""The last cell, which shows where in the chain errors and hits are."""
_WITHOUT_HASH = 56
"""Below this many columns the summary needs the room more than the hash does."""
_LEAST_NUMBER = 4

CURSOR_GLYPH, BOOKMARK_GLYPH = "»", "◆"
OPEN, FOLDED, STEP, END, LOOSE = "▼", "▶", "│", "└", " "
ERROR_FLAG, UNSOUND_FLAG = "!", "⚠"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a row stand: widths in cells for a tree that is `width` cells wide."""

    width: int
    number: int
    timed: bool = False
    """Whether what an event took stands in the place of its hash."""

    @classmethod
    def fitting(cls, width: int, last_number: int, *, timed: bool = False) -> Columns:
        """The columns for a tree whose last event has that number."""
        return cls(width, max(_LEAST_NUMBER, len(str(last_number)) + 1), timed)

    @property
    def mark(self) -> int:
        """The cell of the fold mark."""
        return _GUTTER + self.number + 1

    @property
    def text(self) -> int:
        """The cell in which the summary begins."""
        return self.mark + 2

    @property
    def hash(self) -> int:
        """The cells of the hash, 0 where it is left out."""
        return HASH_LETTERS if self.timed or self.width >= _WITHOUT_HASH else 0

    @property
    def room(self) -> int:
        """The cells that the summary has."""
        after = 2 + (self.hash + 1 if self.hash else 0) + _RAIL
        return max(0, self.width - self.text - after)


def row(table: EventTable, index: int, columns: Columns, mark: str, *, folded: bool) -> list[Span]:
    """An event's row after its gutter cell, exactly `columns.width - 1` cells wide; `mark` is its fold mark."""
    said = summary(table, index, folded, columns.room)
    shown = fitted(said, columns.room)
    loose = loose_cells(shown)
    if loose:
        # A terminal that finds it wider than is counted here has blanks to go on in, and one that stays.
        blanks = loose + 1
        shown = fitted([*fitted(said, max(0, columns.room - blanks)), (" " * blanks, Role.DIM)], columns.room)
    spans: list[Span] = [
        (f"{table.number(index):>{columns.number}}", Role.NUMBER),
        (f" {mark} ", Role.MARK),
        *shown,
        (" ", Role.DIM),
        _flag(table, index, said, folded=folded),
    ]
    if columns.timed:
        spans.append((f" {took(table, index):>{HASH_LETTERS}}", Role.VALUE))
    elif columns.hash:
        hash_ = table.hash(index)
        text = hash_.hex()[:HASH_LETTERS] if hash_ is not None else "-" * HASH_LETTERS
        spans.append((f" {text}", Role.HASH))
    return fitted(spans, columns.width - _GUTTER)


def took(table: EventTable, index: int) -> str:
    """What an event took, a wasm-call what the whole call did; empty where that is not known."""
    if table.kinds[index] == Kind.CALL:
        index += table.steps(index)
    _, [microseconds] = table.times(index, index + 1)
    return duration_words(microseconds * 1000) if microseconds else ""


def fold_mark(table: EventTable, index: int, *, open_: bool) -> str:
    """The mark of an event: whether its call is `open_`, or where it hangs in an open call."""
    if table.kinds[index] == Kind.CALL:
        return OPEN if open_ else FOLDED
    if not open_:
        return LOOSE
    return END if table.kinds[index] in (Kind.RESULT, Kind.ERROR) else STEP


def fitted(spans: Iterable[Span], cells: int) -> list[Span]:
    """The spans in exactly that many cells: padded, or cut with `…`, never through a wide character."""
    return in_cells(spans, cells, Role.DIM)


def divider(forms: Forms, cells: int, *, selected: bool) -> list[Span]:
    """A note that stands between events, as a line across the tree, in as many words as fit there."""
    text = fitting(forms, max(1, cells - len("── ") - _RAIL))
    begin = f"{CURSOR_GLYPH}─" if selected else "──"
    return [(f"{begin} {text} ", Role.NOTE), ("─" * max(0, cells - cell_len(text) - 4), Role.NOTE)]


def highlighted(spans: Iterable[Span], found: Iterable[tuple[int, int]]) -> list[tuple[str, Role, bool]]:
    """The spans split where hits begin and end, each piece with whether it is in a hit."""
    edges = sorted(found)
    pieces: list[tuple[str, Role, bool]] = []
    at = 0
    for text, role in spans:
        start, end = at, at + len(text)
        for first, last in edges:
            if last <= at or first >= end:
                continue
            if first > at:
                pieces.append((text[at - start : first - start], role, False))
                at = first
            pieces.append((text[at - start : min(last, end) - start], role, True))
            at = min(last, end)
        if at < end:
            pieces.append((text[at - start :], role, False))
        at = end
    return pieces


def _flag(table: EventTable, index: int, said: list[Span], *, folded: bool) -> Span:
    last = index + table.steps(index) if folded and table.kinds[index] == Kind.CALL else index
    if any(role is Role.ERROR for _, role in said) or table.kinds[last] in (Kind.ERROR, Kind.DAMAGED):
        return (ERROR_FLAG, Role.ERROR)
    if table.any_unsound(index, last + 1):
        return (UNSOUND_FLAG, Role.FLAG)
    return (" ", Role.DIM)
