"""Payloads of the main branch: written as the only public capture has them, and read in every shape they had."""

from __future__ import annotations

from hashlib import sha256

import pytest

from chainview.chain.event import Kind
from chainview.chain.kinds import kind_of
from chainview.chain.lifecycle import (
    SPAWNED,
    STOPPED,
    Cause,
    Lifecycle,
    Turn,
    completed,
    encode_lifecycle,
    failed,
)
from chainview.chain.payload import (
    CallResult,
    HostCall,
    Other,
    encode_call,
    encode_error,
    encode_host_call,
    encode_result,
    read_payload,
    split_host_call,
)
from chainview.chain.schema import Schema, schema_of
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words.report import event_line, event_object
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, Option, Record, Result, String, Tuple, Value, Variant, bytes_value, types

TICK, SELF = "theater:simple/timer.handle-tick", "theater:simple/self"
UNIT_TYPE = types.tuple_of(())
BYTES = types.list_of(types.U8)
NO_BYTES = Option(BYTES, None)
LIFECYCLE = Schema.LIFECYCLE

CAPTURED = {
    "call": (
        encode_call(LIFECYCLE, TICK, String("boom"), 3),
        "37a2c1207ff8abb601f6586260078fedcd7c53204914fdfa84959b114fa48206",
    ),
    "log": (
        encode_host_call(SELF, "log", String("[crash-child] tick — self-terminating"), UNIT, 3, LIFECYCLE),
        "0ed4cb7f0d18ece29a6bcc833ac9a17c0e5312655eae1d2071bc34530be08ac7",
    ),
    "shutdown": (
        encode_host_call(SELF, "shutdown", NO_BYTES, Result(UNIT_TYPE, UNIT_TYPE, True, UNIT), 3, LIFECYCLE),
        "e4ed1ea08cc4e646ddd73773bc4a405951b2ffb323dc4ec5effc91c1efdd2f3d",
    ),
    "result": (
        encode_result(LIFECYCLE, TICK, UNIT, UNIT, 3),
        "3c6fe075b5b4e0972cd9f8e96277e54d8655276818eb5e5922152dc0f08a6e15",
    ),
    "terminated": (
        encode_lifecycle(completed(None)),
        "95bc1298606bdf59f485095777ed013442296eacf7147b4205948107bc708386",
    ),
}


@pytest.mark.parametrize("name", CAPTURED)
def test_payloads_are_those_of_the_public_capture(name: str) -> None:
    """Each of the five payloads that a supervisor of the main branch captured is written byte for byte."""
    payload, digest = CAPTURED[name]
    assert sha256(payload).hexdigest() == digest


def kebab(case: str, tag: int, *held: Value) -> Value:
    """A turn as the main branch wrote it for some days: kebab-case names, and what a case holds bare in it."""
    return Variant("chain-event-payload", "lifecycle", 3, (Variant("actor-lifecycle-event", case, tag, held),))


def ended(case: str, tag: int, *held: Value) -> Value:
    """An end of that shape."""
    return kebab("terminated", 3, Variant("termination-cause", case, tag, held))


SHAPES = [
    (kebab("spawned", 0), SPAWNED),
    (kebab("paused", 1), Lifecycle(Turn.PAUSED)),
    (kebab("resumed", 2), Lifecycle(Turn.RESUMED)),
    (ended("completed", 0, NO_BYTES), completed(None)),
    (ended("failed", 1, String("boom")), failed("boom")),
    (ended("stopped", 2), STOPPED),
    (ended("killed", 3), Lifecycle(Turn.TERMINATED, Cause.KILLED)),
]


@pytest.mark.parametrize(("stored", "said"), SHAPES)
def test_both_shapes_of_a_turn_say_the_same(stored: Value, said: Lifecycle) -> None:
    """A turn with kebab-case names and bare payloads reads like the newest, which is what is written."""
    assert read_payload(encode(stored, 3)) == read_payload(encode(stored, 2)) == said
    assert read_payload(encode_lifecycle(said)) == said


@pytest.mark.parametrize(
    "said", [completed(b"bye"), Lifecycle(Turn.TERMINATED, Cause.PEER_KILLED, String("a-peer")), failed("")]
)
def test_what_an_end_tells_comes_back(said: Lifecycle) -> None:
    """The bytes an actor hands over, an error and a peer are read as they were written."""
    assert read_payload(encode_lifecycle(said)) == said


@pytest.mark.parametrize(
    "stored", [kebab("hibernated", 4), kebab("terminated", 3), ended("vanished", 9), kebab("terminated", 3, UNIT)]
)
def test_a_turn_that_is_not_known_is_shown_as_it_stands(stored: Value) -> None:
    """A turn or a cause of a later release is no error: its value is kept."""
    assert read_payload(encode(stored, 3)) == Other(stored)


def test_the_names_of_both_generations_read_alike() -> None:
    """A result without state, an error and a host call say the same under either generation's names."""
    assert read_payload(encode_result(LIFECYCLE, "f", UNIT, String("x"), 3)) == CallResult("f", None, String("x"))
    assert read_payload(encode_error("f", "why", 3, LIFECYCLE)) == read_payload(encode_error("f", "why"))
    assert read_payload(encode_host_call("a", "b", UNIT, UNIT, 3, LIFECYCLE)) == HostCall("a", "b", UNIT, UNIT)
    assert kind_of("wasm", encode_error("f", "why", 3, LIFECYCLE)) is Kind.ERROR
    assert schema_of(encode_result(LIFECYCLE, "f", UNIT, UNIT, 3)) is LIFECYCLE


@pytest.mark.parametrize("schema", [Schema.VALUES, LIFECYCLE])
@pytest.mark.parametrize("output", [UNIT, Tuple((UNIT,))])
def test_host_calls_are_split_under_either_generations_names(schema: Schema, output: Value) -> None:
    """The packed input and output are found without decoding, where neither holds another value."""
    split = split_host_call("a", "b", encode_host_call("a", "b", String("x"), output, 3, schema))
    assert split == ((encode(String("x"), 3), encode(UNIT, 3)) if output is UNIT else None)


ROWS = [
    (SPAWNED, "spawned"),
    (completed(None), "terminated   Completed"),
    (completed(b"bye"), 'terminated   Completed b"bye"'),
    (failed("it\nbroke"), "terminated   Failed it\\nbroke"),
    (STOPPED, "terminated   Stopped"),
    (Lifecycle(Turn.TERMINATED, Cause.PEER_KILLED, String("p-1")), "terminated   PeerKilled p-1"),
]


def table_of(said: Lifecycle) -> EventTable:
    """A table of one event."""
    table = EventTable()
    for event in linked([(said.turn.value, encode_lifecycle(said))]):
        table.append(event)
    return table


@pytest.mark.parametrize(("said", "row"), ROWS)
def test_a_row_tells_the_turn_and_its_cause(said: Lifecycle, row: str) -> None:
    """The line of a turn holds its name, why the actor ended, and what that tells."""
    assert row in event_line(table_of(said), 0)


def test_the_json_of_an_end_names_its_cause() -> None:
    """The object of an end has the turn, the cause and what it tells under the names that the payload has."""
    found = event_object(table_of(completed(b"x")), 0)
    assert found["kind"] == "other"
    assert found["lifecycle"] == "terminated"
    assert found["cause"] == "Completed"
    assert found["final_state"] == "some<list<u8>>([120u8])"
    assert read_payload(bytes.fromhex(str(found["bytes"]))) == completed(b"x")


def test_records_of_one_field_alone_are_looked_into() -> None:
    """A cause whose record has other fields tells nothing that is known, and is kept as a turn with that cause."""
    record = Record("Failed", (("error", String("x")), ("code", bytes_value(b""))))
    cause = Variant("TerminationCause", "Failed", 1, (record,))
    turn = Variant("ActorLifecycleEvent", "Terminated", 3, (Record("Terminated", (("cause", cause),)),))
    payload = encode(Variant("ChainEventPayload", "Lifecycle", 3, (turn,)), 3)
    assert read_payload(payload) == Lifecycle(Turn.TERMINATED, Cause.FAILED)
