"""What in one chain of a family brought about what in another: as it was noted, else told by contents and order."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from chainview.chain.event import OUTSIDE, Kind, Trigger
from chainview.chain.families.actor_tables import ActorTables
from chainview.chain.families.link import Link, LinkKind, Misfit, Place, Unfit
from chainview.chain.families.link_keys import (
    BY_CHANNEL,
    CAUSES,
    MARKS,
    TERMINATED,
    End,
    Key,
    Told,
    called,
    handled,
    owned_by,
    timed_out,
    told,
)
from chainview.chain.families.member import Member
from chainview.chain.families.passed_over import PassedOver
from chainview.chain.families.tellings import Tellings
from chainview.chain.payload import Call, HostCall, Payload, read_payload
from chainview.chain.table import EventTable

_BOTH_WAYS: Final = (LinkKind.MESSAGE, LinkKind.CLOSE)
"""What goes through a channel, from either end to the other."""
_ANSWERED: Final = (LinkKind.REQUEST, LinkKind.RPC)
"""What is waited for until it is answered."""
_TOLD: Final = {LinkKind.CHILD_EVENT, LinkKind.CHILD_END, LinkKind.ACTOR_EVENT, LinkKind.SPAWN_NOTICE, LinkKind.FATE}
"""Of whom an actor is told without any host call of that one."""
_KINDS: Final = {kind.value: kind for kind in LinkKind}
_MANY: Final = _TOLD | {LinkKind.STOP}
"""What one event may bring about more than once."""
_ANY_CHILD: Final = End(LinkKind.SPAWN, ()).digest
_STOP: Final = End(LinkKind.STOP, ()).digest
_Content = tuple[LinkKind, int] | Told | None
"""What an event says of what brought it about: of a host call in a few bytes."""


@dataclass(slots=True)
class _Group:
    """Where things with the same key happened, in the order of their chains."""

    caused: list[Place] = field(default_factory=list)
    handled: list[Place] = field(default_factory=list)
    """Where nothing is noted."""
    noted: list[Place] = field(default_factory=list)
    pairs: dict[Place, tuple[Place, int]] = field(default_factory=dict)
    """What belongs together of what is not noted, in both directions, with how many others are like it."""
    made_at: int = -1


class Links:
    """The links between some chains, read on as those grow. `ids` are those of the actors, empty for an unknown one.

    Of what was noted only that counts which fits what both chains hold; where they are all `whole`, an event that is
    not there never will be. Only one thread may use it.
    """

    def __init__(self, ids: Sequence[str] = (), *, whole: bool = False) -> None:
        self._whole = whole
        self._actors = ActorTables()
        self._steps = 0
        """Another number whenever more was read."""
        self._causes: dict[Place, tuple[Key | None, int]] = {}
        """Of each host call that brings something about its key, and what it says in a few bytes."""
        self._handled: dict[Place, tuple[Key, ...]] = {}
        self._groups: dict[Key, _Group] = {}
        self._passed_over = PassedOver()
        self._functions: set[str] = set()
        """What was called by rpc, so that calls of other chains have to be looked at for it."""
        self._unanswered: set[Place] = set()
        """Calls by rpc that were given up."""
        self._noted: dict[Place, tuple[Trigger, _Content]] = {}
        """What is noted of an event, with what that says itself."""
        self._first: dict[tuple[str, int], tuple[int, Place | None]] = {}
        self._claims: dict[tuple[str, int], list[Place]] = {}
        """By the id and the event that is noted, which events it brought about."""
        self._tellings = Tellings(self._actors)
        for id in ids:
            self.add(id)

    @classmethod
    def between(cls, members: Sequence[Member]) -> Self:
        """Those between the chains of some members of a family, none of which grows."""
        links, by_number = cls(whole=True), {member.number: member for member in members}
        for number in range(max(by_number, default=-1) + 1):
            member = by_number.get(number)
            links.add("" if member is None else member.entry.id, guessed=member is not None and member.is_guessed)
        return links

    def add(self, id: str, *, guessed: bool = False) -> int:
        """One more actor, whose id may be `guessed`; its number."""
        return self._actors.add(id, guessed=guessed)

    def identify(self, actor: int, id: str, *, guessed: bool = False) -> None:
        """Takes in the id of an actor that was an unknown one, also of what was read before."""
        if not id or self._actors.ids[actor]:
            return
        self._actors.identify(actor, id, guessed=guessed)
        for place in [place for place in self._handled if place.actor == actor]:
            keys = self._handled[place]
            self._handled[place] = tuple([owned_by(key, id) for key in keys])
            for key in keys:
                if owned_by(key, id) != key:
                    self._move(place, self._group(key), self._group(owned_by(key, id)))
        self._steps += 1

    def _move(self, place: Place, group: _Group, other: _Group) -> None:
        for places, others in ((group.handled, other.handled), (group.noted, other.noted)):
            if place in places:
                places.remove(place)
                insort(others, place, key=_in_chain)

    def read(self, actor: int, table: EventTable, most: int = 1 << 60) -> bool:
        """Reads on in the chain of an actor, by so many events at most; whether all of it is read."""
        self._actors.tables[actor] = table
        start = max(0, self._actors.read[actor] - table.dropped)
        stop = min(len(table), start + most)
        if start >= stop:
            return True
        ends = {number for number, name in enumerate(table.type_names) if name in CAUSES or name == TERMINATED}
        marks = table.of_types(ends, start, stop) if ends else b""
        noted = dict(table.triggers.between(table.number(start), table.number(stop)))
        for index in range(start, stop):
            number = table.number(index)
            trigger = noted.get(number)
            if trigger is not None or (marks and marks[index - start]) or table.kinds[index] == Kind.CALL:
                self._take(Place(actor, number - 1), table, index, trigger)
        self._actors.read[actor] = stop + table.dropped
        self._steps += 1
        return stop == len(table)

    def forget(self, actor: int) -> None:
        """Lets go of the table of an actor until it is read again: the links that need it are not known meanwhile."""
        self._actors.tables[actor] = None

    def _take(self, place: Place, table: EventTable, index: int, trigger: Trigger | None) -> None:
        payload = table.payload(index)
        if trigger is None and table.kinds[index] == Kind.CALL and not self._is_of_others(payload):
            self._passed_over.add(place, payload)
            return
        said = read_payload(payload)
        if isinstance(said, HostCall):
            self._cause(place, table.event_type(index), said)
        if trigger is not None:
            is_end = table.kinds[index] == Kind.SHUTDOWN or table.event_type(index) == TERMINATED
            self._note(place, said, trigger, is_end=is_end)
        elif (about := told(said)) is not None:
            self._tellings.add(place, about)
        elif isinstance(said, Call):
            for end in self._ends(place, said):
                if end.key is not None:
                    self._group(end.key).handled.append(place)
                    self._handled[place] = (*self._handled.get(place, ()), end.key)

    def _is_of_others(self, payload: bytes) -> bool:
        return any(mark in payload for mark in MARKS) or any(name.encode() in payload for name in self._functions)

    def _ends(self, place: Place, said: Call) -> list[End]:
        """What other actors may have brought about a call by."""
        own = self._actors.ids[place.actor]
        found = handled(said, own, is_first=place.index == 0)
        ends = [] if found is None else [found]
        return [*ends, called(said, own)] if said.function in self._functions else ends

    def _cause(self, place: Place, event_type: str, said: HostCall) -> None:
        end = CAUSES[event_type](said) if event_type in CAUSES else None
        if end is None:
            return
        self._causes[place] = end.key, end.digest
        if end.key is not None:
            self._group(end.key).caused.append(place)
        if end.kind is LinkKind.RPC:
            self._functions.add(str(end.content[0]))
            self._passed_over.want(said, end.content)
            if timed_out(said):
                self._unanswered.add(place)

    def _note(self, place: Place, said: Payload, trigger: Trigger, *, is_end: bool) -> None:
        if trigger == OUTSIDE:
            return
        content: _Content = told(said)
        if content is None and is_end:
            content = LinkKind.STOP, _STOP
        elif content is None and isinstance(said, Call):
            own, first = self._actors.ids[place.actor], place.index == 0
            is_rpc = trigger.kind == LinkKind.RPC.value
            end = called(said, own) if is_rpc else handled(said, own, is_first=first)
            content = None if end is None else (end.kind, end.digest)
            if end is not None and end.key is not None:
                self._group(end.key).noted.append(place)
                self._handled[place] = (end.key,)
        self._noted[place] = trigger, content
        self._claims.setdefault((trigger.actor, trigger.event - 1), []).append(place)

    def _group(self, key: Key) -> _Group:
        return self._groups.setdefault(key, _Group())

    # Looking links up

    def of(self, place: Place) -> tuple[Link, ...]:
        """The links that begin or end at an event."""
        self._look_again()
        return tuple(map(self._doubted, (*self._from(place), *self._to(place), *self._replies(place))))

    def every(self) -> Iterator[Link]:
        """Every link, each once, as far as it is known by now."""
        self._look_again()
        for place in dict.fromkeys([*self._noted, *self._handled, *self._tellings.places()]):
            for link in self._to(place):
                yield self._doubted(link)
                yield from map(self._doubted, self._reply_to(link))

    def _look_again(self) -> None:
        """Takes in calls that were read before the one by rpc that brought them about."""
        for place, content in self._passed_over.found():
            key = LinkKind.RPC, (self._actors.ids[place.actor], *content)
            self._handled[place] = (*self._handled.get(place, ()), key)
            insort(self._group(key).handled, place, key=_in_chain)
            self._steps += 1

    def _doubted(self, link: Link) -> Link:
        """A link as it is known: it may go by an id that is guessed."""
        by_ids = not link.noted and link.kind not in BY_CHANNEL
        guessed = by_ids and bool(self._actors.guessed & {link.source.actor, link.target.actor})
        return replace(link, guessed=True) if guessed else link

    def noted(self, place: Place) -> Link | None:
        """The link that is noted of an event, where it fits what both chains hold."""
        source = self._checked(place) if place in self._noted else None
        return (
            Link(_KINDS[self._noted[place][0].kind], source, place, noted=True) if isinstance(source, Place) else None
        )

    def awaits(self, place: Place) -> bool:
        """Whether what is noted of an event comes from one that was not read yet."""
        trigger = self._noted[place][0] if place in self._noted else OUTSIDE
        source = self._actors.number(trigger.actor)
        return trigger != OUTSIDE and (source is None or trigger.event > self._actors.read[source])

    def unfit(self) -> Iterator[Unfit]:
        """What is noted and does not fit, so that it counts for nothing."""
        for place, (trigger, _) in self._noted.items():
            found = self._checked(place)
            if isinstance(found, Misfit):
                yield Unfit(place, trigger, self._actors.number(trigger.actor), found)

    def _to(self, place: Place) -> Iterator[Link]:
        """The links that end at an event, but for replies."""
        contradicted = False
        if place in self._noted:
            if link := self.noted(place):
                yield link
            if not self._leaves_open(self._checked(place)):
                return
            contradicted = True
        for key in self._handled.get(place, ()):
            pair = self._pairs(key).get(place)
            if pair is not None:
                yield Link(key[0], pair[0], place, pair[1], contradicted=contradicted)
        yield from self._tellings.to(place)

    def _from(self, place: Place) -> Iterator[Link]:
        """The links that begin at an event, but for replies."""
        noted = [
            Link(_KINDS[self._noted[target][0].kind], place, target, noted=True)
            for target in self._claims.get((self._actors.ids[place.actor], place.index), ())
            if self._checked(target) == place
        ]
        yield from noted
        key = self._causes[place][0] if place in self._causes else None
        if key is not None and all(link.kind in _MANY for link in noted):
            pair = self._pairs(key).get(place)
            if pair is not None:
                yield Link(key[0], place, pair[0], pair[1], contradicted=pair[0] in self._noted)
        yield from self._tellings.of(place)

    def _pairs(self, key: Key) -> dict[Place, tuple[Place, int]]:
        """What belongs together of those with a key of which nothing is noted that fits."""
        group = self._group(key)
        if group.made_at == self._steps:
            return group.pairs
        group.made_at, group.pairs = self._steps, {}
        unfit = [place for place in group.noted if self._leaves_open(self._checked(place))]
        handled = [*group.handled, *unfit]
        if not handled:
            return group.pairs
        if unfit:
            handled.sort(key=_in_chain)
        caused = [place for place in group.caused if self._first_of(place) is None]
        for ones, others in _sides(caused, handled) if key[0] in _BOTH_WAYS else ((caused, handled),):
            alike = max(len(ones), len(others)) - 1
            for one, other in zip(ones, others, strict=False):
                group.pairs[one], group.pairs[other] = (other, alike), (one, alike)
        return group.pairs

    # What is noted

    def _checked(self, place: Place) -> Place | Misfit | None:
        """Where the link that is noted of an event begins; why it does not fit, or None where that is not there yet."""
        trigger, content = self._noted[place]
        kind, number, index = _KINDS.get(trigger.kind), self._actors.number(trigger.actor), trigger.event - 1
        if kind is None:
            return Misfit.KIND
        if number is None:
            return Misfit.ABSENT if self._whole else None
        if index < 0 or (number == place.actor and index >= place.index):
            return Misfit.LATER
        if index >= self._actors.read[number]:
            return Misfit.ENDED if self._whole else None
        source = Place(number, index)
        agrees = self._agrees(kind, content, source)
        if not agrees:
            return None if agrees is None else Misfit.OTHER
        if kind not in _MANY and self._first_of(source) != place:
            return Misfit.TAKEN
        return source

    def _leaves_open(self, found: Place | Misfit | None) -> bool:
        """Whether what is noted of an event says nothing of where it comes from, so that it may be inferred.

        One that comes from a chain which is not here comes from no other one.
        """
        return isinstance(found, Misfit) and found is not Misfit.ABSENT

    def _first_of(self, source: Place) -> Place | None:
        """The first event that only that one brought about, as is noted and fits; None where there is none."""
        claim = self._actors.ids[source.actor], source.index
        known = self._first.get(claim)
        if known is None or (known[1] is None and known[0] != self._steps):
            places = self._claims.get(claim, ())
            found = next((each for each in places if self._is_only(each, source)), None)
            known = self._first[claim] = self._steps, found
        return known[1]

    def _is_only(self, place: Place, source: Place) -> bool:
        trigger, content = self._noted[place]
        kind = _KINDS.get(trigger.kind)
        later = source.actor == place.actor and source.index >= place.index
        return kind is not None and kind not in _MANY and not later and bool(self._agrees(kind, content, source))

    def _agrees(self, kind: LinkKind, content: _Content, source: Place) -> bool | None:
        """Whether what an event says is what that one brings about; None where that one is not held."""
        actors = self._actors
        if isinstance(content, Told):
            if kind is not content.kind or content.actor != actors.ids[source.actor]:
                return False
            if content.event_type:
                return actors.says(source, content.event_type, content.payload)
            return kind is LinkKind.SPAWN_NOTICE or actors.is_last(source)
        if content is None or content[0] is not kind:
            return False
        cause = self._causes.get(source)
        if cause is not None:
            return cause[1] == content[1] or (cause[1] == _ANY_CHILD and kind in (LinkKind.SPAWN, LinkKind.STOP))
        # A call that waited may have been given up: what it did stands, and its error is all that is recorded.
        return (kind is LinkKind.STOP and actors.is_last(source)) or actors.is_kind(source, Kind.ERROR)

    # Replies

    def _replies(self, place: Place) -> Iterator[Link]:
        """From the end of what handled a request, or a call by rpc, to who waits for it, and back."""
        call = self._actors.call_of(place)
        for link in self._to(call) if call is not None and call != place else ():
            yield from [reply for reply in self._reply_to(link) if reply.source == place]
        for link in self._from(place):
            yield from self._reply_to(link)

    def _reply_to(self, link: Link) -> Iterator[Link]:
        if link.kind not in _ANSWERED or link.source not in self._causes or link.source in self._unanswered:
            return
        end = self._actors.end_of(link.target)
        if end is not None:
            yield replace(link, kind=LinkKind.REPLY, source=end, target=link.source)


def _in_chain(place: Place) -> tuple[int, int]:
    return place.actor, place.index


def _sides(caused: Sequence[Place], handled: Sequence[Place]) -> Iterator[tuple[list[Place], list[Place]]]:
    """What goes through a channel: what was handled at one end, with what came from the other."""
    sent, heard = dict[int, list[Place]](), dict[int, list[Place]]()
    for place in caused:
        sent.setdefault(place.actor, []).append(place)
    for place in handled:
        heard.setdefault(place.actor, []).append(place)
    for actor, others in heard.items():
        ones = next((each for sender, each in sent.items() if sender != actor), None)
        if ones is not None:
            yield ones, others
