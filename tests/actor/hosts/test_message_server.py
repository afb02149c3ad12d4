"""Messages, requests and channels between actors."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.registry import message_server
from chainview.actor.hosts.registry.message_server import MESSAGE_SERVER, Router
from chainview.actor.peer_calls import CLOSE, MESSAGE, OPEN, REQUEST, SEND
from chainview.chain.event import OUTSIDE, Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.values import (
    UNIT,
    Bool,
    List,
    Record,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    none,
    some,
    types,
)
from tests.actor.hosts.relatives import Relative, Relatives
from tests.actor.hosts.test_registry import err, ok
from tests.waiting import eventually

NOBODY = "550e8400-e29b-41d4-a716-446655440000"
HI = bytes_value(b"hi")


class Peers:
    """Two actors that take messages, each with its functions."""

    def __init__(self) -> None:
        self.family = Relatives()
        self.one, self.other = self.family.grown(), self.family.grown()
        self.asks, self.others = (dict(MESSAGE_SERVER.provide(each.host)) for each in (self.one, self.other))
        for functions in (self.asks, self.others):
            assert functions["register"](UNIT) == ok(UNIT)

    def to_other(self, data: bytes = b"hi") -> Value:
        """What `send` and `request` are given."""
        return Tuple((String(self.other.actor_id), bytes_value(data)))


@pytest.fixture
def peers() -> Peers:
    """Two registered actors of one family."""
    return Peers()


def meanwhile(ask: Callable[[], Value]) -> Callable[[], Value]:
    """Asks on another thread; what is returned waits for the answer."""
    answers = list[Value]()
    thread = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    thread.start()

    def answer() -> Value:
        thread.join(60)
        return answers[0]

    return answer


def next_call(actor: Relative, function: str) -> tuple[Value, Callable[[Value], None]]:
    """What an actor is called with next, and what answers it."""
    eventually(lambda: len(actor.host.mailbox) == 1)
    call = actor.next_call()
    assert call.function == function
    return call.params, call.answer


def opened(peers: Peers) -> Value:
    """A channel from one to the other."""
    answer = meanwhile(lambda: peers.asks["open-channel"](peers.to_other()))
    (params, accept) = next_call(peers.other, OPEN)
    accept(Tuple((Record("channel-accept", (("accepted", Bool(True)), ("message", none(types.list_of(types.U8))))),)))
    result = answer()
    assert isinstance(params, Tuple)
    assert result == ok(params.items[0])
    return params.items[0]


def test_each_call_tells_which_host_call_brought_it_about(peers: Peers) -> None:
    """By the number that its event will have: nothing else is recorded before that."""
    peers.one.chain.append("wasm", b"")
    peers.asks["send"](peers.to_other(b"a"))
    handled = peers.other.next_call()
    assert handled.trigger == Trigger(LinkKind.SEND, peers.one.actor_id, 2)
    handled.answer(UNIT)
    channel = opened(peers)
    peers.others["send-on-channel"](Tuple((channel, HI)))
    peers.others["close-channel"](channel)
    sent = peers.one.next_call()
    sent.answer(UNIT)
    triggers = [sent.trigger, peers.one.next_call().trigger]
    assert triggers == [Trigger(kind, peers.other.actor_id, 1) for kind in (LinkKind.MESSAGE, LinkKind.CLOSE)]


def test_a_message_is_handled_when_the_turn_comes(peers: Peers) -> None:
    """The sender does not wait; who gets it is called with the bytes in a tuple, one message after the other."""
    assert peers.asks["send"](peers.to_other(b"a")) == ok(UNIT)
    assert peers.asks["send"](peers.to_other(b"b")) == ok(UNIT)
    for data in (b"a", b"b"):
        params, answer = next_call(peers.other, SEND)
        assert params == Tuple((bytes_value(data),))
        answer(UNIT)


@pytest.mark.parametrize(
    ("response", "reply"),
    [
        (Tuple((some(bytes_value(b"yes")),)), b"yes"),
        (Tuple((none(types.list_of(types.U8)),)), b""),
        (Tuple((UNIT, Tuple((some(bytes_value(b"yes")),)))), b"yes"),
        (Result(types.STRING, types.STRING, True, Tuple((UNIT, Tuple((some(HI),))))), b"hi"),
        (String("yes"), b""),
        (some(HI), b""),
    ],
)
def test_a_request_waits_for_the_reply(peers: Peers, response: Value, reply: bytes) -> None:
    """It is handled with an id of its own; a response that holds no bytes is an empty reply, as in Theater."""
    answer = meanwhile(lambda: peers.asks["request"](peers.to_other()))
    params, respond = next_call(peers.other, REQUEST)
    assert isinstance(params, Tuple)
    assert params.items[1] == HI
    respond(response)
    assert answer() == ok(bytes_value(reply))


def test_a_request_whose_handling_fails_has_an_empty_reply(peers: Peers) -> None:
    """As in Theater, so that nobody waits for ever; one that was not handled before the end is an error."""
    router = peers.family.shared("messages", Router)
    handled, behind = (router.request(peers.other.actor_id, b"hi", OUTSIDE) for _ in range(2))
    peers.other.next_call().fail()
    assert handled.result() == b""
    last = router.request(peers.other.actor_id, b"hi", OUTSIDE)
    peers.other.host.close()
    with pytest.raises(Refusal, match="channel closed"):
        last.result()
    peers.other.host.mailbox.close()
    assert behind.result() == b""
    assert peers.asks["request"](peers.to_other()) == err(f"Actor not found: {peers.other.actor_id}")


def test_a_channel_carries_messages_both_ways(peers: Peers) -> None:
    """Who opened it and who took it send on it; closing it is told to the other end, and then it is gone."""
    channel = opened(peers)
    on = Tuple((channel, HI))
    assert peers.asks["send-on-channel"](on) == ok(UNIT)
    params, answer = next_call(peers.other, MESSAGE)
    assert params == on
    answer(UNIT)
    assert peers.others["send-on-channel"](on) == ok(UNIT)
    next_call(peers.one, MESSAGE)[1](UNIT)
    assert peers.others["close-channel"](channel) == ok(UNIT)
    params, _ = next_call(peers.one, CLOSE)
    assert params == Tuple((channel,))
    assert isinstance(channel, String)
    assert peers.asks["send-on-channel"](on) == err(f"Channel not found: {channel.value}")
    assert peers.asks["close-channel"](channel) == err(f"Channel not found: {channel.value}")


@pytest.mark.parametrize("response", [Tuple((Tuple((Bool(False),)),)), Tuple((Record("channel-accept", ()),)), UNIT])
def test_a_channel_that_is_not_taken_is_refused(peers: Peers, response: Value) -> None:
    """Whatever is no acceptance is none."""
    answer = meanwhile(lambda: peers.asks["open-channel"](peers.to_other()))
    next_call(peers.other, OPEN)[1](response)
    assert answer() == err("Channel request rejected")


def test_a_channel_is_for_its_two_ends(peers: Peers) -> None:
    """A third actor can't send on it; one that closes it is refused, and as in Theater it is closed all the same."""
    channel = opened(peers)
    third = dict(MESSAGE_SERVER.provide(peers.family.grown().host))
    refusal = err("Sender is not a participant in this channel")
    assert third["send-on-channel"](Tuple((channel, HI))) == refusal
    assert third["close-channel"](channel) == refusal
    assert isinstance(channel, String)
    assert peers.asks["send-on-channel"](Tuple((channel, HI))) == err(f"Channel not found: {channel.value}")


def test_the_other_end_of_a_channel_may_be_gone(peers: Peers) -> None:
    """Sending says so; while it is asked to take one, that is an error of opening."""
    channel = opened(peers)
    answer = meanwhile(lambda: peers.asks["open-channel"](peers.to_other()))
    eventually(lambda: len(peers.other.host.mailbox) == 1)
    peers.other.next_call().fail()
    assert answer() == err("Error opening channel: Actor didn't respond to channel open: channel closed")
    peers.other.host.close()
    gone = f"Recipient actor not found: {peers.other.actor_id}"
    assert peers.asks["send-on-channel"](Tuple((channel, HI))) == err(gone)
    gone = f"Error opening channel: Actor not found: Actor({peers.other.actor_id})"
    assert peers.asks["open-channel"](peers.to_other()) == err(gone)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("send", "channel closed"),
        ("request", "channel closed"),
        ("open-channel", "Failed to receive response: channel closed"),
        ("send-on-channel", "channel closed"),
    ],
)
def test_who_waits_for_room_is_told_that_the_other_one_is_gone(
    monkeypatch: pytest.MonkeyPatch, function: str, said: str
) -> None:
    """A message that was held up, as too many waited, can't be handed over once its taker has ended."""
    monkeypatch.setattr(message_server, "_MOST_WAITING", 1)
    peers = Peers()
    channel = opened(peers)
    for _ in range(2):
        assert peers.asks["send"](peers.to_other()) == ok(UNIT)
    input = Tuple((channel, HI)) if function == "send-on-channel" else peers.to_other()
    answer = meanwhile(lambda: peers.asks[function](input))
    queue = peers.family.shared("messages", Router)._queues[peers.other.actor_id]
    eventually(lambda: bool(queue._held_up))
    peers.other.host.close()
    assert answer() == err(said)


def test_an_actor_registers_once() -> None:
    """Before that it gets no messages, and after its end neither."""
    family = Relatives()
    one, other = family.grown(), family.grown()
    asks, others = dict(MESSAGE_SERVER.provide(one.host)), dict(MESSAGE_SERVER.provide(other.host))
    message = Tuple((String(other.actor_id), HI))
    assert asks["send"](message) == err(f"Actor not found: {other.actor_id}")
    assert others["register"](UNIT) == ok(UNIT)
    assert others["register"](UNIT) == err("Already registered")
    assert asks["send"](message) == ok(UNIT)
    other.host.close()
    assert asks["send"](message) == err(f"Actor not found: {other.actor_id}")


BAD_ID = "Failed to parse actor ID: invalid character: found `x` at 0"
EMPTY, OTHER = "Channel ID cannot be empty", "Channel ID must start with 'ch_' prefix"


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        *[(each, UNIT, "Expected tuple (address, message)") for each in ("send", "request", "open-channel")],
        *[(each, Tuple((UNIT, HI)), "Expected string for address") for each in ("send", "request", "send-on-channel")],
        *[(each, Tuple((String("x"), UNIT)), "Expected list<u8> for message") for each in ("send", "open-channel")],
        *[(each, Tuple((String("x"), HI)), BAD_ID) for each in ("send", "request", "open-channel")],
        ("send-on-channel", Tuple((String(""), HI)), f"Failed to parse channel ID: {EMPTY}"),
        ("send-on-channel", Tuple((String("x"), HI)), f"Failed to parse channel ID: {OTHER}"),
        ("close-channel", String(""), f"Failed to parse channel ID: {EMPTY}"),
        ("close-channel", UNIT, "Expected string"),
        ("close-channel", String("ch_1"), "Channel not found: ch_1"),
        ("send", Tuple((String(NOBODY), HI)), f"Actor not found: {NOBODY}"),
        ("respond-to-request", Tuple((String("r"), HI)), "Request ID not found: r"),
        ("respond-to-request", Tuple((String("r"), UNIT)), "Expected list<u8> for data"),
        ("respond-to-request", Tuple((UNIT, HI)), "Expected string for request_id"),
        ("respond-to-request", UNIT, "Expected tuple (request_id, data)"),
        ("cancel-request", String("r"), "Request ID not found: r"),
        ("cancel-request", Tuple((String("r"),)), "Request ID not found: r"),
        ("cancel-request", UNIT, "Expected string"),
    ],
)
def test_what_can_not_be_done_is_refused_in_the_words_of_the_reference(
    peers: Peers, function: str, input: Value, said: str
) -> None:
    """Each is an err, and nobody is called."""
    assert peers.asks[function](input) == err(said)
    assert not len(peers.other.host.mailbox)


def test_there_are_never_requests_to_list(peers: Peers) -> None:
    """Theater keeps no ids of requests, and answers the list bare."""
    handler: Handler = peers.asks["list-outstanding-requests"]
    assert handler(UNIT) == List(types.STRING, ())
