"""The rows of a family's replay on the screen, the cursor on one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from chainview.ui.lines.line import Line, in_cells
from chainview.ui.widgets.line_view import LineView


class _Rows:
    """Lines that are made when they are painted."""

    def __init__(self, height: int, make: Callable[[int], Line]) -> None:
        self.height = height
        self.line = make


class MemberRows(LineView):
    """Shows a row for each of some numbers; the cursor is on a number, so that only the user moves it."""

    class Moved(Message):
        """The cursor is on another row."""

    class Chosen(Message):
        """A row was clicked twice."""

    LOOKS = LineView.LOOKS | {"member-rows--cursor"}

    def __init__(self, make: Callable[[int, int], Line], *, id: str | None = None) -> None:
        """`make` gives the line of a number for a width."""
        super().__init__(id=id)
        self._make = make
        self._numbers: Sequence[int] = ()
        self.cursor: int | None = None
        """The number that it is on; None where there is no row."""

    @property
    def numbers(self) -> Sequence[int]:
        """What the rows are of, from above."""
        return self._numbers

    def show_numbers(self, numbers: Sequence[int]) -> None:
        """Shows these rows; a cursor whose row is not among them goes to the next one above."""
        at = self._at()
        self._numbers = numbers
        if self.cursor not in numbers:
            self.cursor = numbers[min(at, len(numbers) - 1)] if numbers else None
            self.post_message(self.Moved())
        self.show([_Rows(len(numbers), self._line)], keep_scroll=True)
        self._keep_in_sight()

    def move_to(self, number: int) -> None:
        """Puts the cursor on a number's row."""
        if number in self._numbers and number != self.cursor:
            self.cursor = number
            self._keep_in_sight()
            self.refresh()
            self.post_message(self.Moved())

    def step(self, rows: int) -> None:
        """Moves the cursor down by some rows, or up."""
        if self._numbers:
            self.move_to(self._numbers[max(0, min(self._at() + rows, len(self._numbers) - 1))])

    @property
    def page(self) -> int:
        """The rows of a page."""
        return max(1, self.size.height - 1)

    def _at(self) -> int:
        return self._numbers.index(self.cursor) if self.cursor in self._numbers else 0

    def _line(self, row: int) -> Line:
        return in_cells(self._make(self._numbers[row], self.width), self.width, "dim")

    def _keep_in_sight(self) -> None:
        at, top, height = self._at(), self.scroll_offset.y, max(1, self.size.height)
        if at < top:
            self.scroll_lines(at - top)
        elif at >= top + height:
            self.scroll_lines(at - top - height + 1)

    def on_resize(self) -> None:
        """Keeps the cursor in sight."""
        self.call_after_refresh(self._keep_in_sight)

    def render_line(self, y: int) -> Strip:
        """The strip of one row, under the cursor on another background."""
        strip, row = super().render_line(y), self.scroll_offset.y + y
        if not (self.cursor is not None and row < len(self._numbers) and self._numbers[row] == self.cursor):
            return strip
        look = self.get_component_rich_style("member-rows--cursor", partial=True)
        if look.reverse:
            # The colours of the pieces would be as many backgrounds.
            return Strip([Segment(strip.text, look)])
        return Strip([Segment(text, look if style is None else style + look) for text, style, _ in strip])

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on the row that was clicked."""
        row = self.scroll_offset.y + event.y
        if row < len(self._numbers):
            self.move_to(self._numbers[row])
            if event.chain == 2:
                self.post_message(self.Chosen())
