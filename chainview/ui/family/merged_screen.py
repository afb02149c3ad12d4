"""The screen of all chains of a family in one order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from chainview.chain.families.link import Place
from chainview.chain.families.link_words import link_words
from chainview.chain.families.merged import OrderBasis
from chainview.system.wording import plural, visible
from chainview.ui.family.gathering import Gathering
from chainview.ui.family.merged_places import HeldRow, MergedGoTo
from chainview.ui.family.merged_view import MergedView
from chainview.ui.find.copy_actions import CopyActions
from chainview.ui.find.program_actions import ProgramActions
from chainview.ui.find.sought import beside
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.lines.line import Line, in_cells
from chainview.ui.lines.status import Badge
from chainview.ui.panes.value_view import ValueView
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import Action, ActionId, Scope
from chainview.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from chainview.ui.feeds.roster import Roster

_WORK_SECONDS = 0.015
_LOOK_SECONDS = {Scope.LIVE: 0.1, Scope.FILE: 0.5}
_MORE_SECONDS = 0.005
_TICK_SECONDS = 0.08
_COLUMNS_SECONDS = 0.5
_OF_ONE_CHAIN = {
    ActionId.FOLD_OPEN,
    ActionId.FOLD_CLOSE,
    ActionId.FOLD_TOGGLE,
    ActionId.FOLD_NONE,
    ActionId.FOLD_ALL,
    ActionId.SIBLING_NEXT,
    ActionId.SIBLING_PREV,
    ActionId.WRAP,
}
_OF_A_VALUE = {ActionId.COPY_VALUE, ActionId.COPY_LITERAL, ActionId.COPY_PLACE}
"""What is copied of an event's details, which do not stand here."""


class _NoPane:
    """There is nothing beside the rows."""

    active = False

    def __init__(self) -> None:
        self.view = ValueView()

    def toggle_wrap(self) -> bool:
        """Wraps nothing."""
        return False


class MergedScreen(TreeScreen):
    """Shows the events of all actors of a roster, and lets a person go to the chain of one of them."""

    pane_name = "the chain of one actor"

    class Chosen(Message):
        """An event was chosen, to be shown in the chain of its actor: the key of that one, the number of the event."""

        def __init__(self, key: str, number: int) -> None:
            super().__init__()
            self.key, self.number = key, number

    class Left(Message):
        """What was shown before is to be shown again."""

    def __init__(
        self, keymap: KeyMap, roster: Roster, scope: Scope, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(keymap, scope)
        self.roster = roster
        roster.hold_open()
        self.pane = _NoPane()
        self._clock = clock
        self._gathering = Gathering(roster, live=scope is Scope.LIVE)
        self._view = MergedView(self._gathering.table, id="merged")
        self._view.grows = scope is Scope.LIVE
        self._look_at = self._columns_at = float("-inf")
        self._columns_stale = False
        self._wanted: Place | None = None
        self._lost: list[str] = []
        """What became of the files of chains that are not what was read of them any more."""
        self._status = TextLine(self._status_line, id="status")
        self._line = TextLine(self._bottom_line, id="line")
        common = {each: do for each, do in self.common_handlers().items() if each not in _OF_ONE_CHAIN}
        held = HeldRow(self._view, roster)
        taking = {**CopyActions(self, held).handlers(), **ProgramActions(self, held).handlers()}
        self.handlers = {
            **common,
            **MergedGoTo(self, self._view).handlers(),
            **{each: do for each, do in taking.items() if each not in _OF_A_VALUE},
            ActionId.FOLLOW: self._view.toggle_follow,
            ActionId.DETAILS: self._choose,
            ActionId.LINK: self._go_along,
            ActionId.MERGED: self._leave,
            ActionId.BACK: self._back,
        }

    def compose(self) -> ComposeResult:
        """The rows between the lines."""
        yield self._status
        yield Container(self._view, id="body")
        yield self.prompt
        yield self._line
        yield self.footer

    @property
    def chain_tree(self) -> MergedView:
        """The rows."""
        return self._view

    @property
    def lines(self) -> Sequence[TextLine]:
        """Status, bottom line and footer."""
        return (self._status, self._line, self.footer)

    def without_meaning(self, action: Action) -> str:
        """What belongs to one chain."""
        return f"{action.label} works in the chain of one actor: {self.keymap.key(ActionId.DETAILS)} goes to it"

    def on_mount(self) -> None:
        """Begins to look at the chains."""
        self.tick_on()

    def show(self, number: int, event: int | None) -> None:
        """Goes to an event of an actor, as soon as it has a row; live rows that are followed are followed on."""
        if event is not None and not (self.scope is Scope.LIVE and self._view.following):
            self._wanted = Place(number, event - 1)

    # Looking at the chains

    def tick(self) -> float:
        """Looks on at the chains and shows what has come; returns in how many seconds to do so again."""
        gathering, now = self._gathering, self._clock()
        if now >= self._look_at and gathering.step(_WORK_SECONDS):
            self._look_at = now + _LOOK_SECONDS[self.scope]
            self._look_at_files()
        if gathering.replaced():
            self._show_another()
        first = gathering.changed()
        if first is not None:
            self._view.changed(first)
            self._view.grows |= first > 0
            self._columns_stale = True
            if not first:
                self._begin()
        if self._columns_stale and now >= self._columns_at:
            self._lay_out(now)
        self._go_to_wanted()
        self.work_on()
        self.repaint_lines()
        return _MORE_SECONDS if now >= self._look_at or self.slices else _TICK_SECONDS

    def _look_at_files(self) -> None:
        figures = [(member, member.figures()) for member in self.roster.all()]
        self._lost = [
            f"{member.number} {member.title}: {each.sound[0].removeprefix('✖ ')}"
            for member, each in figures
            if each.sound[1] == "bad"
        ]

    def _show_another(self) -> None:
        is_first = not len(self._view.table)
        self._view.show(self._gathering.table)
        if is_first:
            self._begin()
        self.find_actions.go_on()
        self._lay_out(self._clock())

    def _begin(self) -> None:
        """Begins at the top where nothing is followed."""
        if self.scope is Scope.FILE and self._view.following:
            self._view.toggle_follow()
            self._view.to_top()

    def _lay_out(self, now: float) -> None:
        self._columns_at, self._columns_stale = now + _COLUMNS_SECONDS, False
        over = [each.number for each in self.roster.all() if each.figures().badge in (Badge.ENDED, Badge.FAILED)]
        self._view.table.over = frozenset(over)
        self._view.lay_out()

    def _go_to_wanted(self) -> None:
        row = None if self._wanted is None else self._view.table.order.row_of(self._wanted)
        if row is not None:
            self._view.move_to(row, centre=True)
        if row is not None or self._gathering.settled:
            self._wanted = None

    # Keys

    def _choose(self) -> None:
        place = self._view.place
        if place is None:
            self.say("there is no event to go to yet", "warning")
            return
        key = next(member.key for member in self.roster.all() if member.number == place.actor)
        self.post_message(self.Chosen(key, place.index + 1))

    async def on_chain_tree_activated(self) -> None:
        """Goes to the chain of the event that was clicked again."""
        await self.act(ActionId.DETAILS)

    def on_chain_tree_cursor_moved(self) -> None:
        """Tells where the cursor is."""
        self._line.update()

    def on_chain_tree_follow_changed(self) -> None:
        """The footer's word for it changes."""
        self.repaint_lines()

    def _go_along(self) -> None:
        """To the other end of the first link of the event."""
        place = self._view.place
        found = () if place is None else self.roster.links(place.actor, place.index + 1)
        for member, link in found:
            other = link.target if link.target.actor == member.number else link.source
            row = self._view.table.order.row_of(other)
            if row is not None:
                seen = link.source if other == link.target else link.target
                self._view.move_to(row, centre=False)
                self.say(f"it is {link_words(link, seen, member.title)}")
                return
        self.say("nothing of another actor is known to belong to this event", "warning")

    def _leave(self) -> None:
        self.post_message(self.Left())

    def _back(self) -> None:
        if not self.find_actions.end_search():
            self._leave()

    # Lines

    def _status_line(self, width: int) -> Line:
        table, gathering = self._view.table, self._gathering
        actors = len(self.roster)
        line: Line = [(" merged", "title"), (" │ ", "quiet"), (plural(actors, "actor"), "accent")]
        line += [(" │ ", "quiet"), (plural(len(table), "event"), "text"), (" │ ", "quiet")]
        if self._lost:
            more = f" (and {len(self._lost) - 1:,} more)" if len(self._lost) > 1 else ""
            line.append((f"✖ {visible(self._lost[0])}{more}", "bad"))
        elif not gathering.settled:
            line.append((f"reading {gathering.read:,} of {actors:,} chains", "warn"))
        else:
            role = "good" if table.order.basis is OrderBasis.TIMES else "warn"
            line.append((table.order.words, role))
        left_out, unread = table.order.left_out, actors - len(table.tables)
        if left_out:
            line += [(" │ ", "quiet"), (f"{plural(left_out, 'link')} left out, as they contradict others", "warn")]
        if unread and gathering.settled:
            line += [(" │ ", "quiet"), (f"{plural(unread, 'chain')} can't be read", "bad")]
        return in_cells(line, width, "dim")

    def _bottom_line(self, width: int) -> Line:
        if self.notice.line:
            return self.notice.line
        return beside(self.find_actions.sought(), self._where(), width)

    def _where(self) -> str:
        cursor, place = self._view.cursor, self._view.place
        if cursor is None or place is None:
            return ""
        name = self._view.table.names.get(place.actor, "")
        return f"{place.actor} {name}, event {place.index + 1:,}   row {cursor + 1:,} of {len(self._view.table):,} "

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """The keys for what the screen is doing."""
        chosen = [(ActionId.HELP, "help"), (ActionId.DETAILS, "its chain"), (ActionId.BACK, "back")]
        if self.searching:
            chosen += [(ActionId.FIND_NEXT, "next hit"), (ActionId.FIND_PREV, "previous")]
        else:
            chosen.append((ActionId.FIND, "find"))
        filtered = self._view.filter_count is not None
        chosen.append((ActionId.FILTER_TOGGLE, "filter off") if filtered else (ActionId.FILTER, "filter"))
        if self._view.grows:
            chosen.append((ActionId.FOLLOW, "stop following" if self._view.following else "follow"))
        return [*chosen, (ActionId.LINK, "link"), (ActionId.PALETTE, "commands")]
