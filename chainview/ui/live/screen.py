"""The screen of one chain, live or from a file: status, chain tree, details, prompt, footer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from chainview.chain.table import EventTable
from chainview.ui.event.details import DetailPane
from chainview.ui.lines.line import Line
from chainview.ui.lines.status import Badge, Figures, status_line
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.footer import Now, footer_line
from chainview.ui.widgets.keys import BY_ID, ActionId, Handlers, KeyMap, Scope
from chainview.ui.widgets.notice import Notice, Severity
from chainview.ui.widgets.slices import Slices
from chainview.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from chainview.chain.files.entries.note import Note
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.widgets.prompt import Mode, Prompt

WIDE = 100
"""From this many columns on the details stand beside the chain."""
SMALLEST = (60, 10)
_TICK_SECONDS = 0.08
_QUIET_TICK_SECONDS = 0.1
_MORE_SECONDS = 0.005
_FIGURES_SECONDS = 0.25
_DETAILS_SECONDS = 0.3
_WORK_SECONDS = 0.02

_WHERE = {Scope.LIVE: "chainview runs the actor", Scope.REPLAY: "a chain is replayed"}


class ChainScreen(Screen[None], inherit_bindings=False):
    """Shows a chain and takes the keys; what the keys do is told by `handlers`, by action id."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    def __init__(self, keymap: KeyMap, scope: Scope, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.keymap = keymap
        self.scope = scope
        self.feed: Feed | None = None
        self.slices = Slices()
        self.handlers: Handlers = {}
        self.line_says: Callable[[int], Line] = lambda width: []
        self.figures_changed: Callable[[Figures], None] = lambda figures: None
        self.noted: Callable[[Note], None] = lambda note: None
        self.searching: Callable[[], bool] = lambda: False
        self.search_moved: Callable[[bool, bool], None] = lambda found, wrapped: None
        self.chain_tree = ChainTree(EventTable())
        self.details = DetailPane(id="details")
        self.prompt: Prompt | None = None
        self.ticking = True
        """Tests tick by hand."""
        self._clock = clock
        self._figures = Figures()
        self._figures_at = self._details_at = float("-inf")
        self._details_stale = False
        self._status = TextLine(lambda width: status_line(self._figures, width), id="status")
        self._line = TextLine(lambda width: self.notice.line or self.line_says(width), id="line")
        self.notice = Notice(self, self._line.update)
        self._footer = TextLine(self._footer_line, id="footer")
        self._small = TextLine(self._small_line, id="small")

    def compose(self) -> ComposeResult:
        """What is there at the first frame; the prompt comes after it."""
        yield self._status
        yield Container(self.chain_tree, self.details, id="body")
        yield self._line
        yield self._footer
        yield self._small

    # Beginning and ticking

    def on_mount(self) -> None:
        """Shows the details where they have room."""
        self.details.display = self.size.width >= WIDE

    async def begin(self, feed: Feed) -> None:
        """Starts showing what a feed brings; called after the first frame."""
        from chainview.ui.widgets.prompt import Prompt

        self.prompt = Prompt(id="prompt")
        await self.mount(self.prompt, before=self._line)
        self.feed = feed
        self.chain_tree.set_table(feed.table)
        self.chain_tree.grows = self.can_follow
        if self.chain_tree.following and not feed.live and not self.can_follow:
            self.chain_tree.toggle_follow()
            self.chain_tree.to_top()
        self._tick_on()

    def _tick_on(self) -> None:
        if self.ticking:
            self.set_timer(self.tick(), self._tick_on)

    def tick(self) -> float:
        """Takes what has come and paints what that changes; returns in how many seconds to look again."""
        feed = self.feed
        if feed is None:
            return _QUIET_TICK_SECONDS
        taken = feed.take()
        if taken.dropped:
            self.chain_tree.dropped(taken.dropped)
        self.chain_tree.set_reading(feed.indexing)
        if taken.appended or taken.dropped:
            self.chain_tree.extended()
        for note in taken.notes:
            self._show_note(note)
        self.slices.run(_WORK_SECONDS)
        now = self._clock()
        if taken.notes or now - self._figures_at >= _FIGURES_SECONDS:
            self._figures_at = now
            self._figures = feed.figures()
            self.figures_changed(self._figures)
            self.repaint_lines()
        if self._details_stale and now - self._details_at >= _DETAILS_SECONDS:
            self.show_details()
        if taken.more or self.slices:
            return _MORE_SECONDS
        return _TICK_SECONDS if taken.appended and self.chain_tree.following else _QUIET_TICK_SECONDS

    def _show_note(self, note: Note) -> None:
        from chainview.chain.words.notes import note_text

        self.chain_tree.add_note(note_text(note), note.after)
        self.noted(note)

    @property
    def figures(self) -> Figures:
        """What the status line tells."""
        return self._figures

    @property
    def can_follow(self) -> bool:
        """Whether events can still come."""
        return self.feed is None or self.feed.grows

    def repaint_lines(self) -> None:
        """Paints status, bottom line and footer again where they say something else now."""
        self._status.update()
        self._line.update()
        self._footer.update()

    # Details

    def show_details(self, *, again: bool = False) -> None:
        """Shows the event under the cursor in the details, if those are on the screen."""
        self._details_at, self._details_stale = self._clock(), False
        if self.details.display:
            self.details.show(self.chain_tree.table, self.chain_tree.cursor, again=again)

    def on_chain_tree_cursor_moved(self) -> None:
        """Shows the event moved to: at once, or a few times a second while following."""
        if self.chain_tree.following:
            self._details_stale = True
        else:
            self.show_details()
            self._line.update()

    def on_chain_tree_follow_changed(self) -> None:
        """The footer's word for it changes."""
        self.repaint_lines()

    def on_chain_tree_search_moved(self, event: ChainTree.SearchMoved) -> None:
        """Tells when there was nothing to find."""
        self.search_moved(event.index is not None, event.wrapped)

    async def on_chain_tree_activated(self) -> None:
        """Opens the details."""
        await self.act(ActionId.DETAILS)

    # Keys

    async def on_key(self, event: events.Key) -> None:
        """Does what the key table says; a key typed into a prompt that has only just opened goes there."""
        if self.prompt is not None and self.prompt.takes(event):
            return
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self.keymap.action_for(typed, event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.act(action.id)

    async def act(self, action_id: ActionId) -> None:
        """Does an action, or says why it has no meaning here."""
        action = BY_ID[action_id]
        handler = self.handlers.get(action_id)
        if handler is None or not action.scope & self.scope:
            what = _WHERE.get(action.scope, "a chain is read")
            self.say(f"{action.label} works only where {what}", "warning")
            return
        waiting = handler()
        if waiting is not None:
            await waiting
        self.repaint_lines()

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message for some seconds."""
        self.notice.say(text, severity, self.size.width)

    def ask(self, mode: Mode, text: str = "") -> None:
        """Opens the prompt."""
        if self.prompt is not None:
            self.prompt.open(mode, text)

    async def on_text_line_clicked(self, event: TextLine.Clicked) -> None:
        """A key in the footer or a tab of the details was clicked."""
        event.stop()
        await self.act(event.action_id)

    # Lines and layout

    def now(self) -> Now:
        """What the screen is doing, as far as the footer depends on it."""
        figures = self._figures
        return Now(
            scope=self.scope,
            following=self.chain_tree.following,
            can_follow=self.can_follow,
            searching=self.searching(),
            filtered=self.chain_tree.filter_count is not None,
            details=bool(self.details.display),
            in_details=self.details.active,
            paused=figures.badge is Badge.PAUSED,
            running=bool(figures.running),
            build_waits=figures.build_waits,
            over=figures.badge in (Badge.ENDED, Badge.FAILED),
        )

    def _footer_line(self, width: int) -> Line:
        line, self._footer.words = footer_line(self.now(), self.keymap, width)
        return line

    def _small_line(self, width: int) -> Line:
        return [
            (
                f" chainview needs {SMALLEST[0]}×{SMALLEST[1]}; this is {self.size.width}×{self.size.height}",
                "warn",
            )
        ]

    def on_resize(self, event: events.Resize) -> None:
        """Puts the details beside the chain or below it, and says when there is no room for anything."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.query_one("#body").set_class(event.size.width < WIDE, "-below")
        self._small.display = small
        for part in ("#status", "#body", "#line", "#footer"):
            self.query_one(part).display = not small
