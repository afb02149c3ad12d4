"""From the rows of two aligned histories to strips: two columns, or one where there is little room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from chainview.chain.event import Kind
from chainview.chain.payload import arguments
from chainview.chain.words.brief import short, short_items
from chainview.chain.words.spans import Role, Span, middle_cut, text_of
from chainview.chain.words.summary import interface_name
from chainview.pack.values import Value
from chainview.replay.align.history import NONE
from chainview.replay.align.sequence import alike_at_ends
from chainview.replay.changes.apart import look_alike
from chainview.replay.changes.leaves import Leaf
from chainview.replay.judge.causes import Label
from chainview.replay.run.ask import Ask
from chainview.system.wording import visible
from chainview.ui.event.facts import INLINE_BYTES
from chainview.ui.replay.pair_details import compare_pair, gather_pair
from chainview.ui.replay.pair_search import PairFinder
from chainview.ui.replay.pair_table import PairTable
from chainview.ui.replay.pairs import DIFFERENT, Pairs, Sides, ask_of
from chainview.ui.tree.painter import HIT, Painter, Places, hits_in
from chainview.ui.tree.row_text import Columns, fitted, fold_mark, row
from chainview.ui.tree.shown_rows import TreeRows

CAUSE_MARK, ACCEPTED_MARK, FOLLOWING_MARK, SAME_MARK, UNTOLD_MARK = "≠", "✓", "↳", "┊", "?"
_MARKS: dict[Label, Span] = {
    Label.SAME: (" ", Role.MARK),
    Label.CAUSE: (CAUSE_MARK, Role.FLAG),
    Label.ACCEPTED: (ACCEPTED_MARK, Role.OK),
    Label.VALUE: (FOLLOWING_MARK, Role.MARK),
    Label.STATE: (FOLLOWING_MARK, Role.MARK),
    Label.SHIFT: (SAME_MARK, Role.MARK),
    Label.LINK: (SAME_MARK, Role.MARK),
    Label.UNREACHED: (" ", Role.MARK),
    Label.UNTOLD: (UNTOLD_MARK, Role.FLAG),
}
MISSING, EXTRA, UNREACHED = "╌╌ not in the replay ╌╌", "╌╌ not recorded ╌╌", "╌╌ not reached ╌╌"
_TAG = 4
_CHANGED: dict[Label, Role] = {Label.CAUSE: Role.FLAG, Label.ACCEPTED: Role.OK, Label.UNTOLD: Role.FLAG}
"""The roles of what changed in a row."""
_QUOTES = 2
_STATE = "   state"
"""What a result says of the state begins with it."""
_LEAST_VALUE, _LEAST_PATH = 12, 8
_HEAD = re.compile(r"[^\w→]*(?:→ )?[^\s(]*")
"""What a row begins with: the lines of its call, and the function, or how a call ended."""
RECORDED, NOW = 0, 1


@dataclass(frozen=True, slots=True)
class Apart:
    """What tells a row apart from the other side's, and at which letter of what the row says it stands."""

    at: int = 0
    note: str = ""


NOTHING = Apart()


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
        told = (label for label in (Label.CAUSE, Label.ACCEPTED, Label.UNTOLD) if pairs.has(label, index, stop))
        label = next(told, Label(pairs.labels[index]))
        mark = _MARKS[label]
        if self.shown is not Shown.BOTH:
            one_side = self.shown is Shown.NOW or (self.shown is Shown.COLUMN and pairs.recorded[index] == NONE)
            side = NOW if one_side else RECORDED
            head = [mark, self._tag(index, side)] if self.shown is Shown.COLUMN else [mark]
            room = width - sum([len(text) for text, _ in head])
            spans, found, look = self._half(index, side, label, folded, room)
            return self._strip_of([*head, *self._looks(spans, found, look)], width)
        left = self.left
        sides = (RECORDED, left - 1, width - left - 2), (NOW, width - left - 2, left - 1)
        halves = [self._half(index, side, label, folded, room, beside) for side, room, beside in sides]
        if any(found and look == HIT for _, found, look in halves):
            halves = [(spans, found if look == HIT else [], look) for spans, found, look in halves]
        looks = [self._looks(*half) for half in halves]
        return self._strip_of([mark, *looks[0], ("│", Role.MARK), mark, *looks[1]], width)

    def _half(
        self, index: int, side: int, label: Label, folded: bool, room: int, room_beside: int = 0
    ) -> tuple[list[Span], Places, str]:
        """A side of a row in exactly `room` cells, and what is highlighted in it: hits, else what changed."""
        items, apart = self._both(index), self._apart(index, label, folded, min(room, room_beside or room))
        spans = self._side(index, side, room, label, folded, apart[side])
        hits = self._hits(index, side, spans)
        if hits or label not in _CHANGED or folded or min(items) < 0 or items[NOW] >= len(self.sides.now):
            return spans, hits, HIT
        if self.sides.known is not None and index >= self.sides.known:
            return spans, hits, HIT
        columns = self._columns_in(room)
        other = self._row(items[1 - side], 1 - side, columns, " ", folded, apart[1 - side])
        return spans, _changed(spans, other, columns), _CHANGED[label]

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

    def _apart(self, index: int, label: Label, folded: bool, room: int) -> tuple[Apart, Apart]:
        """What tells both sides of a row apart where their texts do not: because they are cut, or look the same."""
        recorded, now = self._both(index)
        if folded or label not in DIFFERENT or min(recorded, now) < 0:
            return NOTHING, NOTHING
        sides, columns = self.sides, self._columns_in(room)
        if now >= len(sides.now):
            return NOTHING, NOTHING
        both = (sides.recorded, recorded), (sides.now, now)
        said, said_now = [_said(row(table, item, columns, " ", folded=False), columns) for table, item in both]
        told = _shows_change(said, said_now) and _shows_change(said_now, said) and not look_alike(said, said_now)
        if told and not any(_STATE in text for text in (said, said_now)):
            return NOTHING, NOTHING
        facts = gather_pair(sides, recorded, now)
        parts = compare_pair(facts).parts if facts.size <= INLINE_BYTES else None
        leaf = next((_placed(leaf, part.name) for part in parts or () for leaf in part.differs), None)
        if told and leaf is not None and not _lacks(leaf, said, said_now):
            return NOTHING, NOTHING
        heads = [_HEAD.match(text) for text in (said, said_now)]
        if leaf is None or None in heads:
            return NOTHING, NOTHING
        at = max([head.end() for head in heads if head is not None]) + 1
        notes = leaf_notes(leaf, columns.room - at)
        return Apart(at, notes[0]), Apart(at, notes[1])

    def _both(self, index: int) -> tuple[int, int]:
        """The items of both sides of a row, of which one stands on a row of its own where there is one column."""
        pairs = self.pairs
        rows = [each for each in (index - 1, index, index + 1) if 0 <= each < len(pairs)]
        same = [each for each in rows if pairs.pairs[each] == pairs.pairs[index]]
        return max(pairs.recorded[each] for each in same), max(pairs.now[each] for each in same)

    def _side(self, index: int, side: int, room: int, label: Label, folded: bool, apart: Apart) -> list[Span]:
        """A side of a row in exactly `room` cells, with what tells it apart from the other one."""
        pairs, sides = self.pairs, self.sides
        item = (pairs.recorded if side == RECORDED else pairs.now)[index]
        table = sides.recorded if side == RECORDED else sides.now
        if side == NOW and sides.known is not None and index >= sides.known:
            return fitted([], room)
        columns = self._columns_in(room)
        indent = " " * (columns.text - 1)
        if item == NONE:
            text = EXTRA if side == RECORDED else UNREACHED if label is Label.UNREACHED else MISSING
            return fitted([(indent + text, Role.DIM)], room)
        if item < NONE:
            spans = fitted([(indent, Role.DIM), *_asked(sides.asks[ask_of(item)], columns.room)], room)
        else:
            mark = fold_mark(table, item, open_=not folded and table.call_of(item) is not None)
            spans = self._row(item, side, columns, mark, folded, apart)
        if label in (Label.SAME, Label.CAUSE, Label.UNTOLD):
            return spans
        return [(text, Role.DIM) for text, _ in spans]

    def _row(self, item: int, side: int, columns: Columns, mark: str, folded: bool, apart: Apart) -> list[Span]:
        """The row of an event, with what tells it apart in the place of what hides that."""
        spans = row(self.sides.recorded if side == RECORDED else self.sides.now, item, columns, mark, folded=folded)
        return _with_note(spans, columns, apart) if apart.note else spans

    def _looks(self, spans: list[Span], found: Places, look: str) -> list[Segment]:
        over = self.style(HIT) if look == HIT else self.style(look) + Style(underline=True)
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
    return text[columns.text - 1 : _end(text, columns)].rstrip()


def _end(text: str, columns: Columns) -> int:
    """Where what a row says ends; behind its hash it may have blanks."""
    return len(text.rstrip()) - 3 - columns.hash if columns.hash else len(text) - 3


def leaf_notes(leaf: Leaf, room: int) -> tuple[str, str]:
    """What a leaf says on both sides in so many cells, behind its path; the path alone where there is no room."""
    path = f"{visible(leaf.path)} " if leaf.path else ""
    if room - len(path) < _LEAST_VALUE:
        path = f"{middle_cut(visible(leaf.path), max(_LEAST_PATH, room - _LEAST_VALUE))} "
    left = room - len("≠ ") - len(path)
    if left < _LEAST_VALUE // 2:
        note = f"≠ {middle_cut(visible(leaf.path), max(1, room - 2))}"
        return note, note
    said, said_now = [middle_cut(visible(each or "nothing"), left) for each in leaf.literals_in(left - _QUOTES)]
    return f"≠ {path}{said}", f"≠ {path}{said_now}"


def _with_note(spans: list[Span], columns: Columns, apart: Apart) -> list[Span]:
    """A row with a note in the place of what it says from there on."""
    text = "".join([text for text, _ in spans])
    at, stop = columns.text - 1 + apart.at, _end(text, columns)
    return [
        *_part(spans, 0, at),
        *fitted([(apart.note, Role.FLAG)], cell_len(text[at:stop])),
        *_part(spans, stop, len(text)),
    ]


def _part(spans: list[Span], start: int, stop: int) -> Iterator[Span]:
    """The characters of a row from `start` up to `stop`."""
    at = 0
    for text, role in spans:
        piece = text[max(0, start - at) : max(0, stop - at)]
        at += len(text)
        if piece:
            yield piece, role


def _changed(spans: list[Span], other: list[Span], columns: Columns) -> Places:
    """Where the text of a row has other words than that of another one; nowhere when only numbers and hashes differ."""
    said, said_other = _said(spans, columns), _said(other, columns)
    if said == said_other:
        return []
    begin, end = _other_words(said, said_other)
    start = columns.text - 1
    return [(start + begin, start + max(begin + 1, end))]


def _placed(leaf: Leaf, part: str) -> Leaf:
    """A leaf with the path that the row of a result has for it: what is in the state says so."""
    if part != _STATE.strip():
        return leaf
    return replace(leaf, path=f"{part}{'' if leaf.path[:1] in ('', '[') else '.'}{leaf.path}")


def _lacks(leaf: Leaf, said: str, said_now: str) -> bool:
    """Whether a leaf of the state does not show on both sides, as one that one side does not change, or leaves out."""
    place = visible(leaf.path)
    if not place.startswith(_STATE.strip()) or (place in said and place in said_now):
        return False
    # What is added to a state is told whole, each field by its name.
    field = place.rpartition(".")[2]
    return not (_tells(said, field, leaf.recorded) and _tells(said_now, field, leaf.now))


def _tells(text: str, field: str, value: Value | None) -> bool:
    """Whether a row tells a field with its value."""
    return value is not None and f"{field}: {text_of(short(value, len(text)))}" in text


def _shows_change(text: str, other: str) -> bool:
    """Whether nothing is left out of a text where it differs from another one."""
    begin, end = _other_words(text, other)
    return "…" not in text[max(0, begin - 1) : end + 1]


def _other_words(text: str, other: str) -> tuple[int, int]:
    """Where the words begin and end that a text has in the place of another one's."""
    head, tail = alike_at_ends(text, other)
    end = len(text) - tail
    while head and head < end and _in_word(text, head):
        head -= 1
    while head < end < len(text) and _in_word(text, end):
        end += 1
    return head, end


def _in_word(text: str, at: int) -> bool:
    """Whether a place lies inside a word."""
    return (text[at - 1].isalnum() or text[at - 1] == "_") and (text[at].isalnum() or text[at] == "_")
