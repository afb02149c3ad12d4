"""What stands on one side of a call only."""

from __future__ import annotations

import pytest

from chainview.chain.event import Frame
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


@pytest.mark.parametrize(("offset", "count"), [(9, 1), (12, 2)])
def test_one_place_in_the_recorded_code_that_asks_no_more_is_one_cause(offset: int, count: int) -> None:
    """Whatever a line said each time, it is the line that is gone."""
    then = recording(Made("f", steps=[log("new item bolt")]), Made("g", steps=[log("cog is here")]))
    stacks = {1: (Frame("note", offset=9),), 4: (Frame("note", offset=offset),)}
    compared = compare(lay_out(then, recording(Made("f"), Made("g")), 1, in_step=True), stacks=stacks)
    assert [cause.first.code for cause in compared.judged.causes] == ["C4"] * count
