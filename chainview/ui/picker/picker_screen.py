"""The kept chains as a list: typing filters, the arrows move, enter opens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from chainview.chain.families.kept_chains import KeptChain
from chainview.system.wording import plural, visible
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, plain
from chainview.ui.picker.kept_rows import UNCHECKED, Column, Columns, column_at, head, in_order, meant, row
from chainview.ui.picker.kept_source import KeptSource
from chainview.ui.picker.verdicts import Verdicts
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import Severity, TextLine

_LOOK_SECONDS = 0.2
_MOVES = {
    "down": 1,
    "ctrl+n": 1,
    "tab": 1,
    "up": -1,
    "ctrl+p": -1,
    "shift+tab": -1,
}
_CLOSING = ("ctrl+q", "ctrl+d")


class PickerScreen(Screen[None], inherit_bindings=False):
    """Lists kept chains, the newest first; the app is told which was chosen, or None."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    class Picked(Message):
        """A chain was chosen, or None."""

        def __init__(self, chain: KeptChain | None) -> None:
            super().__init__()
            self.chain = chain

    def __init__(self, source: KeptSource) -> None:
        """It begins at the place of `source`, and keeps that up to date."""
        super().__init__()
        self._chains = source.chains
        self._place = source.place
        self._verdicts = Verdicts(source.chains, source.again)
        self._told = 0
        self.typed = self._place.typed
        """What was typed."""
        paths = [chain.path for chain in self.shown]
        self.cursor = paths.index(self._place.path) if self._place.path in paths else 0
        self._said = ""
        self._columns = Columns.of(self._chains, {}, 0)
        self._status = TextLine(self._status_line, id="status")
        self._head = TextLine(lambda width: head(width, self._place.order, self._columns), id="picker-head")
        self.view = LineView(id="picker-rows")
        self._line = TextLine(self._typed_line, id="line")
        self.footer = TextLine(self._footer_line, id="footer")

    def compose(self) -> ComposeResult:
        """The rows between the lines."""
        yield self._status
        yield self._head
        yield self.view
        yield self._line
        yield self.footer

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message up to the next key."""
        self._said = visible(text)
        self._line.update()

    def on_mount(self) -> None:
        """Shows the rows, and the verdicts as they are found."""
        self.view.wrap = False
        self.call_after_refresh(self._paint)
        self.set_interval(_LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """Verifies no more."""
        self._verdicts.close()

    def on_resize(self) -> None:
        """Makes the rows for the new width."""
        self.call_after_refresh(self._paint)

    def _look(self) -> None:
        if self._verdicts.chains is not self._chains:
            self._take(self._verdicts.chains)
        if self._verdicts.looked_at != self._told:
            self._told = self._verdicts.looked_at
            self._paint()

    def _take(self, chains: Sequence[KeptChain]) -> None:
        """Lists what is there now, with the cursor on the same chain, or where that was."""
        here = self._path_here
        self._chains = chains
        self.cursor = next((at for at, chain in enumerate(self.shown) if chain.path == here), self.cursor)
        self._paint()

    @property
    def shown(self) -> list[KeptChain]:
        """The chains that what was typed lets through."""
        found = self._verdicts.found
        return in_order(meant(self._chains, self.typed, found), self._place.order, found)

    @property
    def _under_cursor(self) -> KeptChain | None:
        """The chain under the cursor; what was found since the last paint may show fewer."""
        shown = self.shown
        return shown[min(self.cursor, len(shown) - 1)] if shown else None

    @property
    def _path_here(self) -> Path | None:
        chain = self._under_cursor
        return None if chain is None else chain.path

    def _paint(self) -> None:
        shown, width = self.shown, self.view.width
        # Of all of them, so that typing moves no column.
        self._columns = Columns.of(self._chains, self._verdicts.found, width)
        self.cursor = max(0, min(self.cursor, len(shown) - 1))
        lines: list[Line] = []
        for at, chain in enumerate(shown):
            line = row(chain, self._verdicts.found.get(chain.path, UNCHECKED), width, self._columns)
            lines.append([(plain(line), "here")] if at == self.cursor else line)
        if not lines:
            none = f"no kept chain has {visible(self.typed)!r} in its row" if self._chains else "no chains are kept"
            lines = [[(f" {none}", "warn")]]
        self.view.show([Fixed(*lines)], keep_scroll=True)
        top, height = self.view.scroll_offset.y, max(1, self.view.size.height)
        if not top <= self.cursor < top + height:
            self.view.scroll_lines(self.cursor - top - (0 if self.cursor < top else height - 1))
        for line_ in (self._status, self._head, self._line):
            line_.update()

    # Keys and clicks

    def on_key(self, event: events.Key) -> None:
        """Typing filters, the arrows move, enter opens, esc takes back what was typed and then leaves."""
        if event.key in ("ctrl+c", "ctrl+z"):
            return
        self._said = ""
        event.stop()
        event.prevent_default()
        page = max(1, self.view.size.height - 1)
        moves = _MOVES | {"pagedown": page, "pageup": -page, "home": -len(self._chains), "end": len(self._chains)}
        if event.key == "enter":
            self._open()
        elif event.key in _CLOSING or (event.key == "escape" and not self.typed):
            self.post_message(self.Picked(None))
        elif event.key in moves:
            self.cursor += moves[event.key]
            self._paint()
        elif event.key in ("escape", "ctrl+u"):
            self._type("")
        elif event.key == "backspace":
            self._type(self.typed[:-1])
        elif event.is_printable and event.character:
            self._type(self.typed + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Takes what was pasted as typed."""
        event.stop()
        self._type(self.typed + " ".join(event.text.split()))

    def _type(self, text: str) -> None:
        self.typed, self.cursor = text, 0
        self._paint()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a row, a second one opens it."""
        event.stop()
        if self._head.region.contains_point(event.screen_offset):
            width = self._head.size.width
            x = event.screen_x - self._head.region.x
            self._sort_by(column_at(x, width, self._place.order, self._columns))
            return
        if not self.view.region.contains_point(event.screen_offset):
            return
        at = event.screen_y - self.view.content_region.y + self.view.scroll_offset.y
        if at < len(self.shown):
            again, self.cursor = at == self.cursor, at
            self._paint()
            if again:
                self._open()

    def _sort_by(self, column: Column | None) -> None:
        """Sorts by a column, or the other way round, with the cursor on the same chain."""
        if column is not None:
            here = self._path_here
            self._place.order = self._place.order.clicked(column)
            self.cursor = next((at for at, chain in enumerate(self.shown) if chain.path == here), 0)
            self._head.update()
            self._paint()

    def _open(self) -> None:
        chosen = self._under_cursor
        if chosen is None:
            return
        if not chosen.path.exists():
            self.say(f"{chosen.path.name} was removed, or renamed")
            return
        self._place.typed, self._place.path = self.typed, chosen.path
        self.post_message(self.Picked(chosen))

    # Lines

    def _status_line(self, width: int) -> Line:
        count, shown = len(self._chains), len(self.shown)
        line: Line = [(" chainview", "title"), (" │ ", "quiet"), (plural(count, "kept chain"), "text")]
        if shown < count:
            line += [(" │ ", "quiet"), (f"{shown:,} shown, {count - shown:,} hidden by what was typed", "warn")]
        verified = sum([chain.path in self._verdicts.found for chain in self._chains])
        if verified < count:
            line += [(" │ ", "quiet"), (f"verifying {verified:,} of {count:,}", "dim")]
        return line

    def _typed_line(self, width: int) -> Line:
        if self._said:
            return [(" ", "text"), (self._said, "accent")]
        words = [("actor, time, file, verdict: type what the row has to hold", "dim")]
        return [(" > ", "key"), *([(visible(self.typed), "text")] if self.typed else words)]

    def _footer_line(self, width: int) -> Line:
        back = "take back what was typed" if self.typed else "leave"
        keys = (("enter", "open"), ("↑ ↓", "move"), ("esc", back))
        return [(" ", "text"), *[span for key, does in keys for span in ((key, "key"), (f" {does}  ", "dim"))]]
