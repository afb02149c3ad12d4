"""What the keys do among the actors of a family: choosing one, going back, along links, and searching all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.search import Finder
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural, visible
from chainview.ui.find.family_search import MakesHits, SeekOn, Tally
from chainview.ui.find.tree_screen import AROUND, TreeScreen
from chainview.ui.live.links import LinkActions, ShowActor
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.feeds.roster import Roster, RosterMember
    from chainview.ui.tree.query_view import QueryView

_SEEKING, _TALLYING = "seek on", "tally"
"""The names of the work that searching all actors is."""
_TELL_SECONDS, _TALLY_SECONDS = 0.5, 1.0


class ShowMerged(Message):
    """The events of all actors are to be shown in one order, from an event of an actor where one is wanted."""

    def __init__(self, number: int, event: int | None) -> None:
        super().__init__()
        self.number, self.event = number, event


class FamilyActions:
    """What the screen of one actor can do with the others of its family."""

    def __init__(self, screen: TreeScreen, roster: Roster | None, number: int, at: Callable[[], int | None]) -> None:
        """`number` is that of the actor, `at` that of the event under the cursor.

        An actor without a family has no `roster`.
        """
        self._screen = screen
        self._roster = roster
        self._number = number
        self._at = at
        self._tally: Tally | None = None
        """The hits of each actor, while a search goes on."""
        self._tallied = ""
        """Its pattern."""
        self._tallied_at = float("-inf")
        self.links = LinkActions(screen, roster, number, at)

    def handlers(self) -> Handlers:
        """What the keys of a family do."""
        return {
            **self.links.handlers(),
            ActionId.ACTORS: self._choose,
            ActionId.ACTOR_BACK: self._go_back,
            ActionId.MERGED: self._show_merged,
        }

    def _show_merged(self) -> None:
        if self._others is None:
            self._screen.say(self._alone(), "warning")
        else:
            self._screen.post_message(ShowMerged(self._number, self._at()))

    @property
    def _others(self) -> Roster | None:
        """The family, where it has other actors."""
        return self._roster if self._roster is not None and len(self._roster) > 1 else None

    def _go_back(self) -> None:
        self._screen.post_message(ShowActor(None))

    def _choose(self) -> None:
        """Lets the person go to another actor of the family."""
        from chainview.ui.live.actors import Actors

        roster = self._others
        if roster is None:
            self._screen.say(self._alone(), "warning")
            return
        shown = next(member.key for member in roster.all() if member.number == self._number)

        def chosen(key: str | None) -> None:
            if key is not None and key != shown:
                self._screen.post_message(ShowActor(key))

        keymap = self._screen.keymap
        self._screen.app.push_screen(Actors(roster, shown, keymap, lambda: self._tally), chosen)

    def _alone(self) -> str:
        """Why there is no other actor."""
        if self._roster is None:
            return "one chain is open here: chainview open FOLDER shows the chains of a family"
        return self._roster.alone

    # Searching all of them

    def take_over(self, before: FamilyActions) -> None:
        """Goes on with what was counted for another screen of the family."""
        before.stop()
        before._screen.slices.drop(_TALLYING)
        self._tally, self._tallied = before._tally, before._tallied

    def look(self) -> None:
        """Counts the hits of each actor while a search goes on, and has it go on in others where there are any.

        What is new of all of them is said, once.
        """
        roster, screen = self._others, self._screen
        news = () if self._roster is None else self._roster.untold_news()
        if news:
            screen.say("; ".join(news))
        screen.chain_tree.wraps = roster is None
        pattern = screen.find_actions.in_force
        if roster is None or not pattern:
            self._tally, self._tallied = None, ""
            screen.slices.drop(_TALLYING)
        elif (
            not screen.prompt.display
            and _SEEKING not in screen.slices
            and monotonic() - self._tallied_at >= _TALLY_SECONDS
        ):
            self._begin_tally(roster)
            if self._tally is not None and _TALLYING not in screen.slices:
                self._tallied_at = monotonic()
                screen.slices.add(_TALLYING, self._counting(self._tally))

    def _begin_tally(self, roster: Roster) -> None:
        """Has nothing counted yet of a pattern that is not the one before."""
        pattern = self._screen.find_actions.in_force
        if pattern and self._tallied != pattern:
            self._tally, self._tallied = Tally(roster, lambda table: Finder(table, pattern)), pattern
            self._screen.slices.drop(_TALLYING)

    def _counting(self, tally: Tally) -> Iterator[None]:
        try:
            yield from tally.steps()
        except ChainviewError as error:
            self._screen.find_actions.end_search()
            self._screen.say(error.sentence, "warning")

    @property
    def hits(self) -> str:
        """How many hits there are in all actors; empty where they are not counted."""
        tally = self._tally
        return "" if tally is None else f"{tally.total:,}{'' if tally.complete else '+'}"

    def go_on(self, event: QueryView.SearchLeft) -> None:
        """Goes on with a search that found nothing more in the actor that is shown."""
        if self._others is not None:
            self._begin_tally(self._others)
            self._screen.slices.drop(_TALLYING)
            self._screen.slices.add(_SEEKING, self._seeking(self._others, event.step, errors=event.errors))

    def stop(self) -> bool:
        """Ends a search of the other actors; False where there was none."""
        going_on = _SEEKING in self._screen.slices
        self._screen.slices.drop(_SEEKING)
        return going_on

    def _seeking(self, roster: Roster, step: int, *, errors: bool) -> Iterator[None]:
        screen, find, tally = self._screen, self._screen.find_actions, self._tally
        pattern = find.in_force
        make: MakesHits = FailureFinder if errors else lambda table: Finder(table, pattern)

        def none_in(member: RosterMember) -> bool:
            if errors:
                return not roster.live and roster.errors(member.number) == 0
            return tally is not None and tally.none_in(member)

        def note_none(number: int, events: int) -> None:
            if tally is not None and not errors:
                tally.note_none(number, events)

        told_at = monotonic()
        # What a filter hides in all of them is looked for once none shows any.
        for filter_text in (find.filter, "") if find.filtering else ("",):
            seek = SeekOn(roster, self._number, step, make, filter_text, none_in, note_none)
            try:
                for _ in seek.steps():
                    if monotonic() - told_at >= _TELL_SECONDS:
                        told_at = monotonic()
                        key, all_ = screen.keymap.key(ActionId.BACK), plural(len(roster), "actor")
                        screen.say(f"looked through {seek.looked:,} of {all_} …  {key} stops it")
                    yield
            except ChainviewError as error:
                find.end_search()
                screen.say(error.sentence, "warning")
                return
            if seek.found is not None:
                break
        self._tell(roster, seek, "error" if errors else "hit", step, hidden=find.filtering and not filter_text)

    def _tell(self, roster: Roster, seek: SeekOn, what: str, step: int, *, hidden: bool) -> None:
        """Goes where a search ended, and says where that is; what hides it is switched off."""
        found, tree, screen = seek.found, self._screen.chain_tree, self._screen
        unread = f"; {plural(seek.unreadable, 'chain')} can't be read" if seek.unreadable else ""
        if found is None:
            screen.say(f"no {what} in any of {plural(len(roster), 'actor')}{unread}", "warning")
        elif found.member.number != self._number:
            again = f", the {'first' if step > 0 else 'last'} of all" if found.around else ""
            own = next(visible(each.title) for each in roster.all() if each.number == self._number)
            where = f"{found.member.number} {visible(found.member.title)}"
            says = f"no more {what}s in {self._number} {own}: this one is in {where}{again}{unread}"
            if hidden:
                # The screen that it is shown on takes over what is filtered by here.
                screen.find_actions.switch_filter_off()
                says = f"this one is in {where}: {screen.filter_hid_it()}"
            screen.post_message(ShowActor(found.member.key, found.number, says))
        elif hidden:
            screen.find_actions.show_hidden(found.number - 1 - tree.table.dropped)
            screen.say(screen.filter_hid_it())
        else:
            index = found.number - 1 - tree.table.dropped
            only = index == tree.cursor
            tree.move_to(index)
            screen.say(
                f"the only {what} of all actors" if only else f"no other actor has a {what}: {AROUND[step]}{unread}"
            )
