"""What the check of a build comes to."""

from __future__ import annotations

import pytest

from chainview.replay.explain.explanation import Verdict
from chainview.replay.run.build_notes import BuildState
from chainview.workbench.build_check import outcome


@pytest.mark.parametrize(
    ("verdict", "blameless", "state"),
    [
        (Verdict.IDENTICAL, False, BuildState.IDENTICAL),
        (Verdict.IDENTICAL, True, BuildState.IDENTICAL),
        (Verdict.ACCEPTED, False, BuildState.ACCEPTED),
        (Verdict.ACCEPTED, True, BuildState.IDENTICAL),
        (Verdict.DIVERGED, False, BuildState.DIVERGED),
        (Verdict.DIVERGED, True, BuildState.IDENTICAL),
        (Verdict.UNUSABLE, False, BuildState.DIVERGED),
        (Verdict.UNUSABLE, True, BuildState.IDENTICAL),
    ],
)
def test_only_a_build_at_fault_for_what_no_rule_accepts_waits(
    verdict: Verdict, blameless: bool, state: BuildState
) -> None:
    """A build goes on by itself unless it differs in what is its own doing and not accepted."""
    assert outcome(verdict, blameless=blameless) is state
