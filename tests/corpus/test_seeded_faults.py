"""The whole product on builds with seeded faults: the right place, the right class, the right number of causes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from chainview.replay.align.history import NONE
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from chainview.replay.run.replay import Replay
from tests.corpus.faults import LIMITS, Case, cases, chains, explained, module, recording

pytestmark = pytest.mark.once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of one fault on one chain, and whether it is what must be found."""

    case: Case
    explanation: Explanation

    @property
    def shows(self) -> bool:
        """Whether the fault shows on this chain at all."""
        return bool(self.case.places)

    @property
    def place(self) -> bool:
        """Whether the first mismatch is the right event, in the right call."""
        found, first = self.explanation.first_mismatch, self.case.places[0]
        return found is not None and (found.event, found.call) == (first.event, first.call)

    @property
    def classes(self) -> bool:
        """Whether every cause that was seeded is named rightly, where it begins."""
        causes = {each.event: each.code for each in self.explanation.causes}
        return all(causes.get(place.event) in place.classes for place in self.case.places)

    @property
    def count(self) -> bool:
        """Whether there are as many causes as faults."""
        return len(self.explanation.causes) == self.case.causes

    @property
    def labelled(self) -> bool:
        """Whether every row after the first mismatch has a label that fits it, and the counts add up."""
        explanation = self.explanation
        first = min(row for cause in explanation.causes for row in cause.rows)
        after = [Label(label) for label in explanation.labels[first:]]
        follow = sum(label not in (Label.SAME, Label.CAUSE) for label in after)
        gaps = [
            row
            for row in range(len(explanation.rows))
            if NONE in (explanation.rows.recorded[row], explanation.rows.now[row])
        ]
        return (
            Label.SAME not in after
            and follow == explanation.consequences.total
            and all(explanation.label(row) in (Label.CAUSE, Label.VALUE, Label.STATE) for row in gaps)
        )

    @property
    def blamed(self) -> bool:
        """Whether the module of the recording is said not to make it any more."""
        return self.explanation.control == "diverged"


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Every fault on every chain."""
    return tuple([Outcome(case, explained(case.fault, case.chain)) for case in cases()])


def table(found: tuple[Outcome, ...]) -> str:
    """The columns for people, a line a fault on a chain on which it shows."""
    lines = [f"{'fault':<20}{'chain':<13}{'event':>6} {'code':<5}{'causes':>6}  place class one label"]
    for each in found:
        if not each.shows:
            continue
        first = each.explanation.first_mismatch
        event, code = (first.event, first.code) if first else (0, "-")
        right = (each.place, each.classes, each.count, each.labelled)
        marks = "  ".join(f"{'ok' if mark else 'NO':<4}" for mark in right)
        lines.append(
            f"{each.case.fault:<20}{each.case.chain:<13}{event:>6} {code:<5}{len(each.explanation.causes):>6}  {marks}"
        )
    return "\n".join(lines)


def share(marks: list[bool]) -> float:
    """How many of some marks are set, from 0 to 1."""
    return sum(marks) / len(marks)


def test_faults_are_found_where_they_are_named_for_what_they_are_and_counted_once() -> None:
    """Place 100 %, class and number of causes at least 95 % each, consequences always labelled, never a false blame."""
    found = outcomes()
    print("\n" + table(found))
    shown = [each for each in found if each.shows]
    wrong = [f"{each.case.fault} on {each.case.chain}" for each in shown if not each.place]
    assert not wrong
    assert share([each.classes for each in shown]) >= 0.95
    assert share([each.count for each in shown]) >= 0.95
    assert [each.case for each in shown if not each.labelled] == []
    assert [each.case for each in shown if each.blamed] == []


def test_a_fault_that_does_not_show_is_no_difference() -> None:
    """On a chain on which a faulty build behaves as the correct one nothing is found."""
    quiet = [each for each in outcomes() if not each.shows]
    assert quiet
    assert [each.case for each in quiet if each.explanation.verdict != "identical"] == []


def test_no_replay_reaches_a_host() -> None:
    """Not one host call of the whole corpus was answered by a real host function."""
    assert {each.explanation.live_host_calls for each in outcomes()} == {0}


def test_single_causes_are_told_with_what_was_recorded_and_what_is_now() -> None:
    """Every cause has a sentence, and for a change of values both sides as literals."""
    for each in outcomes():
        for cause in each.explanation.causes:
            assert cause.sentence
            if cause.code in ("C1", "C1a", "C1b", "C6", "C7", "C7a"):
                assert cause.recorded
                assert cause.now
                assert cause.path


@pytest.mark.parametrize("chain", ["short", "errors", "session"])
def test_the_correct_build_makes_its_own_recordings(chain: str) -> None:
    """The control passes: the build that made a chain replays it identically."""
    replay = Replay(recording(chain), module("pricing"), limits=LIMITS).run()
    assert explain(replay).verdict == "identical"


def test_every_chain_has_a_case() -> None:
    """Each recorded chain is used, and some fault shows on each."""
    assert {each.case.chain for each in outcomes() if each.shows} == set(chains())
