"""The connections and listeners of a family of actors, who owns each, and what calls an actor back about them.

Everything here but `Connections` itself belongs to the thread of its event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Any, Final, TypeVar

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.family import CallbackFailed
from chainview.actor.hosts.interface import Host
from chainview.actor.hosts.tcp.addresses import Endpoint, Limit, limit_of, resolved, within
from chainview.actor.hosts.tcp.names import HANDLE_CONNECTION, HANDLER, ON_CLOSE, ON_DATA
from chainview.actor.hosts.tcp.sockets import Listener, connected
from chainview.actor.hosts.tcp.streams import PlainStream, Stream, TlsStream
from chainview.actor.hosts.tcp.tls import BadTls, Tls, encrypted, tls_of, tls_words
from chainview.pack.values import String, Tuple, Value, bytes_value
from chainview.system.errors import ChainviewError
from chainview.system.event_loop import EventLoop
from chainview.system.long_work import wait_for

_PAST_LIMIT: Final = "Permission denied (os error 13)"
_MOST_READ: Final = 8192
_HANDSHAKE_SECONDS: Final = 10.0
_PARTING_SECONDS: Final = 1.0
"""How long the end of an actor waits until a peer has taken what ends an encrypted connection."""

_T = TypeVar("_T")


class Mode(Enum):
    """How an actor is given what its peer sends."""

    PASSIVE = auto()
    ACTIVE = auto()
    ONCE = auto()


@dataclass(slots=True, eq=False)
class Connection:
    """A connection, which is `pending` until its owner takes it; without a stream it is closed."""

    number: int
    peer: Endpoint
    owner: str
    stream: Stream | None
    pending: bool = False
    mode: Mode = Mode.PASSIVE
    split: bool = False
    """Whether what the peer sends was once given to callbacks; then it can't be asked for any more."""
    reader: Member | None = None
    """The actor whose callbacks are given it now; the socket stays until that ends."""

    @property
    def encrypted(self) -> bool:
        """Whether the bytes are encrypted."""
        return isinstance(self.stream, TlsStream)


@dataclass(slots=True, eq=False)
class Member:
    """An actor of the family: what it may reach, and what runs for it."""

    host: Host
    tls: Tls
    limits: tuple[Limit, ...] | None
    """None where it may reach whatever it asks for."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    listeners: list[tuple[Listener, Callable[[], None]]] = field(default_factory=list)
    """Each with what tells the host that it calls back no more."""


class Connections:
    """What the actors of a family share; each has its number from one counter."""

    def __init__(self) -> None:
        self._events = EventLoop("tcp")
        self._members: dict[str, Member] = {}
        self._lock = threading.Lock()
        self._last = 0
        self.table: dict[int, Connection] = {}

    def member(self, host: Host) -> Member:
        """The actor as a member of the family; what it holds is closed when it ends."""
        with self._lock:
            known = self._members.get(host.actor_id)
            if known is None:
                known = self._members[host.actor_id] = Member(host, _tls(host), _limits(host))
                host.at_end(partial(self._leave, known))
            return known

    def wait(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """What the coroutine returns; it is cancelled once the call that waits for it is given up."""
        running = self._events.run(coroutine)
        try:
            return wait_for(running)
        except BaseException:
            # The call was given up, or the person ended it.
            running.cancel()
            raise

    def _leave(self, member: Member) -> None:
        """Ends what the actor holds; with the last of the family all that is left, and the thread."""
        with self._lock:
            self._members.pop(member.host.actor_id, None)
            if self._events.begun:
                self._events.run(self._closed(member)).result()
            if not self._members:
                self._events.close()

    async def _closed(self, member: Member) -> None:
        for listener, over in member.listeners:
            listener.close()
            over()
        running = tuple(member.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        held = [
            each
            for each in self.table.values()
            if each.owner == member.host.actor_id or each.reader is member or not self._members
        ]
        await asyncio.gather(*map(self.remove, held))

    def next_number(self) -> int:
        """The number of what is opened next."""
        self._last += 1
        return self._last

    async def reachable(self, member: Member, address: str) -> list[Endpoint]:
        """Where an address leads, as far as the actor may go there; raises Refusal."""
        endpoints = await resolved(address)
        if member.limits is None:
            return endpoints
        covered = await within(member.limits, address, endpoints)
        if not covered:
            given = " ".join(f"--allow {HANDLER}:{each}" for each in member.host.leave.limits_of(HANDLER))
            member.host.warn(f"{HANDLER}: what {given} does not cover is refused to the actor")
            raise Refusal(_PAST_LIMIT)
        return covered

    async def connect(self, endpoints: list[Endpoint]) -> tuple[PlainStream, Endpoint]:
        """A connection to the first of the endpoints that takes one; raises Refusal."""
        failed: OSError | None = None
        for endpoint in endpoints:
            try:
                return await connected(endpoint)
            except OSError as error:
                failed = error
        raise Refusal(tls_words(failed or OSError("could not resolve to any address")))

    def listen(self, member: Member, endpoints: list[Endpoint]) -> int:
        """Begins to listen on the first of the endpoints that is free; raises Refusal."""
        failed: OSError | None = None
        for endpoint in endpoints:
            try:
                listener = Listener(endpoint, partial(self._welcome, member))
            except OSError as error:
                failed = error
            else:
                listens = f"listens on {listener.endpoint}"
                member.listeners.append((listener, member.host.expect(listens)))
                member.host.announce(listens)
                return self.next_number()
        raise Refusal(tls_words(failed or OSError("could not resolve to any address")))

    def begin(self, member: Member, work: Coroutine[Any, Any, None], after: Callable[[], None] | None = None) -> None:
        """Lets it run until it is done or the actor ends, be it before it began, and calls `after` then."""
        task = asyncio.get_running_loop().create_task(work)
        member.tasks.add(task)

        def over(task: asyncio.Task[None]) -> None:
            member.tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                member.host.warn(f"chainview itself failed while it served the actor's connections ({error!r})")
            if after is not None:
                after()

        task.add_done_callback(over)

    def read_by_callbacks(self, member: Member, connection: Connection, stream: Stream, *, once: bool) -> None:
        """Gives the actor what the peer sends from now on, or the first of it."""
        connection.split, connection.reader = True, member
        connection.mode = Mode.ONCE if once else Mode.ACTIVE
        expected = member.host.expect(f"reads what {connection.peer} sends")

        def over() -> None:
            connection.reader = None
            if connection.stream is None:
                stream.close()
            expected()

        self.begin(member, self._read(member, connection, stream, once=once), over)

    async def remove(self, connection: Connection) -> None:
        """Ends a connection and forgets it; what the peer does not take in time is not waited for."""
        self.table.pop(connection.number, None)
        stream, connection.stream = connection.stream, None
        if stream is None:
            return
        try:
            async with asyncio.timeout(_PARTING_SECONDS):
                await stream.end()
        except OSError:
            # The peer may have gone.
            pass
        finally:
            if connection.reader is None:
                stream.close()

    def _welcome(self, member: Member, plain: PlainStream, peer: Endpoint) -> None:
        connection = Connection(self.next_number(), peer, member.host.actor_id, None, pending=True)

        def over() -> None:
            if connection.stream is None and connection.reader is None:
                plain.close()

        self.begin(member, self._hand_over(member, connection, plain), over)

    async def _hand_over(self, member: Member, connection: Connection, plain: PlainStream) -> None:
        stream: Stream = plain
        if member.tls.server is not None:
            try:
                async with asyncio.timeout(_HANDSHAKE_SECONDS):
                    stream = await encrypted(plain, member.tls.server)
            except OSError:
                return
        connection.stream = stream
        self.table[connection.number] = connection
        if not await called(member.host.call_back(HANDLE_CONNECTION, Tuple((String(str(connection.number)),)))):
            await self._drop(connection)

    async def _drop(self, connection: Connection) -> None:
        """Forgets a connection without a word to the peer."""
        self.table.pop(connection.number, None)
        stream, connection.stream = connection.stream, None
        if stream is None:
            return
        if connection.reader is None:
            stream.close()
        elif isinstance(stream, PlainStream):
            with contextlib.suppress(OSError):
                await stream.end()

    async def _read(self, member: Member, connection: Connection, stream: Stream, *, once: bool) -> None:
        name, why = String(str(connection.number)), ""
        while not why:
            try:
                data = await stream.read(_MOST_READ)
            except OSError as error:
                why = tls_words(error)
            else:
                why = "" if data else "eof"
                if data:
                    await called(member.host.call_back(ON_DATA, Tuple((name, bytes_value(data)))))
                    if once:
                        connection.mode = Mode.PASSIVE
                        return
        await called(member.host.call_back(ON_CLOSE, Tuple((name, String(why)))))
        await self.remove(connection)


async def called(response: Future[Value]) -> bool:
    """Waits until the actor has answered; whether it did so without failing."""
    try:
        await asyncio.wrap_future(response)
    except CallbackFailed:
        return False
    return True


def _tls(host: Host) -> Tls:
    try:
        return tls_of(host.leave.settings(HANDLER))
    except BadTls as error:
        host.warn(f"the handler tcp of the manifest asks for TLS that can't be had, so that there is none: {error}")
        return Tls()


def _limits(host: Host) -> tuple[Limit, ...] | None:
    """What the person's LIMITs mean; raises ChainviewError for what is none."""
    limits = list[Limit]()
    for text in host.leave.limits_of(HANDLER):
        limit = limit_of(text)
        if limit is None:
            raise ChainviewError(f"--allow {HANDLER}:{text} names no HOST or HOST:PORT, such as 127.0.0.1:8080")
        limits.append(limit)
    return tuple(limits) or None
