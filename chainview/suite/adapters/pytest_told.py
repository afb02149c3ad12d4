"""What is told within a pytest session: what differs, and what is to be known of chains that passed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.serving import Mode
from chainview.system.wording import plural, visible
from chainview.workbench.programs import replay_chain

PROPERTY = "chainview"
"""The property of a report that tells something of its chain."""


def replayed(
    actor: str | Path,
    chain: str | Path,
    *,
    mode: str = "probe",
    timeout: float = 30.0,
    memory: int | None = None,
    state: str | None = None,
    accept: str | Path | None = None,
    recorded_module: str | Path | None = None,
) -> Explanation:
    """The explanation of a replay that passes; fails the test with it otherwise."""
    __tracebackhide__ = True
    found = replay_chain(
        actor,
        chain,
        mode=Mode(mode),
        timeout=timeout,
        memory=memory,
        state=state,
        accept=accept,
        recorded_module=recorded_module,
    )
    if not found.passes:
        pytest.fail(text_of(report_text(found)), pytrace=False)
    return found


def text_of(text: str) -> str:
    """A text of several lines in which nothing drives a terminal."""
    return "\n".join([visible(line) for line in text.split("\n")])


def tell(reporter: pytest.TerminalReporter) -> None:
    """Counts what is told of chains that passed, also where other processes replayed them."""
    told = Counter(
        str(value)
        for report in reporter.stats.get("passed", ())
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY
    )
    for what, count in told.items():
        reporter.write_line(f"chainview: {plural(count, 'chain')} {what}")
