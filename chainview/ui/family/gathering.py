"""From the chains of a family into one table, in steps that no key has to wait for."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

from chainview.chain.families.link import Link, Place
from chainview.chain.families.links import Links
from chainview.chain.families.merged import Merged
from chainview.ui.family.merged_table import MergedTable

if TYPE_CHECKING:
    from chainview.chain.table import EventTable
    from chainview.ui.feeds.roster import Roster, RosterMember

_EVENTS_A_STEP, _LINKED_A_STEP, _LINKS_A_STEP = 2000, 300, 500
_MANY = 4000
"""So many new events and no fewer than there were are put in order a step at a time."""


class Gathering:
    """Looks at the chains of a family again and again, and puts what has come into the order of all.

    Of a `live` family what brought an event about is noted with it, and taken in as events come; of others it is what
    all their links tell.
    """

    def __init__(self, roster: Roster, *, live: bool) -> None:
        self._roster = roster
        self._live = live
        self._actors = 0
        self.table = MergedTable(Merged(), live=live)
        self._links = Links()
        self._noted: list[Place] = []
        """The events of which something is noted that was not taken in yet."""
        self._round: Iterator[None] | None = None
        self._first: int | None = None
        self._is_other = False
        self.settled = False
        """Whether all that was there at the last look is in the table."""
        self.read = 0
        """How many chains were read in this look."""

    def step(self, seconds: float) -> bool:
        """Goes on looking for about that long; whether a look was ended."""
        until = perf_counter() + seconds
        self._round = self._round or self._look()
        while perf_counter() < until:
            if next(self._round, _OVER) is _OVER:
                self._round, self.settled = None, True
                return True
        return False

    def changed(self) -> int | None:
        """The first row that is another one than at the last call; None where there is none."""
        first, self._first = self._first, None
        return first

    def replaced(self) -> bool:
        """Whether the table is another one than at the last call, since the order had to be made anew."""
        is_other, self._is_other = self._is_other, False
        return is_other

    def _look(self) -> Iterator[None]:
        members = sorted(self._roster.all(), key=lambda member: member.number)
        self._take_in(members)
        self.read, grown = 0, False
        for member in members:
            table = yield from self._roster.reading(member.number)
            self.read += 1
            if table is not None:
                grown |= yield from self._read(member.number, table)
        order = self.table.order
        if grown:
            yield from self._link(order)
        first = None if order.fresh > max(_MANY, len(order)) else order.grow()
        if first is None:
            yield from self._arrange()
        elif first < len(order):
            self._first = first if self._first is None else min(first, self._first)
            self.table.settle()

    def _take_in(self, members: list[RosterMember]) -> None:
        for member in members[self._actors :]:
            self._actors += 1
            self.table.order.add()
            self._links.add(member.id, guessed=member.is_guessed)
        # Who is who may be inferred only once all of them were looked through.
        for member in members:
            self._links.identify(member.number, member.id, guessed=member.is_guessed)
        self.table.names.update({member.number: member.title for member in members})

    def _read(self, number: int, table: EventTable) -> Generator[None, None, bool]:
        """Takes in what is new of a chain; whether anything is."""
        self.table.tables[number] = table
        before = self.table.order.taken(number)
        while not self.table.order.take(number, table, _EVENTS_A_STEP, self._roster.places(number)):
            yield
        while not self._links.read(number, table, _LINKED_A_STEP):
            yield
        taken = self.table.order.taken(number)
        self._noted += [Place(number, at - 1) for at, _ in table.triggers.between(before + 1, taken + 1)]
        return taken > before

    def _link(self, order: Merged) -> Iterator[None]:
        """Takes in what is known to have brought what about: of a live family only what is noted of new events."""
        links = self._noted_links() if self._live else self._links.every()
        while some := list(islice(links, _LINKS_A_STEP)):
            order.link(some)
            yield

    def _noted_links(self) -> Iterator[Link]:
        places, self._noted = self._noted, []
        for place in places:
            link = self._links.noted(place)
            if link is not None:
                yield link
            elif self._links.awaits(place):
                self._noted.append(place)

    def _arrange(self) -> Iterator[None]:
        """Makes the order anew, in a table that takes the place of this one once it is made."""
        order = Merged(self._actors)
        self._noted = []
        for number, table in self.table.tables.items():
            while not order.take(number, table, _EVENTS_A_STEP, self._roster.places(number)):
                yield
            triggers = table.triggers.between(table.dropped + 1, order.taken(number) + 1)
            self._noted += [Place(number, at - 1) for at, _ in triggers]
        yield from self._link(order)
        yield from order.arrange()
        made = MergedTable(order, live=self._live)
        made.tables, made.names = self.table.tables, self.table.names
        made.settle()
        self.table, self._first, self._is_other = made, None, True


_OVER = object()
