"""The pane that shows one event in full."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from chainview.ui.event.latest import Latest
from chainview.ui.lines.blocks import Fixed, LazyLines
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from chainview.chain.files.entries.entry import Note
    from chainview.chain.table import EventTable
    from chainview.ui.event.facts import Facts, MakesState, Reading

TABS = {
    "payload": ActionId.DETAILS_PAYLOAD,
    "state": ActionId.DETAILS_STATE,
    "raw": ActionId.DETAILS_RAW,
    "timing": ActionId.DETAILS_TIMING,
}
"""The texts that the pane can show, with the actions that choose them."""
_BRIEF_BELOW = 14
"""Panes of fewer lines than this show a shorter head."""

_LINES_AHEAD = 400


class DetailPane(Vertical):
    """Shows an event of a table under four tabs. What is large is worked out, and its first lines made, in a thread."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._large: Latest[Facts, tuple[Reading, LazyLines]]
        self._large = Latest(self, self._read, lambda read: self._finish(*read))
        self._reading: Reading | None = None
        self._awaited: tuple[int, str] | None = None
        self._number: int | None = None
        self._note: Note | None = None
        self.tab = "payload"
        self.active = False
        """Whether the keys move in this pane."""
        self._links: list[Line] = []
        self.links_of: Callable[[int], list[Line]] = lambda number: []
        """A line for each link of the event of a number to another chain."""
        self.make_state: MakesState | None = None
        """Makes a state that was too large to be recorded, where there is time for that."""
        self._title = TextLine(self._title_line, id="details-title")
        self.view = LineView(id="details-view")

    def compose(self) -> ComposeResult:
        """The tabs and the lines below them."""
        yield self._title
        yield self.view

    def _title_line(self, width: int) -> Line:
        number = "" if self._number is None else f" event {self._number:,} "
        number = number if self._note is None else " between events "
        tabs = [f" {at} {tab} " for at, tab in enumerate(TABS, 1)]
        if len(number) + 1 + sum(map(len, tabs)) > width:
            tabs = [f" {tab} " for tab in TABS]
        if len(number) + 1 + sum(map(len, tabs)) > width:
            number = ""
        self._title.words = dict(zip(tabs, TABS.values(), strict=True))
        line: Line = [(number, "here" if self.active else "title"), (" ", "text")]
        line += [(shown, "tab" if tab == self.tab else "dim") for shown, tab in zip(tabs, TABS, strict=True)]
        return line

    def show(self, table: EventTable, index: int | None, *, again: bool = False) -> None:
        """Shows the event at an index, or nothing; the same event is not worked out twice unless `again`."""
        from chainview.ui.event.facts import INLINE_BYTES, gather, work_out

        self._note = None
        if index is None or index >= len(table):
            self._show_nothing()
            return
        key = (table.number(index), self.tab)
        if not again and (key == self._awaited or self._shows(key)):
            return
        self._number = key[0]
        self._links = self.links_of(key[0])
        facts = gather(table, index, state=self.tab == "state")
        making = facts.lacks_large_state and self.make_state is not None
        if making or facts.size > INLINE_BYTES:
            self._awaited = key
            doing = "making the state by a closed replay" if making else f"reading {facts.size:,} B"
            self.view.show([Fixed([(f"{doing} …", "dim")])])
            self._large.later(facts)
        else:
            self._finish(work_out(facts))
        self._title.update()

    def _show_nothing(self) -> None:
        self._number, self._reading, self._awaited = None, None, None
        self.view.show([])
        self._title.update()

    def show_note(self, note: Note) -> None:
        """Shows a note that stands between events in full."""
        self._show_nothing()
        self._note = note
        self._paint(keep_scroll=False)

    @property
    def linked(self) -> bool:
        """Whether the event that is shown has a link to another chain."""
        return self._number is not None and bool(self._links)

    def look_for_links(self) -> None:
        """Shows the links of the event anew where more is known of them by now."""
        if self._number is not None and self._awaited is None:
            links = self.links_of(self._number)
            if links != self._links:
                self._links = links
                self._paint(keep_scroll=True)

    def _shows(self, key: tuple[int, str]) -> bool:
        reading = self._reading
        if reading is None or self._awaited is not None or reading.facts.number != key[0]:
            return False
        return self.tab != "state" or reading.facts.with_state

    def _read(self, facts: Facts) -> tuple[Reading, LazyLines]:
        from chainview.ui.event.facts import with_large_state, work_out

        make = self.make_state
        if make is not None and facts.lacks_large_state:
            facts = with_large_state(facts, make)
        reading = work_out(facts)
        lines = self._lines_of(reading)
        lines.ensure(_LINES_AHEAD)
        return reading, lines

    def _finish(self, reading: Reading, lines: LazyLines | None = None) -> None:
        """Shows what was worked out, with its lines where those were made, unless another event is asked for by now."""
        if reading.facts.number != self._number:
            return
        same = self._reading is not None and self._reading.facts.number == self._number
        self._reading, self._awaited = reading, None
        self._paint(keep_scroll=same, lines=lines)

    def _lines_of(self, reading: Reading) -> LazyLines:
        from chainview.ui.event.event_blocks import event_blocks

        brief = self.size.height < _BRIEF_BELOW
        blocks = event_blocks(reading, self.tab, self.view.width, wrap=self.view.wrap, brief=brief)
        links = [piece for line in self._links for piece in wrapped(line, self.view.width, 2, words=True)]
        return LazyLines(chain([Fixed(*links)] if links else [], blocks))

    def _paint(self, *, keep_scroll: bool, lines: LazyLines | None = None) -> None:
        if self._note is not None and self.view.size.width:
            from chainview.ui.event.event_blocks import note_lines

            lines_of_note = [wrapped(line, self.view.width, 2, words=True) for line in note_lines(self._note)]
            self.view.show([Fixed(*chain.from_iterable(lines_of_note))], keep_scroll=keep_scroll)
        elif self._reading is not None and self.view.size.width:
            self.view.show(lines or self._lines_of(self._reading), keep_scroll=keep_scroll)

    def choose(self, tab: str, table: EventTable, index: int | None) -> None:
        """Shows the event under another tab."""
        self.tab = tab
        self._title.update()
        self.show(table, index)
        if self._awaited is None and self._note is None:
            self._paint(keep_scroll=False)

    def toggle_wrap(self) -> bool:
        """Wraps long lines or cuts them; returns which."""
        self.view.wrap = not self.view.wrap
        self._paint(keep_scroll=True)
        return self.view.wrap

    def set_active(self, active: bool) -> None:
        """Shows whether the keys move in this pane."""
        self.active = active
        self.set_class(active, "-active")
        self._title.update()

    def on_resize(self, event: events.Resize) -> None:
        """Breaks the lines for the new width."""
        self.call_after_refresh(self._paint, keep_scroll=True)
