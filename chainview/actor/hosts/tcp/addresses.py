"""Addresses as an actor writes them, where they lead, and which of them a LIMIT covers."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.io_errors import io_words

_IN_BRACKETS: Final = re.compile(r"\[([^\]%]+)(?:%(\d{1,10}))?\]", re.ASCII)
_LIMIT_IN_BRACKETS: Final = re.compile(r"\[([^\]]+)\](?:(:)(.*))?")
_PORT: Final = re.compile(r"\+?0*(\d{1,5})", re.ASCII)
_LAST_PORT: Final = 0xFFFF
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)

Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A number and a port; `scope` is the link that an IPv6 number belongs to, 0 for none."""

    ip: Ip
    port: int
    scope: int = 0

    @property
    def family(self) -> socket.AddressFamily:
        """The family of sockets that reach it."""
        return socket.AF_INET if isinstance(self.ip, IPv4Address) else socket.AF_INET6

    @property
    def name(self) -> tuple[str, int] | tuple[str, int, int, int]:
        """How sockets are told of it."""
        if isinstance(self.ip, IPv4Address):
            return str(self.ip), self.port
        return str(self.ip), self.port, 0, self.scope

    def __str__(self) -> str:
        """As Rust displays it."""
        if isinstance(self.ip, IPv4Address):
            return f"{self.ip}:{self.port}"
        mapped = self.ip.ipv4_mapped
        number = str(self.ip) if mapped is None else f"::ffff:{mapped}"
        return f"[{number}%{self.scope}]:{self.port}" if self.scope else f"[{number}]:{self.port}"


def endpoint_of(name: Any) -> Endpoint:
    """What a socket of either family calls one of its ends."""
    if len(name) == 2:
        return Endpoint(IPv4Address(name[0]), name[1])
    return Endpoint(IPv6Address(name[0].partition("%")[0]), name[1], name[3])


async def resolved(address: str) -> list[Endpoint]:
    """Where an address leads, in the system's order; raises Refusal, in the words of Rust, where it leads nowhere."""
    numeric = _numeric(address)
    if numeric is not None:
        return [numeric]
    host, colon, port = address.rpartition(":")
    if not colon:
        raise Refusal("invalid socket address")
    number = _port(port)
    if number is None:
        raise Refusal("invalid port value")
    if "\0" in host:
        raise Refusal("file name contained an unexpected NUL byte")
    try:
        found = await looked_up(host)
    except OSError as error:
        raise Refusal(io_words(error)) from None
    if not found:
        raise Refusal("could not resolve to any address")
    return [Endpoint(each.ip, number, each.scope) for each in found]


async def looked_up(host: str) -> list[Endpoint]:
    """The numbers of a name, with port 0; raises OSError.

    The system can't be kept from looking, so that it does so on a thread of its own which nobody has to wait for.
    """
    loop, found = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def tell(answer: list[Endpoint] | OSError) -> None:
        if found.done():
            return
        if isinstance(answer, OSError):
            found.set_exception(answer)
        else:
            found.set_result(answer)

    def look() -> None:
        answer: list[Endpoint] | OSError
        try:
            infos = socket.getaddrinfo(host.encode(), None, type=socket.SOCK_STREAM)
            answer = [endpoint_of(name) for family, _, _, _, name in infos if family in _FAMILIES]
        except OSError as error:
            answer = error
        try:
            loop.call_soon_threadsafe(tell, answer)
        except RuntimeError:
            # The loop was closed meanwhile: nobody waits any more.
            return

    threading.Thread(target=look, name="tcp-lookup", daemon=True).start()
    answer: list[Endpoint] = await found
    return answer


def _numeric(address: str) -> Endpoint | None:
    """What Rust parses as a socket address, without asking the system."""
    number, _, digits = address.rpartition(":")
    port = _port(digits)
    if port is None or digits.startswith("+"):
        return None
    try:
        if matched := _IN_BRACKETS.fullmatch(number):
            scope = int(matched[2] or 0)
            return Endpoint(IPv6Address(matched[1]), port, scope) if scope < 1 << 32 else None
        return Endpoint(IPv4Address(number), port)
    except ValueError:
        return None


def _port(digits: str) -> int | None:
    matched = _PORT.fullmatch(digits)
    return int(matched[1]) if matched and int(matched[1]) <= _LAST_PORT else None


@dataclass(frozen=True, slots=True)
class Limit:
    """What `--allow tcp:HOST[:PORT]` covers: a name or a number, or any host; a port, or any port."""

    host: str | None
    port: int | None

    async def covers(self, asked: str, endpoint: Endpoint) -> bool:
        """Whether an endpoint may be used that was asked for as the host `asked`."""
        if self.port not in (None, endpoint.port):
            return False
        if self.host is None or _same_name(self.host, asked):
            return True
        try:
            number = ip_address(self.host)
        except ValueError:
            try:
                return any(_same_number(each.ip, endpoint.ip) for each in await looked_up(self.host))
            except OSError:
                return False
        return _same_number(number, endpoint.ip)


def limit_of(text: str) -> Limit | None:
    """What a LIMIT means: `HOST` or `HOST:PORT`, an IPv6 number in brackets, `*` for any; None for what is none."""
    host, colon, port = text, "", ""
    if matched := _LIMIT_IN_BRACKETS.fullmatch(text):
        host, colon, port = matched[1], matched[2] or "", matched[3] or ""
        if not _is_ipv6(host):
            return None
    elif not _is_ipv6(text):
        host, colon, port = text.partition(":")
    number = None if port == "*" or not colon else _port(port)
    if not host or "\0" in host or (colon and port != "*" and number is None):
        return None
    return Limit(None if host == "*" else host, number)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


async def within(limits: Iterable[Limit], address: str, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Those of the endpoints that one of the limits covers."""
    asked, known = address.rpartition(":")[0].removeprefix("[").removesuffix("]"), tuple(limits)
    covered = []
    for endpoint in endpoints:
        for limit in known:
            if await limit.covers(asked, endpoint):
                covered.append(endpoint)
                break
    return covered


def _same_name(name: str, other: str) -> bool:
    return name.rstrip(".").casefold() == other.rstrip(".").casefold()


def _same_number(number: Ip, other: Ip) -> bool:
    return _plain(number) == _plain(other)


def _plain(number: Ip) -> Ip:
    mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
    return number if mapped is None else mapped
