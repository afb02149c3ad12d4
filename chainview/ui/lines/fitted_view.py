"""A scrolled view whose rows come and go without a layout of the screen."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


class FittedView(ScrollView):
    """A view that is given its columns and rows, and has the screen laid out only where that moves something on it."""

    def fit(self, size: Size) -> None:
        """Gives the view so many columns and rows."""
        before, styles = self.virtual_size, self.styles
        needs_bar = styles.overflow_y == "scroll" or size.height > self.container_size.height
        if size.width != before.width or needs_bar != self.show_vertical_scrollbar or styles.auto_dimensions:
            self.virtual_size = size
        elif size != before:
            self.set_reactive(Widget.virtual_size, size)
            if needs_bar:
                self.vertical_scrollbar.window_virtual_size = size.height
            self.refresh()
            if size.height < before.height:
                # As behind a layout: whoever took rows away scrolls to where they stay first.
                self.call_later(self._stay_inside)

    def _stay_inside(self) -> None:
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
