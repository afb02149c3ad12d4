"""Sockets of an event loop: those that connect, and those that listen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

from chainview.actor.hosts.tcp.addresses import Endpoint, endpoint_of
from chainview.actor.hosts.tcp.streams import PlainStream

_BACKLOG: Final = 1024
_PAUSE_SECONDS: Final = 0.1
"""How long a listener that can't accept waits before it tries again."""


async def connected(endpoint: Endpoint) -> tuple[PlainStream, Endpoint]:
    """A connection to an endpoint, and what the system calls the other end; raises OSError."""
    made = socket.socket(endpoint.family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, endpoint.name)
        return PlainStream(made), endpoint_of(made.getpeername())
    except BaseException:
        made.close()
        raise


class Listener:
    """Listens on an endpoint and tells of each connection, until it is closed; raises OSError where it can't begin."""

    def __init__(self, endpoint: Endpoint, told: Callable[[PlainStream, Endpoint], None]) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._socket = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(endpoint.name)
            self._socket.listen(_BACKLOG)
        except BaseException:
            self._socket.close()
            raise
        self.endpoint = endpoint_of(self._socket.getsockname())
        """Where it listens: the port is the one that the system chose, where it was to choose one."""
        self._begin()

    def close(self) -> None:
        """Ends it."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _begin(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            accepted, name = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            # Whoever connected has gone again.
            return
        except OSError:
            # Too many files are open, or the like, and the next moment would be no better.
            self._loop.remove_reader(self._socket)
            self._pause = self._loop.call_later(_PAUSE_SECONDS, self._begin)
            return
        accepted.setblocking(False)
        self._told(PlainStream(accepted), endpoint_of(name))
