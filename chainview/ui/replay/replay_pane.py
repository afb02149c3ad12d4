"""The pane below the two trees of a replay: why they differ, the event on both sides, the guest's stacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from textual.app import ComposeResult

from chainview.replay.align.history import NONE
from chainview.ui.event.facts import INLINE_BYTES
from chainview.ui.event.latest import Latest
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import Line
from chainview.ui.lines.placed import Key as PlaceKey
from chainview.ui.panes.sized_pane import SizedPane
from chainview.ui.panes.value_view import ValueView
from chainview.ui.replay.pair_details import PairFacts, PairReading, compare_pair, gather_pair, pair_blocks
from chainview.ui.replay.pair_panes import PairPanes
from chainview.ui.replay.replay_lines import stack_lines, why_lines
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.replay_thread import Progress

WHY, DETAILS, STACKS = "why", "details", "stacks"
_ACTIONS = {" why ": ActionId.BACK, " details ": ActionId.DETAILS, " stacks ": ActionId.STACKS}
_SIDES = "recorded", "now"
_UNBROKEN = 1 << 20
_ALL_LINES = 1 << 60
_THREAD_SECONDS = 1.0

TABS_WIDTH = 32
"""The cells of the title that the tabs take."""

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A pair of events to be compared, or one that was, and laid out in lines of a width."""

    key: Key
    facts: PairFacts | PairReading
    width: int
    wrap: bool
    folded: set[PlaceKey]


@dataclass(frozen=True, slots=True)
class _LaidOut:
    wanted: _Wanted
    reading: PairReading
    lines: LazyLines


class Replayed(Protocol):
    """What the pane needs to know of the screen that it is on."""

    progress: Progress

    def beside_tabs(self) -> Line:
        """What else stands on the line of the tabs."""
        ...


class ReplayPane(SizedPane):
    """Shows one of three texts; what is large is compared and broken into lines in a thread."""

    size_name = "replay"

    def __init__(self, panes: PairPanes, screen: Replayed) -> None:
        super().__init__(id="why")
        self._panes = panes
        self._replayed = screen
        self.text = WHY
        self.active = False
        """Whether the keys move here."""
        self.view = ValueView(id="why-view")
        self.title = TextLine(self._title_line, id="why-title")
        self._folded: set[PlaceKey] = set()
        self._large: tuple[Key, PairReading] | None = None
        self._awaited: _Wanted | None = None
        self._reader: Latest[_Wanted, _LaidOut] = Latest(self, _lay_out, self._finish)

    def compose(self) -> ComposeResult:
        """The tabs and the lines below them."""
        yield self.title
        yield self.view

    def show(self, *, keep_scroll: bool = False) -> None:
        """Shows the text that was chosen, as it is now."""
        panes, width = self._panes, self.view.width if self.view.wrap else _UNBROKEN
        self._awaited = None
        if self.text == DETAILS:
            self._show_details(keep_scroll=keep_scroll)
        elif self.text == STACKS:
            lines = stack_lines(self._replayed.progress, width, panes.row, panes.made_by, beside=self._beside)
            self.view.show(lines, keep_scroll=keep_scroll)
        else:
            lines = why_lines(self._replayed.progress, width, panes.row, panes.sides)
            self.view.show(lines, keep_scroll=keep_scroll)

    @property
    def _beside(self) -> bool:
        """Whether both sides of a text have room beside each other, below the sides of the chain."""
        return self._panes.wide and self.view.wrap

    def progressed(self) -> None:
        """Shows what the replay has brought; what took long to read stays as it is."""
        if self.text != DETAILS or (self._large is None and self._awaited is None):
            self.show(keep_scroll=True)

    def choose(self, text: str) -> None:
        """Shows another text, or, where it is shown already, why."""
        self.text = WHY if self.text == text else text
        self.show()

    def _show_details(self, *, keep_scroll: bool) -> None:
        key, width, wrap = self._panes.pair, self.view.width, self.view.wrap
        if self._large is not None and self._large[0] == key:
            self._read_later(_Wanted(key, self._large[1], width, wrap, self._folded), "reading …")
            return
        self._large = None
        facts = gather_pair(self._panes.sides, *key)
        if facts.size > INLINE_BYTES:
            self._read_later(_Wanted(key, facts, width, wrap, self._folded), f"reading {facts.size:,} B …")
        else:
            blocks = pair_blocks(compare_pair(facts), width, wrap=wrap)
            self.view.show(LazyLines(blocks, self._folded), keep_scroll=keep_scroll)

    def _read_later(self, wanted: _Wanted, said: str) -> None:
        self._awaited = wanted
        self.view.show([Fixed([(said, "dim")])])
        self._reader.later(wanted)

    def _finish(self, found: _LaidOut) -> None:
        if found.wanted is self._awaited:
            self._awaited = None
            self._large = found.wanted.key, found.reading
            self.view.show(found.lines)

    # Looks

    def set_active(self, active: bool) -> None:
        """Shows whether the keys move here."""
        self.active = active
        self.set_class(active, "-active")
        self.view.set_active(active)
        self.title.update()

    def toggle_zoom(self) -> bool:
        """Takes the whole screen, or gives it back; returns which."""
        self.zoomed = not self.zoomed
        self.set_class(self.zoomed, "-zoomed")
        self._panes.display = not self.zoomed
        self.lay_out()
        return self.zoomed

    def toggle_wrap(self) -> bool:
        """Wraps long lines or cuts them; returns which."""
        self.view.wrap = not self.view.wrap
        self.show(keep_scroll=True)
        return self.view.wrap

    def on_resize(self) -> None:
        """Breaks the lines for the new width."""
        self.call_after_refresh(self.show, keep_scroll=True)

    def on_mount(self) -> None:
        """Takes the room that it was given the last time."""
        self.lay_out()

    def _title_line(self, width: int) -> Line:
        line: Line = [(" ", "text")]
        for text in (WHY, DETAILS, STACKS):
            role = "dim" if text != self.text else "here" if self.active else "title"
            line += [(f" {text} ", role), (" ", "text")]
        panes = self._panes
        recorded, now = panes.pair
        beside = self._replayed.beside_tabs()
        if not beside and not panes.wide and (recorded != NONE or now != NONE):
            of_recorded = "–" if recorded == NONE else f"{recorded + 1:,}"
            one, other = [f"{build} at" if build else side for build, side in zip(panes.made_by, _SIDES, strict=True)]
            line += [(f" {one} ", "dim"), (of_recorded, "text"), (f"  {other} ", "dim")]
            line += [(f"{now + 1:,}" if 0 <= now < len(panes.sides.now) else "–", "text")]
        self.title.words = {**_ACTIONS}
        return [*line, ("   ", "text"), *beside]


def _lay_out(wanted: _Wanted) -> _LaidOut:
    reading = wanted.facts if isinstance(wanted.facts, PairReading) else compare_pair(wanted.facts)
    lines = LazyLines(pair_blocks(reading, wanted.width, wrap=wanted.wrap), wanted.folded)
    # Nobody waits for this thread, and making a block of lines may take as long as comparing did.
    lines.ensure(_ALL_LINES, _THREAD_SECONDS)
    return _LaidOut(wanted, reading, lines)
