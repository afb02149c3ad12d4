"""The events of all chains of a family in one order: of time, or, where no times are known, one that links allow."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from heapq import heapify, heappop, heapreplace
from typing import Final

from chainview.chain.families.link import Basis, Link, LinkKind, Place
from chainview.chain.families.strand import Edge, Strand
from chainview.chain.table import EventTable

_AT_ONCE: Final = 4_000
_DOUBTS: Final = {Basis.NOTED: 0, Basis.INFERRED: 1, Basis.UNSURE: 2}


class OrderBasis(StrEnum):
    """What an order goes by."""

    TIMES = "times"
    """When events began, which stands beside them: a host call stands where it was made, not where it was answered."""
    LINES = "lines"
    """The order of the lines that told of them, in what holds the chains of several actors."""
    LINKS = "links"
    """What brought what about: each call as early as what brought it about allows."""


class Merged:
    """The events of some chains in one order, arranged anew or grown at its end.

    Each event stands there once, behind those before it in its chain, and behind what brought it about, but for links
    that contradict each other: of those the most doubtful are left out, and counted. Times that jump change none of
    that. The order depends on what was taken in alone, not on when; events that come in the order of their times leave
    the rows before them as they were, and one that comes late is put in where it belongs.
    """

    def __init__(self, actors: int = 0) -> None:
        self._strands: list[Strand] = []
        self._actors, self._positions = array("I"), array("Q")
        self._awaited: dict[tuple[int, int], list[tuple[int, int]]] = {}
        """The events whose causes have not come yet, by those."""
        self._timed = True
        self._placed = False
        """Whether it is not times that are known, but the order of lines."""
        self._stale = False
        self._by_links = False
        self._contradictions = 0
        self.left_out = 0
        """How many links were left out, as they contradict others or the order of a chain."""
        for _ in range(actors):
            self.add()

    # What is known

    def add(self) -> int:
        """One more actor; its number."""
        self._strands.append(Strand())
        return len(self._strands) - 1

    def take(self, actor: int, table: EventTable, most: int = 1 << 60, places: Sequence[int] | None = None) -> bool:
        """Reads on in the chain of an actor, by so many events at most; whether all of it is read.

        `places` tell where each of its events stands among those of all actors, where that is known and no times are.
        """
        strand = self._strands[actor]
        base = strand.base
        read = strand.take(table, most, places)
        self._placed |= places is not None
        self._timed &= strand.timed
        self._stale |= strand.base != base
        return read

    def link(self, links: Iterable[Link]) -> None:
        """Takes in what brought what about; a link that is known already counts once."""
        for link in links:
            source, target = link.source, link.target
            # What comes back stands in the event of who asked, which began before: what follows it comes behind that.
            back = link.kind is LinkKind.REPLY
            self._tie(Edge(source.actor, source.index, _DOUBTS[link.basis], back), target.actor, target.index + back)

    def _tie(self, edge: Edge, actor: int, position: int) -> None:
        """Takes in that an event of another chain comes before one of an actor."""
        if edge.actor == actor:
            self._contradictions += edge.position >= position
            return
        strand = self._strands[actor]
        known = strand.edges.setdefault(position, [])
        if any((each.actor, each.position) == (edge.actor, edge.position) for each in known):
            return
        if not known:
            insort(strand.targets, position)
        known.append(edge)
        if position < strand.keyed:
            key = self._key(edge.actor, edge.position)
            if key is None:
                self._awaited.setdefault((edge.actor, edge.position), []).append((actor, position))
            elif self._by_links or key >= strand.keys[position - strand.base]:
                self._stale = True

    def _key(self, actor: int, position: int) -> int | None:
        strand = self._strands[actor]
        return strand.keys[position - strand.base] if strand.base <= position < strand.keyed else None

    def taken(self, actor: int) -> int:
        """How many events of an actor were taken, those let go included."""
        return self._strands[actor].end

    @property
    def fresh(self) -> int:
        """How many events were taken that have no row yet."""
        return sum([strand.end - strand.keyed for strand in self._strands])

    @property
    def basis(self) -> OrderBasis:
        """What the order goes by: times where every event has one."""
        if not self._timed:
            return OrderBasis.LINKS
        return OrderBasis.LINES if self._placed else OrderBasis.TIMES

    # The order

    def __len__(self) -> int:
        return len(self._actors)

    @property
    def words(self) -> str:
        """What the order goes by, behind what it is the order of."""
        if self._timed:
            return "without times: in the order of their lines" if self._placed else "by their times"
        some = any(strand.timed and strand.begins for strand in self._strands)
        times = "not all with a time" if some else "without times"
        if len(self._strands) > 1 and not any(strand.edges for strand in self._strands):
            return f"{times}, no links known: call by call"
        return f"{times}: in an order that their links allow"

    def at(self, row: int) -> Place:
        """The event in a row, by its actor and its place in that one's chain from 0, those let go included."""
        return Place(self._actors[row], self._positions[row])

    def places(self, start: int, stop: int) -> list[Place]:
        """The events in the rows from `start` up to `stop`."""
        return list(map(Place, self._actors[start:stop], self._positions[start:stop]))

    def row_of(self, place: Place) -> int | None:
        """The row of an event; None where it has none yet."""
        if place.actor >= len(self._strands):
            return None
        key = self._key(place.actor, place.index)
        if key is None:
            return None
        row = bisect_left(range(len(self)), (key, place.actor, place.index), key=self._sorted_by)
        return row if row < len(self) and self.at(row) == place else None

    def causes(self, place: Place) -> list[Place]:
        """What in other chains brought an event about, as far as the order goes by it."""
        edges = self._strands[place.actor].edges.get(place.index, ())
        return [Place(each.actor, each.position) for each in edges if not (each.left_out or each.is_reply)]

    def extents(self) -> list[tuple[int, int] | None]:
        """By actor: the rows of its first and its last event; None where it has none."""
        found = list[tuple[int, int] | None]()
        for actor, strand in enumerate(self._strands):
            ends = (self.row_of(Place(actor, position)) for position in (strand.base, strand.keyed - 1))
            first, last = ends
            found.append(None if first is None or last is None else (first, last))
        return found

    def began_ns(self, row: int) -> int:
        """When the event in a row began; 0 where that is not known."""
        strand = self._strands[self._actors[row]]
        return strand.begins[self._positions[row] - strand.base]

    def _sorted_by(self, row: int) -> tuple[int, int, int]:
        actor, position = self._actors[row], self._positions[row]
        strand = self._strands[actor]
        return strand.keys[position - strand.base], actor, position

    def arrange(self) -> Iterator[None]:
        """Makes the order anew of all that is known, in steps."""
        self._stale, self.left_out = False, self._contradictions
        self._by_links = self.basis is OrderBasis.LINKS
        self._awaited.clear()
        for strand in self._strands:
            strand.keys = array("Q")
            for edges in strand.edges.values():
                for edge in edges:
                    edge.left_out = False
        yield from self._give_keys()
        yield from self._merge(0)

    def grow(self) -> int | None:
        """Puts in what was taken since; the first row that is another one now, None where the order must be made anew.

        An order by links is never grown: what comes may change where anything stands.
        """
        if self._stale or self._by_links != (self.basis is OrderBasis.LINKS):
            return None
        fresh = [(number, strand.keyed) for number, strand in enumerate(self._strands) if strand.keyed < strand.end]
        if not fresh:
            return len(self)
        if self._by_links:
            return None
        for _ in self._give_keys():
            pass
        for place in [place for place in self._awaited if self._key(*place) is not None]:
            targets = self._awaited.pop(place)
            keys = [self._key(*target) for target in targets]
            self._stale |= any(key is not None and key <= (self._key(*place) or 0) for key in keys)
        if self._stale:
            return None
        first = min((self._key(number, position) or 0, number, position) for number, position in fresh)
        row = bisect_left(range(len(self)), first, key=self._sorted_by)
        for _ in self._merge(row, first[:2]):
            pass
        return row

    # Keys

    def _give_keys(self) -> Iterator[None]:
        """Gives a key to every event that has none, each chain as far as what it waits for has one."""
        ready, blocked, done = deque(range(len(self._strands))), dict[int, Edge](), 0
        waiting: dict[int, list[int]] = {}
        while ready or blocked:
            if not ready:
                actor = self._leave_one_out(blocked)
                del blocked[actor]
                ready.append(actor)
            actor = ready.popleft()
            before = self._strands[actor].keyed
            edge = self._advance(actor)
            done += self._strands[actor].keyed - before
            for waiter in waiting.pop(actor, []):
                if waiter in blocked and blocked[waiter].position < self._strands[actor].keyed:
                    del blocked[waiter]
                    ready.append(waiter)
                elif waiter in blocked:
                    waiting.setdefault(actor, []).append(waiter)
            if edge is not None:
                blocked[actor] = edge
                waiting.setdefault(edge.actor, []).append(actor)
            if done > _AT_ONCE:
                done = 0
                yield

    def _advance(self, actor: int) -> Edge | None:
        """Gives keys to the events of a chain, up to one that waits for what has none yet: that is returned."""
        strand = self._strands[actor]
        at = bisect_left(strand.targets, strand.keyed)
        while at < len(strand.targets) and strand.targets[at] < strand.end:
            position = strand.targets[at]
            self._give(strand, position)
            least = 0
            for edge in strand.edges[position]:
                source = self._strands[edge.actor]
                if edge.left_out or edge.position < source.base:
                    continue
                if edge.position >= source.end:
                    self._awaited.setdefault((edge.actor, edge.position), []).append((actor, position))
                elif edge.position >= source.keyed:
                    return edge
                else:
                    least = max(least, source.keys[edge.position - source.base] + 1)
            before = strand.keys[-1] + 1 if strand.keys else 1
            begun = 0 if self._by_links else strand.begins[position - strand.base]
            strand.keys.append(max(least, before, begun))
            at += 1
        self._give(strand, strand.end)
        return None

    def _give(self, strand: Strand, stop: int) -> None:
        """Gives keys to events that wait for nothing in other chains."""
        keys, first = strand.keys, len(strand.keys)
        last = keys[-1] if keys else 0
        if self._by_links:
            for start in strand.starts[first : stop - strand.base]:
                last += 1 if start or not last else 0
                keys.append(last)
        else:
            for begun in strand.begins[first : stop - strand.base]:
                last = begun if begun > last else last + 1
                keys.append(last)

    def _leave_one_out(self, blocked: dict[int, Edge]) -> int:
        """Leaves out the most doubtful link of those that wait for each other; whose chain it held up."""
        at, seen = min(blocked), list[int]()
        while at not in seen:
            seen.append(at)
            at = blocked[at].actor
        circle = seen[seen.index(at) :]
        actor = max(circle, key=lambda each: (blocked[each].doubt, -each))
        blocked[actor].left_out = True
        self.left_out += 1
        return actor

    # Rows

    def _merge(self, row: int, first: tuple[int, int] = (0, 0)) -> Iterator[None]:
        """Makes the rows from one on, whose key and actor are the first that go there or behind it."""
        del self._actors[row:], self._positions[row:]
        heads = []
        for actor, strand in enumerate(self._strands):
            at = _cut(strand.keys, first, actor)
            if at < len(strand.keys):
                heads.append((strand.keys[at], actor, at))
        heapify(heads)
        done = 0
        while heads:
            _, actor, at = heads[0]
            strand = self._strands[actor]
            others = [heads[child] for child in (1, 2) if child < len(heads)]
            stop = _cut(strand.keys, min(others)[:2], actor, at) if others else len(strand.keys)
            self._actors.extend(array("I", (actor,)) * (stop - at))
            self._positions.extend(range(strand.base + at, strand.base + stop))
            if stop < len(strand.keys):
                heapreplace(heads, (strand.keys[stop], actor, stop))
            else:
                heappop(heads)
            done += 1
            if not done % _AT_ONCE:
                yield


def _cut(keys: array[int], first: tuple[int, int], actor: int, low: int = 0) -> int:
    """Where in a chain's keys those begin that stand at a key and an actor, or behind it."""
    key, other = first
    return bisect_right(keys, key, low) if actor < other else bisect_left(keys, key, low)
