"""Addresses of pages, as browsers and Rust's url crate read them."""

from __future__ import annotations

import pytest

from chainview.actor.hosts.web_address import BadAddress, address_of


@pytest.mark.parametrize(
    ("text", "host", "port", "shown"),
    [
        ("http://Example.ORG", "example.org", 80, "http://example.org/"),
        (" https://a.b:443/x/../y?q=é#part\n", "a.b", 443, "https://a.b/y?q=%C3%A9"),
        ("http:\\\\a.b:8080\\x y", "a.b", 8080, "http://a.b:8080/x%20y"),
        ("http:a.b/./x/.", "a.b", 80, "http://a.b/x/"),
        ("http://[::0001]:81/", "[::1]", 81, "http://[::1]:81/"),
        ("http://127.1/", "127.0.0.1", 80, "http://127.0.0.1/"),
        ("http://a.b/x/%2E%2e/%2e", "a.b", 80, "http://a.b/"),
        ("http://0300.0x/", "192.0.0.0", 80, "http://192.0.0.0/"),
        ("http://0x7f000001/", "127.0.0.1", 80, "http://127.0.0.1/"),
        ("http://user:secret@a.b/", "a.b", 80, "http://a.b/"),
        ("http://a.b@c.d/", "c.d", 80, "http://c.d/"),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, "http://xn--bcher-kva.example/"),
        ("http://%61.b?x", "a.b", 80, "http://a.b/?x"),
        ("ftp://a.b/f", "a.b", 21, "ftp://a.b/f"),
    ],
)
def test_an_address_is_read_and_shown(text: str, host: str, port: int, shown: str) -> None:
    """The host is what is compared with what is allowed, whatever way it was written."""
    address = address_of(text)
    assert (address.host, address.port, address.text) == (host, port, shown)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.b/x", "relative URL without a base"),
        ("", "relative URL without a base"),
        ("http://", "empty host"),
        ("http://user@/x", "empty host"),
        ("http://a.b:x/", "invalid port number"),
        ("http://a.b:65536/", "invalid port number"),
        ("http://[::1]x/", "invalid IPv6 address"),
        ("http://:65536/", "empty host"),
        ("http://09/", "invalid IPv4 address"),
        ("http://1.2.3.4.5/", "invalid IPv4 address"),
        ("http://4294967296/", "invalid IPv4 address"),
        ("http://[::g]/", "invalid IPv6 address"),
        ("http://[::1/", "invalid IPv6 address"),
        ("http://1.2.3.999/", "invalid IPv4 address"),
        ("http://a b/", "invalid international domain name"),
        ("http://%ff/", "invalid international domain name"),
        ("http://" + "é" * 70 + "/", "invalid international domain name"),
    ],
)
def test_what_is_no_address_is_told_in_the_crates_words(text: str, said: str) -> None:
    """The reason stands in the answer that an actor gets."""
    with pytest.raises(BadAddress) as refused:
        address_of(text)
    assert str(refused.value) == said


def test_what_names_no_host_has_none() -> None:
    """Such an address is read all the same."""
    assert address_of("mailto:a@b").host is None
    assert address_of("data:,x").host is None


def test_an_address_may_be_relative_to_another() -> None:
    """As in a response that sends a request on."""
    address = address_of("http://a.b:81/x/y?z")
    assert address.joined("../w").text == "http://a.b:81/w"
    assert address.joined("//c.d/").text == "http://c.d/"
    assert address.joined("?q").text == "http://a.b:81/x/y?q"
