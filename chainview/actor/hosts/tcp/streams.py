"""The bytes of a connection, plain or encrypted."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, Protocol, TypeVar

_LARGEST_READ: Final = 16 << 20
_RECORD: Final = 16 << 10

_T = TypeVar("_T")


class Stream(Protocol):
    """What both kinds do; each raises OSError."""

    async def read(self, most: int) -> bytes:
        """At least one byte and at most so many, as soon as there are any; none once the peer has ended."""
        ...

    async def write(self, data: bytes) -> None:
        """Hands all of it to the system."""
        ...

    async def end(self) -> None:
        """Tells the peer that nothing more is written."""
        ...

    def close(self) -> None:
        """Lets go of the socket."""
        ...


class PlainStream:
    """The bytes of a socket as they are."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._reading = asyncio.Lock()

    async def read(self, most: int) -> bytes:
        # Whoever gave its waiting up may be about to end it when the next one comes.
        async with self._reading:
            while True:
                try:
                    return self._socket.recv(min(most, _LARGEST_READ))
                except (BlockingIOError, InterruptedError):
                    # Nothing is taken that nobody gets.
                    await self._readable()

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def end(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._socket, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._socket)


class TlsStream:
    """The bytes of another stream, encrypted; `handshake` comes first."""

    def __init__(self, below: PlainStream, context: ssl.SSLContext, server_name: str | None = None) -> None:
        """The server's side without a server's name."""
        self._below = below
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(
            self._received, self._to_send, server_side=server_name is None, server_hostname=server_name
        )
        self._sending = asyncio.Lock()

    async def handshake(self) -> None:
        """Agrees with the peer on how the rest is encrypted; raises OSError."""
        await self._through(self._session.do_handshake)

    async def read(self, most: int) -> bytes:
        try:
            return await self._through(lambda: self._session.read(min(most, _LARGEST_READ)))
        except ssl.SSLZeroReturnError:
            return b""

    async def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            piece = left[:_RECORD]
            left = left[await self._through(partial(self._session.write, piece)) :]

    async def end(self) -> None:
        # It says that it ends, and does not wait until the peer says so too.
        with suppress(ssl.SSLError):
            self._session.unwrap()
        await self._send()
        await self._below.end()

    def close(self) -> None:
        self._below.close()

    async def _through(self, step: Callable[[], _T]) -> _T:
        """What a step makes once the peer has sent what it needs."""
        while True:
            try:
                made = step()
            except ssl.SSLWantReadError:
                await self._send()
                received = await self._below.read(_RECORD)
                if received:
                    self._received.write(received)
                else:
                    self._received.write_eof()
            except ssl.SSLError:
                # An alert tells the peer what is wrong.
                await self._send()
                raise
            else:
                await self._send()
                return made

    async def _send(self) -> None:
        async with self._sending:
            while self._to_send.pending:
                await self._below.write(self._to_send.read())
