"""The actors of a family whose chains lie in a folder: looked through one after the other, few of them open at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chainview.chain.families.condition import UNREAD, ChainState, Condition
from chainview.chain.families.index import MOST_MEMBERS
from chainview.chain.families.link import Link, Place
from chainview.chain.families.links import Links
from chainview.chain.families.member import in_tree_order, places_of
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError
from chainview.system.files.open_files import let_open
from chainview.ui.feeds.file_change import FileChange
from chainview.ui.feeds.survey import Survey
from chainview.ui.lines.status import Badge, Figures

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.member import Member
    from chainview.chain.files.opened import OpenedChain
    from chainview.ui.feeds.dividing import Dividing

MOST_OPEN = 16
"""Chains that are held open at once beside those that screens show."""
_READING_SECONDS = 0.03
_EVENTS_A_STEP = 500
_MOST_RELATIVES = 8
_BADGES = {
    ChainState.UNREAD: Badge.UNREAD,
    ChainState.SOUND: Badge.SOUND,
    ChainState.LINKS_RIGHT: Badge.LINKS_RIGHT,
    ChainState.ENDED: Badge.ENDED,
    ChainState.FAILED: Badge.FAILED,
    ChainState.DAMAGED: Badge.DAMAGED,
    ChainState.UNREADABLE: Badge.UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class RecordedMember:
    """An actor of a recorded family, how deep it is below the root, and what is known of its chain by now."""

    member: Member
    depth: int
    condition: Condition
    file_says: str = ""
    """What became of the file of its chain since that was read."""

    @property
    def number(self) -> int:
        """Its number in the order of the folder, from 0."""
        return self.member.number

    @property
    def id(self) -> str:
        """Its id, as the index tells it."""
        return self.member.entry.id

    def path(self) -> Path | None:
        """The file of its chain."""
        return self.member.file

    @property
    def is_guessed(self) -> bool:
        """Whether its id is told by order alone."""
        return self.member.is_guessed

    @property
    def key(self) -> str:
        """The name of its file."""
        return self.member.file.name

    @property
    def title(self) -> str:
        """What the index, its chain or its manifest calls it, else its file's name."""
        return self.member.name

    def figures(self) -> Figures:
        """How its chain was found, and the events of which the index or the chain tells."""
        condition = self.condition
        told = self.member.entry.events or 0
        return Figures(
            name=self.title,
            badge=_BADGES[condition.state],
            reason=condition.reason,
            events=told if condition.state is ChainState.UNREAD else condition.events,
            sound=(f"✖ it {self.file_says}", "bad") if self.file_says else ("", "dim"),
            changed=bool(self.file_says),
        )


class Shown(Protocol):
    """The feed of a screen that shows an actor's chain."""

    @property
    def table(self) -> EventTable: ...
    @property
    def indexing(self) -> bool: ...
    @property
    def file_says(self) -> str: ...


class RecordedMembers:
    """The members of a family's folder. With `follow` those are told of too that come to lie there."""

    live = False

    def __init__(self, family: RecordedFamily, *, follow: bool = False, dividing: Dividing | None = None) -> None:
        """`dividing` is what the chains come from, where they do meanwhile."""
        self.folder = family.folder
        self.follow = follow
        self.dividing = dividing
        self.passing = family.division is not None
        """Whether the folder is there only meanwhile."""
        self._opened: dict[int, tuple[OpenedChain, Iterator[object] | None]] = {}
        """What is open, with what is left to do to read it; the one asked for last is the last."""
        self._changes: dict[int, FileChange] = {}
        """What becomes of the files that are open."""
        self._holds: Counter[int] = Counter()
        self._most_open = MOST_OPEN
        self._shown: dict[int, Shown] = {}
        self._links = Links()
        self._told: tuple[str, ...] = ()
        self._survey = Survey(family, self._links, follow=follow)

    def begin(self) -> None:
        """Begins to look through the chains."""
        self._survey.start()

    @property
    def alone(self) -> str:
        """Why there is no other actor, where there is none."""
        if self.dividing is None:
            return "this folder holds no other chain"
        return f"nothing of another actor {'came' if self.dividing.ended else 'has come yet'}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is amiss with the index and the folder."""
        return self._survey.family.remarks

    def untold_news(self) -> Sequence[str]:
        """Those of the remarks that are new since it was asked for last, on whatever screen."""
        news = self.remarks if self.settled else ()
        untold = [each for each in news if each not in self._told]
        self._told = news or self._told
        return untold

    def __len__(self) -> int:
        return len(self._survey.family.members)

    def all(self) -> list[RecordedMember]:
        """Every actor, children behind their parent, as far as it is known whose children they are."""
        return [self._member(member, depth) for member, depth in in_tree_order(self._survey.family.members)]

    def _member(self, member: Member, depth: int) -> RecordedMember:
        shown, change = self._shown.get(member.number), self._changes.get(member.number)
        says = shown.file_says if shown is not None else "" if change is None else change.says
        return RecordedMember(member, depth, self._survey.conditions.get(member.number, UNREAD), says)

    def errors(self, number: int) -> int | None:
        """How many of an actor's events tell of a failure; None while its chain was not looked through."""
        return self._survey.conditions.get(number, UNREAD).errors

    @property
    def settled(self) -> bool:
        """Whether every chain was looked through."""
        return len(self._survey.conditions) >= len(self)

    def of(self, number: int) -> Member:
        """The member of a number."""
        return self._survey.family.members[number]

    # What is open

    def show(self, number: int, feed: Shown | None) -> None:
        """Takes note of the feed in which an actor is shown, or, with None, that it is not any more."""
        if feed is not None:
            self._shown[number] = feed
        elif self._shown.pop(number, None) is not None:
            self._forget(number)

    def hold_open(self) -> None:
        """Holds every chain open that is read from now on, as far as the system allows."""
        self._most_open = MOST_OPEN + MOST_MEMBERS
        let_open(2 * len(self) + MOST_OPEN)

    def reading(self, number: int) -> Generator[None, None, EventTable | None]:
        """Reads in an actor's chain, in steps; returns its events, which can be read until others were read after it.

        None where it can't be read.
        """
        feed = self._shown.get(number)
        if feed is not None and not feed.indexing:
            return feed.table
        try:
            opened, steps = self._taken(number)
            if steps is None:
                self._look_at(number, opened)
            while steps is not None and next(steps, None) is not None:
                yield
        except ChainviewError:
            self._let_go(number)
            return None
        self._opened[number] = opened, None
        return opened.table

    def _look_at(self, number: int, opened: OpenedChain) -> None:
        """Takes what was appended to a chain that is read, unless its file lost, or changed, what was read of it."""
        change = self._changes[number]
        if change.look():
            opened.doubt()
        if self.follow and not change.of_content:
            # What this look came too early for the next one tells.
            with suppress(ChainviewError):
                opened.grow()

    def places(self, number: int) -> Sequence[int] | None:
        """Where an actor's events stood among those of all, where lines told of them one after the other."""
        return places_of(self.of(number))

    def _taken(self, number: int) -> tuple[OpenedChain, Iterator[object] | None]:
        """The opened chain of an actor, as the one that was asked for last."""
        from chainview.chain.files.opened import open_chain

        held = self._opened.pop(number, None)
        if held is None:
            member = self.of(number)
            if member.problem:
                raise ChainviewError(f"{member.file}: {member.problem}")
            opened = open_chain(member.file)
            opened.tolerate()
            if self.follow:
                opened.let_grow()
            self._changes[number] = FileChange(opened, time.monotonic, named=self.dividing is None)
            held = opened, opened.steps(_EVENTS_A_STEP)
        self._opened[number] = held
        free = [each for each in self._opened if not self._holds[each]]
        for oldest in free[: max(0, len(self._opened) - self._most_open)]:
            if oldest != number:
                self._let_go(oldest)
        return held

    @contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Keeps an actor's chain open meanwhile, whatever else is read."""
        self._holds[number] += 1
        try:
            yield
        finally:
            self._holds[number] -= 1

    def _let_go(self, number: int) -> None:
        held = self._opened.pop(number, None)
        self._changes.pop(number, None)
        if held is not None:
            self._forget(number)
            held[0].close()

    def _forget(self, number: int) -> None:
        with self._survey.linking:
            self._links.forget(number)

    # Links

    def links(self, number: int, event: int) -> list[tuple[RecordedMember, Link]]:
        """What an event has to do with another actor's, with that actor, as far as it is known by now."""
        until = time.monotonic() + _READING_SECONDS
        place = Place(number, event - 1)
        for actor in [number, *self._relatives(number)]:
            self._read_links(actor, until)
        found = self._found(place)
        for link in found[:_MOST_RELATIVES]:
            self._read_links(link.target.actor if link.source.actor == number else link.source.actor, until)
        members = {member.number: member for member in self.all()}
        others = [(link.target if link.source.actor == number else link.source, link) for link in self._found(place)]
        return [(members[other.actor], link) for other, link in others if other.actor != number]

    def _found(self, place: Place) -> tuple[Link, ...]:
        with self._survey.linking:
            return self._links.of(place)

    def _relatives(self, number: int) -> list[int]:
        """Those of whose events an actor's may tell though it did not send or get anything: its parent and children."""
        own = self.of(number)
        near = [
            member.number
            for member in self._survey.family.members
            if (member.parent and member.parent == own.entry.id) or (own.parent and member.entry.id == own.parent)
        ]
        return near[:_MOST_RELATIVES]

    def _read_links(self, number: int, until: float) -> None:
        """Gives the links the events of an actor, where they can be had in that time."""
        steps = self.reading(number)
        while time.monotonic() < until:
            try:
                next(steps)
            except StopIteration as end:
                table: EventTable | None = end.value
                if table is not None:
                    self._survey.link(number, table, until)
                return

    def close(self) -> None:
        """Looks through no more chains, and lets go of those that are open."""
        self._survey.close()
        for number in list(self._opened):
            self._let_go(number)
