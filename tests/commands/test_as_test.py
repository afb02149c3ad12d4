"""`chainview record --as-test`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chainview.suite.settings import FILE
from tests.actor.running import sample
from tests.commands.running import chainview, finished_here

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(sample("counter"), tmp_path)


def test_a_recording_is_a_test_in_one_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The chain lies where it would lie without, and in the suite; the next one of that name is refused at once."""
    words = ("record", "counter.wasm", "--call", "increment(5)", "-q", "-o", "c.chain", "--as-test")
    found = finished_here(capsys, *words, "one", "--description", "five more")
    assert found.code == 0
    assert "chains/one.chain is a test of" in found.err
    assert (tmp_path / "chains" / "one.chain").read_bytes() == (tmp_path / "c.chain").read_bytes()
    assert 'description = "five more"' in (tmp_path / FILE).read_text()
    found = finished_here(capsys, *words, "one")
    assert (found.code, found.out) == (2, "")
    assert "one.chain exists already" in found.err
    found = finished_here(capsys, *words, "two", "--force", "--json")
    assert (found.code, json.loads(found.out)["test"]) == (0, "chains/two.chain")
    found = finished_here(capsys, "test")
    assert (found.code, "2 passed: 2 chains" in found.out) == (0, True)


def test_what_cant_become_a_test_is_told_and_recorded_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain is kept; a name that can be none is told before anything runs."""
    (tmp_path / "chains").touch()
    found = finished_here(capsys, "record", "counter.wasm", "-q", "-o", "c.chain", "--as-test", "one")
    assert (found.code, (tmp_path / "c.chain").exists()) == (2, True)
    assert "can't make the folder" in found.err
    found = finished_here(capsys, "record", "counter.wasm", "-q", "-o", "d.chain", "--as-test", "../one")
    assert (found.code, (tmp_path / "d.chain").exists()) == (2, False)
    found = finished_here(capsys, "record", "counter.wasm", "--description", "x")
    assert (found.code, "--as-test NAME makes one" in found.err) == (2, True)


def test_a_call_that_fails_is_a_test_too(tmp_path: Path) -> None:
    """The exit code tells of the call, and the suite has the chain."""
    found = chainview(tmp_path, "record", str(sample("faulty")), "--call", "trap()", "-q", "--as-test", "trap")
    assert found.code == 1
    assert (tmp_path / "chains" / "trap.chain").exists()
    assert chainview(tmp_path, "test").code == 0
