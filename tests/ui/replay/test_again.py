"""A replay is run again: by a key, and when its module has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import LoadedModule
from chainview.system.errors import ChainviewError
from chainview.ui.replay.replay_screen import ReplayScreen
from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_r_runs_the_replay_again_in_its_place(tmp_path: Path) -> None:
    """Another screen shows the new replay, with the text and the filter that the one before showed."""

    async def script(looked: Looked) -> None:
        before, replay = looked.screen, looked.screen.replay
        await looked.press("d", "enter")
        assert before.panes.active.only_differences
        await looked.press("r")
        await looked.until(lambda: looked.app.screen is not before)
        screen = looked.app.screen
        assert isinstance(screen, ReplayScreen)
        looked.screen = screen
        await looked.until_done()
        assert screen.replay is not replay
        assert screen.progress.explanation is not None
        await looked.until(lambda: screen.panes.active.only_differences)
        assert screen.pane.text == "details"
        assert "it is replayed again, by the module as it is now" in looked.said()

    look(tmp_path, "changed-field", script)


def test_a_module_that_can_not_be_replayed_keeps_the_old_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be begun is told, and the replay before stays on the screen."""

    async def script(looked: Looked) -> None:
        before = looked.screen
        refused = ChainviewError("a.wasm is no WebAssembly module")

        def failing(name: str) -> LoadedModule:
            raise refused

        monkeypatch.setattr("tests.ui.replay_looks.compile_module", failing)
        await looked.press("r")
        await looked.until(lambda: any("is still shown" in said for said in looked.said()))
        assert looked.app.screen is before
        assert f"{refused.sentence}; what was replayed before is still shown" in looked.said()

    look(tmp_path, "changed-field", script)
