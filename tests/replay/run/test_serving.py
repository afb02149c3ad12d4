"""What a replay answers host calls with."""

from __future__ import annotations

from chainview.pack.values import String, Tuple, Value
from chainview.replay.run.serving import _Unused
from tests.replay.chains import Made, log, recording


def test_a_value_of_shared_parts_is_asked_with_at_the_cost_of_its_parts() -> None:
    """What is asked with is looked for among the records as a value: its bytes may be more than a reader takes."""
    value: Value = String("part")
    for _ in range(30):
        value = Tuple((value, value))
    recorded = recording(Made(steps=[log("a")]))
    assert _Unused(recorded, range(len(recorded.table))).take("test:x/host", "other", value) == (None, False)
