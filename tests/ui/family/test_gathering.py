"""What brought what about, in the rows of all chains of a family that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from chainview.chain.event import Extras, Trigger
from chainview.chain.families.link import Place
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT
from chainview.ui.family.gathering import Gathering
from tests.chain.families.worlds import World

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from chainview.ui.feeds.roster import Roster


class _Member:
    is_guessed = False

    def __init__(self, number: int) -> None:
        self.number, self.id, self.title = number, str(number), f"a{number}"


class _Played:
    """A family whose chains are those of a world."""

    def __init__(self, tables: Sequence[EventTable]) -> None:
        self.tables = tables

    def all(self) -> list[_Member]:
        return [_Member(number) for number in range(len(self.tables))]

    def __len__(self) -> int:
        return len(self.tables)

    def places(self, number: int) -> None:
        """They have times."""

    def reading(self, number: int) -> Generator[None, None, EventTable]:
        yield
        return self.tables[number]


def looked(gathering: Gathering) -> Gathering:
    """The same, once all that is there was taken in."""
    while not gathering.step(0.1):
        pass
    return gathering


def test_what_is_noted_counts_as_far_as_it_fits() -> None:
    """In rows that grow and in those that are made anew; what is forged brings nothing about, nor what is not there."""
    world = World(2, noted=True)
    world.send(0, 1, b"hi")
    world.handle(1)
    roster = _Played(world.tables)
    gathering = looked(Gathering(cast("Roster", roster), live=True))
    causes = {target: source for _, source, target in world.truth}
    assert {place for place in causes if gathering.table.order.causes(place) == [causes[place]]} == set(causes)
    world.noted = False
    forged = world.call(1, "my:own.work", UNIT)
    table = EventTable()
    for index in range(len(world.tables[1])):
        extras = world.tables[1].extras(index)
        if index == forged.index:
            extras = Extras(trigger=Trigger("send", "0", 2))
        table.append(world.tables[1].event(index), extras)
    roster.tables = [world.tables[0], table]
    gathering = looked(Gathering(cast("Roster", roster), live=True))
    assert gathering.table.order.causes(forged) == []
    assert gathering.table.order.causes(Place(1, 0)) == [causes[Place(1, 0)]]
