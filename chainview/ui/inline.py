"""An app that can have some rows below the prompt, in place of the whole terminal, and leaves there what it showed."""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size


class InlineApp(App[None], inherit_bindings=False):
    """Has the whole terminal, or so many rows of it as `inline_rows` says."""

    INLINE_PADDING = 0
    inline_rows = 0
    left_behind: tuple[str, ...] = ()
    """The rows that were shown at the end, as the terminal takes them, without those of keys."""

    def get_driver_class(self) -> type[Driver]:
        """What reads the terminal; where that is none of Textual's terminals, its own, with letters kept in place."""
        driver = super().get_driver_class()
        if driver.__module__ != "textual.drivers.linux_driver":
            from chainview.ui.anchors import AnchoredDriver

            return type(driver.__name__, (AnchoredDriver, driver), {})
        from chainview.ui.driver import InlineDriver, TerminalDriver

        return InlineDriver if self.inline_rows else TerminalDriver

    def _get_inline_height(self) -> int:
        return min(self.inline_rows, self.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """Draws anew from the first row on: a terminal of another width breaks the others elsewhere."""
        if self.inline_rows:
            from chainview.ui.driver import InlineDriver

            if isinstance(self._driver, InlineDriver):
                self._driver.leave_rows()

    def exit(self, result: None = None, return_code: int = 0, message: object = None) -> None:
        """Ends the app, and keeps what it shows."""
        if self._driver is not None and self._driver.is_inline and not self._exit:
            self.left_behind = self._shown()
        super().exit(result, return_code)

    def _shown(self) -> tuple[str, ...]:
        from chainview.ui.widgets.keyed_screen import KeyedScreen

        screen = next((each for each in reversed(self.screen_stack) if isinstance(each, KeyedScreen)), None)
        if screen is None:
            return ()
        strips = screen._compositor.render_strips(Size(self.size.width, self._get_inline_height()))
        keys = {y for part in (screen.prompt, screen.footer) for y in range(part.region.y, part.region.bottom)}
        rows = [strip for y, strip in enumerate(strips) if y not in keys]
        while rows and not rows[-1].text.strip():
            rows.pop()
        return tuple([strip.render(self.console) for strip in rows])
