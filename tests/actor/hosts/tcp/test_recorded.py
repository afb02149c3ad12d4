"""Actors with real peers, recorded and replayed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import chainview
from chainview.actor.manifest import find_target
from chainview.actor.returned import CallOutcome
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.failure import INTERRUPTED
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, UNIT, Result, String, Tuple, bytes_value, types
from tests.actor.guests import Guest
from tests.actor.hosts.tcp.peers import free_address, received, server, taken
from tests.actor.running import INIT, sample
from tests.waiting import LIMIT, eventually

NAME = "theater:simple/tcp"
CLIENT = "theater:simple/tcp-client"
OK = encode(Result(types.STRING, types.STRING, True, Tuple((String("state"), UNIT))))


@contextmanager
def session(path: Path, folder: Path, state: str | None = None) -> Iterator[tuple[Session, list[CallOutcome]]]:
    """A started session that may use connections and writes `s.chain`; closed at the end."""
    outcomes: list[CallOutcome] = []
    options = Options(find_target(str(path)), state=state, allowed=("tcp",), output=folder / "s.chain")
    made = Session(options, outcomes.append)
    made.start()
    try:
        yield made, outcomes
    finally:
        made.close()


def caller_of(address: str) -> socket.socket:
    """A connection to an actor once it listens."""
    host, _, port = address.partition(":")
    made = list[socket.socket]()

    def connects() -> bool:
        try:
            made.append(socket.create_connection((host, int(port)), LIMIT))
        except ConnectionRefusedError:
            return False
        return True

    eventually(connects)
    return made[0]


def test_a_server_of_lines_is_recorded_and_replays_identical(tmp_path: Path) -> None:
    """Two callers at once, a line in two pieces, one who is hung up on and one who leaves; it replays without any."""
    address = free_address()
    with session(sample("switchboard").with_name("manifest.toml"), tmp_path, f'"{address}"') as (running, outcomes):
        with caller_of(address) as first, caller_of(address) as second:
            for each in (first, second):
                assert received(each, 21) == b"hello, say something\n"
            first.sendall(b"abc\nno")
            assert received(first, 7) == b"1: cba\n"
            second.sendall(b"x\nbye\n")
            assert received(second, 99) == b"1: x\nbye\n"
            first.sendall(b"on\n")
            assert received(first, 8) == b"2: noon\n"
        eventually(lambda: sum(each.function == f"{CLIENT}.on-close" for each in outcomes) == 2)
        assert not running.wait_quiet(0)
    assert all(each.ok for each in outcomes)
    assert running.warnings == ()
    with chainview.open_chain(tmp_path / "s.chain") as chain:
        types_of_events = [event.event_type for event in chain]
    assert types_of_events.count(f"{NAME}/set-active") == 2
    explanation = chainview.replay_chain(str(sample("switchboard")), str(tmp_path / "s.chain"))
    assert explanation.passes, explanation.sentence


def test_what_waits_for_its_peer_is_interrupted(tmp_path: Path) -> None:
    """The call fails as any that is interrupted, and the session ends with the connection."""
    with server() as (listening, address):
        guest = Guest().ignoring(INIT, NAME, "connect", encode(String(address)), OK)
        guest.calling("wait", NAME, "receive", encode(Tuple((String("1"), U32(9)))))
        guest.ignoring("say", NAME, "send", encode(Tuple((String("1"), bytes_value(b"x")))), OK)
        with session(guest.written(tmp_path), tmp_path) as (running, outcomes), taken(listening) as peer:
            running.wait_quiet(LIMIT)
            running.call("say()")
            running.call("wait()")
            assert received(peer, 1) == b"x"
            eventually(lambda: running.status().function == "wait" and running.interrupt())
            eventually(lambda: len(outcomes) == 3)
            assert outcomes[-1].reason == INTERRUPTED
            running.close()
            assert peer.recv(1) == b""


def test_an_actor_without_leave_does_not_begin(tmp_path: Path) -> None:
    """It is refused by the names of what it imports, with the option that lets it."""
    guest = Guest().ignoring(INIT, NAME, "connect", encode(String("127.0.0.1:9")), OK).written(tmp_path)
    made = Session(Options(find_target(str(guest)), output=tmp_path / "s.chain"))
    made.start()
    error = made.wait_started()
    assert error is not None
    assert f"imports {NAME}.connect" in error.sentence
    assert "--allow tcp" in error.sentence
