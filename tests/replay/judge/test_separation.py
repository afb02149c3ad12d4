"""Which change of the code makes a difference is asked, and what a change shows of itself is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chainview.pack.values import String
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import Side
from chainview.replay.changes.leaves import Leaf
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait
from chainview.replay.judge.ledger import KnownCause, Ledger
from chainview.replay.judge.separation import CallSeparation, Separation
from tests.replay.chains import recording


def made(code: Code, now: str = "") -> Difference:
    """What a build makes at one place."""
    found = (Leaf("input", String("recorded"), String(now)),) if now else ()
    signs = frozenset({Sign(Trait.INPUT, (now,))})
    export = "sell"
    return Difference(
        code, (7,), 7, 5, export, export if code is Code.FAILURE else "log", "", leaves=found, signs=signs
    )


class Changes:
    """Changes of which each makes this alone in calls, by their numbers; `others` is what all but one make."""

    answers_alike, is_one, is_one_helper, is_used_up = True, False, False, False

    def __init__(self, *alone: dict[int, list[Difference]], others: dict[int, list[Difference]] | None = None) -> None:
        self._alone, self._others = alone, others or {}

    @property
    def parts(self) -> int:
        """How many there are."""
        return len(self._alone)

    def alone(self, number: int, part: int) -> list[Difference] | None:
        """What one of them makes in a call."""
        return self._alone[part][number]

    def without(self, number: int, part: int) -> list[Difference] | None:
        """What all others make in it."""
        return self._others.get(part)

    def is_small(self, part: int) -> bool:
        """Each has one cause."""
        return True

    def differences(self, number: int) -> list[Difference] | None:
        """No call is made alone."""
        return None

    def repeats(self, number: int, now: Side, number_now: int) -> bool | None:
        """Nor from another state."""
        return None


def separation(*alone: dict[int, list[Difference]], others: dict[int, list[Difference]] | None = None) -> Separation:
    """What tells such changes apart, of which nothing is known yet."""
    return Separation(Ledger(Alignment(), Side(recording()), 0), Changes(*alone, others=others))


def shown(asked: Separation, call: int, found: Sequence[Difference]) -> list[int]:
    """The changes that have a share in what a call makes."""
    return [share.part for share in asked.shares(call, found)]


GONE, RUBBISH = made(Code.MISSING_CALL), made(Code.OTHER_ARGUMENT, "rubbish")


def test_a_change_that_ended_a_call_as_no_other_does_is_nothing_by_itself_in_any_call() -> None:
    """Half of an edit that was seen to be no program is no cause where it happens to be one."""
    half, rest = {1: [made(Code.FAILURE)], 2: [RUBBISH]}, {1: [GONE], 2: [GONE]}
    others = {0: [GONE], 1: [RUBBISH]}
    assert shown(separation(half, rest, others=others), 2, [GONE]) == [0, 1]
    asked = separation(half, rest, others=others)
    assert shown(asked, 1, [GONE]) == [1]
    assert 0 not in shown(asked, 2, [GONE])


def test_a_difference_is_made_by_the_change_that_makes_just_that() -> None:
    """Where none can be taken back, one that makes something else there is asked only if no other makes this."""
    assert separation({1: [RUBBISH]}, {1: [GONE]}).maker(1, GONE, [GONE]) == 1
    assert separation({1: [GONE]}, {1: [RUBBISH]}).maker(1, GONE, [GONE]) == 0
    assert separation({1: [RUBBISH]}, {1: []}).maker(1, GONE, [GONE]) == 0


def end(**fields: str) -> Difference:
    """How a call ends otherwise, by what stands in some fields of its state."""
    found = [Leaf(f"state.{name}", String("recorded"), String(now)) for name, now in fields.items()]
    return Difference(Code.OTHER_STATE, (9,), 9, 5, "sell", "sell", "", leaves=tuple(found))


@pytest.mark.parametrize(
    ("others", "stays"),
    [
        ([end(name="b")], ["state.name"]),
        ([end(name="c")], []),
        ([RUBBISH, end(name="b")], []),
        ([], []),
        (None, []),
    ],
)
def test_what_stays_once_the_first_cause_is_taken_back_is_another_one(
    others: list[Difference] | None, stays: list[str]
) -> None:
    """It need not be made by one change alone, and is told without what comes of the first cause."""
    last = end(number="a", name="b")
    asked = separation({1: [RUBBISH]}, {1: []}, {1: []}, others={} if others is None else {0: others})
    cause = KnownCause.of(RUBBISH, (7,), 0)
    asked.keep(cause, 0)
    apart = asked.staying(1, last, cause, [RUBBISH, last])
    assert [leaf.path for leaf in (apart.leaves if apart else ())] == stays


def test_a_change_that_makes_a_known_cause_again_makes_no_second_one() -> None:
    """Where nothing told before which change makes a cause, the call that tells shows one cause at one more place."""
    last = replace(end(name="b"), signs=frozenset({Sign(Trait.END, ("", "state.name"))}))
    rows = Alignment()
    rows.add_equal(0, 0, 4)
    ledger = Ledger(rows, Side(recording()), 0)
    ledger.accuse(last, (3,))
    asked = Separation(ledger, Changes({1: [last]}, {1: []}, others={0: [], 1: [last]}))
    assert list(CallSeparation(asked, ledger, 1, [last]).parts()) == [last]
    assert asked.maker_of(ledger.causes[0]) == 0
