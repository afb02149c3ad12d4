"""A replay is run again: by a key, and when its module has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import LoadedModule
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.replay_sources import ReplaySource
from chainview.ui.lines.line import plain
from chainview.ui.replay.replay_screen import ReplayScreen
from chainview.workbench.diff_thread import DiffThread
from chainview.workbench.module_look import ModuleLook
from tests.ui.replay_looks import PRICING, Looked, _shown, look

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


def test_two_chains_are_compared_again(tmp_path: Path) -> None:
    """And it is not said that anything was replayed."""
    short, errors = [str(PRICING / "workloads" / f"{name}.chain") for name in ("short", "errors")]

    async def script(looked: Looked) -> None:
        await looked.until_done()
        before = looked.screen
        await looked.press("r")
        await looked.until(lambda: looked.app.screen is not before)
        screen = looked.app.screen
        assert isinstance(screen, ReplayScreen)
        looked.screen = screen
        await looked.until_done()
        assert "it is compared again, as the chains are now" in looked.said()

    _shown(ReplaySource(lambda: DiffThread(short, errors), "short.chain", Path(short)), (160, 45), script)


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
        screen = looked.screen
        assert "✖ can't be replayed again" in plain(screen._status_line(160))

    look(tmp_path, "changed-field", script)


def test_a_module_that_is_gone_is_said(tmp_path: Path) -> None:
    """Once, and in the status line until there is one again; no replay is run for what is not there."""
    module = tmp_path / "a.wasm"
    module.write_bytes(b"one")

    async def script(looked: Looked) -> None:
        screen, watch = looked.screen, ModuleLook(str(module))
        module.unlink()
        for _ in range(3):
            screen._look_at_module(watch)
        assert f"there is no file {module}; what was replayed before is still shown" in looked.said()
        assert "✖ there is no module now" in plain(screen._status_line(160))
        module.write_bytes(b"one")
        screen._look_at_module(watch)
        assert "✖" not in plain(screen._status_line(160))

    look(tmp_path, "changed-field", script)


def test_what_becomes_of_the_chain_by_its_name_is_said(tmp_path: Path) -> None:
    """A recorded chain that was renamed, replaced or written over stands in the status line, as long as it is so."""
    chain, other = tmp_path / "short.chain", tmp_path / "other.chain"

    async def script(looked: Looked) -> None:
        screen = looked.screen

        async def says(words: str) -> None:
            await looked.until(lambda: words in plain(screen._status_line(160)))

        chain.rename(other)
        await says("✖ the recorded chain was removed or renamed  ")
        chain.write_bytes(b"another")
        await says("✖ the recorded chain was replaced by another file  ")
        other.rename(chain)
        await looked.until(lambda: "✖" not in plain(screen._status_line(160)))
        chain.write_bytes(b"")
        await says("✖ the recorded chain became shorter: open it again  ")

    look(tmp_path, "changed-field", script)
