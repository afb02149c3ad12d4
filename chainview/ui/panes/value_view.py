"""Lines of values with a cursor: they fold, and what stands under the cursor can be taken."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from chainview.chain.query.search import Search
from chainview.ui.lines.blocks import Block
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import plain
from chainview.ui.lines.placed import Key, Placed
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import TextLine

_SIDEWAYS = 8
_SLICE_SECONDS = 0.03

_LOOKED_THROUGH = 300
"""The lines among which one with a hit is looked for."""
LINK_MARK = "⇄ "
"""How the line begins that tells of a link to another chain: a click on it goes along that."""


class ValueView(LineView):
    """Lines in which the keys can move a cursor, from line to line."""

    class Clicked(Message):
        """A line was clicked, so that the keys belong here."""

        def __init__(self, view: ValueView) -> None:
            super().__init__()
            self.view = view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        """The line that the cursor is on."""
        self.active = False
        """Whether the keys move here, so that the cursor shows."""
        self._search: Search[Any] | None = None
        self._wanted: Key | None = None

    @property
    def folded(self) -> set[Key]:
        """What is folded here, and stays so in other lines with the same places."""
        return self._lines.folded

    @property
    def placed(self) -> Placed | None:
        """The value under the cursor."""
        return self._lines.placed_at(self.cursor)

    def show(self, blocks: list[Block] | LazyLines, *, keep_scroll: bool = False) -> None:
        """Shows other lines; with `keep_scroll` the cursor stays on its value, else it goes to the first."""
        placed = self.placed if keep_scroll else None
        super().show(blocks, keep_scroll=keep_scroll)
        if placed is not None and (self._place() or placed).place.key != placed.place.key:
            row = self._lines.row_of(placed.place.key)
            self.cursor = self.cursor if row is None else row
        elif not keep_scroll:
            self.cursor = 0
            self._to_first_hit()
        self._stay_within()

    def _place(self) -> Placed | None:
        return self._lines.placed_at(self.cursor)

    def _stay_within(self) -> None:
        self.cursor = max(0, min(self.cursor, self._lines.height - 1))

    def set_active(self, active: bool) -> None:
        """Shows the cursor, on a line in view and a value where there is one, or hides it."""
        if active and not self.active:
            top, height = self.scroll_offset.y, max(1, self.size.height)
            self.cursor = max(top, min(self.cursor, top + height - 1))
            values = [row for row in range(self.cursor, top + height) if self._lines.placed_at(row) is not None]
            self.cursor = values[0] if values else self.cursor
            self._stay_within()
        self.active = active
        self.refresh()

    def highlight(self, search: Search[Any] | None) -> None:
        """Lights the hits of a search, or none any more."""
        self._search = search
        self._to_first_hit()
        self.refresh()

    def _to_first_hit(self) -> None:
        """Shows the first value with a hit, where all hits stand below what can be seen."""
        height = self.size.height
        if self._search is None or self.active or not height or self.scroll_offset.y:
            return
        self._grow(_LOOKED_THROUGH)
        rows = range(min(_LOOKED_THROUGH, self._lines.height))
        row = next((row for row in rows if self._search.spans(plain(self.line(row)))), 0)
        if row >= height and self._lines.placed_at(row) is not None:
            self.scroll_lines(row - height // 2)

    # Moving

    def move(self, rows: int) -> None:
        """Moves the cursor that many lines down, or up for a negative number."""
        self._to_end = False
        self._grow(self.cursor + rows + self.size.height)
        self._go(self.cursor + rows)

    def _go(self, row: int | None) -> None:
        if row is None:
            return
        self.cursor = row
        self._stay_within()
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_lines(self.cursor - top)
        elif self.cursor >= top + height:
            self.scroll_lines(self.cursor - top - height + 1)
        self.refresh()

    def to_top(self) -> None:
        """To the first line."""
        super().to_top()
        self._go(0)

    def _on_to_end(self) -> None:
        super()._on_to_end()
        if self._to_end:
            self.cursor = max(0, self._lines.height - 1)
            self.refresh()

    def next_beside(self, step: int) -> None:
        """To the next value that is as deep, or for -1 the one before."""
        self._go(self._lines.beside(self.cursor, step))

    # Folding

    def toggle_fold(self) -> None:
        """Folds or unfolds what the line belongs to."""
        placed = self.placed
        if placed is not None and placed.foldable:
            self._set_folded(placed, placed.place.key not in self.folded)

    def open_or_inside(self) -> None:
        """Unfolds; where that is open goes to the next line, or sideways where lines are cut."""
        placed = self.placed
        if placed is not None and placed.place.key in self.folded:
            self._set_folded(placed, False)
        elif not self.wrap:
            self.scroll_cells(_SIDEWAYS)
        elif placed is not None and placed.foldable:
            self.move(1)

    def close_or_outside(self) -> None:
        """Folds; where there is nothing to fold goes to what holds it, or sideways where lines are cut."""
        placed = self.placed
        if self.scroll_offset.x:
            self.scroll_cells(-_SIDEWAYS)
        elif placed is not None and placed.foldable and placed.place.key not in self.folded:
            self._set_folded(placed, True)
        elif placed is not None:
            self._go(self._lines.beside(self.cursor, -1, shallower=1))

    def fold_all(self) -> None:
        """Folds every value that holds others, but for the parts of the event."""
        self._lines.fold_all()
        self._refolded()

    def unfold_all(self) -> None:
        """Unfolds everything."""
        self._lines.unfold_all()
        self._refolded()

    def _set_folded(self, placed: Placed, folded: bool) -> None:
        self.cursor = self._lines.first_row(self.cursor)
        self._lines.set_folded(placed, folded)
        self._refolded()

    def _refolded(self) -> None:
        self._fill()
        self._go(self.cursor)
        self.refresh()

    def _fill(self) -> None:
        """Makes the lines in view known; where much is folded away before them, in slices."""
        wanted = self.scroll_offset.y + self.size.height
        self._grow(wanted)
        if self._lines.height < wanted and not self._lines.complete and self.is_running:
            self.set_timer(_SLICE_SECONDS, self._fill)

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor where it was clicked; a click on the fold mark folds, one on a link goes along it."""
        event.stop()
        row = event.y + self.scroll_offset.y
        if row >= self._lines.height:
            self.post_message(self.Clicked(self))
            return
        self.cursor = row
        self.post_message(self.Clicked(self))
        placed, first = self.placed, self._lines.first_row(row)
        if (
            placed is not None
            and row == first
            and placed.mark_at <= event.x + self.scroll_offset.x < placed.mark_at + 2
        ):
            self.toggle_fold()
        elif placed is None and super().render_line(event.y).text.lstrip().startswith(LINK_MARK):
            self.post_message(TextLine.Clicked(ActionId.LINK))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip of one line on the screen, that of the cursor standing out."""
        strip = self._lit(super().render_line(y))
        if not self.active or self.scroll_offset.y + y != self.cursor:
            return strip
        return Strip(Segment.apply_style(strip, post_style=self._cursor_style), strip.cell_length)

    def _lit(self, strip: Strip) -> Strip:
        """The strip with the hits of the search standing out."""
        text = strip.text
        found = [] if self._search is None or not text.strip() else self._search.spans(text)
        if not found:
            return strip
        cuts = [cell_len(text[:place]) for span in found for place in span]
        pieces = list(strip.divide([*cuts, strip.cell_length]))
        hit = self.role_style("hit")
        over = Style(bgcolor=hit.bgcolor, underline=True, bold=hit.bold or None)
        return Strip.join(
            [
                Strip(Segment.apply_style(piece, post_style=over), piece.cell_length) if at % 2 else piece
                for at, piece in enumerate(pieces)
            ]
        )

    @property
    def _cursor_style(self) -> Style:
        """What lies over the colours that a line has, unless it is reversed as a whole."""
        style = self.role_style("cursor")
        return style if style.reverse else Style.from_color(None, style.bgcolor)
