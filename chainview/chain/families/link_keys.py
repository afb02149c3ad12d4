"""By what events of two chains are known to belong together: what a host call brings about, and what a call handles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from chainview.chain.families.link import LinkKind
from chainview.chain.families.spawns import SPAWN, answered
from chainview.chain.payload import INIT, Call, HostCall
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.values import Array, List, String, Tuple, Value

SUPERVISOR: Final = "theater:simple/supervisor-handlers.handle-child-"
_SIMPLE: Final = "theater:simple/"
_HOST: Final = f"{_SIMPLE}message-server-host/"
_CLIENT: Final = f"{_SIMPLE}message-server-client.handle-"
_TRANSFERRED: Final = f"{_SIMPLE}tcp-client.handle-connection-transfer"
_TRANSFERS: Final = (f"{_SIMPLE}tcp/transfer", f"{_SIMPLE}tcp/transfer-async")
_RPC: Final = f"{_SIMPLE}rpc/call"
MARKS: Final = tuple(name.encode() for name in (_CLIENT, SUPERVISOR, _TRANSFERRED, INIT))
"""The names by which calls that another actor brought about are found without reading the rest."""
Key = tuple[LinkKind, tuple[object, ...]]
"""What both ends of a link have, and nothing else that is not just like it."""


def bytes_in(value: Value) -> bytes:
    match value:
        case Array(_, data):
            return data
        case List(_, ()):
            return b""
    return packed_bytes(value)


def packed_bytes(value: Value | None) -> bytes:
    return b"" if value is None else encode(value, NEWEST)


def _addressed(kind: LinkKind) -> Callable[[HostCall], Key | None]:
    def key(said: HostCall) -> Key | None:
        match said.input:
            case Tuple((String(target), data)) if answered(said.output) is not None:
                return kind, (target, bytes_in(data))
        return None

    return key


def _opened(said: HostCall) -> Key | None:
    match answered(said.output):
        case String(channel):
            return LinkKind.CHANNEL, (channel,)
    return None


def _closed(said: HostCall) -> Key | None:
    match said.input:
        case String(channel) | Tuple((String(channel),)) if answered(said.output) is not None:
            return LinkKind.CLOSE, (channel,)
    return None


def _spawned(said: HostCall) -> Key | None:
    match answered(said.output):
        case String(child):
            return LinkKind.SPAWN, (child,)
    return None


def _transferred(said: HostCall) -> Key | None:
    match said.input:
        case Tuple((String(connection), String(target))) if answered(said.output) is not None:
            return LinkKind.TRANSFER, (target, connection)
    return None


def _called(said: HostCall) -> Key | None:
    match said.input:
        case Tuple((String(target), String(function), params, *_)):
            return LinkKind.RPC, (target, function, packed_bytes(params))
    return None


CAUSES: Final[Mapping[str, Callable[[HostCall], Key | None]]] = {
    f"{_HOST}send": _addressed(LinkKind.SEND),
    f"{_HOST}request": _addressed(LinkKind.REQUEST),
    f"{_HOST}open-channel": _opened,
    f"{_HOST}send-on-channel": _addressed(LinkKind.MESSAGE),
    f"{_HOST}close-channel": _closed,
    SPAWN: _spawned,
    _RPC: _called,
    **dict.fromkeys(_TRANSFERS, _transferred),
}
"""What a host call brings about in another chain, by its event type."""


def handled(said: Call, own: str, *, is_first: bool) -> Key | None:
    """What brought a call about that another actor may have brought about."""
    given = said.params.items if isinstance(said.params, Tuple) else (said.params,)
    match said.function.removeprefix(_CLIENT), given:
        case "send", (data,) if data is not None:
            return LinkKind.SEND, (own, bytes_in(data))
        case "request", (String(), data) if data is not None:
            return LinkKind.REQUEST, (own, bytes_in(data))
        case "channel-open", (String(channel), _):
            return LinkKind.CHANNEL, (channel,)
        case "channel-message", (String(channel), data) if data is not None:
            return LinkKind.MESSAGE, (channel, bytes_in(data))
        case "channel-close", (String(channel),):
            return LinkKind.CLOSE, (channel,)
    match said.function, given:
        case function, (String(connection),) if function == _TRANSFERRED:
            return LinkKind.TRANSFER, (own, connection)
    return (LinkKind.SPAWN, (own,)) if said.function == INIT and is_first else None
