"""What stands on one side of a call only."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, UNIT
from chainview.replay.explain.comparison import compare, lay_out
from chainview.replay.run.ask import UNANSWERABLE, Ask
from tests.replay.chains import HOST, Made, Step, log, recording


@pytest.mark.parametrize(
    ("asked", "code", "function"),
    [("other", "C10", f"{HOST}.other"), ("log", "C3", f"{HOST}.log"), ("ask", "C3", f"{HOST}.log")],
)
def test_what_was_never_answered_is_named_behind_what_was(asked: str, code: str, function: str) -> None:
    """An ask that the recording never answered is the cause, whatever else is made in addition just before it."""
    then = recording(Made(steps=[log("a"), Step("ask", U32(1))]))
    now = recording(Made(steps=[log("a"), log("b")], error=f"WASM execution error: {UNANSWERABLE} {HOST}.{asked}"))
    compared = compare(lay_out(then, now, 2, in_step=True, asks=[Ask(HOST, asked, UNIT, 0, 3)]))
    first = compared.judged.causes[0].first
    assert (first.code, first.function) == (code, function)
    # What is missing in its place only comes with it, and nobody needs to ask further.
    assert (len(compared.judged.causes), compared.judged.untraced) == (1, ())
