"""From the chains of a family into one table, in steps that no key has to wait for."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

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

    Of a `live` family what brought an event about is noted with it; of others it is what their links tell.
    """

    def __init__(self, roster: Roster, *, live: bool) -> None:
        self._roster = roster
        self._live = live
        self._ids: list[str] = []
        self.table = MergedTable(Merged(noted=live), live=live)
        self._links = None if live else Links()
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
        if self._links is not None and grown:
            every = self._links.every()
            while some := list(islice(every, _LINKS_A_STEP)):
                order.link(some)
                yield
        first = None if order.fresh > max(_MANY, len(order)) else order.grow()
        if first is None:
            yield from self._arrange()
        elif first < len(order):
            self._first = first if self._first is None else min(first, self._first)
            self.table.settle()

    def _take_in(self, members: list[RosterMember]) -> None:
        for member in members[len(self._ids) :]:
            self._ids.append(member.id)
            self.table.order.add(member.id)
            if self._links is not None:
                self._links.add(member.id, guessed=member.is_guessed)
        if self._links is not None:
            # Who is who may be inferred only once all of them were looked through.
            for member in members:
                self._links.identify(member.number, member.id, guessed=member.is_guessed)
        self.table.names.update({member.number: member.title for member in members})

    def _read(self, number: int, table: EventTable) -> Generator[None, None, bool]:
        """Takes in what is new of a chain; whether anything is."""
        self.table.tables[number] = table
        before = self.table.order.taken(number)
        while not self.table.order.take(number, table, _EVENTS_A_STEP):
            yield
        while self._links is not None and not self._links.read(number, table, _LINKED_A_STEP):
            yield
        return self.table.order.taken(number) > before

    def _arrange(self) -> Iterator[None]:
        """Makes the order anew, in a table that takes the place of this one once it is made."""
        order = Merged(self._ids, noted=self._live)
        for number, table in self.table.tables.items():
            while not order.take(number, table, _EVENTS_A_STEP):
                yield
        if self._links is not None:
            every = self._links.every()
            while some := list(islice(every, _LINKS_A_STEP)):
                order.link(some)
                yield
        yield from order.arrange()
        made = MergedTable(order, live=self._live)
        made.tables, made.names = self.table.tables, self.table.names
        made.settle()
        self.table, self._first, self._is_other = made, None, True


_OVER = object()
