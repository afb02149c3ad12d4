"""By what events of two chains are known to belong together: what a host call brings about, and what a call handles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from chainview.chain.families.link import LinkKind
from chainview.chain.families.spawns import RESUME, SPAWN, answered
from chainview.chain.lifecycle import Cause, Lifecycle, Turn
from chainview.chain.payload import INIT, Call, HostCall, Payload
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.values import Array, List, String, Tuple, Value, Variant

_SIMPLE: Final = "theater:simple/"
_HOST: Final = f"{_SIMPLE}message-server-host/"
_CLIENT: Final = f"{_SIMPLE}message-server-client.handle-"
_SUPERVISOR: Final = f"{_SIMPLE}supervisor-handlers.handle-child-"
_ACTOR_EVENT: Final = f"{_SIMPLE}lifecycle-handlers.handle-actor-event"
_ACTOR_SPAWN: Final = f"{_SIMPLE}runtime-handlers.handle-actor-spawn"
_TRANSFERRED: Final = f"{_SIMPLE}tcp-client.handle-connection-transfer"
_CONTROL: Final = f"{_SIMPLE}runtime/"
_CHILDREN: Final = f"{_SIMPLE}supervisor/"
MARKS: Final = tuple(name.encode() for name in (_CLIENT, _SUPERVISOR, _ACTOR_EVENT, _ACTOR_SPAWN, _TRANSFERRED, INIT))
"""The names by which calls that another actor brought about are found without reading the rest."""
GIVEN: Final = (LinkKind.SEND, LinkKind.REQUEST, LinkKind.RPC, LinkKind.TRANSFER)
"""What is given to an actor by its id, the first part of the keys of both ends."""
OWNED: Final = (*GIVEN, LinkKind.SPAWN)
"""The kinds of which keys begin with an id."""
BY_CHANNEL: Final = (LinkKind.CHANNEL, LinkKind.MESSAGE, LinkKind.CLOSE)
"""The kinds whose ends are told by the id of a channel, whoever they are of."""
TERMINATED: Final = Turn.TERMINATED.value
Key = tuple[LinkKind, tuple[object, ...]]
"""What both ends of a link have, and nothing else that is not just like it."""


@dataclass(frozen=True, slots=True)
class End:
    """What one end of a link says: of a link that is noted the `content` of both has to be the same.

    By its key an end is found for which nothing is noted; None for what can have none.
    """

    kind: LinkKind
    content: tuple[object, ...]
    key: Key | None = None

    @property
    def digest(self) -> int:
        """The content in a few bytes."""
        return hash((self.kind, self.content))


@dataclass(frozen=True, slots=True)
class Told:
    """An actor is told of another one of that id: that it recorded such an event, or with no type that it is there.

    What it is told of is an event of that type with that payload, or, for other kinds, the last one, or that one's
    coming to life.
    """

    kind: LinkKind
    actor: str
    event_type: str = ""
    payload: bytes = b""


def _bytes(value: Value) -> bytes:
    match value:
        case Array(_, data):
            return data
        case List(_, ()):
            return b""
    return _packed(value)


def _packed(value: Value | None) -> bytes:
    return b"" if value is None else encode(value, NEWEST)


def _addressed(kind: LinkKind) -> Callable[[HostCall], End | None]:
    def end(said: HostCall) -> End | None:
        match said.input:
            case Tuple((String(target), data)):
                content = _bytes(data)
                return End(kind, (content,), _key_if_ok(said, kind, target, content))
        return None

    return end


def _on_channel(said: HostCall) -> End | None:
    match said.input:
        case Tuple((String(channel), data)):
            content = channel, _bytes(data)
            return End(LinkKind.MESSAGE, content, _key_if_ok(said, LinkKind.MESSAGE, *content))
    return None


def _opened(said: HostCall) -> End | None:
    match said.input, answered(said.output):
        case Tuple((_, data)), given:
            key = (LinkKind.CHANNEL, (given.value,)) if isinstance(given, String) else None
            return End(LinkKind.CHANNEL, (_bytes(data),), key)
    return None


def _closed(said: HostCall) -> End | None:
    match said.input:
        case String(channel) | Tuple((String(channel),)):
            return End(LinkKind.CLOSE, (channel,), _key_if_ok(said, LinkKind.CLOSE, channel))
    return None


def _spawned(said: HostCall) -> End | None:
    match answered(said.output):
        case String(child):
            return End(LinkKind.SPAWN, (), (LinkKind.SPAWN, (child,)))
    return End(LinkKind.SPAWN, ())


def _transferred(said: HostCall) -> End | None:
    match said.input:
        case Tuple((String(connection), String(target))):
            return End(LinkKind.TRANSFER, (connection,), _key_if_ok(said, LinkKind.TRANSFER, target, connection))
    return None


def _called(said: HostCall) -> End | None:
    match said.input:
        case Tuple((String(target), String(function), params, *_)):
            content = function, _packed(params)
            return End(LinkKind.RPC, content, (LinkKind.RPC, (target, *content)))
    return None


def _stopped(said: HostCall) -> End | None:
    return End(LinkKind.STOP, ())


def _key_if_ok(said: HostCall, kind: LinkKind, *parts: object) -> Key | None:
    return None if answered(said.output) is None else (kind, parts)


CAUSES: Final[Mapping[str, Callable[[HostCall], End | None]]] = {
    f"{_HOST}send": _addressed(LinkKind.SEND),
    f"{_HOST}request": _addressed(LinkKind.REQUEST),
    f"{_HOST}open-channel": _opened,
    f"{_HOST}send-on-channel": _on_channel,
    f"{_HOST}close-channel": _closed,
    SPAWN: _spawned,
    RESUME: _spawned,
    f"{_CONTROL}spawn": _spawned,
    # Whom these spawned is not told by what they answer.
    f"{_CHILDREN}spawn-and-wait": lambda said: End(LinkKind.SPAWN, ()),
    f"{_CONTROL}spawn-and-wait": lambda said: End(LinkKind.SPAWN, ()),
    f"{_SIMPLE}rpc/call": _called,
    f"{_SIMPLE}tcp/transfer": _transferred,
    f"{_SIMPLE}tcp/transfer-async": _transferred,
    f"{_CHILDREN}stop-child": _stopped,
    f"{_CONTROL}stop-actor": _stopped,
    f"{_CONTROL}kill-actor": _stopped,
    f"{_CONTROL}shutdown-runtime": _stopped,
}
"""What a host call brings about in another chain, by its event type."""


def timed_out(said: HostCall) -> bool:
    """Whether a call by rpc was given up before it had ended, so that its end answered nobody."""
    match answered(said.output):
        case Variant(_, "err", _, (String("Call timed out"),)):
            return True
    return False


def handled(said: Call, own: str, *, is_first: bool) -> End | None:
    """What another actor may have brought about by a host call, in the chain of the actor of an id."""
    given = said.params.items if isinstance(said.params, Tuple) else (said.params,)
    match said.function.removeprefix(_CLIENT), given:
        case "send", (data,) if data is not None:
            content = _bytes(data)
            return End(LinkKind.SEND, (content,), (LinkKind.SEND, (own, content)))
        case "request", (String(), data) if data is not None:
            content = _bytes(data)
            return End(LinkKind.REQUEST, (content,), (LinkKind.REQUEST, (own, content)))
        case "channel-open", (String(channel), data) if data is not None:
            return End(LinkKind.CHANNEL, (_bytes(data),), (LinkKind.CHANNEL, (channel,)))
        case "channel-message", (String(channel), data) if data is not None:
            parts = channel, _bytes(data)
            return End(LinkKind.MESSAGE, parts, (LinkKind.MESSAGE, parts))
        case "channel-close", (String(channel),):
            return End(LinkKind.CLOSE, (channel,), (LinkKind.CLOSE, (channel,)))
    match said.function, given:
        case function, (String(connection),) if function == _TRANSFERRED:
            return End(LinkKind.TRANSFER, (connection,), (LinkKind.TRANSFER, (own, connection)))
    return End(LinkKind.SPAWN, (), (LinkKind.SPAWN, (own,))) if said.function == INIT and is_first else None


def owned_by(key: Key, id: str) -> Key:
    """The key of what was handled by an actor that is known to be of an id only now."""
    kind, (own, *parts) = key
    return (kind, (id, *parts)) if kind in OWNED and not own else key


def called(said: Call, own: str) -> End:
    """A call as one that another actor made by rpc."""
    content = said.function, _packed(said.params)
    return End(LinkKind.RPC, content, (LinkKind.RPC, (own, *content)))


def told(said: Payload) -> Told | None:
    """Of whom an actor is told by a call, or by the end that it shares."""
    match said:
        case Call(function=function, params=Tuple((String(child), *given))) if function.startswith(_SUPERVISOR):
            match given:
                case (String(kind), data) if function.endswith("-event"):
                    return Told(LinkKind.CHILD_EVENT, child, kind, _bytes(data))
            return Told(LinkKind.CHILD_END, child)
        case Call(function=function, params=Tuple((String(subject), String(kind), data))) if function == _ACTOR_EVENT:
            return Told(LinkKind.ACTOR_EVENT, subject, kind, _bytes(data))
        case Call(function=function, params=Tuple((String(spawned), *_))) if function == _ACTOR_SPAWN:
            return Told(LinkKind.SPAWN_NOTICE, spawned)
        case Lifecycle(cause=Cause.PEER_KILLED, told=String(peer)):
            return Told(LinkKind.FATE, peer)
    return None
