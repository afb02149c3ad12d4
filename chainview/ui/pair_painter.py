"""From the rows of two aligned histories to strips: two columns, or one where there is little room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from textual.cache import LRUCache
from textual.strip import Strip

from chainview.chain.event import Kind
from chainview.chain.short import Role, Span, short_items
from chainview.chain.summary import interface_name
from chainview.chain.table import EventTable
from chainview.chain.visible import visible
from chainview.pack.values import Tuple
from chainview.replay.ask import Ask
from chainview.replay.causes import Label
from chainview.replay.side import NONE
from chainview.ui.pairs import Pairs, ask_of
from chainview.ui.rows import Columns, fitted, fold_mark, highlighted, row
from chainview.ui.tree_painter import CURSOR, HIT, RowPainter
from chainview.ui.tree_rows import TreeRows

_CACHED = 2048
_MARKS = {Label.SAME: " ", Label.CAUSE: "≠", Label.LINK: "┊", Label.SHIFT: "┊", Label.UNREACHED: " "}
_RAIL = "┊"
_MISSING, _EXTRA, _UNREACHED = "╌╌ not in the replay ╌╌", "╌╌ not recorded ╌╌", "╌╌ not reached ╌╌"
_TAG = 4
RECORDED, NOW = 0, 1


@dataclass(slots=True)
class Sides:
    """What the rows are made of. `known` events of now have come so far; None when they all have."""

    recorded: EventTable
    now: EventTable
    asks: Sequence[Ask] = field(default_factory=tuple)
    known: int | None = None


class PairPainter(RowPainter):
    """Paints rows of pairs; what only follows from a cause is dim, and never in the colour of an error."""

    pairs: Pairs
    sides: Sides
    unified = False

    def show(self, pairs: Pairs, sides: Sides, *, unified: bool) -> None:
        """Paints these rows from now on."""
        self.pairs, self.sides, self.unified = pairs, sides, unified
        self._painted: LRUCache[tuple[int, bool, int, int], Strip] = LRUCache(_CACHED)

    def event(self, rows: TreeRows, index: int, *, mark: str, selected: bool) -> Strip:
        """The strip of a row, as the one under the cursor if `selected`."""
        call = rows.fold.holder(index)
        open_ = call is not None and rows.fold.is_open(call)
        key = (index, open_, self.columns.width, -1 if self.sides.known is None else self.sides.known)
        strip = self._painted.get(key)
        if strip is None:
            strip = self._painted[key] = self._pair(rows, index, open_)
        if not selected:
            return strip
        segments = list(Segment.apply_style(list(strip), post_style=self.style(CURSOR)))
        return Strip(segments, self.columns.width)

    def clear(self) -> None:
        """Forgets what was painted."""
        super().clear()
        self._painted = LRUCache(_CACHED)

    def _pair(self, rows: TreeRows, index: int, open_: bool) -> Strip:
        pairs, width = self.pairs, self.columns.width
        folded = not open_ and rows.table.kinds[index] == Kind.CALL
        stop = index + rows.table.steps(index) + 1 if folded else index + 1
        label = Label.CAUSE if pairs.has_cause(index, stop) else Label(pairs.labels[index])
        mark = (_MARKS.get(label, _RAIL), Role.FLAG if label is Label.CAUSE else Role.MARK)
        if self.unified:
            side = NOW if pairs.recorded[index] == NONE else RECORDED
            tag = self._tag(index, side)
            room = width - 1 - _TAG
            spans = self._side(index, side, room, label, folded)
            return self._segments([mark, tag, *spans], (), width)
        left = (width - 1) // 2
        right = width - 1 - left
        one, other = (
            self._side(index, RECORDED, left - 1, label, folded),
            self._side(index, NOW, right - 1, label, folded),
        )
        found: list[tuple[int, int]] = []
        if label is Label.CAUSE and pairs.recorded[index] != NONE and pairs.now[index] != NONE:
            columns = Columns.fitting(left, len(self.sides.recorded))
            found = _changed(one, other, columns)
        at = left + 1
        return self._segments(
            [mark, *one, ("│", Role.MARK), mark, *other],
            [
                *[(start + 1, stop + 1) for start, stop in found[:1]],
                *[(start + at + 1, stop + at + 1) for start, stop in found[1:]],
            ],
            width,
        )

    def _tag(self, index: int, side: int) -> Span:
        pairs = self.pairs
        if pairs.labels[index] in (Label.SAME, Label.LINK, Label.SHIFT, Label.UNREACHED):
            return " " * _TAG, Role.DIM
        return ("now " if side == NOW else "rec "), Role.FLAG if pairs.labels[index] == Label.CAUSE else Role.DIM

    def _side(self, index: int, side: int, room: int, label: Label, folded: bool) -> list[Span]:
        """A side of a row in exactly `room` cells."""
        pairs, sides = self.pairs, self.sides
        item = (pairs.recorded if side == RECORDED else pairs.now)[index]
        table = sides.recorded if side == RECORDED else sides.now
        if side == NOW and sides.known is not None and index >= sides.known:
            return fitted([], room)
        columns = Columns.fitting(room + 1, max(len(sides.recorded), len(sides.now)))
        indent = " " * (columns.text - 1)
        if item == NONE:
            text = _EXTRA if side == RECORDED else _UNREACHED if label is Label.UNREACHED else _MISSING
            return fitted([(indent + text, Role.DIM)], room)
        if item < NONE:
            spans = fitted([(indent, Role.DIM), *_asked(sides.asks[ask_of(item)], columns.room)], room)
        else:
            mark = fold_mark(table, item, open_=not folded and table.call_of(item) is not None)
            spans = row(table, item, columns, mark, folded=folded)
        if label in (Label.SAME, Label.CAUSE):
            return spans
        return [(text, Role.DIM) for text, _ in spans]

    def _segments(self, spans: list[Span], found: Sequence[tuple[int, int]], width: int) -> Strip:
        hit = self.style(HIT)
        segments = [
            Segment(text, self.style(role) + hit if inside else self.style(role))
            for text, role, inside in highlighted(spans, found)
        ]
        return Strip(segments).adjust_cell_length(width, self.style(Role.DIM))


def _asked(ask: Ask, room: int) -> list[Span]:
    items = ask.input.items if isinstance(ask.input, Tuple) else (ask.input,)
    name = visible(f"{interface_name(ask.interface)}.{ask.function}")
    said = "   no recorded answer"
    inside = short_items(items, max(8, room - len(name) - len(said) - 3), " ")
    return [("→ ", Role.DIM), (name, Role.HOST), (" ", Role.DIM), *inside, (said, Role.ERROR)]


def _changed(one: list[Span], other: list[Span], columns: Columns) -> list[tuple[int, int]]:
    """Where the texts of two rows differ: from and to, in either; nothing when only numbers and hashes do."""
    texts = ["".join([text for text, _ in spans]) for spans in (one, other)]
    end = 3 + (columns.hash + 1 if columns.hash else 0)
    said = [text[columns.text - 1 : len(text) - end].rstrip() for text in texts]
    if said[0] == said[1]:
        return []
    head = _alike(said[0], said[1])
    tail = _alike(said[0][head:][::-1], said[1][head:][::-1])
    start = columns.text - 1 + head
    return [(start, columns.text - 1 + max(head + 1, len(text) - tail)) for text in said]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    short = min(len(one), len(other))
    return next((at for at in range(short) if one[at] != other[at]), short)
