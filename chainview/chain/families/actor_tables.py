"""The chains of a family's actors, by their numbers and ids, and what lies where in them."""

from __future__ import annotations

from chainview.chain.event import Kind
from chainview.chain.families.link import Place
from chainview.chain.files.entries.entry import Checked
from chainview.chain.hashing import event_hash
from chainview.chain.lifecycle import Turn
from chainview.chain.table import EventTable


class ActorTables:
    """Grown by whoever reads them; an actor whose id is empty is an unknown one."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.tables: list[EventTable | None] = []
        self.read: list[int] = []
        """How many events of each chain were read, those let go included."""
        self.guessed: set[int] = set()
        """Whose ids are told by their order alone."""
        self._numbers: dict[str, int] = {}

    def add(self, id: str, *, guessed: bool = False) -> int:
        """One more actor; its number."""
        number = len(self.ids)
        self.ids.append("")
        self.tables.append(None)
        self.read.append(0)
        self.identify(number, id, guessed=guessed)
        return number

    def identify(self, number: int, id: str, *, guessed: bool = False) -> None:
        """Takes in the id of an actor."""
        if id and not self.ids[number]:
            self.guessed |= {number} if guessed else set()
            self.ids[number] = id
            self._numbers[id] = number

    def number(self, id: str) -> int | None:
        """The number of the actor of that id."""
        return self._numbers.get(id)

    def held(self, place: Place) -> tuple[EventTable, int] | None:
        """The table that holds an event, and where; None where it was let go, or is not there."""
        table = self.tables[place.actor]
        index = -1 if table is None else place.index - table.dropped
        return None if table is None or not 0 <= index < len(table) else (table, index)

    def is_kind(self, place: Place, kind: Kind) -> bool | None:
        """Whether an event is of that kind; None where it is not held."""
        held = self.held(place)
        return None if held is None else held[0].kinds[held[1]] == kind

    def is_last(self, place: Place) -> bool:
        """Whether an event is the last one that was read of its chain."""
        return place.index + 1 == self.read[place.actor]

    def says(self, place: Place, event_type: str, payload: bytes) -> bool | None:
        """Whether an event is of that type with that payload; None where it is not held."""
        held = self.held(place)
        return None if held is None else is_event(*held, event_type, payload)

    def call_of(self, place: Place) -> Place | None:
        """The wasm-call that an event belongs to."""
        held = self.held(place)
        call = None if held is None else held[0].call_of(held[1])
        return None if held is None or call is None else Place(place.actor, held[0].number(call) - 1)

    def end_of(self, call: Place) -> Place | None:
        """The result or error of a call; None while it runs."""
        held = self.held(call)
        if held is None or held[0].call_open(held[1]):
            return None
        table, index = held
        return Place(call.actor, table.number(index + table.steps(index)) - 1)

    def last(self, id: str) -> Place | None:
        """The last event of the actor of that id."""
        number = self.number(id)
        return None if number is None or not self.read[number] else Place(number, self.read[number] - 1)

    def spawned(self, id: str) -> Place | None:
        """Where the actor of that id records that it came to life."""
        number = self.number(id)
        table = None if number is None else self.tables[number]
        if number is None or table is None:
            return None
        types = {at for at, name in enumerate(table.type_names) if name == Turn.SPAWNED.value}
        index = table.of_types(types, 0, len(table)).find(1)
        return None if index < 0 else Place(number, table.number(index) - 1)


def is_event(table: EventTable, index: int, event_type: str, payload: bytes) -> bool:
    """Whether an event is one of that type with that payload, told by its hash, as the payload may be out of reach."""
    if table.event_type(index) != event_type:
        return False
    hash_ = table.hash(index)
    if hash_ is not None and event_hash(table.parent(index), event_type, payload) == hash_:
        return True
    return table.checked(index) is not Checked.FULL and table.payload(index) == payload
