"""`theater:simple/message-server-host`: messages, requests and channels between the actors of a family."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from uuid import uuid4

from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import Refusal, bytes_of, result_of
from chainview.actor.hosts.call_queue import CallQueue, NeverMade
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.actor.peer_calls import CLOSE, MESSAGE, OPEN, REQUEST, SEND, new_channel
from chainview.chain.event import Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.values import (
    UNIT,
    Array,
    Bool,
    List,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    types,
)
from chainview.system.long_work import wait_for

NAME = "theater:simple/message-server-host"
_NOT_OPENED, _GONE = "Error opening channel", "channel closed"
_MOST_WAITING = 100
"""Messages that wait for an actor before whoever sends another one has to wait, too."""


@dataclass(frozen=True, slots=True)
class _Channel:
    initiator: str
    target: str


class Router:
    """Who can be sent messages, and the open channels; shared by a family, asked from any thread.

    What is refused raises Refusal with the router's words.
    """

    def __init__(self) -> None:
        self._queues: dict[str, CallQueue] = {}
        self._channels: dict[str, _Channel] = {}
        self._lock = threading.Lock()

    def register(self, id: str, queue: CallQueue) -> None:
        """Lets an actor be sent messages."""
        with self._lock:
            self._queues[id] = queue

    def takes(self, id: str) -> bool:
        """Whether an actor can be sent messages."""
        with self._lock:
            return id in self._queues

    def unregister(self, id: str) -> None:
        """Lets an actor that ends be sent nothing more."""
        with self._lock:
            queue = self._queues.pop(id, None)
        if queue is not None:
            queue.close()

    def send(self, target: str, data: bytes, trigger: Trigger) -> None:
        """Hands a message over, once there is room for it."""
        if not self._queue(target).put(SEND, Tuple((bytes_value(data),)), trigger=trigger):
            raise Refusal(_GONE)

    def request(self, target: str, data: bytes, trigger: Trigger) -> Future[bytes]:
        """Hands a request over; the future has the reply, or fails with Refusal where the actor ends before."""
        reply = Future[bytes]()

        def answered(response: Future[Value]) -> None:
            failure = response.exception()
            if isinstance(failure, NeverMade):
                reply.set_exception(Refusal(_GONE))
            else:
                # Where the call fails Theater replies with nothing, so that nobody waits for ever.
                reply.set_result(b"" if failure else _reply(response.result()))

        request = Tuple((String(str(uuid4())), bytes_value(data)))
        if not self._queue(target).put(REQUEST, request, answered, trigger=trigger):
            raise Refusal(_GONE)
        return reply

    def open(self, target: str, data: bytes, trigger: Trigger) -> Future[str | None]:
        """Asks an actor to take a channel from the trigger's; the future has its id, None where it does not take it."""
        id = new_channel()
        opened = Future[str | None]()

        def answered(response: Future[Value]) -> None:
            if response.exception() is not None:
                opened.set_exception(Refusal(f"{_NOT_OPENED}: Actor didn't respond to channel open: {_GONE}"))
                return
            accepted = _accepts(response.result())
            if accepted:
                with self._lock:
                    self._channels[id] = _Channel(trigger.actor, target)
            opened.set_result(id if accepted else None)

        queue = self._queues.get(target)
        if queue is None:
            raise Refusal(f"{_NOT_OPENED}: Actor not found: Actor({target})")
        if not queue.put(OPEN, Tuple((String(id), bytes_value(data))), answered, trigger=trigger):
            raise Refusal(f"Failed to receive response: {_GONE}")
        return opened

    def send_on(self, channel_id: str, data: bytes, trigger: Trigger) -> None:
        """Hands a message over to the other end of a channel."""
        with self._lock:
            channel = self._channels.get(channel_id)
        other = _other_end(channel, channel_id, trigger.actor)
        queue = self._queues.get(other)
        if queue is None:
            raise Refusal(f"Recipient actor not found: {other}")
        if not queue.put(MESSAGE, Tuple((String(channel_id), bytes_value(data))), trigger=trigger):
            raise Refusal(_GONE)

    def close(self, channel_id: str, trigger: Trigger) -> None:
        """Ends a channel, which the other end is told. As in Theater, one who has no part in it ends it, too."""
        with self._lock:
            channel = self._channels.pop(channel_id, None)
        queue = self._queues.get(_other_end(channel, channel_id, trigger.actor))
        if queue is not None:
            queue.put(CLOSE, Tuple((String(channel_id),)), trigger=trigger)

    def _queue(self, target: str) -> CallQueue:
        queue = self._queues.get(target)
        if queue is None:
            raise Refusal(f"Actor not found: {target}")
        return queue


def _other_end(channel: _Channel | None, channel_id: str, sender: str) -> str:
    if channel is None:
        raise Refusal(f"Channel not found: {channel_id}")
    if sender not in (channel.initiator, channel.target):
        raise Refusal("Sender is not a participant in this channel")
    return channel.target if sender == channel.initiator else channel.initiator


def _reply(response: Value) -> bytes:
    """The bytes of a `tuple<option<list<u8>>>`, or nothing for what is none."""
    match response:
        case Result(_, _, True, Tuple() as inner):
            return _reply(inner)
        case Tuple((_, Tuple((option, *_)), *_)) | Tuple((option,)):
            return _option(option)
    return b""


def _option(option: Value) -> bytes:
    match option:
        case Option(_, Array() | List() as data):
            return bytes_of(data) or b""
    return b""


def _accepts(response: Value) -> bool:
    """What a `tuple<channel-accept>` says."""
    match response:
        case Tuple((Tuple((Bool(accepted), *_)), *_)):
            return accepted
        case Tuple((Record() as accept, *_)):
            return accept.get("accepted") == Bool(True)
    return False


def _provide(host: Host) -> Mapping[str, Handler]:
    router = host.family.shared("messages", Router)
    registered = False

    def register(input: Value) -> Value:
        nonlocal registered
        if registered:
            raise Refusal("Already registered")
        registered = True
        router.register(host.actor_id, CallQueue(host, _MOST_WAITING))
        host.at_end(lambda: router.unregister(host.actor_id))
        return UNIT

    def send(input: Value) -> Value:
        target, data = _addressed(input)
        router.send(_id(target), data, host.trigger(LinkKind.SEND))
        return UNIT

    def request(input: Value) -> Value:
        target, data = _addressed(input)
        id = _id(target)
        reply = router.request(id, data, host.trigger(LinkKind.REQUEST))
        with host.awaiting(id):
            return bytes_value(wait_for(reply))

    def list_outstanding_requests(input: Value) -> Value:
        # Theater keeps no ids of requests, so that there are never any to list, to answer or to cancel.
        return List(types.STRING, ())

    def respond_to_request(input: Value) -> Value:
        match input:
            case Tuple((String(id), Array() | List())):
                raise Refusal(f"Request ID not found: {id}")
            case Tuple((String(), _)):
                raise Refusal("Expected list<u8> for data")
            case Tuple((_, _)):
                raise Refusal("Expected string for request_id")
        raise Refusal("Expected tuple (request_id, data)")

    def cancel_request(input: Value) -> Value:
        raise Refusal(f"Request ID not found: {_string(input)}")

    def open_channel(input: Value) -> Value:
        target, data = _addressed(input)
        id = _id(target)
        asked = router.open(id, data, host.trigger(LinkKind.CHANNEL))
        with host.awaiting(id):
            opened = wait_for(asked)
        if opened is None:
            raise Refusal("Channel request rejected")
        return String(opened)

    def send_on_channel(input: Value) -> Value:
        channel, data = _addressed(input)
        router.send_on(_channel(channel), data, host.trigger(LinkKind.MESSAGE))
        return UNIT

    def close_channel(input: Value) -> Value:
        router.close(_channel(_string(input)), host.trigger(LinkKind.CLOSE))
        return UNIT

    answers = {
        "register": register,
        "send": send,
        "request": request,
        "respond-to-request": respond_to_request,
        "cancel-request": cancel_request,
        "open-channel": open_channel,
        "send-on-channel": send_on_channel,
        "close-channel": close_channel,
    }
    return {
        "list-outstanding-requests": list_outstanding_requests,
        **{name: result_of(answer) for name, answer in answers.items()},
    }


def _id(text: str) -> str:
    try:
        return actor_id(text)
    except ValueError as error:
        raise Refusal(f"Failed to parse actor ID: {error}") from None


def _channel(text: str) -> str:
    if not text:
        raise Refusal("Failed to parse channel ID: Channel ID cannot be empty")
    if not text.startswith("ch_"):
        raise Refusal("Failed to parse channel ID: Channel ID must start with 'ch_' prefix")
    return text


def _string(input: Value) -> str:
    match input:
        case String(text) | Tuple((String(text),)):
            return text
    raise Refusal("Expected string")


def _addressed(input: Value) -> tuple[str, bytes]:
    """An address and a message."""
    match input:
        case Tuple((String(address), Array() | List() as data)):
            return address, bytes_of(data) or b""
        case Tuple((String(), _)):
            raise Refusal("Expected list<u8> for message")
        case Tuple((_, _)):
            raise Refusal("Expected string for address")
    raise Refusal("Expected tuple (address, message)")


MESSAGE_SERVER = Interface(
    NAME,
    "message-server",
    functions(
        NAME,
        """
        register: func() -> result<_, string>
        send: func(actor-id: string, msg: list<u8>) -> result<_, string>
        request: func(actor-id: string, msg: list<u8>) -> result<list<u8>, string>
        list-outstanding-requests: func() -> list<string>
        respond-to-request: func(request-id: string, response: list<u8>) -> result<_, string>
        cancel-request: func(request-id: string) -> result<_, string>
        open-channel: func(actor-id: string, initial-msg: list<u8>) -> result<string, string>
        send-on-channel: func(channel-id: string, msg: list<u8>) -> result<_, string>
        close-channel: func(channel-id: string) -> result<_, string>
        """,
    ),
    _provide,
    callbacks=(SEND, REQUEST, OPEN, MESSAGE, CLOSE),
)
