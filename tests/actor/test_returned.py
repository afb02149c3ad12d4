"""How a returned Value is split into the next state and the response."""

from __future__ import annotations

import pytest

from chainview.actor.returned import Refused, Returned, read_returned
from chainview.pack.values import S32, UNIT, Record, Result, String, Tuple, Value, Variant, types

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
