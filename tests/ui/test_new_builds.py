"""New builds on the live screen: what the status line, the tree and the toasts say, and what R does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from rich.cells import cell_len

from chainview.chain.native_entry import Note
from chainview.ui.builds import Builds
from chainview.ui.lines import plain
from chainview.ui.ports import BuildPort
from chainview.ui.sources import LiveSource
from chainview.ui.status import Badge, Figures, status_line
from tests.ui.app_driver import Driven, PlayedSession, drive, few_calls


@dataclass(frozen=True, slots=True)
class PlayedBuild:
    number: int
    state: str
    message: str = ""

    @property
    def text(self) -> str:
        return f"build {self.number}: {self.message or self.state}"


class PlayedWatch:
    """A watch whose builds are the test's."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.told: Callable[[BuildPort], None] = lambda build: None

    def made(self, told: Callable[[BuildPort], None]) -> PlayedWatch:
        self.told = told
        return self

    def start(self) -> None:
        self.done.append("start")

    def take(self) -> None:
        self.done.append("take")

    def close(self) -> None:
        self.done.append("close")


def drive_builds(session: PlayedSession, watch: PlayedWatch, *builds: PlayedBuild, key: str = "") -> list[str]:
    """Runs the app on a session in which these builds come; returns status, footer, toasts and tree."""
    seen: list[str] = []

    async def script(driven: Driven) -> None:
        session.record(few_calls(1))
        await driven.flush()
        for build in builds:
            session.chain.note(
                Note("build", {"build": build.number, "sha256": "00", "state": build.state, "text": build.text})
            )
            watch.told(build)
        await driven.flush()
        if key:
            await driven.press(key)
        tree = driven.screen.chain_tree
        rows = "\n".join([tree.render_line(y).text for y in range(20)])
        seen.extend([driven.line("status"), driven.line("footer"), "\n".join(driven.said()), rows])

    drive(LiveSource(session, watch=watch.made), script)
    return seen


def test_an_identical_build_is_a_divider_and_a_word_in_the_status_line() -> None:
    """It needs no toast and no key; the watch starts once and is closed before the session."""
    session, watch = PlayedSession(), PlayedWatch()
    status, footer, toasts, rows = drive_builds(session, watch, PlayedBuild(2, "identical", "identical, 7 of 7 events"))
    assert "✓ build 2: identical, 7 of 7 events" in status
    assert "── build 2: identical, 7 of 7 events ──" in rows
    assert toasts == ""
    assert "take" not in footer
    assert watch.done == ["start", "close"]
    assert session.done == ["start", "close"]


def test_a_build_that_differs_is_taken_by_its_key() -> None:
    """The first difference stands in the status line, a toast and the footer name the key, R takes the build."""
    watch = PlayedWatch()
    build = PlayedBuild(2, "diverged", "differs at event 2 of 7: another log")
    status, footer, toasts, _ = drive_builds(PlayedSession(), watch, build, key="R")
    assert "≠ build 2: differs at event 2 of 7: another log" in status
    assert "r show where  R take the new build" in footer
    assert toasts == "build 2 differs: r shows where, R takes it"
    assert watch.done == ["start", "take", "close"]


def test_a_broken_build_is_told_with_its_reason() -> None:
    """A toast says why, the status line too, and R then takes nothing."""
    watch = PlayedWatch()
    build = PlayedBuild(3, "broken", "can't be used, build 1 goes on: no memory")
    status, _, toasts, _ = drive_builds(PlayedSession(), watch, build, key="R")
    assert "✖ build 3: can't be used" in status
    assert toasts.splitlines() == [
        "build 3: can't be used, build 1 goes on: no memory",
        "there is no new build that differs",
    ]
    assert watch.done == ["start", "close"]


def test_an_older_build_told_late_changes_nothing() -> None:
    """The check of an older build may end after a newer one is known."""
    watch = PlayedWatch()
    builds = Builds(watch.made)
    assert builds.says == ("", "dim")
    watch.told(PlayedBuild(3, "identical"))
    watch.told(PlayedBuild(2, "diverged", "differs"))
    assert builds.says == ("✓ build 3: identical", "good")
    assert not builds.waits


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_long_difference_leaves_the_rest_of_the_status_line(width: int) -> None:
    """The sentence is cut, and badge, count and soundness stay."""
    figures = Figures(
        name="counter.wasm",
        badge=Badge.LIVE,
        events=2413,
        sound=("chain sound", "good"),
        build=("≠ build 12: " + "differs " * 40, "warn"),
    )
    text = plain(status_line(figures, width))
    assert cell_len(text) <= width
    assert "● LIVE" in text
    assert "2,413 events │ chain sound │ ≠ build 12: differs" in text
