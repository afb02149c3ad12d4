"""The reference's serving rule, each part of it stated."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT, Event
from chainview.chain.payload import HostCall, encode_call, encode_host_call, read_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain, linked
from chainview.pack.values import U32, UNIT, String, Value
from chainview.replay.run.serving import ReplayRecordingInterceptor


def host(function: str, input: Value, output: Value, interface: str = "test:x/host") -> tuple[str, bytes]:
    """Type and payload of a recorded host call."""
    return f"{interface}/{function}", encode_host_call(interface, function, input, output)


def replaying(*parts: tuple[str, bytes]) -> tuple[ReplayRecordingInterceptor, StateChain]:
    """The interceptor over these events, with the new chain."""
    chain = StateChain(keep=True)
    return ReplayRecordingInterceptor(list(linked(parts)), chain), chain


def ask(
    replay: ReplayRecordingInterceptor, function: str, input: Value = UNIT, interface: str = "test:x/host"
) -> Value | None:
    """Asks as a guest does: what is answered is recorded."""
    answer = replay.before_import(interface, function, input)
    if answer is not None:
        replay.after_import(interface, function, input, answer)
    return answer


def test_served_by_interface_and_function_in_order() -> None:
    """Each ask gets the next recorded output of that interface and function."""
    replay, _ = replaying(host("a", UNIT, U32(1)), host("a", UNIT, U32(2)))
    assert [ask(replay, "a"), ask(replay, "a"), ask(replay, "a")] == [U32(1), U32(2), None]


def test_the_input_does_not_matter_for_serving() -> None:
    """A record is served whatever its input was."""
    replay, _ = replaying(host("a", String("then"), U32(1)))
    assert ask(replay, "a", String("now")) == U32(1)


def test_the_same_function_of_another_interface_is_another_call() -> None:
    """Only both names together match."""
    replay, _ = replaying(host("a", UNIT, U32(1), "test:y/other"), host("a", UNIT, U32(2)))
    assert ask(replay, "a") == U32(2)


def test_what_is_skipped_is_gone() -> None:
    """The position moves past what it skips: an earlier record of another function is not served any more."""
    replay, _ = replaying(host("a", UNIT, U32(1)), host("b", UNIT, U32(2)), host("a", UNIT, U32(3)))
    assert ask(replay, "b") == U32(2)
    assert ask(replay, "a") == U32(3)
    assert replay.position == 3


def test_events_of_the_module_are_skipped() -> None:
    """wasm events between host calls are passed over."""
    call = (MODULE_EVENT, encode_call(Schema.VALUES, "f", UNIT))
    replay, _ = replaying(call, host("a", UNIT, U32(1)), call, host("a", UNIT, U32(2)))
    assert [ask(replay, "a"), ask(replay, "a")] == [U32(1), U32(2)]


def test_the_input_asked_now_is_recorded_with_the_output_served() -> None:
    """The new chain holds what the actor asked now, so that a changed input shows as another hash."""
    replay, chain = replaying(host("a", String("then"), U32(1)))
    ask(replay, "a", String("now"))
    (event,) = chain.events
    assert read_payload(event.payload) == HostCall("test:x/host", "a", String("now"), U32(1))


def test_an_exhausted_recording_answers_nothing_and_records_nothing() -> None:
    """Without a record there is no answer, and nothing is appended."""
    replay, chain = replaying(host("a", UNIT, U32(1)))
    assert ask(replay, "b") is None
    assert chain.count == 0


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_asking_what_was_recorded_gives_the_recorded_chain(functions: list[str]) -> None:
    """Asking the recorded calls with their inputs in their order makes a chain with the recorded hashes."""
    parts = [host(function, U32(i), U32(i + 1)) for i, function in enumerate(functions)]
    events: list[Event] = list(linked(parts))
    chain = StateChain(keep=True)
    replay = ReplayRecordingInterceptor(events, chain)
    for index, function in enumerate(functions):
        assert ask(replay, function, U32(index)) == U32(index + 1)
    assert list(chain.events) == events


@given(st.lists(st.sampled_from("abc"), max_size=20), st.lists(st.sampled_from("abc"), max_size=20))
def test_the_rule_is_the_one_of_a_naive_model(recorded: list[str], asked: list[str]) -> None:
    """For any recording and any asks: scan on from the position to the next of that name, else all is gone."""
    replay, _ = replaying(*(host(function, UNIT, U32(i)) for i, function in enumerate(recorded)))
    position = 0
    for function in asked:
        rest = recorded[position:]
        wanted = position + rest.index(function) if function in rest else None
        assert ask(replay, function) == (None if wanted is None else U32(wanted))
        position = len(recorded) if wanted is None else wanted + 1
