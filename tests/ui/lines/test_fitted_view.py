"""Views that are given more and fewer rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.pilot import Pilot

from chainview.ui.lines.fitted_view import FittedView
from tests.ui.app_driver import at_rest, until

HEIGHT = 10


class ViewApp(App[None]):
    """An app that is nothing but a view, whose bar stands there always or as soon as there are rows for it."""

    def __init__(self, bar: str, height: str) -> None:
        super().__init__()
        self.shown, self.layouts = FittedView(), 0
        self._styles = bar, height

    def compose(self) -> ComposeResult:
        styles = self.shown.styles
        styles.overflow_x = "hidden"
        styles.overflow_y, styles.height = self._styles
        yield self.shown

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)

    def _laid_out(self, _: object) -> None:
        self.layouts += 1


def run(steps: Callable[[ViewApp, Pilot[None]], Awaitable[None]], *, bar: str, height: str = "1fr") -> None:
    """Takes the steps with a view that has a row."""

    async def main() -> None:
        app = ViewApp(bar, height)
        async with app.run_test(size=(40, HEIGHT)) as pilot:
            app.shown.fit(Size(39, 1))
            await at_rest(pilot)
            await steps(app, pilot)

    asyncio.run(main())


def _has_bar(view: FittedView, bar: bool) -> bool:
    return (view.scrollable_content_region.width < view.size.width) is bar


def _is_high(view: FittedView, rows: int) -> bool:
    return view.size.height == rows


def test_rows_that_come_lay_out_nothing() -> None:
    """The scroll bar tells of new rows, which can be scrolled to at once, and the screen stays as it was laid out."""

    async def steps(app: ViewApp, pilot: Pilot[None]) -> None:
        view, before = app.shown, app.layouts
        for rows in (HEIGHT + 1, 500):
            view.fit(Size(39, rows))
            view.scroll_to(y=rows, animate=False, immediate=True)
            await at_rest(pilot)
            assert view.scroll_y == view.max_scroll_y == rows - HEIGHT
            assert view.vertical_scrollbar.window_virtual_size == rows
        assert app.layouts == before

    run(steps, bar="scroll")


def test_a_bar_that_comes_or_goes_takes_its_column() -> None:
    """Where rows do not need the bar any more, or need it now, what is beside it gets its column, or gives it."""

    async def steps(app: ViewApp, pilot: Pilot[None]) -> None:
        view = app.shown
        for rows, bar, laid_out in ((HEIGHT, False, False), (99, True, True), (98, True, False), (1, False, True)):
            before = app.layouts
            view.fit(Size(39, rows))
            await until(pilot, partial(_has_bar, view, bar))
            await at_rest(pilot)
            assert (app.layouts > before) is laid_out

    run(steps, bar="auto")


def test_a_view_as_high_as_its_rows_grows_with_them() -> None:
    """Rows that change the place of the view itself have the screen laid out."""

    async def steps(app: ViewApp, pilot: Pilot[None]) -> None:
        for rows in (3, 5, 2):
            app.shown.fit(Size(39, rows))
            await until(pilot, partial(_is_high, app.shown, rows))

    run(steps, bar="auto", height="auto")


def test_rows_that_go_leave_no_view_behind_the_last() -> None:
    """A view that was scrolled to what is gone shows the last rows there are."""

    async def steps(app: ViewApp, pilot: Pilot[None]) -> None:
        view = app.shown
        view.fit(Size(39, 500))
        view.scroll_to(y=500, animate=False, immediate=True)
        view.fit(Size(39, 30))
        await until(pilot, lambda: view.scroll_y == view.vertical_scrollbar.position == 30 - HEIGHT)

    run(steps, bar="scroll")
