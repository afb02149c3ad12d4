"""What an event has to do with those of other actors: shown with its details, and gone along by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from chainview.ui.panes.value_view import LINK_MARK
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question

if TYPE_CHECKING:
    from chainview.chain.families.link import Link
    from chainview.ui.feeds.roster import Roster, RosterMember
    from chainview.ui.lines.line import Line

_MOST_CHOICES = 9


class LinkActions:
    """Shows what is known of the links of one actor's events, and goes along them."""

    def __init__(self, screen: KeyedScreen, roster: Roster | None, number: int, at: Callable[[], int | None]) -> None:
        """`number` is that of the actor, `at` that of the event that the cursor is on."""
        self._screen = screen
        self._roster = roster
        self._number = number
        self._at = at

    def handlers(self) -> Handlers:
        """What the key of a link does."""
        return {ActionId.LINK: self._follow}

    def lines(self, number: int) -> list[Line]:
        """A line for each link of the event of that number."""
        key = self._screen.keymap.key(ActionId.LINK)
        lines: list[Line] = []
        for member, link in self._links(number):
            lines.append([(LINK_MARK, "accent"), (link_text(member, link), "text"), (f"  {key}", "key")])
        return lines

    def _links(self, number: int) -> Sequence[tuple[RosterMember, Link]]:
        """What the event of that number has to do with another actor's."""
        if self._roster is None or len(self._roster) < 2:
            return ()
        return self._roster.links(self._number, number)

    def _follow(self) -> None:
        number = self._at()
        found = [] if number is None else self._links(number)
        if not found:
            self._screen.say("nothing of another actor is known to belong to this event", "warning")
        elif len(found) == 1:
            self._go_along(*found[0])
        else:
            choices = {str(at): link_text(member, link) for at, (member, link) in enumerate(found[:_MOST_CHOICES], 1)}

            def chosen(answer: str | None) -> None:
                if answer is not None:
                    self._go_along(*found[int(answer) - 1])

            self._screen.app.push_screen(Question("links", "This event belongs to", choices), chosen)

    def _go_along(self, member: RosterMember, link: Link) -> None:
        place = link.target if link.target.actor == member.number else link.source
        self._screen.post_message(ShowActor(member.key, place.index + 1))


def link_text(member: RosterMember, link: Link) -> str:
    """A link in words, from the event that is looked at to the other end, which is that member's."""
    # An actor alone has none, and how they are told takes long to load.
    from chainview.chain.families.link_words import link_words

    seen = link.source if link.source.actor != member.number else link.target
    return link_words(link, seen, member.title)


class ShowActor(Message):
    """Another actor of the family is to be shown: the one of that key, or with None the one that was shown before."""

    def __init__(self, key: str | None, number: int | None = None, says: str = "") -> None:
        """`number` is that of the event to go to, `says` what is to be said there."""
        super().__init__()
        self.key = key
        self.number = number
        self.says = says
