"""The address of a page, read as browsers and Rust's url crate do."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urljoin

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_USUAL_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The schemes whose addresses always have a host."""
_DENIED: Final = re.compile(r'[\x00-\x20"#%/:<>?@\[\\\]^`{|}\x7f]')
_NUMBER: Final = re.compile(r"(?:\d+|0[xX][0-9A-Fa-f]*)\Z", re.ASCII)
_PATH_LETTERS: Final = "!$&'()*+,-./:;=@_~%|[]^"
_QUERY_LETTERS: Final = "!$&()*+,-./:;=?@_~%|[]^`{}\\"


class BadAddress(Exception):
    """The text is no address; what is said is what the url crate says."""


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is None for what has none; `port` is the usual one of the scheme where none is named."""

    scheme: str
    host: str | None
    port: int
    target: str
    """The path with the query, as a request names it."""
    user: str = ""
    """What stands before an `@`."""

    @property
    def place(self) -> str:
        """The host, with its port where that is not the usual one."""
        host = self.host or ""
        return host if self.port == _USUAL_PORTS.get(self.scheme) else f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """The address in whole, without a user."""
        return f"{self.scheme}://{self.place}{self.target}"

    def joined(self, reference: str) -> Address:
        """The address that another one, which may be relative, names from here; raises BadAddress."""
        return address_of(urljoin(self.text, reference))


def address_of(text: str) -> Address:
    """The address that a text is; raises BadAddress."""
    text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(33)))))
    matched = _SCHEME.match(text)
    if matched is None:
        raise BadAddress("relative URL without a base")
    scheme, rest = matched[1].lower(), text[matched.end() :].partition("#")[0]
    if scheme in _USUAL_PORTS:
        rest = rest.partition("?")[0].replace("\\", "/").lstrip("/") + "".join(rest.partition("?")[1:])
    elif rest.startswith("//"):
        rest = rest[2:]
    else:
        return Address(scheme, None, 0, rest)
    at = next((index for index, letter in enumerate(rest) if letter in "/?"), len(rest))
    user, _, place = rest[:at].rpartition("@")
    host, port = _place(scheme, place)
    return Address(scheme, host, port, _target(rest[at:]), user)


def _place(scheme: str, text: str) -> tuple[str, int]:
    matched = re.fullmatch(r"(\[[^\]]*\]?|[^:]*)(?::(.*))?", text, re.DOTALL)
    if matched is None:
        raise BadAddress("invalid port number")
    host, port = matched[1], matched[2] or ""
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 1 << 16):
        raise BadAddress("invalid port number")
    if not host:
        raise BadAddress("empty host")
    return _host(host), int(port) if port else _USUAL_PORTS.get(scheme, 0)


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return f"[{IPv6Address(text[1:-1] if text.endswith(']') else '').compressed}]"
        except AddressValueError:
            raise BadAddress("invalid IPv6 address") from None
    try:
        name = unquote_to_bytes(text).decode().lower()
        if not name.isascii():
            name = name.encode("idna").decode().lower()
    except UnicodeError:
        raise BadAddress("invalid international domain name") from None
    if _DENIED.search(name):
        raise BadAddress("invalid international domain name")
    labels = name.removesuffix(".").split(".")
    if not _NUMBER.match(labels[-1]):
        return name
    try:
        return socket.inet_ntoa(socket.inet_aton(name.removesuffix(".")))
    except OSError:
        raise BadAddress("invalid IPv4 address") from None


def _target(text: str) -> str:
    path, mark, query = text.partition("?")
    kept = list[str]()
    for each in path.split("/")[1:]:
        if each in ("..", ".%2e", "%2e.", "%2e%2e"):
            kept = kept[:-1]
        elif each not in (".", "%2e"):
            kept.append(each)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/" + quote("/".join(kept), _PATH_LETTERS) + mark + quote(query, _QUERY_LETTERS)
