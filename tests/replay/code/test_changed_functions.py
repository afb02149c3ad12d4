"""Which functions changed between two builds."""

from __future__ import annotations

import pytest

from chainview.replay.code.changed_functions import changed_functions
from tests.replay.code.modules import assembled, built

THEN = "(func $f (result i32) (i32.const 5)) (func $g (result i32) (i32.const 6))"


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (THEN, ()),
        (THEN.replace("const 5", "const 7"), ("f",)),
        (THEN.replace("const 5", "const 7").replace("const 6", "const 8"), ("f", "g")),
        (f"{THEN} (func $h (param f64))", ("h",)),
        (f"(func (param f64)) {THEN.replace('const 6', 'const 8')}", ("g", "")),
    ],
)
def test_changed_and_new_functions_are_named(now: str, names: tuple[str, ...]) -> None:
    """Each function of other code stands once, and each that is new or gone; those without a name stand last."""
    assert changed_functions(assembled(THEN).module, assembled(now).module) == names
    assert changed_functions(assembled(now).module, assembled(THEN).module) == names


def test_nothing_is_told_where_that_would_be_a_guess() -> None:
    """Of bytes that are no module, and of builds that can't be laid side by side, nobody knows which changed."""
    assert changed_functions(b"no module", built().module) is None
    assert changed_functions(built().module, built("refactored").module) is None
    changed = changed_functions(built().module, built("changed-argument").module)
    assert changed is not None
    assert [name.rpartition("7pricing")[2] for name in changed] == ["5quote5quote"]
