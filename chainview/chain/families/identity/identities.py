"""Which chains are of which ids, where neither index nor header tells it: by what they say, else by their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from chainview.chain.families.identity.hearsay import Content, Hearsay
from chainview.chain.families.link import Basis

_T = TypeVar("_T")
_All = frozenset[tuple[Content, int]]


@dataclass(frozen=True, slots=True)
class Identities:
    """The ids that were found for chains, by their places, and how each is known."""

    ids: Mapping[int, tuple[str, Basis]]
    unmet: int = 0
    """How many were spawned and not found."""


def identities(said: Sequence[Hearsay], known: Mapping[int, str], names: Sequence[str]) -> Identities:
    """Finds the ids of those chains, by their places, whose id is not `known`; `names` are those of their files.

    A chain is of the id that it or its file's name tells; of the only one that was given something which nobody else
    was, and which it alone took; of the only one that was given all that it took; else the actors that one chain
    spawned are those that are left, in the same order, where there are as many.
    """
    search = _Search(said, known)
    search.by_names(names)
    while search.by_contents() or search.by_all_contents():
        pass
    search.by_order()
    return Identities(search.found, len(search.spawned_left()))


class _Search:
    """Ids and chains that are left, and what was found so far."""

    def __init__(self, said: Sequence[Hearsay], known: Mapping[int, str]) -> None:
        self.found: dict[int, tuple[str, Basis]] = {}
        self._id_of = dict(known)
        self._parents = {child: place for place, each in enumerate(said) for child in each.spawned}
        self._given = dict[str, Counter[Content]]()
        for each in said:
            for whom, contents in each.given.items():
                self._given.setdefault(whom, Counter()).update(contents)
        within = sum(self._given.values(), Counter[Content]())
        self._told = dict[str, set[Content]]()
        for each in said:
            for whom, events in each.told.items():
                self._told.setdefault(whom, set()).update(events)
        events = {event for each in self._told.values() for event in each}
        self._recorded = [each.recorded & events for each in said]
        """What each recorded of all that anybody was told of."""
        self._own = [each.own for each in said]
        self._taken = [Counter({at: count for at, count in each.taken.items() if at in within}) for each in said]
        """What each took of all that was given to anybody: the rest came from outside."""
        self._evenly = {
            content for content, count in sum(self._taken, Counter[Content]()).items() if count == within[content]
        }
        """What was taken as often as it was given, so that none of it came from outside."""
        there = set(known.values())
        self._ids = dict.fromkeys([id for id in (*self._parents, *self._given, *self._told) if id not in there])
        self._chains = dict.fromkeys([place for place in range(len(said)) if not known.get(place)])

    def spawned_left(self) -> list[str]:
        """Who was spawned and not found, in their order."""
        return [id for id in self._ids if id in self._parents]

    def _take(self, place: int, id: str, basis: Basis) -> None:
        self.found[place] = id, basis
        self._id_of[place] = id
        del self._chains[place]
        self._ids.pop(id, None)

    def by_names(self, names: Sequence[str]) -> None:
        """A chain tells its own id, or lies in a file of that name."""
        ids = {id: id for id in self._ids}
        for place in list(self._chains):
            id = self._own[place] or ids.get(names[place], "")
            if id and id not in self._id_of.values():
                self._take(place, id, Basis.INFERRED)

    def by_contents(self) -> bool:
        """By what was given to one alone, or told of it, and one alone took or recorded; whether any was found."""
        givers, takers = dict[Content, list[str]](), dict[Content, list[int]]()
        for id in self._ids:
            for content in {*self._given.get(id, ()), *self._told.get(id, ())}:
                givers.setdefault(content, []).append(id)
        for place in self._chains:
            for content in {*self._taken[place], *self._recorded[place]}:
                takers.setdefault(content, []).append(place)
        return self._take_only(_pairs(givers, takers))

    def by_all_contents(self) -> bool:
        """By all that was given to one, where nobody else was given or took just that; whether any was found."""
        givers, takers = dict[_All, list[str]](), dict[_All, list[int]]()
        for id in self._ids:
            givers.setdefault(frozenset(self._given.get(id, Counter()).items()), []).append(id)
        for place in self._chains:
            if self._taken[place].keys() <= self._evenly:
                takers.setdefault(frozenset(self._taken[place].items()), []).append(place)
        # Who was given nothing is told by that from nobody.
        takers.pop(frozenset(), None)
        return self._take_only(_pairs(givers, takers))

    def _take_only(self, pairs: Sequence[tuple[str, int]]) -> bool:
        """Takes those pairs that no other one contradicts."""
        ids, places = Counter(id for id, _ in pairs), Counter(place for _, place in pairs)
        sure = [(id, at) for id, at in pairs if ids[id] == places[at] == 1 and self._may_be(at, id)]
        for id, place in sure:
            self._take(place, id, Basis.INFERRED)
        return bool(sure)

    def by_order(self) -> None:
        """Who one chain spawned are the chains that are left, where there are as many and none contradicts it."""
        left = self.spawned_left()
        if not left or len({self._parents[id] for id in left}) != 1:
            return
        places = [place for place in self._chains if self._may_be(place, left[0])]
        if len(places) == len(left) and all(map(self._agrees, places, left)):
            for place, id in zip(places, left, strict=True):
                self._take(place, id, Basis.UNSURE)

    def _may_be(self, place: int, id: str) -> bool:
        """Whether a chain can be that of an id: it is not of who spawned that one, nor of an ancestor."""
        seen = set[int]()
        while id in self._parents and self._parents[id] not in seen:
            parent = self._parents[id]
            if parent == place:
                return False
            seen.add(parent)
            id = self._id_of.get(parent, "")
        return True

    def _agrees(self, place: int, id: str) -> bool:
        """Whether a chain can be that of an id by what it took: some of what that one was given, if both are any."""
        taken, given = self._taken[place], self._given.get(id)
        return not taken or (given is not None and bool(taken & given))


def _pairs(givers: Mapping[_T, Sequence[str]], takers: Mapping[_T, Sequence[int]]) -> list[tuple[str, int]]:
    """Who belongs together by what one alone was given and one alone took."""
    found = [
        (ids[0], takers[what][0]) for what, ids in givers.items() if len(ids) == 1 and len(takers.get(what, ())) == 1
    ]
    return list(dict.fromkeys(found))
