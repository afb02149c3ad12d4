"""What an event has to do with those of other actors: shown with its details, and gone along by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from chainview.chain.families.link import Link, LinkKind
from chainview.system.wording import plural, visible
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question

if TYPE_CHECKING:
    from chainview.ui.feeds.roster import Roster, RosterMember
    from chainview.ui.lines.line import Line

_MOST_CHOICES = 9
_FROM = {
    LinkKind.SEND: "handled by",
    LinkKind.REQUEST: "handled by",
    LinkKind.REPLY: "reply to",
    LinkKind.CHANNEL: "opened at",
    LinkKind.MESSAGE: "handled by",
    LinkKind.CLOSE: "told to",
    LinkKind.SPAWN: "init of",
    LinkKind.RPC: "call of",
    LinkKind.TRANSFER: "taken by",
    LinkKind.CHILD_EVENT: "told to its supervisor",
    LinkKind.CHILD_END: "told to its supervisor",
}
"""What the other end of a link is to the one where it begins."""
_TO = {
    LinkKind.SEND: "sent by",
    LinkKind.REQUEST: "asked by",
    LinkKind.REPLY: "reply of",
    LinkKind.CHANNEL: "opened by",
    LinkKind.MESSAGE: "sent by",
    LinkKind.CLOSE: "closed by",
    LinkKind.SPAWN: "spawned by",
    LinkKind.RPC: "called by",
    LinkKind.TRANSFER: "handed over by",
    LinkKind.CHILD_EVENT: "event of",
    LinkKind.CHILD_END: "end of",
}
"""What the other end of a link is to the one where it ends."""


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
            lines.append([("⇄ ", "accent"), (link_text(member, link), "text"), (f"   {key} goes there", "dim")])
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
    begins = link.source.actor != member.number
    place = link.target if begins else link.source
    words = _FROM[link.kind] if begins else _TO[link.kind]
    alike = f", by order: {plural(link.alike, 'other')} like it" if link.alike else ""
    return f"{words} {member.number} {visible(member.title)}, event {place.index + 1:,} (inferred{alike})"


class ShowActor(Message):
    """Another actor of the family is to be shown: the one of that key, or with None the one that was shown before."""

    def __init__(self, key: str | None, number: int | None = None) -> None:
        """`number` is that of the event to go to."""
        super().__init__()
        self.key = key
        self.number = number
