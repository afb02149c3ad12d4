"""From rows to strips: styles, hits, marks, and a cache of what was painted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Sequence
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widget import Widget

from chainview.chain.query.hits import Searchable
from chainview.chain.query.search import Finder, Search
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Role, Span
from chainview.system.wording import visible
from chainview.ui.tree.outline import T
from chainview.ui.tree.row_text import (
    BOOKMARK_GLYPH,
    CURSOR_GLYPH,
    Columns,
    divider,
    fitted,
    fold_mark,
    highlighted,
    row,
)
from chainview.ui.tree.shown_rows import Divider, TreeRows

_CACHED = 2048
CURSOR, HIT, PILL, EMPTY = "cursor", "hit", "pill", "empty"
LOOKS = (*[role.value for role in Role], CURSOR, HIT, PILL, EMPTY)
"""The names of the component classes, each behind `chain-tree--`."""
CLASSES = frozenset(f"chain-tree--{look}" for look in LOOKS)
RAIL_GLYPHS = {Role.ERROR: "▐", Role.FLAG: "▕", Role.NOTE: "▗", Role.OK: "▝"}
_NO_MARK: Span = (" ", Role.MARK)

Places = list[tuple[int, int]]
"""Where pieces of a text begin and end."""

TREE_CSS = """
TreeView {
    background: $background;
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    & > .chain-tree--number { color: $foreground 45%; }
    & > .chain-tree--mark { color: $foreground 60%; }
    & > .chain-tree--call { color: $foreground; text-style: bold; }
    & > .chain-tree--host { color: $secondary; }
    & > .chain-tree--ok { color: $success; }
    & > .chain-tree--error { color: $error; text-style: bold; }
    & > .chain-tree--value { color: $warning; }
    & > .chain-tree--string { color: $foreground; }
    & > .chain-tree--state { color: $accent; }
    & > .chain-tree--flag { color: $warning; text-style: bold; }
    & > .chain-tree--stub { color: $warning; text-style: italic; }
    & > .chain-tree--note { color: $primary; text-style: bold; }
    & > .chain-tree--hash { color: $foreground 35%; }
    & > .chain-tree--dim { color: $foreground 60%; }
    & > .chain-tree--cursor { background: $primary 22%; }
    & > .chain-tree--hit { background: $warning 30%; text-style: underline bold; }
    & > .chain-tree--pill { background: $primary; color: $background; text-style: bold; }
    & > .chain-tree--empty { color: $foreground 60%; text-style: italic; }
    &:ansi {
        & > .chain-tree--number, & > .chain-tree--hash, & > .chain-tree--mark { color: ansi_bright_black; }
        & > .chain-tree--dim, & > .chain-tree--empty { color: ansi_bright_black; }
        & > .chain-tree--cursor { background: ansi_default; text-style: reverse; }
        & > .chain-tree--hit { background: ansi_default; text-style: underline bold; }
        & > .chain-tree--pill { background: ansi_default; color: ansi_default; text-style: bold reverse; }
    }
    &:nocolor {
        & > .chain-tree--cursor { text-style: reverse; }
        & > .chain-tree--hit { text-style: underline bold; }
        & > .chain-tree--pill { text-style: bold reverse; }
    }
}
"""


class Painter(ABC, Generic[T]):
    """Paints rows in the styles of a tree, and keeps the strips for as long as they would come out the same."""

    def __init__(self, tree: Widget) -> None:
        self._tree = tree
        self._styles: dict[str, Style] = {}
        self._columns = Columns(0, 0)
        self._strips: LRUCache[tuple[int, ...], Strip] = LRUCache(_CACHED)
        self.nothing = "no events yet"
        """What is said where there is no row."""

    @abstractmethod
    def row(self, rows: TreeRows[T], index: int, *, selected: bool) -> Strip:
        """The strip of an entry's row, as the row under the cursor if `selected`."""

    @property
    def columns(self) -> Columns:
        """The columns that rows are painted in."""
        return self._columns

    def on_mark(self, x: int) -> bool:
        """Whether a column is at the fold marks."""
        return abs(x - self._columns.mark) <= 1

    def clear(self) -> None:
        """Forgets what was painted and the styles it was painted in."""
        self._styles = {}
        self._strips.clear()

    def set_columns(self, columns: Columns) -> None:
        """Paints in these columns from now on."""
        if columns != self._columns:
            self._columns = columns
            self._strips.clear()

    def style(self, look: str) -> Style:
        """The style of one of LOOKS."""
        style = self._styles.get(look)
        if style is None:
            style = self._styles[look] = self._look_up(look)
        return style

    def _look_up(self, look: str) -> Style:
        name = f"chain-tree--{look}"
        style = self._tree.get_component_rich_style(name)
        if look not in (CURSOR, HIT) or style.reverse:
            return style
        # These lie over pieces that keep their own colours, unless reversed, where a row of many would be a patchwork.
        attributes = self._tree.get_component_rich_style(name, partial=True).without_color
        return attributes + Style.from_color(None, style.bgcolor)

    def divider(self, shown: Divider, *, selected: bool) -> Strip:
        """The strip of a note between events, as the row under the cursor if `selected`."""
        width = self._columns.width
        segments = self._segments(fitted(divider(shown.forms, width, selected=selected), width))
        return self._under_cursor(segments) if selected else Strip(segments, width)

    def empty(self, *, filtered: bool) -> Strip:
        """A strip that says why there are no rows."""
        text = "no event passes the filter" if filtered else self.nothing
        padded = f"  {text}".ljust(self._columns.width)[: self._columns.width]
        return Strip([Segment(padded, self.style(EMPTY))], self._columns.width)

    def rail(self, strip: Strip, mark: Role, glyph: str = "") -> Strip:
        """A strip with a mark in its last cell, for what lies in the part of the chain that this line stands for."""
        segment = Segment(glyph or RAIL_GLYPHS[mark], self.style(mark))
        return Strip.join([strip.crop(0, self._columns.width - 1), Strip([segment], 1)])

    def pill(self, strip: Strip, text: str) -> Strip:
        """A strip with a pill at its right end."""
        at = max(0, self._columns.width - len(text))
        return Strip.join([strip.crop(0, at), Strip([Segment(text, self.style(PILL))], len(text))])

    def _kept(self, key: tuple[int, ...], painted: Callable[[], Strip]) -> Strip:
        """The strip that was painted for a key, or else is now."""
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = painted()
        return strip

    def _under_cursor(self, segments: Sequence[Segment]) -> Strip:
        return Strip(list(Segment.apply_style(segments, post_style=self.style(CURSOR))), self._columns.width)

    def _segments(self, spans: Sequence[Span]) -> list[Segment]:
        return [Segment(visible(text), self.style(role)) for text, role in spans]

    def _highlighted(self, spans: Sequence[Span], found: Places, over: Style) -> list[Segment]:
        """The segments of spans, with a style over what was found in them."""
        return [
            Segment(visible(text), self.style(role) + over if inside else self.style(role))
            for text, role, inside in highlighted(spans, found)
        ]


class EventPainter(Painter[EventTable]):
    """Paints a row an event."""

    def __init__(self, tree: Widget) -> None:
        super().__init__(tree)
        self._finder: Finder | None = None
        self._bookmarks: Container[int] = ()

    def set_finder(self, finder: Finder | None) -> None:
        """Highlights the hits of a search from now on."""
        self._finder = finder
        self._strips.clear()

    def set_bookmarks(self, numbers: Container[int]) -> None:
        """Marks the events of these numbers from now on."""
        self._bookmarks = numbers
        self._strips.clear()

    def row(self, rows: TreeRows[EventTable], index: int, *, selected: bool) -> Strip:
        """The strip of an event's row, as the one under the cursor if `selected`."""
        strip = self._unselected(rows, index)
        if rows.table.number(index) in self._bookmarks:
            strip = Strip([Segment(BOOKMARK_GLYPH, self.style(Role.NOTE)), *list(strip)[1:]], self._columns.width)
            return self._under_cursor(list(strip)) if selected else strip
        if not selected:
            return strip
        return self._under_cursor([Segment(CURSOR_GLYPH, self.style(Role.MARK)), *list(strip)[1:]])

    def _unselected(self, rows: TreeRows[EventTable], index: int) -> Strip:
        table, fold = rows.table, rows.fold
        call = table.call_of(index)
        open_ = call is not None and fold.is_open(call)
        # A folded call's line also tells how far it is.
        steps = table.steps(index) if call == index and (not open_ or self._columns.timed) else 0
        followed = index + steps + 1 < len(table)
        key = (index + table.dropped, open_, steps, followed, table.any_unsound(index, index + steps + 1))
        return self._kept(key, lambda: self._painted(table, index, open_=open_))

    def _painted(self, table: EventTable, index: int, *, open_: bool) -> Strip:
        spans = row(table, index, self._columns, fold_mark(table, index, open_=open_), folded=not open_)
        finder = self._finder
        if finder is None or not finder.matches(index):
            return Strip(self._segments([_NO_MARK, *spans]), self._columns.width)
        hits = self._highlighted(spans, hits_in(spans, self._columns, finder), self.style(HIT))
        return Strip([*self._segments([_NO_MARK]), *hits], self._columns.width)


def hits_in(spans: list[Span], columns: Columns, search: Search[Searchable]) -> Places:
    """Where in the row of an entry that is a hit the pattern stands."""
    text = "".join([piece for piece, _ in spans])
    first, last = columns.text - 1, len(text) - (columns.hash + 4 if columns.hash else 3)
    # What matches may not be in the short line: then the number says that it is a hit.
    number = text[: columns.number]
    return [(start, end) for start, end in search.spans(text) if start >= first and end <= last] or [
        (len(number) - len(number.lstrip()), columns.number)
    ]
