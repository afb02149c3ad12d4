"""The screen of one chain, live or from a file: status, chain tree, details, prompt, footer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from chainview.chain.table import EventTable
from chainview.chain.words.notes import note_forms
from chainview.ui.event.details import DetailPane
from chainview.ui.find.copy_actions import CopyActions
from chainview.ui.find.frames import FrameActions, has_stack, stacks_under
from chainview.ui.find.go_to import GoToActions
from chainview.ui.find.held import HeldTree
from chainview.ui.find.place_actions import PlaceActions
from chainview.ui.find.program_actions import ProgramActions
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.lines.line import Line
from chainview.ui.lines.status import Badge, Figures, status_line
from chainview.ui.live.bookmark_actions import BookmarkActions, kept_place
from chainview.ui.live.detail_actions import DetailActions, returns
from chainview.ui.live.family_actions import FamilyActions
from chainview.ui.live.pace import QUIET_SECONDS, LookPace
from chainview.ui.live.time_actions import TimeActions
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.tree.query_view import QueryView
from chainview.ui.tree.shown_rows import Divider
from chainview.ui.widgets.footer import Now, footer_keys
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import Action, ActionId, Scope
from chainview.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from chainview.chain.files.entries.entry import Note
    from chainview.chain.states import ToldState
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.sources import Source
    from chainview.workbench.state_maker import StateMaker

WIDE = 100
"""From this many columns on the details stand beside the chain."""
_ROOMS = ((160, "-roomy"), (200, "-roomiest"))
"""From so many columns on the details have room for texts beside each other."""
SMALLEST = (60, 10)
_FIGURES_SECONDS = 0.25
_DETAILS_SECONDS = 0.3
_LINKS_SECONDS = 1.0


class Reopen(Message):
    """The file is to be opened again by its name."""


class ChainScreen(TreeScreen):
    """Shows the chain that a feed brings, and takes the keys."""

    pane_name = "the details"

    def __init__(self, keymap: KeyMap, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(keymap, source.scope)
        self.feed: Feed | None = None
        self.details = DetailPane(id="details")
        self.pane = self.details
        self._source_path = source.path
        self._maker: StateMaker | None = None
        self._tree = ChainTree(EventTable())
        self._clock, self._pace = clock, LookPace(clock)
        self._figures = Figures()
        self._figures_at = self._details_at = self._links_at = float("-inf")
        self._details_stale = False
        self._before: ChainScreen | None = None
        self._wanted: int | None = None
        """The number of the event to go to once it is there."""
        self._status = TextLine(lambda width: status_line(self._told_figures(), width), id="status")
        self._line = TextLine(self._bottom_line, id="line")
        self._small = TextLine(self._small_line, id="small")
        self._times = TimeActions(self, self._tree)
        self.family = FamilyActions(self, source.roster, source.number, self.number)
        self.details.links_of = self.family.links.lines
        self._places = PlaceActions(self)
        self._bookmarks = BookmarkActions(self, self._tree, kept_place(source), self.details.look_for_bookmark)
        self.details.bookmark_of = self._bookmarks.lines
        held = HeldTree(self._tree, source)
        self.handlers = {
            **self.common_handlers(),
            **self.family.handlers(),
            **GoToActions(self).handlers(),
            **FrameActions(self, lambda: stacks_under(self._tree)).handlers(),
            **CopyActions(self, held).handlers(),
            **ProgramActions(self, held).handlers(),
            **DetailActions(self).handlers(),
            **self._times.handlers(),
            **self._places.handlers(),
            **self._bookmarks.handlers(),
            ActionId.FOLLOW: self._follow,
            **({ActionId.REOPEN: self._reopen} if source.scope is Scope.FILE else {}),
        }

    def compose(self) -> ComposeResult:
        """The lines, with the chain and its details between them."""
        yield self._status
        yield Container(self._tree, self.details, id="body")
        yield from self.beside()
        yield self.prompt
        yield self._line
        yield self.footer
        yield self._small

    def beside(self) -> ComposeResult:
        """What else there is between the chain and the prompt."""
        yield from ()

    @property
    def chain_tree(self) -> ChainTree:
        """The chain."""
        return self._tree

    @property
    def lines(self) -> Sequence[TextLine]:
        """Status, bottom line and footer."""
        return (self._status, self._line, self.footer)

    def without_meaning(self, action: Action) -> str:
        """Where the action has one."""
        return self.keymap.elsewhere(action, self.scope)

    def legend(self) -> Sequence[Line]:
        """What the marks on the screen mean."""
        from chainview.ui.find.legend import chain_legend

        return chain_legend()

    # Beginning and ticking

    def on_mount(self) -> None:
        """Shows the details where they have room."""
        self.details.display = self.size.width >= WIDE

    def begin(self, feed: Feed) -> None:
        """Starts showing what a feed brings, once the screen is up."""
        self.feed = feed
        self._tree.set_table(feed.table)
        self._tree.grows = feed.grows
        self._bookmarks.begin(feed)
        if self._tree.following and not feed.live and not feed.grows:
            self._tree.toggle_follow()
            self._tree.to_top()
        if self._before is not None:
            self._take_place(self._before)
            self._before = None
        self.tick_on()

    def continue_from(self, before: ChainScreen) -> None:
        """Shows another file in the place of one: from where its screen is, with its folds, search and filter."""
        self._before = before

    def _take_place(self, before: ChainScreen) -> None:
        tree, old = self._tree, before.chain_tree
        tree.begin_with(old.folded_calls)
        tree.set_timed(old.timed)
        self.take_over(before)
        self.details.tab = before.details.tab
        if old.following and self.can_follow:
            return
        if tree.following:
            tree.toggle_follow()
        self._wanted = before.number()

    def take_over(self, before: ChainScreen) -> None:
        """Searches for and filters by what the screen of another actor does."""
        self.find_actions.take_over(before.find_actions)
        self.family.take_over(before.family)

    def on_chain_tree_search_left(self, event: QueryView.SearchLeft) -> None:
        """Goes on in the next actor."""
        self.family.go_on(event)

    def go_to(self, number: int | None) -> None:
        """Shows at once what came meanwhile, and goes to the event of a number where one is wanted and there."""
        self._wanted = number
        self._tree.extended()
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        """Goes where it was to go, as soon as the event is there."""
        if self._wanted is not None:
            index = self._wanted - 1 - self._tree.table.dropped
            if index < len(self._tree.table):
                self._wanted = None
                self._tree.move_to(index, centre=True)
            elif self.feed is not None and not self.feed.indexing:
                wanted, self._wanted = self._wanted, None
                self._tree.move_to(len(self._tree.table) - 1)
                self.say(f"there is no event {wanted:,} here any more", "warning")

    def tick(self) -> float:
        """Takes what has come and paints what that changes; returns in how many seconds to look again."""
        feed = self.feed
        if feed is None:
            return QUIET_SECONDS
        taken = feed.take()
        if taken.dropped:
            self._tree.dropped(taken.dropped)
        self._tree.set_reading(feed.indexing)
        if taken.appended or taken.dropped:
            self._tree.extended()
        self._go_to_wanted()
        for note in taken.notes:
            self.note_came(note)
        self.work_on()
        now = self._clock()
        if taken.notes or now - self._figures_at >= _FIGURES_SECONDS:
            self._figures_at = now
            self.figures_came(feed.figures())
            self.family.look()
        if now - self._links_at >= _LINKS_SECONDS:
            self._links_at = now
            if self.details.display:
                self.details.look_for_links()
        if self._details_stale and now - self._details_at >= _DETAILS_SECONDS:
            self.show_details()
        following, height = self._tree.following, self._tree.size.height
        more, settled = bool(self.slices), feed.settled
        return self._pace.next_look(taken, more=more, following=following, height=height, settled=settled)

    def note_came(self, note: Note) -> None:
        """Shows a note between the events."""
        if not self._bookmarks.take(note):
            self._tree.add_divider(Divider(note, note_forms(note)))

    def figures_came(self, figures: Figures) -> None:
        """Shows what the status line tells now, and marks what was found to be unsound."""
        if figures.sound != self._figures.sound:
            self._tree.refresh()
        if figures.damaged != self._figures.damaged:
            self._tree.set_damaged(figures.damaged)
        self._figures = figures
        self.repaint_lines()

    @property
    def figures(self) -> Figures:
        """What the status line tells."""
        return self._figures

    def _told_figures(self) -> Figures:
        return replace(self._figures, view_paused=self.can_follow and not self._tree.following)

    @property
    def can_follow(self) -> bool:
        """Whether events can still come."""
        return self.feed is None or self.feed.grows

    def number(self) -> int | None:
        """The number of the event under the cursor."""
        cursor = self._tree.cursor
        return None if cursor is None else self._tree.table.number(cursor)

    def _follow(self) -> None:
        if self.can_follow:
            self._tree.toggle_follow()
        else:
            self.say("nothing more can arrive: there is nothing to follow", "warning")

    def _reopen(self) -> None:
        self.post_message(Reopen())

    # Details

    def show_details(self, *, again: bool = False) -> None:
        """Shows the event under the cursor in the details, if those are on the screen."""
        self._details_at, self._details_stale = self._clock(), False
        if self.details.display:
            self._let_make_states()
            if (divider := self._tree.divider) is not None:
                self.details.show_note(divider.note)
            else:
                self.details.show(self._tree.table, self._tree.cursor, again=again)

    def show_tab(self, tab: str) -> None:
        """Shows the event under the cursor under another tab of the details."""
        if self._tree.divider is not None:
            return
        self._let_make_states()
        self.details.choose(tab, self._tree.table, self._tree.cursor)

    def ended_before_details(self) -> bool:
        """Ends reading, a search of other actors or that of this one; whether there was any."""
        if self.feed is not None and self.feed.indexing:
            self.feed.cancel()
        elif self.family.stop():
            self.say("the search was stopped")
        else:
            return self.find_actions.end_search()
        return True

    def _let_make_states(self) -> None:
        # While events come and are followed, making one state after the other would never end.
        following = self._tree.following and self.can_follow
        self.details.make_state = None if following else self._make_state

    def _make_state(self, number: int) -> ToldState:
        from chainview.workbench.state_maker import StateMaker

        self._maker = self._maker or StateMaker(self._source_path)
        return self._maker.told(number)

    def on_unmount(self) -> None:
        """Makes no state any more."""
        if self._maker is not None:
            self._maker.close()

    def on_chain_tree_cursor_moved(self) -> None:
        """Shows the event moved to: at once, or a few times a second while following."""
        self._places.moved(following=self._tree.following and self.can_follow)
        if self._tree.following:
            self._details_stale = True
        else:
            self.show_details()
            self._line.update()

    def on_chain_tree_follow_changed(self) -> None:
        """The footer's word for it changes, and a large state is made only where nothing is followed."""
        self.repaint_lines()
        self.show_details(again=self.details.tab == "state")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Gives the keys to the chain, where it was clicked."""
        if isinstance(event.widget, ChainTree) and not self.details.zoomed:
            self.details.set_active(False)
            self.repaint_lines()

    on_value_view_clicked = KeyedScreen.repaint_lines

    async def on_chain_tree_activated(self) -> None:
        """Opens the details."""
        await self.act(ActionId.DETAILS)

    # Lines and layout

    def _bottom_line(self, width: int) -> Line:
        """A message, or what is searched for and filtered by, and where the cursor is."""
        if self.notice.line:
            return self.notice.line
        return self._times.bottom_line(self.find_actions.sought(self.family.hits), width)

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """The keys for what the screen is doing."""
        return footer_keys(self.now())

    def now(self) -> Now:
        """What the screen is doing, as far as the footer depends on it."""
        figures = self._figures
        return Now(
            scope=self.scope,
            following=self._tree.following,
            can_follow=self.can_follow,
            searching=self.searching,
            filtered=self._tree.filter_count is not None,
            details=bool(self.details.display),
            in_details=self.details.active,
            paused=figures.badge is Badge.PAUSED,
            running=bool(figures.running),
            build_waits=figures.build_waits,
            build_differs=figures.build_differs,
            changed=figures.changed,
            family=figures.actors > 1,
            linked=bool(self.details.display) and self.details.linked,
            stack=has_stack(self._tree),
            over=figures.badge in (Badge.ENDED, Badge.FAILED),
            empty=not len(self._tree.table),
            folded=self._tree.folded,
            returns=returns(self.app),
        )

    def _small_line(self, width: int) -> Line:
        return [(f" chainview needs {SMALLEST[0]}×{SMALLEST[1]}; this is {self.size.width}×{self.size.height}", "warn")]

    def on_resize(self, event: events.Resize) -> None:
        """Puts the details beside the chain or below it, and says when there is no room for anything."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        body = self.query_one("#body")
        for least, name in _ROOMS:
            body.set_class(event.size.width >= least, name)
        body.set_class(event.size.width < WIDE, "-below")
        self.details.beside = event.size.width >= WIDE
        self.details.lay_out()
        self._small.display = small
        for part in ("#status", "#body", "#line", "#footer"):
            self.query_one(part).display = not small
