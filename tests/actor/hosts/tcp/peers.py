"""An actor's connections without a guest, and real peers on the loopback for them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from chainview.actor.hosts.leave import Leave, leave_of
from chainview.actor.hosts.registry.tcp import TCP
from chainview.actor.hosts.tcp.names import HANDLE_CONNECTION
from chainview.actor.manifest import Target
from chainview.actor.session.family import Family, FamilyMember
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U32, UNIT, Result, String, Tuple, Value, bytes_value
from tests.waiting import LIMIT


class _Host(SessionHost):
    """That of a member of a family whose name others are told."""

    target = Target(Path("peer.wasm"), "peer")


class Actor:
    """Asks the functions as a guest's calls do, and is called back when the test takes what waits for it."""

    def __init__(self, leave: Leave | None = None, family: Family | None = None) -> None:
        self.host = _Host(StateChain(), leave, family)
        if family is not None:
            family.join(cast(FamilyMember, self.host))
        self._functions = TCP.provide(self.host)

    def ask(self, function: str, *arguments: str | int | bytes | Value) -> Result:
        """What a function answers; text, numbers and bytes are what its types ask for."""
        values = tuple(map(_value, arguments))
        answer = self._functions[function](values[0] if len(values) == 1 else Tuple(values))
        assert isinstance(answer, Result)
        return answer

    def got(self, function: str, *arguments: str | int | bytes | Value) -> Any:
        """The payload of what must be ok."""
        answer = self.ask(function, *arguments)
        assert answer.is_ok, answer.value
        return getattr(answer.value, "value", getattr(answer.value, "data", answer.value))

    def refused(self, function: str, *arguments: str | int | bytes | Value) -> str:
        """The text of what must be an err."""
        answer = self.ask(function, *arguments)
        assert not answer.is_ok, answer.value
        assert isinstance(answer.value, String)
        return answer.value.value

    def called(self) -> Callback:
        """The next call of the actor, once it is there."""
        with self.host.mailbox.changed:
            assert self.host.mailbox.changed.wait_for(lambda: len(self.host.mailbox), LIMIT)
            call = self.host.mailbox.take()
        assert isinstance(call, Callback)
        return call

    def listening(self) -> int:
        """Listens on the loopback; the port that the system chose."""
        self.got("listen", "127.0.0.1:0")
        found = re.fullmatch(r"listens on 127\.0\.0\.1:(\d+)", self.host.expected[-1])
        assert found is not None
        return int(found[1])

    def accepted(self, peer: socket.socket, *, activated: bool = True) -> str:
        """The connection of a peer that has connected, as the actor is told of it."""
        call = self.called()
        assert call.function == HANDLE_CONNECTION
        assert isinstance(call.params, Tuple)
        (name,) = call.params.items
        assert isinstance(name, String)
        call.answer(UNIT)
        assert self.got("peer-address", name) == "{}:{}".format(*peer.getsockname())
        if activated:
            assert self.got("activate", name) == UNIT
        return name.value


def _value(given: str | int | bytes | Value) -> Value:
    match given:
        case str():
            return String(given)
        case int():
            return U32(given)
        case bytes():
            return bytes_value(given)
    return given


@contextmanager
def actor(allowed: tuple[str, ...] = ("tcp",), family: Family | None = None, **settings: object) -> Iterator[Actor]:
    """An actor whose connections are closed at the end; `settings` stand in the manifest's table."""
    made = Actor(leave_of({"tcp": settings} if settings else {}, allowed), family)
    try:
        yield made
    finally:
        made.host.close()


@contextmanager
def peer_of(port: int) -> Iterator[socket.socket]:
    """A program that has connected to a port of the loopback."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connected:
        yield connected


@contextmanager
def server() -> Iterator[tuple[socket.socket, str]]:
    """A program that listens on the loopback, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LIMIT)
        yield listening, "{}:{}".format(*listening.getsockname())


def taken(listening: socket.socket) -> socket.socket:
    """The connection that somebody has made to a server."""
    accepted, _ = listening.accept()
    accepted.settimeout(LIMIT)
    return accepted


def free_address() -> str:
    """An address of the loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return "{}:{}".format(*listening.getsockname())


def received(connected: socket.socket, size: int) -> bytes:
    """So many bytes of what comes."""
    data = b""
    while len(data) < size and (piece := connected.recv(size - len(data))):
        data += piece
    return data
