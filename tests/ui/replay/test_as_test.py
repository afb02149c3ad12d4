"""A recorded chain becomes a test by a key on the screen of its replay."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.ui.feeds.replay_sources import ReplaySource
from chainview.workbench.diff_thread import DiffThread
from tests.ui.replay_looks import PRICING, Looked, _shown, look

pytestmark = pytest.mark.once


def test_what_is_replayed_becomes_a_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recording as it is, with the module that recorded it, however the replay went."""
    crate = tmp_path / "crate"
    crate.mkdir()
    monkeypatch.chdir(crate)

    async def script(looked: Looked) -> None:
        await looked.press("ctrl+t")
        assert looked.screen.prompt.input.value == "short"
        await looked.press("enter")
        while looked.screen.slices:
            looked.screen.tick()
        assert "chains/short.chain is a test" in looked.said()[-1]

    look(tmp_path, "changed-argument", script)
    assert (crate / "chains" / "short.chain").read_bytes() == (tmp_path / "short.chain").read_bytes()


def test_a_comparison_is_no_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody made its second chain."""
    monkeypatch.chdir(tmp_path)
    short, errors = [str(PRICING / "workloads" / f"{name}.chain") for name in ("short", "errors")]

    async def script(looked: Looked) -> None:
        await looked.until_done()
        await looked.press("ctrl+t")
        assert "nothing to test" in looked.said()[-1]

    source = ReplaySource(lambda: DiffThread(short, errors), "short.chain", Path(short))
    _shown(source, (160, 45), script)
