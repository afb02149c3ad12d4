"""`chainview test --update`."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from chainview.commands.reporting.person import AtTerminal
from tests.commands.running import finished_here
from tests.suite.folders import PRICING, suite_by

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    suite_by(PRICING / "faults" / "changed-field.wasm", tmp_path, "limits = { jobs = 1 }")
    shutil.copy(PRICING / "workloads" / "short.chain", tmp_path / "chains")


def test_where_nobody_can_be_asked_it_needs_leave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is replayed; `--yes` accepts, takes no chain, and is of nothing else."""
    before = (tmp_path / "chains" / "short.chain").read_bytes()
    found = finished_here(capsys, "test", "--update")
    assert (found.code, found.out) == (2, "")
    assert "--update --yes accepts all of them" in found.err
    assert finished_here(capsys, "test", "--yes").code == 2
    found = finished_here(capsys, "test", "--update", "--yes", "--json")
    told = json.loads(found.out)
    assert (found.code, told["counts"]) == (0, {"accepted": 1})
    assert "1 difference accepted, in" in found.err
    assert (tmp_path / "chains" / "short.chain").read_bytes() == before
    found = finished_here(capsys, "test", "--last-failed")
    assert (found.code, found.err) == (0, "chainview: none of them failed the last time: all are replayed\n")


def test_a_person_answers_on_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A line at a time, to the end of the input; what is told drives no terminal."""
    monkeypatch.setattr("sys.stdin", io.StringIO("a because\n"))
    person = AtTerminal()
    person.tell("\x1b[2Jx")
    assert [person.ask("well? "), person.ask("well? ")] == ["a because", None]
    assert capsys.readouterr().err == "\\u{1b}[2Jx\nwell? well? "


def test_a_person_at_a_terminal_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """About each difference; what is answered is done."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("a so it is\n"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert finished_here(capsys, "test", "--update").code == 0
    assert 'reason = "so it is"' in (tmp_path / "chains" / "short.chain.accept.toml").read_text()
