"""Pictures of what goes on beside an actor: a build that failed, and the builds of the session."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import pytest

from chainview.ui.feeds.sources import LiveSource
from chainview.ui.live.live_screen import LiveScreen
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.builder import Builder
from chainview.workbench.rebuilding.suite_run import SuiteRun, SuiteState
from chainview.workbench.rebuilding.workshop import Workshop
from tests.ui.app_driver import Driven, PlayedSession, drive, few_calls
from tests.ui.builds.played import FAILS, listed
from tests.ui.test_snapshots import rows, same_as_kept, settle

pytestmark = pytest.mark.once

SIZES = [(80, 24), (120, 34), (200, 50)]


class PlayedBuilder(Builder):
    """One whose build the test makes up."""

    def start(self) -> None:
        """Watches nothing."""

    def comes_to(self, attempt: Attempt) -> None:
        """The command has said all of it, and ended."""
        self.output.add(FAILS.encode())
        self.output.end()
        self._attempt = attempt


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_failed_build_and_the_list_of_builds_as_text(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pane stands below the chain from the first error on; the list lies over both."""
    monkeypatch.setattr(time, "localtime", time.gmtime)
    (tmp_path / "out.wasm").touch()
    builder = PlayedBuilder("cargo build --release", [], lambda: tmp_path / "out.wasm", folder=tmp_path)
    suite = SuiteRun(tmp_path / "chainview.toml")
    suite._state = SuiteState(3, 200, 200, 2, over=True)
    made = Workshop(lambda told: builder, lambda: suite)
    made.builds = cast("Any", listed())
    session = PlayedSession()

    async def script(driven: Driven) -> None:
        session.record(few_calls(5))
        await driven.flush()
        await settle(driven)
        builder.comes_to(Attempt(2, Stage.FAILED, 3.1, 2, "exit code 101", "error[E0308]: mismatched types", 10**9))
        screen = driven.screen
        assert isinstance(screen, LiveScreen)
        pane = screen.workshop.pane
        assert pane is not None
        await driven.until(lambda: bool(pane.look()) or pane.view.scroll_offset.y > 0)
        screen.unsay()
        await driven.flush()
        screen.unsay()
        await driven.flush()
        same_as_kept(f"build-{size[0]}x{size[1]}.txt", rows(driven))
        await driven.press("V", "j", "space", "j", "space")
        same_as_kept(f"builds-{size[0]}x{size[1]}.txt", rows(driven))

    drive(LiveSource(lambda: session, workshop=made), script, size=size)
