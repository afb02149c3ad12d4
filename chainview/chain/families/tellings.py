"""What an actor is told of another one, where that is not noted: of its events in their order, or once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chainview.chain.families.actor_tables import ActorTables, is_event
from chainview.chain.families.link import Link, LinkKind, Place
from chainview.chain.families.link_keys import Told
from chainview.chain.table import EventTable

_Pair = tuple[int, LinkKind, str]
"""Who is told, in what way, and of whom."""


@dataclass(slots=True)
class _OfEvents:
    """The calls that tell an actor of the events of another one, each lying behind the one that was told before."""

    told: list[tuple[Place, Told]] = field(default_factory=list)
    sources: dict[Place, Place] = field(default_factory=dict)
    """By the call the event that it tells of, as far as found."""
    targets: dict[Place, Place] = field(default_factory=dict)
    """The other way round."""
    alike: dict[int, int] = field(default_factory=dict)
    digests: dict[Place, int] = field(default_factory=dict)
    looked_at: int = 0
    """How many events of the other one were."""

    def add(self, place: Place, about: Told) -> None:
        digest = self.digests[place] = hash(about)
        self.alike[digest] = self.alike.get(digest, 0) + 1
        self.told.append((place, about))

    def find(self, subject: int, table: EventTable) -> None:
        """Looks on in what the other one has recorded."""
        for place, about in self.told[len(self.sources) :]:
            index = max(0, self.looked_at - table.dropped)
            while index < len(table) and not is_event(table, index, about.event_type, about.payload):
                index += 1
            if index == len(table):
                return
            self.looked_at = index + table.dropped + 1
            source = Place(subject, self.looked_at - 1)
            self.sources[place], self.targets[source] = source, place

    def link(self, kind: LinkKind, source: Place, target: Place) -> Link:
        return Link(kind, source, target, self.alike[self.digests[target]] - 1)


class Tellings:
    """By who is told, and of whom."""

    def __init__(self, actors: ActorTables) -> None:
        self._actors = actors
        self._of_events: dict[_Pair, _OfEvents] = {}
        self._by_teller: dict[int, list[_Pair]] = {}
        self._by_subject: dict[str, list[_Pair]] = {}
        self._once: dict[Place, Told] = {}
        self._first: dict[_Pair, Place] = {}

    def add(self, place: Place, about: Told) -> None:
        """One more event by which an actor is told of another one."""
        pair = place.actor, about.kind, about.actor
        if not about.event_type:
            self._once[place] = about
            if pair not in self._first:
                self._first[pair] = place
                self._by_subject.setdefault(about.actor, []).append(pair)
            return
        if pair not in self._of_events:
            self._of_events[pair] = _OfEvents()
            self._by_teller.setdefault(place.actor, []).append(pair)
            self._by_subject.setdefault(about.actor, []).append(pair)
        self._of_events[pair].add(place, about)

    def places(self) -> Iterator[Place]:
        """Where actors are told of others."""
        yield from self._once
        for each in self._of_events.values():
            yield from [place for place, _ in each.told]

    def to(self, place: Place) -> Iterator[Link]:
        """The link that ends at an event."""
        about = self._once.get(place)
        if about is not None:
            source = self._whence(about)
            if source is not None and self._first[place.actor, about.kind, about.actor] == place:
                yield Link(about.kind, source, place)
        for pair in self._by_teller.get(place.actor, ()):
            found = self._found(pair)
            if place in found.sources:
                yield found.link(pair[1], found.sources[place], place)

    def of(self, place: Place) -> Iterator[Link]:
        """The links that begin at an event."""
        id = self._actors.ids[place.actor]
        for pair in self._by_subject.get(id, ()) if id else ():
            first = self._first.get(pair)
            if first is not None and self._whence(self._once[first]) == place:
                yield Link(pair[1], place, first)
            if pair in self._of_events:
                found = self._found(pair)
                if place in found.targets:
                    yield found.link(pair[1], place, found.targets[place])

    def _found(self, pair: _Pair) -> _OfEvents:
        found, subject = self._of_events[pair], self._actors.number(pair[2])
        table = None if subject is None else self._actors.tables[subject]
        if subject is not None and table is not None:
            found.find(subject, table)
        return found

    def _whence(self, about: Told) -> Place | None:
        """The event of another actor that one is told of."""
        if about.kind is LinkKind.SPAWN_NOTICE:
            return self._actors.spawned(about.actor)
        return self._actors.last(about.actor)
