"""The pane of a build command: what it says as it says it, from its first error on once it failed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Final

from rich.cells import cell_len
from textual import events

from chainview.chain.words.spans import end_cut
from chainview.system.wording import visible
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import Line, plain, wrapped
from chainview.ui.panes.titled_pane import TitledPane
from chainview.ui.widgets.keys import ActionId
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.build_output import is_error_line, is_warning_line
from chainview.workbench.rebuilding.builder import Builder

ROLES: Final = {
    Stage.BUILDING: ("…", "accent"),
    Stage.BUILT: ("✓", "good"),
    Stage.SAME: ("✓", "dim"),
    Stage.NO_MODULE: ("✖", "bad"),
    Stage.FAILED: ("✖", "bad"),
    Stage.ENDED: ("✖", "dim"),
}
_FOLLOWED = 300
"""Lines that are shown while more of them come, and that are made ready behind the first error."""
_ABOVE_ERROR = 1
"""Lines before the first error that stay in sight."""


class BuildPane(TitledPane):
    """Shows what the build that runs, or the last one, has said; it comes up by itself when one fails."""

    size_name = "build"

    def __init__(self, builder: Builder, *, shown: bool = False) -> None:
        super().__init__(self._title_line, shown=shown)
        self.builder = builder
        self._by_itself = False
        self._told_of = 0
        """The attempt whose end was shown."""
        self._written: tuple[object, int, bool] | None = None

    def _title_line(self, width: int) -> Line:
        attempt, command = self.builder.attempt, visible(self.builder.command)
        line: Line = [(" build ", "here" if self.active else "title"), ("  ", "text")]
        if attempt is not None:
            mark, role = ROLES[attempt.stage]
            line += [(f"{mark} {attempt.forms[0]}", role), ("  ", "text")]
        room = width - cell_len(plain(line)) - 1
        return [*line, (end_cut(command, room), "dim")] if room > 8 else line

    def look(self) -> Attempt | None:
        """Shows what was said since; returns a build whose end was not seen before."""
        attempt = self.builder.attempt
        ended = attempt if attempt is not None and attempt.stage.over and attempt.number != self._told_of else None
        if ended is not None:
            self._told_of = ended.number
            self._come_up(ended)
        if self.display:
            output = self.builder.output
            written = output, output.written, ended is not None
            if written != self._written:
                self._written = (output, output.written, False)
                self.call_after_refresh(self._paint)
            self._title.update()
        return ended

    def _come_up(self, ended: Attempt) -> None:
        """Comes up for a build that failed, and goes again, where it came so, once one is well."""
        if ended.stage.is_failure and not self.display:
            self.display = self._by_itself = True
        elif ended.stage in (Stage.BUILT, Stage.SAME) and self._by_itself and not self.active:
            self.display = self._by_itself = False

    def show(self, shown: bool) -> None:
        """Shows it, with the keys, or hides it."""
        self.display, self._by_itself, self._written = shown, False, None
        self.set_active(shown)
        self._set_zoomed(False)
        self.look()

    def toggle_zoom(self) -> None:
        """Gives it all the room, or takes that back."""
        self._set_zoomed(not self.zoomed)

    def _set_zoomed(self, zoomed: bool) -> None:
        self.zoomed = zoomed
        self.screen.set_class(zoomed, "-build-zoomed")
        self.lay_out()

    def _paint(self) -> None:
        attempt, output, width = self.builder.attempt, self.builder.output, self.view.width
        over = attempt is not None and attempt.stage.over
        first = output.first_error if attempt is not None and attempt.stage.is_failure else None
        lines = output.lines if over or self.active else output.lines[-_FOLLOWED:]
        until = 0 if first is None else first + _FOLLOWED
        # What is scrolled to is there at once, the rest when somebody comes near.
        begun = [_broken(text, width) for text in lines[:until]]
        at_once = Fixed(*[line for rows in begun for line in rows])
        rest = (Fixed(*_broken(text, width)) for text in lines[until:])
        self.view.show(LazyLines(chain([at_once], rest)), keep_scroll=self.active)
        if self.active and over:
            return
        if first is None:
            self.view.to_end()
        else:
            self.view.scroll_lines(max(0, sum(map(len, begun[:first])) - _ABOVE_ERROR))

    def on_resize(self, event: events.Resize) -> None:
        """Breaks the lines anew."""
        self.call_after_refresh(self._paint)

    def moves(self) -> dict[ActionId, Callable[[], None]]:
        """What the keys do that move in it."""

        def scroll(part: float) -> Callable[[], None]:
            return lambda: self.view.scroll_lines(round(part * max(1, self.view.size.height - 1)))

        return {
            ActionId.CURSOR_DOWN: lambda: self.view.scroll_lines(1),
            ActionId.CURSOR_UP: lambda: self.view.scroll_lines(-1),
            ActionId.PAGE_DOWN: scroll(1),
            ActionId.PAGE_UP: scroll(-1),
            ActionId.HALF_DOWN: scroll(0.5),
            ActionId.HALF_UP: scroll(-0.5),
            ActionId.TOP: self.view.to_top,
            ActionId.END: self.view.to_end,
            ActionId.DETAILS_ZOOM: self.toggle_zoom,
            ActionId.PANE_GROW: lambda: self.grow(1),
            ActionId.PANE_SHRINK: lambda: self.grow(-1),
            ActionId.PANE_NEXT: lambda: self.set_active(False),
            ActionId.BACK: lambda: self.show(False),
        }


def _broken(text: str, width: int) -> list[Line]:
    return wrapped([(visible(text), _role(text))], width)


def _role(text: str) -> str:
    if is_error_line(text):
        return "bad"
    if is_warning_line(text):
        return "warn"
    return "accent" if text.lstrip().startswith("--> ") else "text"
