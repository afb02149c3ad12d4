"""What `record` tells at its end."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.returned import CallOutcome
from chainview.chain.files.native.rescue import Loss
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.state_chain import StateChain
from chainview.commands.reporting.recording import Recorded, _whole, failure_lines, report
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

    def full(writer: ChainWriter, loss: Loss) -> None:
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


def test_a_family_names_what_its_folder_does_not_hold(tmp_path: Path) -> None:
    """Chains that had to be written elsewhere are left out of what is told to be in the folder."""

    def actor(folder: Path) -> Any:
        return SimpleNamespace(chain=StateChain(), loss=None, chain_path=folder / "a.chain")

    def told(root: Path, *children: Path) -> str:
        session = actor(root)
        session.family = SimpleNamespace(folder=tmp_path)
        recorded: Any = SimpleNamespace(session=session, children=[actor(each) for each in children])
        return _whole(recorded).replace(str(tmp_path), "FAMILY")

    assert told(tmp_path, tmp_path) == "2 actors, 0 events in the folder FAMILY"
    assert told(Path("kept"), tmp_path) == "2 actors, 0 events in the folder FAMILY, save for 1 chain"
