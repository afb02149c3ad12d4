"""How many functions changed between two builds."""

from __future__ import annotations

import pytest

from chainview.replay.code.changed_functions import changed_functions
from tests.replay.code.modules import assembled, built

THEN = "(func $f (result i32) (i32.const 5)) (func $g (result i32) (i32.const 6))"


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (THEN, 0),
        (THEN.replace("const 5", "const 7"), 1),
        (THEN.replace("const 5", "const 7").replace("const 6", "const 8"), 2),
        (f"{THEN} (func $h (param f64))", 1),
    ],
)
def test_changed_and_new_functions_are_counted(now: str, count: int) -> None:
    """Each function of other code counts once, and each that is new or gone."""
    assert changed_functions(assembled(THEN).module, assembled(now).module) == count
    assert changed_functions(assembled(now).module, assembled(THEN).module) == count


def test_nothing_is_counted_where_that_would_be_a_guess() -> None:
    """Of bytes that are no module, and of builds that can't be laid side by side, nobody knows how many changed."""
    assert changed_functions(b"no module", built().module) is None
    assert changed_functions(built().module, built("refactored").module) is None
    assert changed_functions(built().module, built("changed-argument").module) == 1
