"""Encrypted connections, with a real peer at the other end."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.actor.hosts.main.tcp import TCP_WITH_IS_TLS
from chainview.actor.hosts.registry.tcp import TCP
from chainview.actor.hosts.tcp.tls import BadTls, is_server_name, tls_of, tls_words
from chainview.pack.values import UNIT, String, Tuple
from tests.actor.hosts.tcp.certificates import written
from tests.actor.hosts.tcp.peers import Actor, actor, free_address, peer_of, received, server, taken

EOF = (
    "peer closed connection without sending TLS close_notify: "
    "https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof"
)


def trusting(authority: str) -> ssl.SSLContext:
    """How a client sees who trusts that authority alone."""
    return ssl.create_default_context(cafile=authority)


def serving(certificate: str, key: str) -> ssl.SSLContext:
    """How a server of that certificate sees it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def beside(asking: Callable[[], object]) -> threading.Thread:
    """What an actor asks while the test is its peer."""
    thread = threading.Thread(target=asking)
    thread.start()
    return thread


def test_what_listens_encrypts(tmp_path: Path) -> None:
    """A handshake that fails is no connection; one that is agreed on is, and its end is told by both sides."""
    authority, certificate, key = written(tmp_path)
    with actor(server_tls={"enabled": True, "cert": certificate, "key": key}) as asking:
        port = asking.listening()
        with peer_of(port) as stranger:
            stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert received(stranger, 1 << 20)[:1] in (b"", b"\x15")
        with peer_of(port) as plain, trusting(authority).wrap_socket(plain, server_hostname="localhost") as peer:
            name = asking.accepted(peer)
            assert name == "3"
            peer.sendall(b"a" * 40_000)
            got = b""
            while len(got) < 40_000:
                got += asking.got("receive", name, 100_000)
            assert asking.got("send", name, b"b" * 40_000) == 40_000
            assert received(peer, 40_000) == b"b" * 40_000
            assert asking.refused("upgrade-to-tls-server", name) == f"Connection {name} is already TLS"
            client = "client_tls not configured on this handler"
            assert asking.refused("upgrade-to-tls-client", name, "localhost") == client
            asking.got("close", name)
            # A peer that is told the end in due form sees it as one.
            assert peer.recv(1) == b""


def test_what_connects_encrypts_and_names_the_server_it_wants(tmp_path: Path) -> None:
    """By the name in the address; what it sends, receives and is called back with is plain."""
    authority, certificate, key = written(tmp_path)
    named: list[str | None] = []
    context = serving(certificate, key)
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    with server() as (listening, address), actor(client_tls={"enabled": True, "ca_cert": authority}) as asking:
        asked = beside(lambda: asking.got("connect", address.replace("127.0.0.1", "localhost")))
        with context.wrap_socket(taken(listening), server_side=True) as peer:
            asked.join()
            assert named == ["localhost"]
            asking.got("set-active", "1", "active")
            peer.sendall(b"hello")
            call = asking.called()
            assert asking.got("send", "1", b"hello") == 5
            call.answer(UNIT)
            assert received(peer, 5) == b"hello"
            # It ends once both sides have said so, which the actor does once it was called.
            ending = beside(peer.unwrap)
            call = asking.called()
            assert call.params == Tuple((String("1"), String("eof")))
            call.answer(UNIT)
            ending.join()


def refused_by(asking: Actor, listening: socket.socket, address: str, context: ssl.SSLContext) -> str:
    """Why an actor can't connect to a server that it does not trust."""
    said: list[str] = []
    asked = beside(lambda: said.append(asking.refused("connect", address)))
    plain = taken(listening)
    with pytest.raises(OSError), context.wrap_socket(plain, server_side=True) as peer:  # noqa: PT011
        peer.recv(1)
    plain.close()
    asked.join()
    return said[0]


def test_a_server_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    """One that nobody known has signed, and one that is another; without verifying any will do."""
    authority, certificate, key = written(tmp_path)
    context = serving(certificate, key)
    with server() as (listening, address):
        with actor(client_tls={"enabled": True}) as asking:
            unknown = "TLS handshake failed: invalid peer certificate: UnknownIssuer"
            assert refused_by(asking, listening, address, context) == unknown
        with actor(client_tls={"enabled": True, "ca_cert": authority}) as asking:
            other = address.replace("127.0.0.1", "127.0.0.2")
            with socket.create_server(("127.0.0.2", int(other.partition(":")[2]))) as elsewhere:
                elsewhere.settimeout(60)
                said = refused_by(asking, elsewhere, other, context)
            assert said.startswith("TLS handshake failed: invalid peer certificate: ")
        with actor(client_tls={"enabled": True, "skip_verify": True}) as asking:
            asked = beside(lambda: asking.got("connect", address))
            with context.wrap_socket(taken(listening), server_side=True):
                asked.join()


def test_a_peer_that_speaks_something_else_is_told(tmp_path: Path) -> None:
    """What is no TLS, and an end in the middle of the handshake; a name that is none is told once it has connected."""
    said: list[str] = []
    with server() as (listening, address), actor(client_tls={"enabled": True}) as asking:
        for words in (b"220 mail.example ready\r\n", b""):
            asked = beside(lambda: said.append(asking.refused("connect", address)))
            with taken(listening) as peer:
                peer.sendall(words)
                peer.shutdown(socket.SHUT_WR)
                asked.join()
    assert said == [
        "TLS handshake failed: received corrupt message of type InvalidContentType",
        "TLS handshake failed: tls handshake eof",
    ]
    with server() as (_, address), actor(client_tls={"enabled": True}) as asking:
        # The system reads it as a number, Theater as the name of a server that can't be one.
        wrong = "Failed to build TLS config: Invalid server name: 0x7f.1"
        assert asking.refused("connect", address.replace("127.0.0.1", "0x7f.1")) == wrong


def test_a_plain_connection_is_encrypted_in_the_middle(tmp_path: Path) -> None:
    """Both sides may ask for it, once they have agreed by plain bytes; the number stays."""
    authority, certificate, key = written(tmp_path)
    client = {"enabled": True, "ca_cert": authority, "auto_handshake": False}
    with server() as (listening, address), actor(client_tls=client) as asking:
        asking.got("connect", address)
        plain = taken(listening)
        asking.got("send", "1", b"STARTTLS")
        assert received(plain, 8) == b"STARTTLS"
        bad = asking.refused("upgrade-to-tls-client", "1", 'tcp "x"')
        assert bad == 'Invalid server name "tcp \\"x\\"": invalid dns name'
        asked = beside(lambda: asking.got("upgrade-to-tls-client", "1", "tcp.example"))
        with serving(certificate, key).wrap_socket(plain, server_side=True) as peer:
            asked.join()
            peer.sendall(b"hidden")
            assert asking.got("receive", "1", 9) == b"hidden"
            # Its end comes without a word of TLS.
            socket.socket.shutdown(peer, socket.SHUT_WR)
            assert asking.refused("receive", "1", 9) == EOF


def test_what_can_not_be_encrypted_says_why(tmp_path: Path) -> None:
    """Each state of a connection that keeps it from that, and a handshake that fails, which leaves it closed."""
    _, certificate, key = written(tmp_path)
    with actor(server_tls={"enabled": False, "cert": certificate, "key": key}) as asking:
        assert asking.refused("upgrade-to-tls-server", "1") == "server_tls not configured on this handler"
    with (
        server() as (listening, address),
        actor(server_tls={"enabled": True, "cert": certificate, "key": key}) as asking,
    ):
        assert asking.refused("upgrade-to-tls-server", "9") == "Connection not found: 9"
        for _ in range(3):
            asking.got("connect", address)
        peers = [taken(listening) for _ in range(3)]
        asking.got("set-active", "1", "once")
        passive = "Connection 1 must be in passive mode for TLS upgrade"
        assert asking.refused("upgrade-to-tls-server", "1") == passive
        peers[0].sendall(b"x")
        asking.called().answer(UNIT)
        assert asking.refused("upgrade-to-tls-server", "1") == "Connection 1 is split; TLS upgrade not supported"
        peers[1].sendall(b"this is no handshake")
        corrupt = "TLS server handshake failed: received corrupt message of type InvalidContentType"
        assert asking.refused("upgrade-to-tls-server", "2") == corrupt
        for function, *more in (("send", b"x"), ("receive", 1), ("set-active", "active"), ("upgrade-to-tls-server",)):
            assert asking.refused(function, "2", *more) == "Connection 2 is closed"
        assert asking.got("close", "2") == UNIT
        for each in peers:
            each.close()


def test_a_pending_connection_is_not_encrypted(tmp_path: Path) -> None:
    """It has to be taken first."""
    with actor(client_tls={"enabled": True}) as asking, peer_of(asking.listening()) as peer:
        name = asking.accepted(peer, activated=False)
        said = asking.refused("upgrade-to-tls-client", name, "localhost")
        assert said == f"Connection {name} must be activated before TLS upgrade"


def test_files_that_can_not_be_had_leave_all_plain_and_are_told(tmp_path: Path) -> None:
    """As in Theater, whose words the sentence ends with."""
    missing = str(tmp_path / "none.pem")
    with actor(client_tls={"enabled": True, "ca_cert": missing}) as asking:
        (sentence,) = asking.host.warnings
        assert sentence.endswith(f"Failed to read certificate file '{missing}': No such file or directory (os error 2)")
        assert asking.refused("connect", free_address()) == "Connection refused (os error 111)"
    _, certificate, key = written(tmp_path)
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN PRIVATE KEY-----\nno key\n-----END PRIVATE KEY-----\n")
    for table, said in (
        ({"cert": certificate, "key": str(junk)}, f"No valid private key found in '{junk}'"),
        ({"cert": certificate, "key": certificate}, f"No valid private key found in '{certificate}'"),
        ({"cert": certificate, "key": str(broken)}, f"Failed to parse private key from '{broken}'"),
        ({"cert": certificate}, "server_tls names no key"),
        ({"cert": 1, "key": key}, "server_tls names no cert"),
    ):
        with pytest.raises(BadTls) as bad:
            tls_of({"server_tls": {"enabled": True, **table}})
        assert str(bad.value) == said
    with pytest.raises(BadTls, match="client_tls is no table"):
        tls_of({"client_tls": True})
    with pytest.raises(BadTls, match="Failed to parse certificates from"):
        tls_of({"client_tls": {"enabled": True, "ca_cert": str(junk)}})


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        *((each, True) for each in ("a", "localhost", "a-b.c_d.", "127.0.0.1", "::1", "1a.2b", "x." * 126 + "x")),
        *((each, False) for each in ("", ".", "a..b", "-a", "a-", "1.2.3", "a.0x1f", "é", "a b", "a" * 64, "x." * 127)),
    ],
)
def test_names_of_servers_are_those_that_theater_takes(name: str, valid: bool) -> None:
    """Names of DNS whose last part is no number, and numbers."""
    assert is_server_name(name) is valid


def test_alerts_have_the_names_of_theaters_library() -> None:
    """OpenSSL's are others."""
    for reason, said in (
        ("TLSV1_ALERT_UNKNOWN_CA", "UnknownCA"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "HandshakeFailure"),
    ):
        error = ssl.SSLError(1, "x")
        error.reason = reason
        assert tls_words(error) == f"received fatal alert: {said}"


def test_actors_of_the_main_branch_ask_whether_a_connection_is_encrypted(tmp_path: Path) -> None:
    """What the connection is now counts, be it pending or not; one that is closed or unknown is an error."""
    _, certificate, key = written(tmp_path)
    added = set(TCP_WITH_IS_TLS.functions()) - set(TCP.functions())
    assert added == {"is-tls"}
    enabled = {"enabled": True, "cert": certificate, "key": key}
    with server() as (listening, address), actor(server_tls=enabled) as asking:
        asking.got("connect", address)
        assert asking.got("is-tls", "1") is False
        with taken(listening) as plain:
            context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
            asked = beside(lambda: asking.got("upgrade-to-tls-server", "1"))
            with context.wrap_socket(plain, server_hostname="localhost"):
                asked.join()
                assert asking.got("is-tls", "1") is True
        asking.got("connect", address)
        with taken(listening) as plain:
            plain.sendall(b"no handshake at all\r\n")
            assert "handshake failed" in asking.refused("upgrade-to-tls-server", "2")
            assert asking.refused("is-tls", "2") == "Connection 2 is closed"
        assert asking.refused("is-tls", "7") == "Connection not found: 7"


def test_a_handshake_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are served meanwhile, and the actor is not told of it."""
    monkeypatch.setattr("chainview.actor.hosts.tcp.connections._HANDSHAKE_SECONDS", 0.01)
    _, certificate, key = written(tmp_path)
    with actor(server_tls={"enabled": True, "cert": certificate, "key": key}) as asking:
        with peer_of(asking.listening()) as silent:
            assert silent.recv(1) == b""
        assert len(asking.host.mailbox) == 0
        assert asking.refused("peer-address", "2") == "Connection not found: 2"
