"""What an actor does with connections, with a real peer at the other end."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.registry.tcp import TCP
from chainview.actor.session.family import Family
from chainview.chain.event import Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.values import U32, U64, UNIT, String, Tuple, Value, bytes_value
from chainview.system.long_work import GivenUp, given_up_when
from tests.actor.hosts.tcp.peers import actor, free_address, peer_of, received, server, taken
from tests.reference import reference_file

NOBODY = "0c94fa74-ff81-41b8-b1f0-474814be43fc"


def test_the_interface_is_the_reference_one() -> None:
    """It is declared as `tcp.pact` of the published handler has it, and hashes as Theater's does."""
    assert [each.text for each in TCP.signatures] == [
        "connect(address: string) -> result<string, string>",
        "listen(address: string) -> result<string, string>",
        "accept(listener-id: string) -> result<string, string>",
        "activate(connection-id: string) -> result<bool, string>",
        "set-active(connection-id: string, mode: string) -> result<bool, string>",
        "transfer(connection-id: string, target-actor: string) -> result<bool, string>",
        "transfer-async(connection-id: string, target-actor: string) -> result<bool, string>",
        "peer-address(connection-id: string) -> result<string, string>",
        "send(connection-id: string, data: list<u8>) -> result<u64, string>",
        "receive(connection-id: string, max-bytes: u32) -> result<list<u8>, string>",
        "close(connection-id: string) -> result<bool, string>",
        "close-listener(listener-id: string) -> result<bool, string>",
        "upgrade-to-tls-server(connection-id: string) -> result<bool, string>",
        "upgrade-to-tls-client(connection-id: string, server-name: string) -> result<bool, string>",
    ]


@pytest.mark.parametrize("name", ["tickets_acceptor", "tickets_handler"])
def test_modules_that_theater_runs_declare_the_same_interface(name: str) -> None:
    """The hash that they embed is that of the functions which they import."""
    loaded = load_module(reference_file(f"lab/families/tickets/{name}.wasm"))
    assert loaded.metadata is not None
    imported = [each.function for each in loaded.imports if each.interface == TCP.name]
    assert loaded.metadata.import_hashes[TCP.name] == TCP.hash_of(imported)


def test_where_it_listens_is_told() -> None:
    """With the port that the system chose; an address that is taken tells nothing."""
    with actor() as asking:
        port = asking.listening()
        asking.refused("listen", f"127.0.0.1:{port}")
        assert asking.host.family.news == (f"the actor listens on 127.0.0.1:{port}",)


OF_A_CONNECTION: tuple[tuple[str, *tuple[str | int | bytes, ...]], ...] = (
    ("activate",),
    ("peer-address",),
    ("close",),
    ("set-active", "once"),
    ("transfer", NOBODY),
    ("send", b""),
    ("receive", 1),
)
"""What is asked of a connection, and with what besides."""


def test_what_an_actor_connects_is_its_own_at_once() -> None:
    """It sends, receives as much as it asks for, sees the end of its peer, and closes."""
    with server() as (listening, address), actor() as asking:
        assert asking.got("connect", address) == "1"
        with taken(listening) as peer:
            assert asking.got("peer-address", "1") == address
            assert asking.got("send", "1", b"hello") == 5
            assert received(peer, 5) == b"hello"
            peer.sendall(b"abcd")
            assert asking.got("receive", "1", 3) == b"abc"
            assert asking.got("receive", "1", 3) == b"d"
            peer.shutdown(socket.SHUT_WR)
            assert asking.got("receive", "1", 3) == b""
            assert asking.got("close", "1") == UNIT
            assert peer.recv(1) == b""
        assert asking.refused("send", "1", b"x") == "Connection not found: 1"


def test_whoever_listens_is_called_for_each_connection() -> None:
    """Numbers come from one counter; a pending connection can only be asked for its peer, closed or activated."""
    with actor() as asking:
        port = asking.listening()
        with peer_of(port) as first, peer_of(port) as second:
            names = [asking.accepted(first, activated=False), asking.accepted(second, activated=False)]
            assert names == ["2", "3"]
            pending = "Connection 2 is pending - call activate() or transfer() first"
            assert asking.refused("send", "2", b"x") == asking.refused("receive", "2", 1) == pending
            must = "Connection 2 must be activated before setting data mode"
            assert asking.refused("set-active", "2", "once") == must
            for name in names:
                asking.got("activate", name)
            assert asking.refused("activate", "3") == "Connection 3 is already active"
            for name, peer in zip(names, (first, second), strict=True):
                peer.sendall(name.encode())
            assert [asking.got("receive", name, 9) for name in reversed(names)] == [b"3", b"2"]
            asking.got("close", "2")
            assert first.recv(1) == b""
            asking.got("send", "3", b"still here")
            assert received(second, 10) == b"still here"


def test_a_connection_that_the_actor_does_not_take_is_closed() -> None:
    """Where the call about it fails, the peer sees its end and the actor knows none of it."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        asking.called().fail()
        assert peer.recv(1) == b""
        assert asking.refused("activate", "2") == "Connection not found: 2"


def test_a_listener_is_not_found_again_as_in_theater() -> None:
    """There each calls its actor back until that ends, and `accept` and `close-listener` know of none."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        for function in ("accept", "close-listener"):
            assert asking.refused(function, "1") == "Listener not found: 1"
            assert asking.refused(function, "first") == "Invalid id: first"
            assert asking.refused(function, U64(1)) == "Expected string"
        assert [each for each in asking.host.warnings if "calls handle-connection" in each] == [
            "tcp: Theater keeps no listener to be asked: each calls handle-connection, until its actor ends"
        ]
        asking.accepted(peer)


@pytest.mark.parametrize("port", ["http", "65536", "", "-1", "9" * 5000])
def test_what_is_no_address_is_told_as_rust_tells_it(port: str) -> None:
    """A port that is none, and an address without one."""
    with actor() as asking:
        for function in ("connect", "listen"):
            assert asking.refused(function, f"127.0.0.1:{port}") == "invalid port value"
            assert asking.refused(function, "127.0.0.1") == "invalid socket address"
            assert asking.refused(function, "a\0b:1") == "file name contained an unexpected NUL byte"
            assert asking.refused(function, "no such host.invalid:1").startswith(
                "failed to lookup address information: "
            )


def test_errors_of_the_system_are_told_with_their_number() -> None:
    """Nobody listens there; somebody listens here; a peer that was gone, and one that reset the connection."""
    with server() as (listening, address), actor() as asking:
        assert asking.refused("connect", free_address()) == "Connection refused (os error 111)"
        assert asking.refused("listen", address) == "Address already in use (os error 98)"
        asking.got("connect", address)
        peer = taken(listening)
        # Closing with this at once resets the connection.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        assert asking.refused("receive", "1", 1) == "Connection reset by peer (os error 104)"
        assert asking.refused("send", "1", b"x") == "Broken pipe (os error 32)"
        assert asking.got("close", "1") == UNIT


NAMED = ("activate", "peer-address", "close", "accept", "close-listener", "upgrade-to-tls-server", "connect", "listen")
WITH_TEXT = ("set-active", "transfer", "transfer-async", "upgrade-to-tls-client")


def test_inputs_of_another_shape_are_answered_in_theater_words() -> None:
    """Each function names what it expected, and a number alone in a tuple is as good as a bare one."""
    wrong: list[tuple[str, Value, str]] = [
        *((name, UNIT, "Expected string") for name in NAMED),
        *((name, Tuple((U32(1),)), "Expected string") for name in NAMED),
        *((name, String("1"), "Expected tuple (string, string)") for name in WITH_TEXT),
        *((name, Tuple((U32(1), String("x"))), "Expected string for first arg") for name in WITH_TEXT),
        *((name, Tuple((String("1"), U32(1))), "Expected string for second arg") for name in WITH_TEXT),
        ("send", UNIT, "Expected tuple (id, data)"),
        ("send", Tuple((U32(1), U32(1))), "Expected string for id"),
        ("send", Tuple((String("1"), U32(1))), "Expected list<u8> for data"),
        ("receive", UNIT, "Expected tuple (id, u32)"),
        ("receive", Tuple((U32(1), U32(1))), "Expected string for id"),
        ("receive", Tuple((String("1"), U64(1))), "Expected u32"),
    ]
    with actor() as asking:
        for function, input, said in wrong:
            assert asking.refused(function, input) == said, function
        assert asking.refused("close", Tuple((String("+07"),))) == "Connection not found: +07"


def test_numbers_that_are_none_and_unknown_ones_are_told_apart() -> None:
    """A number is one of 64 bits; what has none like it is not found."""
    with actor() as asking:
        for function, *more in OF_A_CONNECTION:
            for name in ("", "-1", "1.0", "٣", "18446744073709551616", "9" * 5000):
                assert asking.refused(function, name, *more) == f"Invalid id: {name}"
            assert asking.refused(function, "18446744073709551615", *more) == (
                "Connection not found: 18446744073709551615"
            )
        assert asking.refused("set-active", "x", "y") == "Invalid id: x"
        assert asking.refused("set-active", "7", "slow") == (
            "Invalid mode 'slow': expected 'passive', 'active', or 'once'"
        )


def test_a_connection_is_handed_to_another_actor_which_is_called_about_it() -> None:
    """Then it belongs to that one, and is active; the one before may not touch it any more."""
    family = Family()
    with actor(family=family) as giving, actor(family=family) as taking, peer_of(giving.listening()) as peer:
        name = giving.accepted(peer, activated=False)
        handing = threading.Thread(target=giving.got, args=("transfer", name, taking.host.actor_id.upper()))
        handing.start()
        call = taking.called()
        assert (call.function, call.params) == ("theater:simple/tcp-client.handle-connection-transfer", String(name))
        assert call.trigger == Trigger(LinkKind.TRANSFER, giving.host.actor_id, 1)
        assert taking.got("send", name, b"from the other") == 14
        assert handing.is_alive()
        assert (giving.host.awaits, taking.host.awaits) == (taking.host.actor_id, None)
        with taking.host.awaiting(giving.host.actor_id):
            assert "neither goes on" in taking.host.warnings[-1]
        call.fail()
        handing.join()
        assert giving.host.awaits is None
        assert received(peer, 14) == b"from the other"
        not_owned = f"Connection {name} not owned by this actor"
        for function, *more in (*OF_A_CONNECTION, ("transfer-async", taking.host.actor_id)):
            assert giving.refused(function, name, *more) == not_owned, function
        taking.got("close", name)
        assert peer.recv(1) == b""


def test_handing_over_without_waiting_closes_what_the_other_fails_to_take() -> None:
    """The giver goes on at once; a target that fails loses the connection, and its peer is told."""
    family = Family()
    with actor(family=family) as giving, actor(family=family) as taking, peer_of(giving.listening()) as peer:
        name = giving.accepted(peer, activated=False)
        assert giving.got("transfer-async", name, taking.host.actor_id) == UNIT
        assert giving.refused("peer-address", name) == f"Connection {name} not owned by this actor"
        call = taking.called()
        assert call.trigger == Trigger(LinkKind.TRANSFER, giving.host.actor_id, 1)
        call.fail()
        assert peer.recv(1) == b""
        assert taking.refused("peer-address", name) == f"Connection not found: {name}"


def test_an_actor_that_is_unknown_takes_nothing_over() -> None:
    """`transfer` has given the connection away by then, `transfer-async` has not; an id that is none is told first."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        assert asking.refused("transfer", name, "abc") == "Invalid actor ID: invalid length: found 3"
        for connection in (name, "99"):
            assert asking.refused("transfer-async", connection, NOBODY) == "Target actor handle not found"
        assert asking.got("send", name, b"mine") == 4
        assert asking.refused("transfer", name, NOBODY) == "Target actor handle not found"
        assert asking.refused("send", name, b"lost") == f"Connection {name} not owned by this actor"


def test_waiting_for_bytes_is_given_up_when_the_call_is() -> None:
    """The next call receives what comes later, with nothing lost."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)

        def interrupted(awaited: object, seconds: float | None) -> None:
            raise GivenUp

        with given_up_when(lambda: False, interrupted), pytest.raises(GivenUp):
            asking.ask("receive", name, 9)
        peer.sendall(b"late")
        assert asking.got("receive", name, 9) == b"late"


def test_nothing_is_left_at_the_end() -> None:
    """Listeners, connections and the thread go with the actor; a port is free again."""
    with server() as (listening, address), actor() as asking:
        port = asking.listening()
        with peer_of(port) as waiting:
            name = asking.accepted(waiting)
            asking.got("set-active", name, "active")
            asking.got("connect", address)
            with taken(listening) as peer:
                assert any(each.name == "tcp" for each in threading.enumerate())
                asking.host.close()
                assert peer.recv(1) == waiting.recv(1) == b""
        assert not any(each.name == "tcp" for each in threading.enumerate())
        assert asking.host.expected == ()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        asking.host.close()


def test_what_one_actor_holds_outlives_another_of_the_family() -> None:
    """The end of an actor closes its own connections alone."""
    family = Family()
    with actor(family=family) as staying, peer_of(staying.listening()) as peer:
        name = staying.accepted(peer)
        with actor(family=family) as ending, peer_of(ending.listening()) as other:
            ending.accepted(other)
            ending.host.close()
            assert other.recv(1) == b""
        peer.sendall(b"x")
        assert staying.got("receive", name, 1) == b"x"


def test_another_build_goes_on_with_the_connections() -> None:
    """They belong to the actor, whichever of its builds asks."""
    with actor() as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer)
        following = TCP.provide(asking.host)
        assert following["send"](Tuple((String(name), bytes_value(b"on")))) == asking.ask("send", name, b"on")
        assert received(peer, 4) == b"onon"
