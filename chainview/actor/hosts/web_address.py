"""The address of a page, read as browsers and Rust's url crate do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urljoin

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_USUAL_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The schemes whose addresses always have a host."""
_AUTHORITY: Final = re.compile(r"//(?:[^/?]*@)?([^/?:@]+)")
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
    if scheme not in _USUAL_PORTS:
        return _other(scheme, rest)
    rest = rest.partition("?")[0].replace("\\", "/").lstrip("/") + "".join(rest.partition("?")[1:])
    at = next((index for index, letter in enumerate(rest) if letter in "/?"), len(rest))
    user, _, place = rest[:at].rpartition("@")
    host, port = _place(place, _USUAL_PORTS[scheme])
    return Address(scheme, host, port, _target(rest[at:]), user)


def _other(scheme: str, rest: str) -> Address:
    """An address of which no more is asked than whether it has a host."""
    matched = _AUTHORITY.match(rest)
    return Address(scheme, matched[1] if matched else None, 0, rest)


def _place(text: str, usual: int) -> tuple[str, int]:
    end = text.find("]") + 1 if text.startswith("[") else 0
    host, _, port = text[end:].partition(":")
    host = _host(text[:end] + host)
    if port and not (port.isascii() and port.isdigit() and len(port.lstrip("0")) < 6 and int(port) < 1 << 16):
        raise BadAddress("invalid port number")
    return host, int(port) if port else usual


def _host(text: str) -> str:
    if not text:
        raise BadAddress("empty host")
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
    return str(_ipv4(labels)) if _NUMBER.match(labels[-1]) else name


def _ipv4(labels: Sequence[str]) -> IPv4Address:
    """The address that up to four numbers are, the last of which fills what the others leave."""
    try:
        *first, last = [_number(each) for each in labels]
        if len(first) > 3 or any(each > 255 for each in first) or last >= 256 ** (4 - len(first)):
            raise ValueError
    except ValueError:
        raise BadAddress("invalid IPv4 address") from None
    return IPv4Address(sum((each << 8 * (3 - place) for place, each in enumerate(first)), last))


def _number(text: str) -> int:
    """A number as C writes them: in hexadecimal digits, in octal ones, or in decimal ones."""
    if not _NUMBER.match(text):
        raise ValueError
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _target(text: str) -> str:
    path, mark, query = text.partition("?")
    kept = list[str]()
    for each in path.split("/")[1:]:
        plain = each.lower().replace("%2e", ".")
        if plain == "..":
            kept = kept[:-1]
        elif plain != ".":
            kept.append(each)
    if path.lower().replace("%2e", ".").endswith(("/.", "/..")):
        kept.append("")
    return "/" + quote("/".join(kept), _PATH_LETTERS) + mark + quote(query, _QUERY_LETTERS)
