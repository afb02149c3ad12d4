"""What is said of chains that can't be compared."""

from __future__ import annotations

import pytest

from chainview.chain.files.completeness import Completeness, RecordingState
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Verdict
from chainview.replay.explain.subject import unusable
from tests.replay.chains import HOST, Made, log, recording


@pytest.mark.parametrize(
    ("event", "where", "at", "function"),
    [
        (2, "broken: event 2: damaged", 2, f"{HOST}/log"),
        (3, "broken: event 3: damaged", 3, "wasm"),
        (4, "broken: event 4: damaged", 4, ""),
        (0, "broken: damaged", 1, ""),
    ],
)
def test_what_is_broken_is_named_wherever_it_is(event: int, where: str, at: int, function: str) -> None:
    """Damage in an event, behind the last one, and of the file as a whole: each is said, and nothing of the actor."""
    held = Completeness(RecordingState.DAMAGED, 0, 3, event, "damaged")
    explanation = unusable("probe", recording(Made(steps=[log("a")])).as_far_as(held))
    assert explanation.verdict is Verdict.UNUSABLE
    assert (explanation.recorded_events, explanation.now_events, explanation.same) == (3, 0, 0)
    assert explanation.sentence.endswith(f"{where}; nothing can be said about the actor")
    [cause] = explanation.causes
    assert (cause.code, cause.event, cause.function) == (Code.DAMAGED, at, function)
