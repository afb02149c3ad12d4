"""What a difference inside a call counts as, for every combination of what is known."""

from __future__ import annotations

from itertools import product

import pytest

from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait
from chainview.replay.judge.judge import Ruling, from_recorded_state, in_sequence

AT_ENDS = (Code.OTHER_RESPONSE, Code.OTHER_STATE, Code.FAILURE, Code.LIMIT)
SHAPE = frozenset({Sign(Trait.SHAPE, ("u32→u64",))})
INPUT = frozenset({Sign(Trait.INPUT, ("log",))})


def difference(code: Code, *, follows: bool = False, reshaped: bool = False) -> Difference:
    """A difference of a code in the first call."""
    signs = SHAPE if reshaped else INPUT
    return Difference(code, (3,), 3, 2, "f", "log", "differs", signs=signs, follows=follows)


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("follows", [False, True])
def test_a_difference_is_at_the_end_by_its_code_unless_it_follows(code: Code, follows: bool) -> None:
    """Response, state, failure and limit are how a call ends, but for what is there only because of something else."""
    assert difference(code, follows=follows).at_end == (code in AT_ENDS and not follows)


@pytest.mark.parametrize("code", [Code.OTHER_ARGUMENT, Code.OTHER_ANSWER, *AT_ENDS])
def test_what_a_difference_counts_as_in_sequence(code: Code) -> None:
    """Behind a held cause only the start of another edit is a cause, never an end; an explained one is none at all."""
    for follows, reshaped in product((False, True), repeat=2):
        found = difference(code, follows=follows, reshaped=reshaped)
        for explained, asked, held, answered, elsewhere, known in product((False, True), repeat=6):
            ruling = in_sequence(
                found,
                explained=explained,
                asked_before=asked,
                held=held,
                answered=answered,
                first_elsewhere=elsewhere,
                known=known,
            )
            if follows or explained:
                assert ruling is Ruling.FOLLOWS
            elif code is Code.OTHER_ANSWER and asked:
                assert ruling is Ruling.ANSWERED
            elif reshaped or not (held or answered) or (elsewhere and code not in AT_ENDS):
                assert ruling is Ruling.CAUSE
            else:
                assert ruling is (Ruling.AGAIN if known and not held else Ruling.SUSPECT)


@pytest.mark.parametrize("code", [Code.OTHER_ARGUMENT, Code.OTHER_ANSWER, *AT_ENDS])
@pytest.mark.parametrize(("follows", "reshaped"), list(product((False, True), repeat=2)))
@pytest.mark.parametrize(("held", "elsewhere"), list(product((False, True), repeat=2)))
def test_what_a_difference_counts_as_from_the_recorded_state(
    code: Code, follows: bool, reshaped: bool, held: bool, elsewhere: bool
) -> None:
    """Alone too, an answer and an end behind a held cause are no causes, and what follows never is one."""
    found = difference(code, follows=follows, reshaped=reshaped)
    ruling = from_recorded_state(found, held=held, first_elsewhere=elsewhere)
    if follows or (held and code is Code.OTHER_ANSWER):
        assert ruling is Ruling.FOLLOWS
    elif not held or reshaped or (elsewhere and code not in AT_ENDS):
        assert ruling is Ruling.CAUSE
    else:
        assert ruling is Ruling.SUSPECT
