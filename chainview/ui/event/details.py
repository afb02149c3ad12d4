"""The pane that shows one event in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from chainview.ui.event.latest import Latest
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.lines.placed import Key
from chainview.ui.panes.sized_pane import SizedPane
from chainview.ui.panes.value_view import ValueView
from chainview.ui.widgets.keys import ActionId
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
_BESIDE = ("payload", "state", "raw")
"""Those that stand beside each other where there is room, in their order."""
_LEAST_COLUMN = 42
"""The cells that each of them needs."""
_BRIEF_BELOW = 14
"""Panes of fewer lines than this show a shorter head."""

_LINES_AHEAD = 400


class DetailPane(SizedPane):
    """Shows an event of a table under four tabs, some of them beside each other where there is room.

    What is large is worked out, and its first lines made, in a thread.
    """

    size_name = "details"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._large: Latest[Facts | Reading, tuple[Reading, list[LazyLines]]]
        self._large = Latest(self, self._read, lambda read: self._finish(*read))
        self._reading: Reading | None = None
        self._awaited: tuple[int, str] | None = None
        self._number: int | None = None
        self._note: Note | None = None
        self.tab = "payload"
        """The one that the keys move in, and for which a state is made where that takes long."""
        self.active = False
        """Whether the keys move in this pane."""
        self._links: list[Line] = []
        self.links_of: Callable[[int], list[Line]] = lambda number: []
        """A line for each link of the event of a number to another chain."""
        self.bookmark_of: Callable[[int], list[Line]] = lambda number: []
        """What is said of the bookmark of the event of a number."""
        self.make_state: MakesState | None = None
        """Makes a state that was too large to be recorded, where there is time for that."""
        self._folded: set[Key] = set()
        self._laying_out = False
        """Whether views came or went, whose widths are not known yet."""
        self._title = TextLine(self._title_line, id="details-title")
        self._views = [ValueView(id=f"details-{at}", classes="-beside" if at else "") for at in range(len(_BESIDE))]
        for view in self._views[1:]:
            view.display = False

    def compose(self) -> ComposeResult:
        """The tabs and the lines below them."""
        yield self._title
        yield Horizontal(*self._views, id="details-columns")

    @property
    def columns(self) -> tuple[str, ...]:
        """The tabs whose texts are shown, from left to right."""
        room = max(1, min(len(_BESIDE), self.size.width // _LEAST_COLUMN))
        if room == 1 or self.tab not in _BESIDE:
            return (self.tab,)
        if room == len(_BESIDE) or self.tab == "raw":
            return tuple([tab for tab in _BESIDE if room == len(_BESIDE) or tab != "state"])
        return _BESIDE[:room]

    @property
    def view(self) -> ValueView:
        """The lines that the keys move in."""
        return self._views[self.columns.index(self.tab)]

    @property
    def reading(self) -> Reading | None:
        """What is known of the event that is shown."""
        return self._reading if self._awaited is None else None

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
        columns = self.columns
        for shown, tab in zip(tabs, TABS, strict=True):
            line.append((shown, "tab" if tab == self.tab else "title" if tab in columns else "dim"))
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
        facts = gather(table, index, state="state" in self.columns)
        making = self.tab == "state" and facts.lacks_large_state and self.make_state is not None
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
        for view in self._views:
            view.show([])
        self._title.update()

    def show_note(self, note: Note) -> None:
        """Shows a note that stands between events in full."""
        self._show_nothing()
        self._note = note
        self._paint(keep_scroll=False)

    def look_for_bookmark(self) -> None:
        """Shows the event's bookmark as it is now."""
        if self._reading is not None and self._awaited is None:
            self._paint(keep_scroll=True)

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
        if self.tab == "state" and reading.facts.lacks_large_state and self.make_state is not None:
            return False
        return "state" not in self.columns or reading.facts.with_state

    def _read(self, wanted: Facts | Reading) -> tuple[Reading, list[LazyLines]]:
        from chainview.ui.event.facts import Reading, with_large_state, work_out

        if isinstance(wanted, Reading):
            reading = wanted
        else:
            make = self.make_state if self.tab == "state" else None
            if make is not None and wanted.lacks_large_state:
                wanted = with_large_state(wanted, make)
            reading = work_out(wanted)
        columns = self._lines_of(reading)
        for lines in columns:
            lines.ensure(_LINES_AHEAD)
        return reading, columns

    def _finish(self, reading: Reading, columns: list[LazyLines] | None = None) -> None:
        """Shows what was worked out, with its lines where those were made, unless another event is asked for by now."""
        if reading.facts.number != self._number:
            return
        same = self._reading is not None and self._reading.facts.number == self._number
        self._reading, self._awaited = reading, None
        self._paint(keep_scroll=same, columns=columns)

    def _lines_of(self, reading: Reading) -> list[LazyLines]:
        from chainview.ui.event.event_blocks import event_blocks, tab_blocks

        brief = self.size.height < _BRIEF_BELOW
        found = []
        for at, (tab, view) in enumerate(zip(self.columns, self._views, strict=False)):
            blocks: Iterator[Block]
            if at:
                heading: Line = [(tab, "title"), *([("  ", "text")] if brief else [])]
                blocks = chain(
                    [Fixed(heading, *([] if brief else [[]]))], tab_blocks(reading, tab, view.width, wrap=view.wrap)
                )
            else:
                blocks = event_blocks(reading, tab, view.width, wrap=view.wrap, brief=brief)
                number = reading.facts.number
                about = [*self.bookmark_of(number), *self._links]
                links = [piece for line in about for piece in wrapped(line, view.width, 2, words=True)]
                blocks = chain([Fixed(*links)] if links else [], blocks)
            found.append(LazyLines(blocks, self._folded))
        return found

    def _paint(self, *, keep_scroll: bool, columns: list[LazyLines] | None = None) -> None:
        count = len(self.columns)
        laid_out = [view.display for view in self._views] == [at < count for at in range(len(self._views))]
        for at, view in enumerate(self._views):
            view.display = at < count
            view.set_active(self.active and view is self.view)
        if not laid_out:
            # Only then it is known how wide they are, whatever is to be shown until then.
            self._laying_out = True
            self.call_after_refresh(self._paint_laid_out, keep_scroll=keep_scroll)
            return
        if self._laying_out or not self.view.size.width:
            return
        if self._note is not None:
            from chainview.ui.event.event_blocks import note_lines

            lines_of_note = [wrapped(line, self.view.width, 2, words=True) for line in note_lines(self._note)]
            self.view.show([Fixed(*chain.from_iterable(lines_of_note))], keep_scroll=keep_scroll)
        if self._reading is None:
            return
        if columns is None or len(columns) != count:
            columns = self._lines_of(self._reading)
        for view, lines in zip(self._views, columns, strict=False):
            view.show(lines, keep_scroll=keep_scroll)

    def _paint_laid_out(self, *, keep_scroll: bool) -> None:
        self._laying_out = False
        self._paint(keep_scroll=keep_scroll)

    def choose(self, tab: str, table: EventTable, index: int | None) -> None:
        """Shows the event under another tab."""
        self.tab = tab
        self._title.update()
        self.show(table, index)
        if self._awaited is None and self._note is None:
            self._paint(keep_scroll=False)

    def toggle_wrap(self) -> bool:
        """Wraps long lines or cuts them; returns which."""
        wrap = not self.view.wrap
        for view in self._views:
            view.wrap = wrap
        self._paint_again()
        return wrap

    def set_active(self, active: bool) -> None:
        """Shows whether the keys move in this pane."""
        self.active = active
        self.set_class(active, "-active")
        for view in self._views:
            view.set_active(active and view is self.view)
        self._title.update()

    def on_value_view_clicked(self, event: ValueView.Clicked) -> None:
        """Gives the keys to the lines that were clicked."""
        self.tab = self.columns[self._views.index(event.view)]
        self.set_active(True)

    def on_resize(self, event: events.Resize) -> None:
        """Breaks the lines for the new width."""
        self.call_after_refresh(self._paint_again)

    def _paint_again(self) -> None:
        """Makes the lines anew, those of a large event in the thread."""
        from chainview.ui.event.facts import INLINE_BYTES

        reading = self._reading
        shown = [view for view in self._views if view.display]
        if (
            reading is None
            or self._awaited is not None
            or reading.facts.size <= INLINE_BYTES
            or len(shown) != len(self.columns)
        ):
            self._paint(keep_scroll=True)
        else:
            self._large.later(reading)
