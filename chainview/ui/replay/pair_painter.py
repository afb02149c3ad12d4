"""From the rows of two aligned histories to strips: two columns, or one where there is little room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from chainview.chain.event import Kind
from chainview.chain.payload import arguments
from chainview.chain.words.brief import short_items
from chainview.chain.words.spans import Role, Span, middle_cut
from chainview.chain.words.summary import interface_name
from chainview.replay.align.history import NONE
from chainview.replay.differences.apart import look_alike
from chainview.replay.judge.causes import Label
from chainview.replay.run.ask import Ask
from chainview.system.wording import visible
from chainview.ui.event.facts import INLINE_BYTES
from chainview.ui.replay.pair_details import compare_pair, gather_pair
from chainview.ui.replay.pair_search import PairFinder
from chainview.ui.replay.pair_table import PairTable
from chainview.ui.replay.pairs import Pairs, Sides, ask_of
from chainview.ui.tree.painter import HIT, Painter, Places, hits_in
from chainview.ui.tree.row_text import Columns, fitted, fold_mark, row
from chainview.ui.tree.shown_rows import TreeRows

_MARKS = {Label.SAME: " ", Label.CAUSE: "≠", Label.LINK: "┊", Label.SHIFT: "┊", Label.UNREACHED: " "}
_RAIL = "┊"
_MISSING, _EXTRA, _UNREACHED = "╌╌ not in the replay ╌╌", "╌╌ not recorded ╌╌", "╌╌ not reached ╌╌"
_TAG = 4
_CHANGED = "changed"
_LONGEST_APART = 40
RECORDED, NOW = 0, 1


class Shown(Enum):
    """What of the two sides a tree shows."""

    BOTH = auto()
    COLUMN = auto()
    """Both below each other, for want of room."""
    RECORDED = auto()
    NOW = auto()


class PairPainter(Painter[PairTable]):
    """Paints rows of pairs; what only follows from a cause is dim, and never in the colour of an error."""

    def __init__(self, tree: Widget, pairs: Pairs, sides: Sides, shown: Shown) -> None:
        super().__init__(tree)
        self.pairs, self.sides, self.shown = pairs, sides, shown
        self._finder: PairFinder | None = None

    def show(self, pairs: Pairs, sides: Sides, shown: Shown) -> None:
        """Paints these rows from now on."""
        self.pairs, self.sides, self.shown = pairs, sides, shown
        self.set_finder(None)

    def set_finder(self, finder: PairFinder | None) -> None:
        """Highlights the hits of a search on either side from now on."""
        self._finder = finder
        self._strips.clear()

    def on_mark(self, x: int) -> bool:
        """Whether a column is at the fold marks, of either side."""
        if self.shown is Shown.COLUMN:
            return super().on_mark(x - _TAG)
        return super().on_mark(x) or (self.shown is Shown.BOTH and super().on_mark(x - self.left - 1))

    @property
    def left(self) -> int:
        """The cells that the recorded side takes where both have columns of their own."""
        return left_of(self.columns.width)

    def row(self, rows: TreeRows[PairTable], index: int, *, selected: bool) -> Strip:
        """The strip of a row, as the one under the cursor if `selected`."""
        call = rows.fold.holder(index)
        open_ = call is not None and rows.fold.is_open(call)
        key = (index, open_, -1 if self.sides.known is None else self.sides.known)
        strip = self._kept(key, lambda: self._pair(rows, index, open_))
        return self._under_cursor(list(strip)) if selected else strip

    def _pair(self, rows: TreeRows[PairTable], index: int, open_: bool) -> Strip:
        pairs, width = self.pairs, self.columns.width
        folded = not open_ and rows.table.kinds[index] == Kind.CALL
        stop = index + rows.table.steps(index) + 1 if folded else index + 1
        label = Label.CAUSE if pairs.has_cause(index, stop) else Label(pairs.labels[index])
        mark = (_MARKS.get(label, _RAIL), Role.FLAG if label is Label.CAUSE else Role.MARK)
        if self.shown is not Shown.BOTH:
            one_side = self.shown is Shown.NOW or (self.shown is Shown.COLUMN and pairs.recorded[index] == NONE)
            side = NOW if one_side else RECORDED
            apart = self._apart(index, label, folded, width)
            head = [mark, self._tag(index, side)] if self.shown is Shown.COLUMN else [mark]
            room = width - sum([len(text) for text, _ in head])
            spans = self._side(index, side, room, label, folded, apart[side])
            return self._strip_of([*head, *self._looks(spans, self._hits(index, side, spans), HIT)], width)
        left = self.left
        apart = self._apart(index, label, folded, left - 1)
        one = self._side(index, RECORDED, left - 1, label, folded, apart[RECORDED])
        other = self._side(index, NOW, width - left - 2, label, folded, apart[NOW])
        found, found_now = self._hits(index, RECORDED, one), self._hits(index, NOW, other)
        look = HIT
        if not (found or found_now) and label is Label.CAUSE and NONE not in (pairs.recorded[index], pairs.now[index]):
            found, found_now = _changed(one, other, self._columns_in(left - 1))
            look = _CHANGED
        halves = [self._looks(one, found, look), self._looks(other, found_now, look)]
        return self._strip_of([mark, *halves[0], ("│", Role.MARK), mark, *halves[1]], width)

    def _columns_in(self, room: int) -> Columns:
        """The columns of a side that has so many cells."""
        return Columns.fitting(room + 1, max(len(self.sides.recorded), len(self.sides.now)))

    def _hits(self, index: int, side: int, spans: list[Span]) -> Places:
        """Where in a side of a row the search has hits."""
        found = self._finder
        if found is None or not (found.matches_recorded(index) if side == RECORDED else found.matches_now(index)):
            return []
        return hits_in(spans, self._columns_in(sum([cell_len(text) for text, _ in spans])), found)

    def _tag(self, index: int, side: int) -> Span:
        pairs = self.pairs
        if pairs.labels[index] in (Label.SAME, Label.LINK, Label.SHIFT, Label.UNREACHED):
            return " " * _TAG, Role.DIM
        return ("now " if side == NOW else "rec "), Role.FLAG if pairs.labels[index] == Label.CAUSE else Role.DIM

    def _apart(self, index: int, label: Label, folded: bool, room: int) -> tuple[str, str]:
        """What tells both sides of a row apart whose texts are the same, although what they say differs."""
        recorded, now = self._both(index)
        if folded or label not in (Label.CAUSE, Label.VALUE, Label.STATE) or min(recorded, now) < 0:
            return "", ""
        sides, columns = self.sides, self._columns_in(room)
        if now >= len(sides.now):
            return "", ""
        both = (sides.recorded, recorded), (sides.now, now)
        said, said_now = [_said(row(table, item, columns, " ", folded=False), columns) for table, item in both]
        if not look_alike(said, said_now):
            return "", ""
        facts = gather_pair(sides, recorded, now)
        parts = compare_pair(facts).parts if facts.size <= INLINE_BYTES else None
        leaf = next((leaf for part in parts or () for leaf in part.differs), None)
        if leaf is None:
            return "", ""
        one, other = [middle_cut(visible(each or "nothing"), _LONGEST_APART) for each in leaf.literals]
        return f"≠ {one}", f"≠ {other}"

    def _both(self, index: int) -> tuple[int, int]:
        """The items of both sides of a row, of which one stands on a row of its own where there is one column."""
        pairs = self.pairs
        rows = [each for each in (index - 1, index, index + 1) if 0 <= each < len(pairs)]
        same = [each for each in rows if pairs.pairs[each] == pairs.pairs[index]]
        return max(pairs.recorded[each] for each in same), max(pairs.now[each] for each in same)

    def _side(self, index: int, side: int, room: int, label: Label, folded: bool, apart: str) -> list[Span]:
        """A side of a row in exactly `room` cells, with what tells it apart from the other one."""
        pairs, sides = self.pairs, self.sides
        item = (pairs.recorded if side == RECORDED else pairs.now)[index]
        table = sides.recorded if side == RECORDED else sides.now
        if side == NOW and sides.known is not None and index >= sides.known:
            return fitted([], room)
        columns = self._columns_in(room)
        indent = " " * (columns.text - 1)
        if item == NONE:
            text = _EXTRA if side == RECORDED else _UNREACHED if label is Label.UNREACHED else _MISSING
            return fitted([(indent + text, Role.DIM)], room)
        if item < NONE:
            spans = fitted([(indent, Role.DIM), *_asked(sides.asks[ask_of(item)], columns.room)], room)
        else:
            mark = fold_mark(table, item, open_=not folded and table.call_of(item) is not None)
            spans = row(table, item, columns, mark, folded=folded)
            spans = _with_note(spans, columns, apart) if apart else spans
        if label in (Label.SAME, Label.CAUSE):
            return spans
        return [(text, Role.DIM) for text, _ in spans]

    def _looks(self, spans: list[Span], found: Places, look: str) -> list[Segment]:
        over = self.style(HIT) if look == HIT else self.style(Role.FLAG) + Style(underline=True)
        return self._highlighted(spans, found, over)

    def _strip_of(self, parts: Sequence[Span | Segment], width: int) -> Strip:
        segments = [part if isinstance(part, Segment) else Segment(part[0], self.style(part[1])) for part in parts]
        return Strip(segments).adjust_cell_length(width, self.style(Role.DIM))


def left_of(width: int) -> int:
    """The cells, of so many, that the recorded side takes where both have columns of their own."""
    return (width - 1) // 2


def _asked(ask: Ask, room: int) -> list[Span]:
    items = arguments(ask.input)
    name = visible(f"{interface_name(ask.interface)}.{ask.function}")
    said = "   no recorded answer"
    inside = short_items(items, max(8, room - len(name) - len(said) - 3), " ")
    return [("→ ", Role.DIM), (name, Role.HOST), (" ", Role.DIM), *inside, (said, Role.ERROR)]


def _said(spans: list[Span], columns: Columns) -> str:
    """What a row says between its number and its hash."""
    text = "".join([text for text, _ in spans])
    return text[columns.text - 1 : len(text) - _end(columns)].rstrip()


def _end(columns: Columns) -> int:
    """The cells of a row behind what it says."""
    return 3 + (columns.hash + 1 if columns.hash else 0)


def _with_note(spans: list[Span], columns: Columns, note: str) -> list[Span]:
    """A row with a note behind what it says, as much of both as there is room for."""
    text = "".join([text for text, _ in spans])
    stop, start = len(text) - _end(columns), columns.text - 1
    at = max(start, min(start + len(_said(spans, columns)) + 1, stop - len(note)))
    return [*_part(spans, 0, at), *fitted([(note, Role.FLAG)], cell_len(text[at:stop])), *_part(spans, stop, len(text))]


def _part(spans: list[Span], start: int, stop: int) -> Iterator[Span]:
    """The characters of a row from `start` up to `stop`."""
    at = 0
    for text, role in spans:
        piece = text[max(0, start - at) : max(0, stop - at)]
        at += len(text)
        if piece:
            yield piece, role


def _changed(one: list[Span], other: list[Span], columns: Columns) -> tuple[Places, Places]:
    """Where the texts of two rows differ, in either; nowhere when only numbers and hashes do."""
    said = [_said(one, columns), _said(other, columns)]
    if said[0] == said[1]:
        return [], []
    head = _alike(said[0], said[1])
    tail = _alike(said[0][head:][::-1], said[1][head:][::-1])
    start = columns.text - 1 + head
    ends = [columns.text - 1 + max(head + 1, len(text) - tail) for text in said]
    return [(start, ends[0])], [(start, ends[1])]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    short = min(len(one), len(other))
    return next((at for at in range(short) if one[at] != other[at]), short)
