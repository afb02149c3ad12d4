"""What the keys do among the actors of a family: choosing one, going back, going along links."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.ui.live.links import LinkActions, ShowActor
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.feeds.roster import Roster


class FamilyActions:
    """What the screen of one actor can do with the others of its family."""

    def __init__(
        self, screen: KeyedScreen, roster: Roster | None, number: int, at: Callable[[], int | None], alone: str
    ) -> None:
        """`number` is that of the actor, `at` that of the event under the cursor; `alone` says why there is no other.

        An actor without a family has no `roster`.
        """
        self._screen = screen
        self._roster = roster
        self._number = number
        self._alone = alone
        self.links = LinkActions(screen, roster, number, at)

    def handlers(self) -> Handlers:
        """What the keys of a family do."""
        return {**self.links.handlers(), ActionId.ACTORS: self._choose, ActionId.ACTOR_BACK: self._go_back}

    def _go_back(self) -> None:
        self._screen.post_message(ShowActor(None))

    def _choose(self) -> None:
        """Lets the person go to another actor of the family."""
        from chainview.ui.live.actors import Actors

        roster = self._roster
        if roster is None or len(roster) < 2:
            self._screen.say(self._alone, "warning")
            return
        shown = next(member.key for member in roster.all() if member.number == self._number)

        def chosen(key: str | None) -> None:
            if key is not None and key != shown:
                self._screen.post_message(ShowActor(key))

        self._screen.app.push_screen(Actors(roster, shown, self._screen.keymap), chosen)
