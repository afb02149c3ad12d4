"""Families that exchange what a test says, with all that truly happens between their chains."""

from __future__ import annotations

from collections import deque
from itertools import count

from chainview.chain.event import MODULE_EVENT, OUTSIDE, Event, Extras, Trigger
from chainview.chain.families.link import LinkKind, Place
from chainview.chain.families.links import Links
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, Result, String, Tuple, Value, bytes_value, none, types

INIT = "theater:simple/actor.init"
HOST, CLIENT = "theater:simple/message-server-host", "theater:simple/message-server-client"
SUPERVISOR, HANDLERS = "theater:simple/supervisor", "theater:simple/supervisor-handlers"
RPC = "theater:simple/rpc"
Happening = tuple[LinkKind, Place, Place]
"""What brought what about."""


def ok(value: Value) -> Value:
    """What a host call answers that succeeded."""
    return Result(types.STRING, types.STRING, True, value)


class World:
    """Actors whose ids are their numbers; `noted` says whether their session notes what brings what about."""

    def __init__(self, actors: int, *, noted: bool) -> None:
        self.noted = noted
        self.chains = [StateChain() for _ in range(actors)]
        self.tables = [EventTable() for _ in range(actors)]
        self.truth = set[Happening]()
        self.waiting = [deque[tuple[LinkKind, str, Value, Trigger]]() for _ in range(actors)]
        self.watched = set[int]()
        """The actors of whose events the first one is told."""
        self._numbers = count(1)
        for number in range(1, actors):
            self.spawn(number)

    # What is recorded

    def append(self, actor: int, event_type: str, payload: bytes, trigger: Trigger | None = None) -> Place:
        """An event of an actor, which the first one is told of where it watches that."""
        noted = trigger if self.noted else None
        event = self.chains[actor].append(event_type, payload)
        self.tables[actor].append(event, Extras(trigger=noted))
        place = Place(actor, len(self.tables[actor]) - 1)
        if trigger is not None and trigger != OUTSIDE:
            source = Place(int(trigger.actor), trigger.event - 1)
            self.truth.add((LinkKind(trigger.kind), source, place))
        if actor in self.watched:
            self._tell(actor, event, place)
        return place

    def _tell(self, actor: int, event: Event, place: Place) -> None:
        params = Tuple((String(str(actor)), String(event.event_type), bytes_value(event.payload)))
        trigger = Trigger(LinkKind.CHILD_EVENT, str(actor), place.index + 1)
        self.waiting[0].append((LinkKind.CHILD_EVENT, f"{HANDLERS}.handle-child-event", params, trigger))

    def call(self, actor: int, function: str, params: Value, trigger: Trigger | None = None) -> Place:
        """A call that begins."""
        return self.append(actor, MODULE_EVENT, encode_call(Schema.VALUES, function, params), trigger)

    def end(self, actor: int, function: str) -> Place:
        """The call that runs ends, and says what no other one says."""
        response = String(f"answer {next(self._numbers)}")
        return self.append(actor, MODULE_EVENT, encode_result(Schema.VALUES, function, UNIT, response))

    def host(self, actor: int, interface: str, function: str, input: Value, output: Value) -> Place:
        """A host call is answered."""
        payload = encode_host_call(interface, function, input, output)
        return self.append(actor, f"{interface}/{function}", payload)

    def trigger(self, actor: int, kind: LinkKind) -> Trigger:
        """The host call that an actor makes now."""
        return Trigger(kind, str(actor), self.chains[actor].count + 1)

    # What actors do

    def _busy(self, actor: int) -> None:
        self.call(actor, "my:own.work", String(f"work {next(self._numbers)}"))

    def spawn(self, child: int) -> None:
        """The first actor spawns another one."""
        self._busy(0)
        self.call(child, INIT, UNIT, self.trigger(0, LinkKind.SPAWN))
        self.end(child, INIT)
        asked = Tuple((String("m"), none(types.BOOL), none(types.BOOL)))
        self.host(0, SUPERVISOR, "spawn", asked, ok(String(str(child))))
        self.end(0, "my:own.work")

    def send(self, actor: int, other: int, data: bytes) -> None:
        """A message is sent, to be handled later."""
        self._busy(actor)
        trigger = self.trigger(actor, LinkKind.SEND)
        self.waiting[other].append((LinkKind.SEND, f"{CLIENT}.handle-send", Tuple((bytes_value(data),)), trigger))
        self.host(actor, HOST, "send", Tuple((String(str(other)), bytes_value(data))), ok(UNIT))
        self.end(actor, "my:own.work")

    def person(self, other: int, data: bytes) -> None:
        """A person sends a message."""
        self.call(other, f"{CLIENT}.handle-send", Tuple((bytes_value(data),)), OUTSIDE)
        self.end(other, f"{CLIENT}.handle-send")

    def handle(self, actor: int) -> None:
        """An actor handles what waits for it longest."""
        if self.waiting[actor]:
            _, function, params, trigger = self.waiting[actor].popleft()
            self.call(actor, function, params, trigger)
            self.end(actor, function)

    def request(self, actor: int, other: int, data: bytes) -> None:
        """A request is handled and answered while its sender waits."""
        self._busy(actor)
        handled = f"{CLIENT}.handle-request"
        self.call(other, handled, Tuple((String("id"), bytes_value(data))), self.trigger(actor, LinkKind.REQUEST))
        end = self.end(other, handled)
        asked = self.host(
            actor, HOST, "request", Tuple((String(str(other)), bytes_value(data))), ok(bytes_value(b"yes"))
        )
        self.truth.add((LinkKind.REPLY, end, asked))
        self.end(actor, "my:own.work")

    def rpc(self, actor: int, other: int, data: bytes) -> None:
        """A function of another actor is called, and waited for."""
        self._busy(actor)
        self.call(other, "my:calc.add", bytes_value(data), self.trigger(actor, LinkKind.RPC))
        end = self.end(other, "my:calc.add")
        asked = Tuple((String(str(other)), String("my:calc.add"), bytes_value(data), none(types.BOOL)))
        self.truth.add((LinkKind.REPLY, end, self.host(actor, RPC, "call", asked, ok(UNIT))))
        self.end(actor, "my:own.work")

    def channel(self, actor: int, other: int, data: bytes) -> None:
        """A channel is opened; each end says something through it, and the one that opened it closes it."""
        self._busy(actor)
        id, opens = f"ch_{next(self._numbers)}", f"{CLIENT}.handle-channel-open"
        self.call(other, opens, Tuple((String(id), bytes_value(data))), self.trigger(actor, LinkKind.CHANNEL))
        self.end(other, opens)
        self.host(actor, HOST, "open-channel", Tuple((String(str(other)), bytes_value(data))), ok(String(id)))
        self._through(actor, other, id, data)
        self.end(actor, "my:own.work")
        self._busy(other)
        self._through(other, actor, id, data)
        self.end(other, "my:own.work")
        self._busy(actor)
        closed = Tuple((String(id),)), self.trigger(actor, LinkKind.CLOSE)
        self.waiting[other].append((LinkKind.CLOSE, f"{CLIENT}.handle-channel-close", *closed))
        self.host(actor, HOST, "close-channel", String(id), ok(UNIT))
        self.end(actor, "my:own.work")

    def _through(self, actor: int, other: int, id: str, data: bytes) -> None:
        given = Tuple((String(id), bytes_value(data)))
        trigger = self.trigger(actor, LinkKind.MESSAGE)
        self.waiting[other].append((LinkKind.MESSAGE, f"{CLIENT}.handle-channel-message", given, trigger))
        self.host(actor, HOST, "send-on-channel", given, ok(UNIT))

    # What is found

    def links(self) -> Links:
        """The links between what was recorded."""
        links = Links([str(number) for number in range(len(self.chains))], whole=True)
        for number, table in enumerate(self.tables):
            assert links.read(number, table)
        return links
