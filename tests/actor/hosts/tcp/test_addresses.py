"""Addresses, and what a LIMIT covers of them."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address

import pytest

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.tcp import addresses
from chainview.actor.hosts.tcp.addresses import Endpoint, Limit, limit_of, resolved, within
from chainview.system.errors import ChainviewError
from tests.actor.hosts.tcp.peers import actor, server, taken


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("127.0.0.1:0080", "127.0.0.1:80"),
        ("[::1]:0", "[::1]:0"),
        ("[0:0:0:0:0:0:0:1]:1", "[::1]:1"),
        ("[fe80::1%2]:80", "[fe80::1%2]:80"),
        ("[::ffff:1.2.3.4]:5", "[::ffff:1.2.3.4]:5"),
    ],
)
def test_numbers_are_shown_as_rust_shows_them(address: str, shown: str) -> None:
    """They are not looked up."""
    (endpoint,) = asyncio.run(resolved(address))
    assert str(endpoint) == shown


def test_names_are_looked_up() -> None:
    """In the order of the system; a number that Rust does not parse is one too."""
    assert Endpoint(IPv4Address("127.0.0.1"), 80) in asyncio.run(resolved("localhost:+80"))
    assert asyncio.run(resolved("127.1:80")) == [Endpoint(IPv4Address("127.0.0.1"), 80)]
    with pytest.raises(Refusal, match="failed to lookup address information"):
        asyncio.run(resolved("01.02.03.999:80"))


def test_a_name_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Rust does of one that the system knows and has no number for."""

    async def nothing(host: str) -> list[Endpoint]:
        return []

    monkeypatch.setattr(addresses, "looked_up", nothing)
    with pytest.raises(Refusal, match=r"^could not resolve to any address$"):
        asyncio.run(resolved("nowhere:80"))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("127.0.0.1:8080", Limit("127.0.0.1", 8080)),
        ("example.com", Limit("example.com", None)),
        ("example.com:*", Limit("example.com", None)),
        ("*:443", Limit(None, 443)),
        ("*", Limit(None, None)),
        ("::1", Limit("::1", None)),
        ("[::1]", Limit("::1", None)),
        ("[::1]:80", Limit("::1", 80)),
        *((text, None) for text in ("", ":80", "a:", "a:http", "a:65536", "a:1:2", "[::1]80", "[x]:80", "[::1]:")),
    ],
)
def test_a_limit_is_a_host_and_perhaps_a_port(text: str, limit: Limit | None) -> None:
    """Either may be any; IPv6 numbers stand in brackets where a port follows."""
    assert limit_of(text) == limit


LOCAL4, LOCAL6 = IPv4Address("127.0.0.1"), IPv6Address("::1")


@pytest.mark.parametrize(
    ("limit", "asked", "endpoint", "covered"),
    [
        ("127.0.0.1:80", "127.0.0.1:80", Endpoint(LOCAL4, 80), True),
        ("127.0.0.1:80", "127.0.0.1:81", Endpoint(LOCAL4, 81), False),
        ("127.0.0.1", "localhost:9", Endpoint(LOCAL4, 9), True),
        ("127.0.0.1", "0.0.0.0:9", Endpoint(IPv4Address("0.0.0.0"), 9), False),
        ("127.0.0.1", "[::ffff:127.0.0.1]:9", Endpoint(IPv6Address("::ffff:127.0.0.1"), 9), True),
        ("localhost", "127.0.0.1:9", Endpoint(LOCAL4, 9), True),
        ("localhost", "10.0.0.1:9", Endpoint(IPv4Address("10.0.0.1"), 9), False),
        ("Example.com.", "example.COM:9", Endpoint(IPv4Address("10.0.0.1"), 9), True),
        ("nowhere.invalid", "10.0.0.1:9", Endpoint(IPv4Address("10.0.0.1"), 9), False),
        ("[0::1]:9", "[::1]:9", Endpoint(LOCAL6, 9), True),
        ("*:9", "[::1]:9", Endpoint(LOCAL6, 9), True),
        ("*:0", "127.0.0.1:9", Endpoint(LOCAL4, 9), False),
    ],
)
def test_a_limit_covers_names_by_what_they_lead_to(limit: str, asked: str, endpoint: Endpoint, covered: bool) -> None:
    """And a name that it gives itself, wherever that leads."""
    made = limit_of(limit)
    assert made is not None
    assert asyncio.run(within([made], asked, [endpoint])) == ([endpoint] if covered else [])


def test_past_a_limit_the_actor_is_told_that_it_may_not_and_the_person_once() -> None:
    """Connecting and listening alike; within it nothing is said."""
    with server() as (listening, address), actor((f"tcp:{address}", "tcp:127.0.0.1:0")) as asking:
        asking.got("connect", address)
        taken(listening).close()
        asking.listening()
        assert asking.host.warnings == ()
        for _ in range(2):
            assert asking.refused("connect", "127.0.0.1:9") == "Permission denied (os error 13)"
            assert asking.refused("listen", "127.0.0.1:9") == "Permission denied (os error 13)"
        given = f"--allow tcp:{address} --allow tcp:127.0.0.1:0"
        assert list(asking.host.warnings) == [f"tcp: what {given} does not cover is refused to the actor"]


def test_a_limit_that_is_none_keeps_the_actor_from_beginning() -> None:
    """It is named, with one that is fine."""
    with pytest.raises(ChainviewError, match=r"--allow tcp:a:b names no HOST or HOST:PORT"), actor(("tcp:a:b",)):
        pass
