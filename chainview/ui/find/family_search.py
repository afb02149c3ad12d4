"""A search that goes on from one actor of a family to the next, and how many hits each of them has."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainview.chain.query.hits import Hits
from chainview.chain.table import EventTable
from chainview.ui.feeds.roster import Roster, RosterMember

if TYPE_CHECKING:
    from chainview.chain.query.filter import Filter

MakesHits = Callable[[EventTable], Hits[EventTable]]


@dataclass(frozen=True, slots=True)
class Found:
    """The event of an actor that a search ended at, by its number; `around` where it passed the last actor."""

    member: RosterMember
    number: int
    around: bool


class Tally:
    """How many hits each actor has, counted in slices, and again where more has come since."""

    def __init__(self, roster: Roster, make: MakesHits) -> None:
        self.counts: dict[int, int] = {}
        """By the numbers of the actors, of those that were counted."""
        self._roster = roster
        self._make = make
        self._hits: dict[int, Hits[EventTable]] = {}
        self._counted: dict[int, int] = {}
        """The events that an actor had when its hits were counted."""

    @property
    def complete(self) -> bool:
        """Whether every actor was counted."""
        return len(self.counts) >= len(self._roster)

    @property
    def total(self) -> int:
        """The hits of all that were counted."""
        return sum(self.counts.values())

    def none_in(self, member: RosterMember) -> bool:
        """Whether it is known that an actor has no hit."""
        number = member.number
        return self.counts.get(number) == 0 and self._counted[number] == member.figures().events

    def note_none(self, number: int, events: int) -> None:
        """Takes note that none of an actor's first events is a hit."""
        self.counts[number], self._counted[number] = 0, events

    def steps(self) -> Iterator[None]:
        """Counts, in steps that no key has to wait for, what there was at the beginning."""
        for member in self._roster.all():
            number, events = member.number, member.figures().events
            if number not in self.counts or self._counted[number] != events:
                with self._roster.held(number):
                    yield from self._count(number, events)

    def _count(self, number: int, events: int) -> Iterator[None]:
        table = yield from self._roster.reading(number)
        if table is None:
            self.note_none(number, events)
            return
        hits = self._hits.get(number)
        if hits is None or hits.table is not table:
            hits = self._make(table)
        while not hits.count_step():
            yield
        if self._roster.live:
            self._hits[number] = hits
        self.counts[number], self._counted[number] = hits.total, len(table) + table.dropped


class SeekOn:
    """A search for the next hit in the actors behind one, or before it for a `step` of -1, and at last in its own.

    What a filter keeps from being shown is no hit. `none_in` tells of which actors it is known that they have none, and
    `note_none` is told of the numbers of others that have none, and of how many events they have.
    """

    def __init__(
        self,
        roster: Roster,
        own: int,
        step: int,
        make: MakesHits,
        filter_text: str,
        none_in: Callable[[RosterMember], bool],
        note_none: Callable[[int, int], None],
    ) -> None:
        self.found: Found | None = None
        self.looked = self.unreadable = 0
        """How many actors were looked through, and how many of them could not be read."""
        self._roster = roster
        self._own = own
        self._step = step
        self._make = make
        self._filter: Filter | None = None
        if filter_text:
            from chainview.chain.query.filter import parse_filter

            self._filter = parse_filter(filter_text)
        self._none_in = none_in
        self._note_none = note_none

    def steps(self) -> Iterator[None]:
        """Looks in steps that no key has to wait for; raises ChainviewError for a pattern that takes too long."""
        members = list(self._roster.all())
        at = next(place for place, member in enumerate(members) if member.number == self._own)
        for away in range(1, len(members) + 1):
            place = at + away * self._step
            member = members[place % len(members)]
            if not self._none_in(member):
                with self._roster.held(member.number):
                    number = yield from self._in(member.number)
                if number is not None:
                    self.found = Found(member, number, not 0 <= place < len(members))
                    return
            self.looked += 1

    def _in(self, member: int) -> Generator[None, None, int | None]:
        """The number of the first hit of an actor, or of the last one."""
        table = yield from self._roster.reading(member)
        if table is None:
            self.unreadable += 1
            return None
        from chainview.chain.query.filter import Selection

        selection = None if self._filter is None else Selection(table, self._filter)
        while selection is not None and not selection.step():
            yield
        accept = None if selection is None else selection.lets_through
        seek = self._make(table).seek(-1 if self._step > 0 else len(table), self._step, accept)
        while not seek.step():
            yield
        if seek.hit is None and selection is None:
            self._note_none(member, len(table) + table.dropped)
        return None if seek.hit is None else table.number(seek.hit)
