"""A scrolled view of lazily made lines."""

from __future__ import annotations

from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip

from chainview.ui.lines.blocks import Block
from chainview.ui.lines.fitted_view import FittedView
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import Line, chopped, in_cells, plain
from chainview.ui.lines.role_styles import RoleStyles

_AHEAD = 200
_LONGEST_CROP = 1 << 20


class LineView(RoleStyles, FittedView, can_focus=False):
    """Shows lines as they are, whatever is in them: nothing is ever read as markup."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = LazyLines(())
        self._to_end = False
        self.wrap = True
        """Whether the lines were made for this width; lines that were not can be scrolled sideways."""

    @property
    def width(self) -> int:
        """The cells a line has room for."""
        return max(1, self.scrollable_content_region.width)

    def show(self, blocks: list[Block] | LazyLines, *, keep_scroll: bool = False) -> None:
        """Shows other lines, from their beginning unless `keep_scroll`."""
        at = self.scroll_offset
        self._lines = blocks if isinstance(blocks, LazyLines) else LazyLines(blocks)
        self._to_end = False
        self._grow(at.y + self.size.height if keep_scroll else self.size.height)
        if keep_scroll:
            self.scroll_to(0 if self.wrap else at.x, at.y, animate=False, force=True, immediate=True)
        else:
            self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self.refresh()

    @property
    def text(self) -> str:
        """The lines that are known, as text."""
        return "\n".join([plain(self._lines.line(row)) for row in range(self._lines.height)])

    def line(self, row: int) -> Line:
        """A line by its number from 0; empty behind the last one that is known."""
        return self._lines.line(row) if 0 <= row < self._lines.height else []

    def scroll_lines(self, rows: int) -> None:
        """Scrolls down, or up for a negative number of rows."""
        self._to_end = False
        self._grow(self.scroll_offset.y + self.size.height + rows)
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False, force=True, immediate=True)

    def scroll_cells(self, cells: int) -> None:
        """Scrolls right, or left for a negative number of cells."""
        self.scroll_to(x=self.scroll_offset.x + cells, animate=False, force=True, immediate=True)

    def to_top(self) -> None:
        """Scrolls to the first line."""
        self._to_end = False
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def to_end(self) -> None:
        """Scrolls to the last line; lines that have to be made for that are made in slices."""
        self._to_end = True
        self._on_to_end()

    def _on_to_end(self) -> None:
        if not self._to_end:
            return
        self._lines.ensure(1 << 60)
        self._resize()
        self.scroll_to(y=self._lines.height, animate=False, force=True, immediate=True)
        if not self._lines.complete:
            self.set_timer(0.03, self._on_to_end)

    def _grow(self, height: int) -> None:
        self._lines.ensure(height + _AHEAD)
        self._resize()

    def _resize(self) -> None:
        lines = self._lines
        widest = 0
        if not self.wrap:
            shown = range(self.scroll_offset.y, min(lines.height, self.scroll_offset.y + self.size.height))
            widest = max([min(cell_len(plain(lines.line(row))), _LONGEST_CROP) for row in shown], default=0)
            widest = max(widest, self.scroll_offset.x + self.size.width)
        self.fit(Size(widest, lines.height + (0 if lines.complete else 1)))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Makes the lines below known before they are reached."""
        super().watch_scroll_y(old_value, new_value)
        if self._lines.height < int(new_value) + 2 * self.size.height + 2 and not self._lines.complete:
            self._grow(int(new_value) + 2 * self.size.height)

    def render_line(self, y: int) -> Strip:
        """The strip of one line on the screen."""
        x, top = self.scroll_offset
        width = self.width
        row = top + y
        if row >= self._lines.height:
            return self.blank(width)
        line = self._lines.line(row)
        hidden = 0 if self.wrap else cell_len(plain(line)) - x - width
        if hidden <= 0:
            return self.painted(chopped(line, x, width), width)
        # What is cut says how much that is, itself included.
        more = f"{hidden + len(f'{hidden:,}') + 1:,}"
        return self.painted([*in_cells(chopped(line, x, width), width - len(more), "dim"), (more, "quiet")], width)
