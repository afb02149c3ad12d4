"""The screen before there is a module."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from chainview.actor.module import ModuleError
from chainview.ui.app import ChainviewApp
from chainview.ui.builds.first_build import FirstBuildScreen
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.widgets.choices import Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.workbench.rebuilding.builder import Builder
from chainview.workbench.rebuilding.workshop import Workshop
from tests.ui.app_driver import ENVIRON, PlayedSession, until

pytestmark = pytest.mark.once


class Refused(PlayedSession):
    """A session of a module that can't be used."""

    def wait_started(self) -> ModuleError:
        return ModuleError("out.wasm is no module")


def source_in(folder: Path, sessions: list[PlayedSession]) -> LiveSource[PlayedSession]:
    """One whose module is built of a source that is bad at first; each session that is begun is the next of these."""
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text("bad")
    error = "echo 'error: it is bad'; echo ' --> src/lib.rs:1:1'"
    command = f"if grep -q bad src/lib.rs; then {error}; exit 1; fi; cp src/lib.rs out.wasm"
    module = folder / "out.wasm"
    made = Workshop(lambda told: Builder(command, [folder / "src"], lambda: module, told, folder))
    return LiveSource(lambda: sessions.pop(0), workshop=made)


def save(folder: Path, text: str) -> None:
    """Saves the source."""
    (folder / "src" / "new").write_text(text)
    os.replace(folder / "src" / "new", folder / "src" / "lib.rs")


def test_what_is_built_first_is_shown_until_an_actor_can_begin(tmp_path: Path) -> None:
    """With its errors, their places and why a module can't be used; then the actor is there, without a key."""
    source = source_in(tmp_path, [Refused(), PlayedSession()])

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, FirstBuildScreen))
            screen = app.screen
            assert isinstance(screen, FirstBuildScreen)
            await until(pilot, lambda: "build failed: 1 error" in screen.lines[0].text)
            await until(pilot, lambda: "error: it is bad" in screen.pane.view.text)
            await until(pilot, lambda: "S open the error" in screen.lines[2].text)
            assert "the actor begins once it is built" in screen.lines[1].text
            await pilot.press("S")
            await until(pilot, lambda: isinstance(app.screen, Choices))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
            await pilot.press("c")
            await until(pilot, lambda: "there is no actor yet" in screen.lines[1].text)
            screen.unsay()
            save(tmp_path, "garbage")
            await until(pilot, lambda: "error: out.wasm is no module" in screen.pane.view.text)
            # All of it stands where it has lines enough, and nothing that is cut stands anywhere.
            await until(pilot, lambda: "can't be used, as is told above" in screen.lines[1].text)
            await until(pilot, lambda: "built, but it can't be used" in screen.lines[0].text)
            save(tmp_path, "good")
            await until(pilot, lambda: app.chain_screen is not None and app.screen is app.chain_screen)

    asyncio.run(run())
    source.close()


def test_it_is_left_by_quitting(tmp_path: Path) -> None:
    """What is built is ended, and nobody waits for it any more."""
    (tmp_path / "src").mkdir()
    command = "echo $$ > begun.new; mv begun.new begun; exec sleep 1000"
    module, begun = tmp_path / "out.wasm", tmp_path / "begun"
    made = Workshop(lambda told: Builder(command, [tmp_path / "src"], lambda: module, told, tmp_path))
    source = LiveSource[PlayedSession](PlayedSession, workshop=made)

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, FirstBuildScreen))
            await until(pilot, begun.exists)
            await pilot.press("q")
            await until(pilot, lambda: not app.is_running)

    asyncio.run(run())
    source.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)
