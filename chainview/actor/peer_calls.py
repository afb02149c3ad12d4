"""What a person may send an actor in the place of a peer: messages, requests and channels, as Theater's router does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from chainview.actor.module import Module
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal import format_literal
from chainview.pack.values import String, Tuple, Value, bytes_value

_HEX: Final = "hex:"
NO_BYTES: Final = "hex: is followed by an even number of hexadecimal digits"
_BLANKS: Final = " \t\r"
_CLIENT: Final = "theater:simple/message-server-client"
SEND, REQUEST = f"{_CLIENT}.handle-send", f"{_CLIENT}.handle-request"
OPEN, MESSAGE, CLOSE = (f"{_CLIENT}.handle-channel-{what}" for what in ("open", "message", "close"))

_BYTES = TypeDesc("list", args=(TypeDesc("u8"),))
_STRING = TypeDesc("string")


@dataclass(frozen=True, slots=True)
class PeerCall:
    """What is sent: the export that handles it, what a person gives, and the params that the export gets of that."""

    symbol: str
    params: tuple[tuple[str, TypeDesc], ...]
    handed: Callable[[tuple[Value, ...]], Tuple]


def _as_given(given: tuple[Value, ...]) -> Tuple:
    return Tuple(given)


def _request(given: tuple[Value, ...]) -> Tuple:
    return Tuple((String(str(uuid4())), *given))


def _channel(given: tuple[Value, ...]) -> Tuple:
    return Tuple((String(new_channel()), *given))


def new_channel() -> str:
    """An id for a channel, of Theater's shape."""
    return f"ch_{os.urandom(8).hex()}"


_MESSAGE = ("message", _BYTES)
_ID = ("channel", _STRING)
_CALLS: Mapping[str, PeerCall] = {
    "send": PeerCall(SEND, (_MESSAGE,), _as_given),
    "request": PeerCall(REQUEST, (_MESSAGE,), _request),
    "channel": PeerCall(OPEN, (_MESSAGE,), _channel),
    "channel-send": PeerCall(MESSAGE, (_ID, _MESSAGE), _as_given),
    "channel-close": PeerCall(CLOSE, (_ID,), _as_given),
}


def handler_of(name: str) -> str:
    """The export that handles what is sent by a name; empty for a name by which nothing is sent."""
    return _CALLS[name].symbol if name in _CALLS else ""


def spelled(line: str) -> str:
    """The call that a message in plain words is: how it is sent, and a text, a literal of one, or bytes behind `hex:`.

    Such as `send hello`; one that is a call already stays as it is. Raises ValueError for digits that are no bytes.
    """
    way, _, said = line.partition(" ")
    if "(" in way:
        return line
    channel, said = said.partition(" ")[::2] if way == "channel-send" else ("", said)
    said = said.strip(_BLANKS)
    if said.startswith(_HEX):
        said = format_literal(bytes_value(bytes.fromhex(said.removeprefix(_HEX))))
    elif not said.startswith('"'):
        said = format_literal(String(said))
    return f"{way}({format_literal(String(channel))}, {said})" if channel else f"{way}({said})"


def peer_calls(module: Module) -> dict[str, PeerCall]:
    """What may be sent to an actor, by the name under which it is called: what the module handles."""
    return {name: call for name, call in _CALLS.items() if call.symbol in module.symbols}
