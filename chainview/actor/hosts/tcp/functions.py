"""The functions of `theater:simple/tcp` for one actor: what each checks, in Theater's order and words, and does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import Refusal, bytes_of
from chainview.actor.hosts.family import Member as FamilyMember
from chainview.actor.hosts.tcp.connections import Connection, Connections, Member, Mode, called
from chainview.actor.hosts.tcp.names import HANDLE_TRANSFER, HANDLER
from chainview.actor.hosts.tcp.streams import PlainStream, Stream
from chainview.actor.hosts.tcp.tls import encrypted, is_server_name, tls_words
from chainview.chain.event import Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.literal.rust_text import quoted
from chainview.pack.values import U32, U64, UNIT, Bool, String, Tuple, Value, bytes_value

_T = TypeVar("_T")

_NUMBER: Final = re.compile(r"\+?0*(\d{1,20})", re.ASCII)
_NONE_KEPT: Final = "Theater keeps no listener to be asked: each calls handle-connection, until its actor ends"
_MODES: Final = {"passive": Mode.PASSIVE, "active": Mode.ACTIVE, "once": Mode.ONCE}


class Functions:
    """Each takes the input of a call and returns what its ok holds; they raise Refusal, and run on the event loop."""

    def __init__(self, connections: Connections, member: Member) -> None:
        self._connections = connections
        self._member = member

    async def connect(self, input: Value) -> Value:
        """Connects to an address; the connection is its actor's at once."""
        address = _text(input)
        endpoints = await self._connections.reachable(self._member, address)
        plain, peer = await self._connections.connect(endpoints)
        stream: Stream = plain
        tls = self._member.tls
        if tls.client is not None and tls.at_once:
            name = address.split(":")[0]
            if not is_server_name(name):
                plain.close()
                raise Refusal(f"Failed to build TLS config: Invalid server name: {name}")
            try:
                stream = await encrypted(plain, tls.client, name)
            except OSError as error:
                raise Refusal(f"TLS handshake failed: {tls_words(error, handshake=True)}") from None
        number = self._connections.next_number()
        self._connections.table[number] = Connection(number, peer, self._member.host.actor_id, stream)
        return String(str(number))

    async def listen(self, input: Value) -> Value:
        """Listens on an address; the actor is called back for each connection."""
        address = _text(input)
        endpoints = await self._connections.reachable(self._member, address)
        return String(str(self._connections.listen(self._member, endpoints)))

    async def accept(self, input: Value) -> Value:
        """Finds no listener, as in Theater, where each one calls its actor back and none is kept to be asked."""
        listener = _text(input)
        _number(listener)
        self._member.host.warn(f"{HANDLER}: {_NONE_KEPT}")
        raise Refusal(f"Listener not found: {listener}")

    async def close_listener(self, input: Value) -> Value:
        """Finds no listener either: it listens until its actor ends."""
        return await self.accept(input)

    async def activate(self, input: Value) -> Value:
        """Takes a pending connection."""
        connection = self._owned(name := _text(input))
        if not connection.pending:
            raise Refusal(f"Connection {name} is already active")
        connection.pending = False
        return UNIT

    async def set_active(self, input: Value) -> Value:
        """Says how the actor is given what the peer sends."""
        name, mode_name = _two_texts(input)
        _number(name)
        mode = _MODES.get(mode_name)
        if mode is None:
            raise Refusal(f"Invalid mode '{mode_name}': expected 'passive', 'active', or 'once'")
        connection = self._owned(name)
        if connection.pending:
            raise Refusal(f"Connection {name} must be activated before setting data mode")
        if connection.mode is mode:
            return UNIT
        if mode is Mode.PASSIVE:
            raise Refusal(f"Cannot switch connection {name} back to passive mode (stream is split)")
        if connection.mode is not Mode.PASSIVE:
            raise Refusal(f"Cannot switch connection {name} between active and once modes")
        if connection.stream is None:
            raise Refusal(f"Connection {name} is closed")
        if connection.split:
            raise Refusal(f"Connection {name} is already in active mode")
        self._connections.read_by_callbacks(self._member, connection, connection.stream, once=mode is Mode.ONCE)
        return UNIT

    async def transfer(self, input: Value) -> Value:
        """Hands a connection to another actor, and waits until that has been called about it."""
        name, target = _two_texts(input)
        _number(name)
        target = _actor(target)
        connection = self._owned(name)
        connection.owner, connection.pending = target, False
        await called(self._living(target).call_back(HANDLE_TRANSFER, String(name), self._transfers()))
        return UNIT

    async def transfer_async(self, input: Value) -> Value:
        """Hands a connection to another actor, which is called about it meanwhile; it is closed where that fails."""
        name, target = _two_texts(input)
        _number(name)
        target = _actor(target)
        living = self._living(target)
        connection = self._owned(name)
        connection.owner, connection.pending = target, False
        response = living.call_back(HANDLE_TRANSFER, String(name), self._transfers())

        async def followed() -> None:
            if not await called(response):
                await self._connections.remove(connection)

        self._connections.begin(self._member, followed())
        return UNIT

    async def peer_address(self, input: Value) -> Value:
        """Where the peer is."""
        return String(str(self._owned(_text(input)).peer))

    async def is_tls(self, input: Value) -> Value:
        """Whether a connection is encrypted."""
        connection = self._owned(name := _text(input))
        if connection.stream is None:
            # Unsettled: of the main branch's text it is only known that this is an error.
            raise Refusal(f"Connection {name} is closed")
        return Bool(connection.encrypted)

    async def send(self, input: Value) -> Value:
        """Sends bytes, and answers how many."""
        name, given = _pair(input, "Expected tuple (id, data)")
        data = bytes_of(given)
        if data is None:
            raise Refusal("Expected list<u8> for data")
        connection = self._taken(name)
        if connection.stream is None:
            raise Refusal(f"Connection {name} is closed")
        await _told(connection.stream.write(data))
        return U64(len(data))

    async def receive(self, input: Value) -> Value:
        """Waits for bytes of the peer; none where that has ended."""
        name, most = _pair(input, "Expected tuple (id, u32)")
        if not isinstance(most, U32):
            raise Refusal("Expected u32")
        connection = self._taken(name)
        if connection.mode is not Mode.PASSIVE:
            raise Refusal(f"Connection {name} is in active mode - data is pushed via on-data callback")
        if connection.stream is None:
            raise Refusal(f"Connection {name} is closed")
        if connection.split:
            raise Refusal(f"Connection {name} read half not available (in active mode)")
        return bytes_value(await _told(connection.stream.read(most.value)))

    async def close(self, input: Value) -> Value:
        """Ends a connection."""
        await self._connections.remove(self._owned(_text(input)))
        return UNIT

    async def upgrade_to_tls_server(self, input: Value) -> Value:
        """Encrypts a connection from now on, as the side that was asked to."""
        name = _text(input)
        _number(name)
        context = self._member.tls.server
        if context is None:
            raise Refusal("server_tls not configured on this handler")
        await self._encrypted(name, lambda plain: encrypted(plain, context), "TLS server handshake failed")
        return UNIT

    async def upgrade_to_tls_client(self, input: Value) -> Value:
        """Encrypts a connection from now on, as the side that asked for it."""
        name, server_name = _two_texts(input)
        _number(name)
        context = self._member.tls.client
        if context is None:
            raise Refusal("client_tls not configured on this handler")
        if not is_server_name(server_name):
            raise Refusal(f"Invalid server name {quoted(server_name)}: invalid dns name")
        await self._encrypted(name, lambda plain: encrypted(plain, context, server_name), "TLS client handshake failed")
        return UNIT

    async def _encrypted(self, name: str, encrypt: Callable[[PlainStream], Awaitable[Stream]], failed: str) -> None:
        connection = self._owned(name)
        if connection.pending:
            raise Refusal(f"Connection {name} must be activated before TLS upgrade")
        if connection.mode is not Mode.PASSIVE:
            raise Refusal(f"Connection {name} must be in passive mode for TLS upgrade")
        if connection.stream is None:
            raise Refusal(f"Connection {name} is closed")
        if connection.split:
            raise Refusal(f"Connection {name} is split; TLS upgrade not supported")
        plain = connection.stream
        if not isinstance(plain, PlainStream):
            raise Refusal(f"Connection {name} is already TLS")
        connection.stream = None
        try:
            connection.stream = await encrypt(plain)
        except OSError as error:
            raise Refusal(f"{failed}: {tls_words(error, handshake=True)}") from None

    def _transfers(self) -> Trigger:
        return self._member.host.trigger(LinkKind.TRANSFER)

    def _living(self, target: str) -> FamilyMember:
        living = self._member.host.family.living(target)
        if living is None:
            raise Refusal("Target actor handle not found")
        return living

    def _owned(self, name: str) -> Connection:
        """The actor's connection of that name; raises Refusal."""
        connection = self._connections.table.get(_number(name))
        if connection is None:
            raise Refusal(f"Connection not found: {name}")
        if connection.owner != self._member.host.actor_id:
            raise Refusal(f"Connection {name} not owned by this actor")
        return connection

    def _taken(self, name: str) -> Connection:
        """The actor's connection of that name, which is not pending; raises Refusal."""
        connection = self._owned(name)
        if connection.pending:
            raise Refusal(f"Connection {name} is pending - call activate() or transfer() first")
        return connection


def target_of(input: Value) -> str | None:
    """The actor that a transfer names; None where it names none."""
    try:
        return _actor(_two_texts(input)[1])
    except Refusal:
        return None


def _text(input: Value) -> str:
    match input:
        case String(text) | Tuple((String(text),)):
            return text
    raise Refusal("Expected string")


def _two_texts(input: Value) -> tuple[str, str]:
    match input:
        case Tuple((String(first), String(second))):
            return first, second
        case Tuple((String(), _)):
            raise Refusal("Expected string for second arg")
        case Tuple((_, _)):
            raise Refusal("Expected string for first arg")
    raise Refusal("Expected tuple (string, string)")


def _pair(input: Value, expected: str) -> tuple[str, Value]:
    match input:
        case Tuple((String(name), given)):
            return name, given
        case Tuple((_, _)):
            raise Refusal("Expected string for id")
    raise Refusal(expected)


def _number(name: str) -> int:
    matched = _NUMBER.fullmatch(name)
    if matched is None or int(matched[1]) >= 1 << 64:
        raise Refusal(f"Invalid id: {name}")
    return int(matched[1])


def _actor(name: str) -> str:
    try:
        return actor_id(name)
    except ValueError as error:
        raise Refusal(f"Invalid actor ID: {error}") from None


async def _told(work: Awaitable[_T]) -> _T:
    """What a stream makes; its error as the actor is told of it."""
    try:
        return await work
    except OSError as error:
        raise Refusal(tls_words(error)) from None
