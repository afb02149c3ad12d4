"""What a person sends an actor in the place of a peer."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused, Export, exports_of, messages_of, parse_call
from chainview.actor.manifest import Target
from chainview.actor.peer_calls import CLOSE, MESSAGE, OPEN, REQUEST, SEND, spelled
from chainview.actor.returned import CallOutcome
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.payload import Call, read_payload
from chainview.pack.values import UNIT, String, Tuple, Value, bytes_value
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.reference import reference_file


def handling(folder: Path, *symbols: str, **others: Value) -> tuple[Export, ...]:
    """The messages of a module that exports these handlers."""
    guest = Guest()
    for symbol in symbols:
        guest.returning(symbol, UNIT)
    for name, value in others.items():
        guest.returning(name, value)
    return messages_of(load_module(guest.written(folder)))


ALL = (SEND, REQUEST, OPEN, MESSAGE, CLOSE)


def test_what_a_module_handles_can_be_sent(tmp_path: Path) -> None:
    """Each handler has its word, but where an export has that name itself."""
    assert [each.name for each in handling(tmp_path, *ALL)] == [
        "send",
        "request",
        "channel",
        "channel-send",
        "channel-close",
    ]
    assert [each.name for each in handling(tmp_path, SEND, REQUEST, send=UNIT)] == ["request"]
    assert handling(tmp_path, "f") == ()


@pytest.mark.parametrize(
    ("text", "symbol", "params"),
    [
        ('send("hi")', SEND, (bytes_value(b"hi"),)),
        ("send([0u8, 255u8])", SEND, (bytes_value(b"\x00\xff"),)),
        ('send("grüß")', SEND, (bytes_value("grüß".encode()),)),
        ('channel-send("ch_1", "hi")', MESSAGE, (String("ch_1"), bytes_value(b"hi"))),
        ('channel-close("ch_1")', CLOSE, (String("ch_1"),)),
    ],
)
def test_a_message_is_handed_over_as_theaters_handler_does(
    tmp_path: Path, text: str, symbol: str, params: tuple[Value, ...]
) -> None:
    """A text is its bytes in UTF-8."""
    request = parse_call(text, handling(tmp_path, *ALL))
    assert (request.symbol, request.params, request.is_message) == (symbol, Tuple(params), True)


@pytest.mark.parametrize(
    ("plain", "call"),
    [
        ("send hello there", 'send("hello there")'),
        ("  send hello (there)  ", 'send("hello (there)")'),
        ('send "two\\nlines"', 'send("two\\nlines")'),
        ("send hex:00ff", "send([0u8, 255u8])"),
        ("channel-send ch_1 more (of it)", 'channel-send("ch_1", "more (of it)")'),
        ("channel-close ch_1", 'channel-close("ch_1")'),
    ],
)
def test_a_message_may_be_typed_in_plain_words(tmp_path: Path, plain: str, call: str) -> None:
    """As a file of messages has it, which in turn may hold calls."""
    exports = handling(tmp_path, *ALL)
    assert parse_call(plain, exports) == parse_call(call, exports)
    assert parse_call(spelled(plain.strip()), exports) == parse_call(spelled(call), exports)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("send hex:0", "hex: is followed by an even number of hexadecimal digits: send(message: list<u8>)"),
        ('send "open', "send(message: list<u8>)"),
        ("request hello", "the actor takes no request: it exports no theater:simple/message-server-client.handle-req"),
        ("sned hello", "the module exports no sned hello: did you mean send?"),
        ("f 5", "the call f needs brackets: f(…)"),
        ("send", "the call send needs brackets: send(message: list<u8>)"),
    ],
)
def test_what_is_not_sent_in_plain_words_says_what_to_type(tmp_path: Path, text: str, says: str) -> None:
    """Nothing is recorded of it."""
    guest = Guest().returning(SEND, UNIT).returning("f", UNIT)
    loaded = load_module(guest.written(tmp_path))
    with pytest.raises(CallRefused) as refused:
        parse_call(text, (*exports_of(loaded), *messages_of(loaded)))
    assert says in refused.value.sentence


@pytest.mark.parametrize(("text", "symbol"), [('request("hi")', REQUEST), ('channel("hi")', OPEN)])
def test_a_request_and_a_channel_have_ids_of_their_own(tmp_path: Path, text: str, symbol: str) -> None:
    """Each time another one, in front of the bytes."""
    exports = handling(tmp_path, *ALL)
    first, second = (parse_call(text, exports) for _ in range(2))
    assert first.symbol == symbol
    assert first.params.items[1:] == second.params.items[1:] == (bytes_value(b"hi"),)
    assert first.params.items[0] != second.params.items[0]


@pytest.mark.parametrize("text", ["send()", "send(5u32)", 'channel-send("hi")', 'send("a", "b")'])
def test_what_is_no_message_is_refused(tmp_path: Path, text: str) -> None:
    """With what can be sent."""
    with pytest.raises(CallRefused, match=r"message: list<u8>"):
        parse_call(text, handling(tmp_path, *ALL))


def test_no_message_reaches_an_actor_that_has_not_registered(tmp_path: Path) -> None:
    """The person is told so, and nothing is recorded."""
    guest = Guest().returning(INIT, UNIT).returning(SEND, UNIT)
    outcomes: list[CallOutcome] = []
    options = Options(Target(guest.written(tmp_path), "a"), output=tmp_path / "a.chain", calls=('send("hi")',))
    session = Session(options, outcomes.append)
    session.start()
    assert session.wait_quiet(60)
    events = session.chain.count
    session.close()
    assert "has not registered" in outcomes[-1].reason
    assert events == 2


def test_messages_are_recorded_as_the_reference_records_them(tmp_path: Path) -> None:
    """An exchange with Theater's own test actor has the bytes of the reference's recording, up to the random id."""
    folder = reference_file("lab/families/replay/replay.toml").parent
    target = Target(folder / "replay_test_actor.wasm", "replay")
    calls = ('send("hello")', 'request("ping")')
    session = Session(Options(target, output=tmp_path / "r.chain", calls=calls))
    seen = session.chain.subscribe()
    session.start()
    assert session.wait_quiet(60)
    session.close()
    events = [item[0] for item in seen.take(100) if isinstance(item, tuple)]
    assert events[12].hash.hex().startswith("f5a083b")
    asked = read_payload(events[13].payload)
    assert isinstance(asked, Call)
    assert asked.function == REQUEST
