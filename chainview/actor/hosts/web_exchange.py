"""A request to a web server and its response, which may be given up in the middle."""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from errno import EINPROGRESS, EWOULDBLOCK
from typing import Final
from urllib.parse import unquote_to_bytes

from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.web_address import Address, BadAddress
from chainview.pack.cgrf.limits import MAX_BYTES
from chainview.system.errors import ChainviewError
from chainview.system.long_work import GivenUp, wait_for

HANDLER: Final = "http-client"
"""What lets an actor ask web servers."""
_MOST_PLACES: Final = 10
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = 1 << 16
_OF_THE_BODY: Final = frozenset({"transfer-encoding", "content-encoding", "content-type", "content-length"})
_OF_THE_HOST: Final = frozenset({"authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"})


def permission(leave: Leave) -> Callable[[Address], bool]:
    """Whether a host may be reached: it has to be one that the manifest names, and a LIMIT, where there are any."""
    named, limits = leave.settings(HANDLER).get("allowed_hosts"), [each.lower() for each in leave.limits_of(HANDLER)]
    if named is not None and not (isinstance(named, list) and all(isinstance(each, str) for each in named)):
        raise ChainviewError(f'the manifest\'s [[handler]] of type "{HANDLER}" has allowed_hosts that are no texts')
    # Without a list of its own the handler reaches nothing; what the person allows needs none.
    unnamed = HANDLER in leave.limits

    def permits(address: Address) -> bool:
        place = f"{address.host}:{address.port}"
        by_name = unnamed if named is None else address.host in named
        return by_name and (not limits or address.host in limits or place in limits)

    return permits


class ExchangeFailed(Exception):
    """There is no response; what is said is what the reqwest crate says."""


class BodyFailed(ExchangeFailed):
    """The response broke off."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What is asked for; the names of headers are in lower case."""

    method: str
    address: Address
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class WebResponse:
    """What was answered; headers of one name stand where the first of them stood."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def exchange(request: WebRequest, permit: Callable[[Address], None]) -> WebResponse:
    """The response to a request, and to those that it is sent on to, each of which `permit` may raise for.

    It is waited for as `wait_for` does; where that is given up, no socket is left. Raises ExchangeFailed.
    """
    talk, done = _Exchange(), Future[WebResponse]()

    def work() -> None:
        try:
            done.set_result(talk.followed(request, permit))
        except Exception as error:
            done.set_exception(error)

    thread = threading.Thread(target=work, name="http-client", daemon=True)
    thread.start()
    try:
        return wait_for(done)
    except GivenUp:
        talk.give_up()
        # Only the look-up of a name can't be ended, which ends by itself.
        thread.join(1.0)
        raise


class _Exchange:
    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._over = False
        self._lock = threading.Lock()

    def give_up(self) -> None:
        """Ends it, from any thread."""
        with self._lock:
            self._over = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not that of an encrypted socket, which first waits for its peer.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def followed(self, request: WebRequest, permit: Callable[[Address], None]) -> WebResponse:
        """The response of the last place that it is sent on to."""
        for _ in range(_MOST_PLACES):
            permit(request.address)
            response = self._answered(request)
            following = _sent_on(request, response)
            if following is None:
                return response
            request = following
        raise ExchangeFailed(f"error following redirect for url ({request.address.text})")

    def _answered(self, request: WebRequest) -> WebResponse:
        address = request.address
        if address.scheme not in ("http", "https"):
            raise ExchangeFailed(f"builder error for url ({address.text})")
        connection = http.client.HTTPConnection(address.host or "", address.port)
        try:
            connection.sock = self._connected(address)
            _send(connection, request)
            response = connection.getresponse()
            return WebResponse(response.status, _headers(response), _body(response))
        except (OSError, ValueError, http.client.HTTPException):
            # What is no name in the internet's letters is a ValueError.
            raise ExchangeFailed(f"error sending request for url ({address.text})") from None
        finally:
            connection.close()

    def _connected(self, address: Address) -> socket.socket:
        host = (address.host or "").strip("[]")
        failed: OSError = OSError("it has no address")
        for family, kind, protocol, _, place in socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM):
            found = socket.socket(family, kind, protocol)
            try:
                self._hold(found)
                self._connect(found, place)
                if address.scheme == "https":
                    context = ssl.create_default_context()
                    found = context.wrap_socket(found, server_hostname=host, do_handshake_on_connect=False)
                    self._hold(found)
                    found.do_handshake()
            except OSError as error:
                found.close()
                failed = error
            else:
                return found
        raise failed

    def _hold(self, held: socket.socket) -> None:
        with self._lock:
            if self._over:
                raise OSError("it is given up")
            self._socket = held

    def _connect(self, connecting: socket.socket, place: tuple[object, ...]) -> None:
        connecting.setblocking(False)
        code = connecting.connect_ex(place)
        if code in (EINPROGRESS, EWOULDBLOCK):
            while not select.select([], [connecting], [], _LOOK_SECONDS)[1]:
                self._hold(connecting)
            code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        connecting.setblocking(True)


def _send(connection: http.client.HTTPConnection, request: WebRequest) -> None:
    named = {name for name, _ in request.headers}
    connection.putrequest(request.method, request.address.target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers:
        connection.putheader(name, value.encode())
    if request.address.user and "authorization" not in named:
        user, _, password = request.address.user.partition(":")
        secret = b64encode(unquote_to_bytes(user) + b":" + unquote_to_bytes(password))
        connection.putheader("authorization", b"Basic " + secret)
    if "accept" not in named:
        connection.putheader("accept", "*/*")
    if "host" not in named:
        connection.putheader("host", request.address.place)
    if request.body is not None and not named & {"content-length", "transfer-encoding"}:
        connection.putheader("content-length", str(len(request.body)))
    connection.endheaders(request.body)


def _body(response: http.client.HTTPResponse) -> bytes:
    """All of it, no more than a value can hold; raises BodyFailed."""
    pieces, left = list[bytes](), MAX_BYTES
    try:
        while left > 0 and (piece := response.read(min(_PIECE, left))):
            pieces.append(piece)
            left -= len(piece)
    except (OSError, http.client.HTTPException):
        left = 0
    if not left or response.length:
        raise BodyFailed("error decoding response body")
    return b"".join(pieces)


def _headers(response: http.client.HTTPResponse) -> tuple[tuple[str, str], ...]:
    by_name: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        by_name.setdefault(name.lower(), []).append(value.encode("latin-1", "replace").decode("utf-8", "replace"))
    return tuple((name, value) for name, values in by_name.items() for value in values)


def _sent_on(request: WebRequest, response: WebResponse) -> WebRequest | None:
    """What is asked for instead, where the response says so."""
    location = next((value for name, value in response.headers if name == "location"), None)
    if location is None or response.status not in (301, 302, 303, 307, 308):
        return None
    try:
        address = request.address.joined(location)
    except BadAddress:
        return None
    left_out = {"referer", "host"}
    if address.place != request.address.place:
        left_out |= _OF_THE_HOST
    if response.status in (301, 302, 303):
        left_out |= _OF_THE_BODY
        method = request.method if request.method in ("GET", "HEAD") else "GET"
        request = replace(request, method=method, body=None)
    headers = tuple((name, value) for name, value in request.headers if name not in left_out)
    if (request.address.scheme, address.scheme) != ("https", "http"):
        headers += (("referer", request.address.text),)
    return replace(request, address=address, headers=headers)
