"""What peers send, as it comes."""

from __future__ import annotations

import socket
import struct

import pytest

from chainview.pack.values import UNIT, Array, String, Tuple, bytes_value
from tests.actor.hosts.tcp.peers import Actor, actor, peer_of, received
from tests.waiting import eventually

CLIENT = "theater:simple/tcp-client"


def told(asking: Actor, function: str, name: str, what: str | bytes) -> None:
    """The next call is this one, and is answered."""
    call = asking.called()
    payload = String(what) if isinstance(what, str) else bytes_value(what)
    assert (call.function, call.params) == (f"{CLIENT}.{function}", Tuple((String(name), payload)))
    call.answer(UNIT)


def test_an_active_connection_calls_back_until_its_peer_ends() -> None:
    """Each time with what came; the end is told, and only then the connection is forgotten."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        assert asking.got("set-active", name, "active") == UNIT
        assert asking.host.expected[-1] == "reads what {}:{} sends".format(*peer.getsockname())
        for data in (b"one", b"two"):
            peer.sendall(data)
            told(asking, "on-data", name, data)
        peer.shutdown(socket.SHUT_WR)
        call = asking.called()
        assert (call.function, call.params) == (f"{CLIENT}.on-close", Tuple((String(name), String("eof"))))
        assert asking.got("send", name, b"bye") == 3
        call.answer(UNIT)
        assert received(peer, 9) == b"bye"
        eventually(lambda: len(asking.host.expected) == 1)
        assert asking.refused("close", name) == f"Connection not found: {name}"


def test_the_next_bytes_wait_until_the_actor_has_taken_those_before() -> None:
    """Also one that failed: it is given what comes then, and no more than 8,192 bytes at a time."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        asking.got("set-active", name, "active")
        peer.sendall(b"x" * 20_000)
        pieces = list[bytes]()
        while sum(map(len, pieces)) < 20_000:
            call = asking.called()
            assert len(asking.host.mailbox) == 0
            match call.params:
                case Tuple((String(), Array(_, data))):
                    pieces.append(data)
            call.fail()
        assert b"".join(pieces) == b"x" * 20_000
        assert max(map(len, pieces)) <= 8192


def test_once_is_one_call_and_then_nothing_can_be_asked_for() -> None:
    """As in Theater the reading half is gone then: the mode is passive, and bytes come neither way."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        asking.got("set-active", name, "once")
        peer.sendall(b"one")
        call = asking.called()
        pushed = f"Connection {name} is in active mode - data is pushed via on-data callback"
        assert asking.refused("receive", name, 1) == pushed
        assert asking.got("set-active", name, "once") == UNIT
        call.answer(UNIT)
        assert asking.refused("receive", name, 1) == f"Connection {name} read half not available (in active mode)"
        for mode in ("active", "once"):
            assert asking.refused("set-active", name, mode) == f"Connection {name} is already in active mode"
        assert asking.got("set-active", name, "passive") == UNIT
        assert asking.got("send", name, b"still") == 5
        assert received(peer, 5) == b"still"
        assert len(asking.host.expected) == 1
        asking.got("close", name)
        assert peer.recv(1) == b""


@pytest.mark.parametrize(("mode", "other"), [("active", "once"), ("once", "active")])
def test_a_mode_that_calls_back_is_not_left_again(mode: str, other: str) -> None:
    """Neither for the other one nor for the passive one; the same one is fine."""
    with actor(server_tls={"enabled": False}) as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        assert asking.got("set-active", name, "passive") == UNIT
        asking.got("set-active", name, mode)
        assert asking.got("set-active", name, mode) == UNIT
        back = f"Cannot switch connection {name} back to passive mode (stream is split)"
        assert asking.refused("set-active", name, "passive") == back
        between = f"Cannot switch connection {name} between active and once modes"
        assert asking.refused("set-active", name, other) == between


def test_a_peer_that_resets_is_told_with_the_systems_words() -> None:
    """In the place of eof stands what the system says."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        asking.got("set-active", name, "active")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        told(asking, "on-close", name, "Connection reset by peer (os error 104)")


def test_what_the_actor_closed_still_reads_until_its_peer_ends_too() -> None:
    """As in Theater: closing ends what the actor writes, and what comes is told with a number it does not know."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        asking.got("set-active", name, "active")
        asking.got("close", name)
        assert peer.recv(1) == b""
        peer.sendall(b"late")
        told(asking, "on-data", name, b"late")
        peer.shutdown(socket.SHUT_WR)
        told(asking, "on-close", name, "eof")
        eventually(lambda: len(asking.host.expected) == 1)


def test_an_actor_that_ends_is_called_back_no_more() -> None:
    """A call that waits when it ends fails, and the connection goes with it."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        asking.got("set-active", name, "active")
        peer.sendall(b"x")
        asking.called()
        asking.host.mailbox.close()
        asking.host.close()
        assert peer.recv(1) == b""
        assert asking.host.expected == ()
