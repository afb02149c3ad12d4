"""How a returned Value is split into the next state and the response."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.returned import HandedOn, Refused, Returned, read_response, read_returned
from chainview.chain.payload import encode_result
from chainview.chain.schema import Schema
from chainview.pack.cgrf import EACH_ALONE, SharedValues, decode, encode
from chainview.pack.values import S32, U8, UNIT, Bool, Record, Result, String, Tuple, Value, Variant, types
from chainview.pack.values.unread import Unread, read
from tests.pack import strategies

STATE, ONE, TWO = String("state"), S32(1), S32(2)


def ok(inner: Value) -> Result:
    """An ok with placeholder annotations."""
    return Result(types.STRING, types.STRING, True, inner)


@pytest.mark.parametrize(
    ("value", "state", "response"),
    [
        (ok(Tuple((STATE,))), STATE, UNIT),
        (ok(Tuple((STATE, ONE))), STATE, ONE),
        (ok(Tuple((STATE, ONE, TWO))), STATE, Tuple((ONE, TWO))),
        (ok(STATE), STATE, None),
        (ok(UNIT), UNIT, None),
        (Variant("result", "ok", 0, (Tuple((STATE, ONE)),)), STATE, ONE),
        (Tuple((STATE, ONE)), Tuple((STATE, ONE)), None),
        (Record("r", (("a", ONE),)), Record("r", (("a", ONE),)), None),
        (STATE, STATE, None),
    ],
)
def test_a_result_gives_state_and_response(value: Value, state: Value, response: Value | None) -> None:
    """Only a non-empty tuple inside an ok is split; everything else is the state as a whole."""
    assert read_returned(value) == Returned(state, response)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Result(types.BOOL, types.STRING, False, String("boom")), "Function returned error: boom"),
        (Result(types.BOOL, types.S32, False, S32(7)), "Function returned error: S32(7)"),
        (Variant("result", "err", 1, (String("no"),)), "Function returned error: no"),
        (Variant("result", "err", 1, ()), "Function returned error (no message)"),
        (Variant("other", "third", 2, (ONE,)), "Unexpected result variant tag: 2"),
    ],
)
def test_an_error_keeps_the_text_that_theater_records(value: Value, message: str) -> None:
    """A returned error becomes the message of the wasm-error, byte for byte."""
    assert read_returned(value) == Refused(message)


def returns() -> st.SearchStrategy[Value]:
    """What exports return: pairs, more, fewer, what is no ok, and values of any kind."""
    inner = st.lists(strategies.old_values(), max_size=3).map(lambda items: Tuple(tuple(items)) if items else UNIT)
    return inner.map(ok) | strategies.old_values().map(ok) | inner | strategies.old_values()


@given(st.lists(returns(), min_size=1, max_size=4), st.booleans(), st.booleans(), st.sampled_from(list(Schema)))
def test_what_is_handed_on_is_what_the_encoder_writes(
    outputs: list[Value], is_shared: bool, passes_state: bool, schema: Schema
) -> None:
    """Into the event and into the next call, one call after the other, also where another answered in its place."""
    handed_on = HandedOn(schema, 2, SharedValues() if is_shared else EACH_ALONE)
    for number, output in enumerate(outputs):
        read = handed_on.read(encode(output))
        assert read == output
        given_back = output if number % 3 == 2 else read
        returned = read_returned(given_back) if passes_state else read_response(given_back)
        if isinstance(returned, Refused):
            continue
        written = encode_result(schema, "f", returned.state, returned.response)
        assert handed_on.payload("f", given_back, returned) == written
        handed_on.keep(returned.state, len(written))
        for following in ((), (String("a"),), (output, UNIT)):
            input = Tuple((returned.state, *following))
            assert handed_on.input(input) == encode(input)


@given(
    st.data(),
    st.lists(st.builds(Tuple, st.tuples(strategies.old_values(), strategies.old_values())), min_size=1, max_size=2),
    st.sampled_from([2, 3]),
)
def test_a_pair_like_the_last_but_for_numbers_is_handed_on_unread(
    data: st.DataObject, pairs: list[Value], version: int
) -> None:
    """What it is, its payload and the next input are those of what is read; what is not like it is left to be read."""
    handed_on = HandedOn(Schema.VALUES, version, EACH_ALONE)
    for pair in pairs:
        packed = encode(ok(pair), version)
        assert handed_on.again("g", packed) is None
        output = handed_on.read(packed)
        returned = read_returned(output)
        assert isinstance(returned, Returned)
        handed_on.payload("f", output, returned)
        for _ in range(3):
            changed = bytearray(packed)
            at = data.draw(st.integers(4, len(changed) - 1))
            changed[at] = data.draw(st.integers(0, 255))
            again = handed_on.again("f", bytes(changed))
            if again is None:
                assert bytes(changed) != packed
                continue
            value = decode(changed)
            assert encode(value, version) == changed
            assert kinds(value) == kinds(output)
            unread, payload = again
            expected = read_returned(value)
            assert isinstance(expected, Returned)
            assert payload == encode_result(Schema.VALUES, "f", expected.state, expected.response, version)
            assert unread.response == expected.response
            handed_on.keep(unread.state, len(payload))
            for following in ((), (String("a"),), (pair, UNIT)):
                given_next = Tuple((expected.state, *following))
                assert handed_on.input(Tuple((unread.state, *following))) == encode(given_next, version)
            assert read(unread.state) == expected.state


def kinds(value: Value) -> str:
    """The text of a value in which every number is the same."""
    return re.sub(r"(?<=[USF])(\d+)\([^()]*\)|Flags\([^()]*\)", r"\1(0)", repr(value))


def test_numbers_alone_may_differ_from_the_last_pair() -> None:
    """Then it is unread; a text of the same length, another bool, and another function are not."""
    handed_on = HandedOn(Schema.VALUES, 2, EACH_ALONE)

    def packed(number: int, text: str, *, truth: bool) -> bytes:
        return encode(ok(Tuple((Tuple((S32(number), String(text), Bool(truth))), U8(number)))))

    output = handed_on.read(packed(1, "abc", truth=True))
    returned = read_returned(output)
    assert isinstance(returned, Returned)
    handed_on.payload("f", output, returned)
    again = handed_on.again("f", packed(2, "abc", truth=True))
    assert again is not None
    assert isinstance(again[0].state, Unread)
    assert again[0].response == U8(2)
    assert again[0].state == Tuple((S32(2), String("abc"), Bool(True)))
    assert handed_on.again("f", packed(1, "abd", truth=True)) is None
    assert handed_on.again("f", packed(1, "abc", truth=False)) is None
    assert handed_on.again("f", packed(1, "ab", truth=True)) is None
    assert handed_on.again("g", packed(1, "abc", truth=True)) is None


def test_a_package_returns_a_pair_as_its_response() -> None:
    """It has no state, which the first part of a pair is of an actor."""
    output = ok(Tuple((UNIT, ONE)))
    handed_on = HandedOn(Schema.VALUES, 2, EACH_ALONE)
    read = handed_on.read(encode(output))
    assert handed_on.payload("f", read, Returned(UNIT, read)) == encode_result(Schema.VALUES, "f", UNIT, output)
