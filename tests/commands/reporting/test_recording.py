"""What `record` tells at its end."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.returned import CallOutcome
from chainview.chain.files.native.writer import ChainWriter
from chainview.commands.reporting.recording import Recorded, failure_lines, report
from chainview.system.errors import ChainviewError
from tests.actor.running import sample
from tests.actor.session.test_session import session
from tests.waiting import eventually


@given(st.text(), st.text())
def test_no_failure_takes_more_than_a_few_lines_of_a_terminal(reason: str, name: str) -> None:
    """However long the reason of a failed call is, what is told of it is short, and begins and ends as it does."""
    for error in (reason, reason * 500):
        outcome = CallOutcome(f"some:actor/interface.{name}", error=error, reason=error)
        (line,) = failure_lines(outcome)
        assert len(line) < 520
        assert error in line or "…" in line


def test_no_file_is_named_that_does_not_hold_the_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a chain whose file is gone, and that can't be written again, it is told that the file does not hold it."""

    def full(writer: ChainWriter) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ChainWriter, "_written_again", full)
    with session(sample("counter"), tmp_path) as (running, outcomes):
        assert running.wait_quiet(20)
        assert running.chain_path is not None
        running.chain_path.unlink()
        eventually(lambda: running.loss)
    with pytest.raises(ChainviewError, match="can't be written again: no space left on device"):
        report(Recorded(running, [], outcomes, None), as_json=False)
    assert "which s.chain does not hold any more" in capsys.readouterr().err.replace(f"{tmp_path}/", "")
