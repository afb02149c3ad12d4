"""What is made ready to be served by wasm, up to where Python is wanted."""

from __future__ import annotations

from typing import cast

import pytest

from chainview.actor.engine.between.served import Served
from chainview.chain.failure import RETURNED
from chainview.replay.run import ready_calls
from chainview.replay.run.forms import KnownCalls
from chainview.replay.run.ready_calls import ReadyCalls
from chainview.replay.run.recording import Recording
from tests.replay.chains import Made, log, recording

STEPS = [log(f"line {number}") for number in range(40)]


def test_many_wanted_events_of_a_call_are_answered_by_one_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a call ends is looked up once, not at each of its events that Python takes over."""
    asked, plain = list[int](), Recording.comes_back

    def comes_back(made: Recording, end: int) -> bool:
        asked.append(end)
        return plain(made, end)

    monkeypatch.setattr(Recording, "comes_back", comes_back)
    monkeypatch.setattr(ready_calls, "run_core", lambda: None)
    recorded = recording(Made(steps=STEPS), Made(steps=STEPS, error=f"{RETURNED}no"))
    known = cast("KnownCalls", None)
    ready = ReadyCalls(recorded, cast("Served", None), known, goes_on=False, before=range(len(recorded)))
    for call in map(recorded.call, range(2)):
        ready.begin(call)
        for position in range(call.start + 1, call.stop - 1):
            assert not ready.serve(position, 0)
    assert len(asked) == 2
