"""What `record` tells at its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.returned import CallOutcome
from chainview.commands.reporting.recording import failure_lines


@given(st.text(), st.text())
def test_no_failure_takes_more_than_a_few_lines_of_a_terminal(reason: str, name: str) -> None:
    """However long the reason of a failed call is, what is told of it is short, and begins and ends as it does."""
    for error in (reason, reason * 500):
        outcome = CallOutcome(f"some:actor/interface.{name}", error=error, reason=error)
        (line,) = failure_lines(outcome)
        assert len(line) < 520
        assert error in line or "…" in line
