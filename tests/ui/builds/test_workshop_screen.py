"""Building, the builds of the session and the suite on the screen of a running actor."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from chainview.actor.watch.trouble import WatchTrouble
from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.ui.builds.builds_list import BuildsList
from chainview.ui.builds.suite_box import SuiteBox, suite_lines
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.lines.line import plain
from chainview.ui.live.live_screen import LiveScreen
from chainview.ui.widgets.choices import Choices
from chainview.workbench.build import Build
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.builder import Builder
from chainview.workbench.rebuilding.session_builds import SessionBuild
from chainview.workbench.rebuilding.suite_run import SuiteRun, SuiteState, SuiteTest
from chainview.workbench.rebuilding.workshop import Workshop
from tests.ui.app_driver import Driven, PlayedSession, Script, drive, few_calls
from tests.ui.builds.played import FAILS, listed

pytestmark = pytest.mark.once


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A crate with a module that is younger than its source."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("good")
    (tmp_path / "fails").write_text(FAILS)
    (tmp_path / "out.wasm").write_text("good")
    os.utime(tmp_path / "out.wasm", (2 * 10**9, 2 * 10**9))
    return tmp_path


def workshop(folder: Path, command: str = "", suite: Callable[[], SuiteRun] | None = None) -> Workshop:
    """What fails by what `fails` holds where the source says bad, and else makes the module of it."""
    usual = "if grep -q bad src/lib.rs; then cat fails; exit 101; fi; echo finished; cp src/lib.rs out.wasm"
    module = folder / "out.wasm"
    return Workshop(
        lambda told: Builder(command or usual, [folder / "src"], lambda: module, told, folder),
        suite or (lambda: no_suite()),
    )


def no_suite() -> SuiteRun:
    """There is none."""
    raise ChainviewError("there is no chainview.toml here")


def drive_workshop(made: Workshop | None, script: Script, **options: Any) -> None:
    """Runs the screen of an actor with what goes on beside it."""
    session = PlayedSession()

    async def begin(driven: Driven) -> None:
        session.record(few_calls(1))
        await driven.flush()
        await script(driven)

    drive(LiveSource(lambda: session, workshop=made), begin, **options)


def live(driven: Driven) -> LiveScreen:
    """The screen of the actor."""
    assert isinstance(driven.screen, LiveScreen)
    return driven.screen


def attempt_of(made: Workshop) -> Attempt:
    """The build that runs, or the last one."""
    assert made.builder is not None
    return made.builder.attempt or Attempt(0)


async def built(driven: Driven, made: Workshop, number: int, stage: Stage) -> None:
    """Waits for a build to come to something, and shows it."""
    await driven.until(lambda: attempt_of(made).number >= number and attempt_of(made).stage is stage)
    await driven.flush()


def test_a_build_that_fails_comes_up_at_its_first_error_and_goes_again(folder: Path) -> None:
    """The status line counts its errors, S lists where they stand, and nothing is left of it once one is well."""
    made = workshop(folder)

    async def script(driven: Driven) -> None:
        pane = live(driven).workshop.pane
        assert pane is not None
        assert not pane.display
        (folder / "src" / "lib.rs").write_text("bad")
        await built(driven, made, 1, Stage.FAILED)
        assert "✖ build failed: 2 errors" in driven.line("status")
        assert pane.display
        await driven.until(lambda: pane.view.scroll_offset.y > 0)
        first = pane.view.line(pane.view.scroll_offset.y + 1)
        assert plain(first) == "error[E0308]: mismatched types"
        assert first[0][1] == "bad"
        assert driven.said()[-1] == "build failed: 2 errors; S leads to it, L hides what it said"
        assert "S open the error  L build output" in driven.line("footer")
        await driven.press("S")
        errors = driven.top
        assert isinstance(errors, Choices)
        assert "src/lib.rs:7" in errors.view.text
        assert "error: no such macro" in errors.view.text
        await driven.press("escape")
        (folder / "src" / "lib.rs").write_text("good again")
        await built(driven, made, 2, Stage.BUILT)
        assert not pane.display
        assert driven.said() == []
        assert "✓ built in" in driven.line("status")
        await driven.press("S")
        assert "no stack is known here" in driven.said()[-1]

    drive_workshop(made, script)


def test_the_pane_is_shown_moved_in_and_left_by_keys(folder: Path) -> None:
    """L shows it with the keys, tab gives them back, z gives it all the room, esc hides it."""
    made = workshop(folder, "seq 200")

    async def script(driven: Driven) -> None:
        screen = live(driven)
        pane = screen.workshop.pane
        assert pane is not None
        await screen.act(next(each for each in screen.handlers if each == "build.now"))
        await built(driven, made, 1, Stage.SAME)
        assert not pane.display
        cursor = screen.chain_tree.cursor
        await driven.press("L")
        assert pane.active
        await driven.press("g", "j", "j", "pagedown", "ctrl+d")
        assert pane.view.scroll_offset.y > 3
        await driven.press("ctrl+u", "pageup", "k", "g")
        assert pane.view.scroll_offset.y == 0
        await driven.press("G")
        await driven.until(lambda: pane.view.scroll_offset.y > 100)
        height = pane.outer_size.height
        await driven.press(">")
        await driven.until(lambda: pane.outer_size.height == height + 2)
        await driven.press("<", "z")
        await driven.until(lambda: pane.outer_size.height > 25)
        await driven.press("z", "tab")
        assert not pane.active
        assert screen.chain_tree.cursor == cursor
        await driven.press("g")
        assert screen.chain_tree.cursor == 0
        await driven.press("tab")
        assert screen.details.active
        await driven.press("tab")
        assert pane.active
        assert not screen.details.active
        await driven.press("escape")
        assert not pane.display
        await driven.press("L", "L")
        assert not pane.display

    drive_workshop(made, script)


def test_a_build_that_runs_is_told_and_what_it_says_is_followed(folder: Path) -> None:
    """Line by line, and without what would drive the terminal."""
    waits = "until [ -e {} ]; do sleep 0.02; done"
    said = "printf '\\033[31mfirst\\033[0m \\007\\n'"
    made = workshop(folder, f"{said}; {waits.format('go')}; echo second; {waits.format('on')}")

    async def script(driven: Driven) -> None:
        pane = live(driven).workshop.pane
        assert pane is not None
        await driven.press("L")
        (folder / "src" / "lib.rs").write_text("more")
        await driven.until(lambda: bool(pane.look()) or pane.view.text == "first \\u{7}")
        await driven.flush()
        assert "… building…" in driven.line("status")
        (folder / "go").touch()
        await driven.until(lambda: bool(pane.look()) or pane.view.text == "first \\u{7}\nsecond")
        (folder / "on").touch()
        await built(driven, made, 1, Stage.SAME)
        assert "built in" in driven.line("status")

    drive_workshop(made, script)


def test_what_is_amiss_with_the_watch_is_said_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As that of the module is."""
    monkeypatch.setattr(
        Builder, "trouble", WatchTrouble("looks every second", "the sources are looked at every second")
    )

    async def script(driven: Driven) -> None:
        await driven.flush()
        assert driven.said() == ["the sources are looked at every second"]
        assert "looks every second" in driven.line("status")
        driven.screen.unsay()
        await driven.flush()
        assert driven.said() == []

    drive_workshop(workshop(folder), script)


@pytest.mark.parametrize("made", [None, Workshop(suite=no_suite)])
def test_without_a_command_the_keys_say_what_they_are_for(made: Workshop | None) -> None:
    """And how to have one."""

    async def script(driven: Driven) -> None:
        screen = live(driven)
        await driven.press("L")
        assert "--build CMD" in driven.said()[-1]
        await screen.act(next(each for each in screen.handlers if each == "build.now"))
        assert "--build CMD" in driven.said()[-1]
        await driven.press("V")
        assert driven.said()[-1] == "no build is known here"
        await driven.press("u")
        assert driven.said()[-1:] == ["there is no chainview.toml here"] or made is None

    drive_workshop(made, script)


def test_two_builds_are_marked_and_laid_against_each_other_and_one_is_replayed(folder: Path) -> None:
    """The newest stands first; only what can be replayed is marked, and of three the two that were marked last."""
    made, builds = Workshop(suite=no_suite), listed()
    made.builds = cast("Any", builds)
    builds.let_go = 3

    async def script(driven: Driven) -> None:
        await driven.press("V")
        shown = driven.top
        assert isinstance(shown, BuildsList)
        rows = shown.view.text.split("\n")
        assert [row[2:10].strip() for row in rows[:4]] == ["no build", "build 3", "build 2", "build 1"]
        assert "✖ build failed: 2 errors: error: bad" in rows[0]
        assert "≠ differs at 6: runtime.log, only its number format" in rows[1]
        assert "✓ identical, 7 of 7 events" in rows[2]
        assert "● the first one" in rows[3]
        assert "2.0 kB" in rows[2]
        assert "1 old build can't be replayed: only newer modules are kept" in shown.view.text
        assert "the first 3 builds of this session are not listed any more" in shown.view.text
        await driven.press("space", "j", "space", "space", "space", "j", "space")
        assert "enter compares the two that are marked" in shown.view.text
        await driven.press("enter")
        assert builds.asked == [("2", "3")]
        assert driven.said() == ["those can't be compared"]
        await driven.press("V", "j", "enter")
        assert builds.asked[1:] == [("3",)]
        await driven.press("V", "escape")
        assert len(builds.asked) == 2

    drive_workshop(made, script)


def test_the_list_goes_on_while_it_is_looked_at() -> None:
    """What is gone from it is not marked any more."""
    made, builds = Workshop(suite=no_suite), listed()
    made.builds = cast("Any", builds)

    async def script(driven: Driven) -> None:
        await driven.press("V", "j", "space", "j", "space")
        shown = driven.top
        assert isinstance(shown, BuildsList)
        builds.held = [*builds.held[:2], SessionBuild("4", 5 * 10**9, Build(4, "", BuildState.BROKEN, message="gone"))]
        await driven.until(lambda: "✖ gone" in shown.view.text)
        assert "enter replays the chain with it" in shown.view.text

    drive_workshop(made, script)


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[SuiteRun]:
    """One of three chains that is held until it may go on."""
    tests = [
        {"name": f"chains/{name}.chain", "outcome": outcome, "passes": outcome == "passed", "events": 9, "cause": cause}
        for name, outcome, cause in (("a", "passed", None), ("b", "differs", "the price is another"))
    ]
    report = json.dumps(
        {"tests": tests, "sentence": "1 passed, 1 differs: 2 chains, 18 events", "remarks": ["so it is"]}
    )
    os.mkfifo(tmp_path / "go")
    counted = 'echo "{\\"done\\": 1, \\"of\\": 2, \\"failing\\": 0}" >&2; read x < go; '
    made = SuiteRun(tmp_path / "chainview.toml", ("sh", "-c", f"{counted}printf %s {shlex.quote(report)}"))
    yield made
    made.close()


def test_the_suite_is_counted_and_its_table_tells_each_cause(folder: Path, suite: SuiteRun, tmp_path: Path) -> None:
    """While it runs, and once it is over; what does not pass stands first."""
    made = Workshop(suite=lambda: suite)

    async def script(driven: Driven) -> None:
        await driven.press("u")
        box = driven.top
        assert isinstance(box, SuiteBox)
        assert "the first new build goes through the suite" in box.view.text
        suite.begin(2)
        await driven.until(lambda: "1 of 2 chains replayed" in box.view.text)
        await driven.press("escape")
        assert "suite 1/2" in driven.line("status")
        (tmp_path / "go").write_text("\n")
        await driven.until(lambda: suite.state is not None and suite.state.over)
        await driven.flush()
        assert "suite 1 of 2 equal" in driven.line("status")
        await driven.press("u")
        table = driven.top
        assert isinstance(table, SuiteBox)
        text = table.view.text
        assert "build 2: 1 passed, 1 differs: 2 chains, 18 events" in text
        assert "chains/b.chain  9  differs  the price is another\nchains/a.chain  9  passed" in text
        assert "so it is" in text

    drive_workshop(made, script)


def test_a_suite_that_cannot_be_run_says_why() -> None:
    """In the place of a table."""
    lines = [plain(line) for line in suite_lines(SuiteState(2, over=True, problem="there is no module"))]
    assert lines[0] == "build 2: there is no module"
    assert len(suite_lines(SuiteState(2, tests=(SuiteTest("a", "passed", True, 1, ""),)))) == 3
