"""What in one chain of a family brought about what in another, told by contents and order: no chain says it itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.families.link import Link, LinkKind, Place
from chainview.chain.families.link_keys import CAUSES, MARKS, SUPERVISOR, Key, bytes_in, handled, packed_bytes
from chainview.chain.payload import Call, HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.values import String, Tuple

_BOTH_WAYS: Final = (LinkKind.MESSAGE, LinkKind.CLOSE)
"""What goes through a channel, from either end to the other."""
_ANSWERED: Final = (LinkKind.REQUEST, LinkKind.RPC)
"""What waits for the end of what handles it."""


@dataclass(slots=True)
class _Side:
    """Where things with the same key happened, in the order of their chains."""

    places: dict[Key, list[Place]]
    keys: dict[Place, tuple[Key, int]]

    def add(self, key: Key, place: Place) -> None:
        if key[0] in _BOTH_WAYS:
            key = (key[0], (*key[1], place.actor))
        found = self.places.setdefault(key, [])
        self.keys[place] = (key, len(found))
        found.append(place)


class Links:
    """The links between some chains, read on as those grow. `ids` are those of the actors, empty for an unknown one.

    Only one thread may use it.
    """

    def __init__(self, ids: Sequence[str] = ()) -> None:
        self._ids: list[str] = []
        self._numbers: dict[str, int] = {}
        self._tables: list[EventTable | None] = []
        self._read: list[int] = []
        """How many events of each chain were read, those let go included."""
        self._caused, self._handled = _Side({}, {}), _Side({}, {})
        self._functions: set[str] = set()
        """What was called by rpc, so that calls of other chains have to be looked at for it."""
        self._told: dict[str, list[tuple[Place, str, bytes]]] = {}
        """By child: the calls of its supervisor that tell of its events."""
        self._ends: dict[str, list[Place]] = {}
        for id in ids:
            self.add(id)

    def add(self, id: str) -> int:
        """One more actor; its number."""
        number = len(self._ids)
        self._ids.append(id)
        if id:
            self._numbers[id] = number
        self._tables.append(None)
        self._read.append(0)
        return number

    def read(self, actor: int, table: EventTable, most: int = 1 << 60) -> bool:
        """Reads on in the chain of an actor, by so many events at most; whether all of it is read."""
        self._tables[actor] = table
        start = max(0, self._read[actor] - table.dropped)
        stop = min(len(table), start + most)
        if start >= stop:
            return True
        hosts = {number for number, name in enumerate(table.type_names) if name in CAUSES}
        marks = table.of_types(hosts, start, stop) if hosts else b""
        for index in range(start, stop):
            place = Place(actor, table.number(index) - 1)
            if marks and marks[index - start]:
                self._cause(place, table.event_type(index), table.payload(index))
            elif table.kinds[index] == Kind.CALL:
                self._call(place, table.payload(index))
        self._read[actor] = stop + table.dropped
        return stop == len(table)

    def forget(self, actor: int) -> None:
        """Lets go of the table of an actor until it is read again: the links that need it are not known meanwhile."""
        self._tables[actor] = None

    def _cause(self, place: Place, event_type: str, payload: bytes) -> None:
        said = read_payload(payload)
        if isinstance(said, HostCall):
            key = CAUSES[event_type](said)
            if key is not None:
                self._caused.add(key, place)
                if key[0] is LinkKind.RPC:
                    self._functions.add(str(key[1][1]))

    def _call(self, place: Place, payload: bytes) -> None:
        known = any(mark in payload for mark in MARKS)
        if not known and not any(name.encode() in payload for name in self._functions):
            return
        said = read_payload(payload)
        if not isinstance(said, Call):
            return
        own = self._ids[place.actor]
        if said.function.startswith(SUPERVISOR):
            self._told_of_child(place, said)
        elif (key := handled(said, own, is_first=place.index == 0)) is not None:
            self._handled.add(key, place)
        if said.function in self._functions:
            self._handled.add((LinkKind.RPC, (own, said.function, packed_bytes(said.params))), place)

    def _told_of_child(self, place: Place, said: Call) -> None:
        match said.params:
            case Tuple((String(child), String(kind), data)) if said.function.endswith("-event"):
                self._told.setdefault(child, []).append((place, kind, bytes_in(data)))
            case Tuple((String(child), *_)):
                self._ends.setdefault(child, []).append(place)

    # Looking links up

    def of(self, place: Place) -> tuple[Link, ...]:
        """The links that begin or end at an event."""
        found = [*self._from(place), *self._to(place), *self._of_child(place), *self._reply(place)]
        return tuple(found)

    def every(self) -> Iterator[Link]:
        """Every link, each once, as far as it is known by now."""
        for place in self._caused.keys:
            for link in self._from(place):
                yield link
                end = self._end_of(link.target) if link.kind in _ANSWERED else None
                if end is not None:
                    yield Link(LinkKind.REPLY, end, place, link.alike)
        for child, told in self._told.items():
            number = self._numbers.get(child)
            for source, target in () if number is None else self._matched(number, told):
                yield Link(LinkKind.CHILD_EVENT, source, target)
        for child, places in self._ends.items():
            number = self._numbers.get(child)
            last = None if number is None else self._last(number)
            if last is not None:
                yield Link(LinkKind.CHILD_END, last, places[0])

    def _from(self, place: Place) -> Iterable[Link]:
        if place in self._caused.keys:
            key, at = self._caused.keys[place]
            others = self._others(self._handled, key, place)
            if at < len(others):
                yield Link(key[0], place, others[at], len(others) - 1)

    def _to(self, place: Place) -> Iterable[Link]:
        if place in self._handled.keys:
            key, at = self._handled.keys[place]
            others = self._others(self._caused, key, place)
            if at < len(others):
                yield Link(key[0], others[at], place, len(others) - 1)

    def _others(self, side: _Side, key: Key, place: Place) -> list[Place]:
        if key[0] not in _BOTH_WAYS:
            return side.places.get(key, [])
        ends = (actor for actor in range(len(self._ids)) if actor != place.actor)
        found = (side.places.get((key[0], (*key[1][:-1], actor))) for actor in ends)
        return next((each for each in found if each), [])

    def _reply(self, place: Place) -> Iterable[Link]:
        """From the end of what handled a request, or a call by rpc, to who waits for it, and back."""
        call = self._call_of(place)
        for link in self._to(call) if call is not None and call != place else ():
            if link.kind in _ANSWERED and self._end_of(link.target) == place:
                yield Link(LinkKind.REPLY, place, link.source, link.alike)
        for link in self._from(place):
            end = self._end_of(link.target)
            if link.kind in _ANSWERED and end is not None:
                yield Link(LinkKind.REPLY, end, place, link.alike)

    def _of_child(self, place: Place) -> Iterable[Link]:
        for child, told in self._told.items():
            number = self._numbers.get(child)
            if number is None or (number != place.actor and all(each != place for each, _, _ in told)):
                continue
            for source, target in self._matched(number, told):
                if place in (source, target):
                    yield Link(LinkKind.CHILD_EVENT, source, target)
        for child, places in self._ends.items():
            number = self._numbers.get(child)
            last = None if number is None else self._last(number)
            if last is not None and (place == last or place in places):
                yield Link(LinkKind.CHILD_END, last, places[0])

    def _matched(self, child: int, told: list[tuple[Place, str, bytes]]) -> Iterable[tuple[Place, Place]]:
        """The events of a child that its supervisor was told of: in order, so that each lies behind the one before."""
        table = self._tables[child]
        if table is None:
            return
        index = 0
        for place, kind, data in told:
            while index < len(table) and not (table.event_type(index) == kind and table.payload(index) == data):
                index += 1
            if index == len(table):
                return
            yield Place(child, table.number(index) - 1), place
            index += 1

    def _call_of(self, place: Place) -> Place | None:
        table = self._tables[place.actor]
        index = -1 if table is None else place.index - table.dropped
        call = table.call_of(index) if table is not None and 0 <= index < len(table) else None
        return None if call is None or table is None else Place(place.actor, table.number(call) - 1)

    def _end_of(self, call: Place) -> Place | None:
        """The result or error of a call; None while it runs."""
        table = self._tables[call.actor]
        index = -1 if table is None else call.index - table.dropped
        if table is None or not 0 <= index < len(table) or table.call_open(index):
            return None
        return Place(call.actor, table.number(index + table.steps(index)) - 1)

    def _last(self, actor: int) -> Place | None:
        table = self._tables[actor]
        return None if table is None or not len(table) else Place(actor, table.number(len(table) - 1) - 1)
