"""New builds on the live screen: what the status line, the tree and the toasts say, and what R does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len

from chainview.actor.session.status import SessionLike
from chainview.actor.watch.trouble import MODULE_GONE, WatchTrouble
from chainview.chain.files.entries.entry import Note
from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.feeds.sources import Kept, LiveSource
from chainview.ui.lines.line import UNTOLD, plain
from chainview.ui.lines.status import Badge, Figures, status_line
from chainview.ui.widgets.overlays import MessageBox, Question
from chainview.workbench.build import Build
from tests.ui.app_driver import Driven, PlayedSession, drive, few_calls

pytestmark = pytest.mark.once


def played(number: int, state: BuildState, message: str = "") -> Build:
    """A build that the test makes up."""
    return Build(number, "00", state, 7, 7, message)


class PlayedWatch:
    """A watch whose builds are the test's."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.trouble = WatchTrouble()
        self.checking = True
        self.looked = False
        self.told: Callable[[Build], None] = lambda build: None

    def made(self, session: SessionLike, told: Callable[[Build], None]) -> PlayedWatch:
        self.told = told
        return self

    def start(self) -> None:
        self.done.append("start")

    def take(self) -> None:
        self.done.append("take")

    def keep(self) -> None:
        self.done.append("keep")

    def judge_again(self) -> None:
        self.done.append("judge again")

    def look_at_rules(self) -> None:
        self.looked = True

    def stop(self) -> bool:
        self.done.append("stop")
        return self.checking

    def close(self) -> None:
        self.done.append("close")


def drive_builds(session: PlayedSession, watch: PlayedWatch, *builds: Build, keys: str = "") -> list[str]:
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
        for key in keys:
            await driven.press(key)
        tree = driven.screen.chain_tree
        rows = "\n".join([tree.render_line(y).text for y in range(20)])
        seen.extend([driven.line("status"), driven.line("footer"), "\n".join(driven.said()), rows])

    drive(LiveSource(lambda: session, watch=watch.made), script)
    return seen


def test_an_identical_build_is_a_divider_and_a_word_in_the_status_line() -> None:
    """It needs no toast and no key; the watch starts once and is closed before the session."""
    session, watch = PlayedSession(), PlayedWatch()
    status, footer, toasts, rows = drive_builds(session, watch, played(2, BuildState.IDENTICAL))
    assert "✓ build 2: identical, 7 of 7 events" in status
    assert "── build 2: identical, 7 of 7 events ──" in rows
    assert toasts == ""
    assert "take" not in footer
    assert watch.done == ["start", "close"]
    assert session.done == ["start", "close"]


def test_a_build_that_runs_and_is_accepted_no_longer_says_what_that_means() -> None:
    """A toast tells what the next build that does so will do; R accepts it again, and there is none to keep instead."""
    watch = PlayedWatch()
    status, footer, toasts, _ = drive_builds(
        PlayedSession(),
        watch,
        played(2, BuildState.WITHDRAWN, "still runs, but no rule accepts it any more"),
        keys="Rka",
    )
    assert "≠ build 2: still runs, but no rule accepts it any more" in status
    assert "r what differs  R accept again" in footer
    assert "build 2 still runs, but no rule accepts what it does any more: press R to accept that" in toasts
    assert watch.done == ["start", "take", "close"]


@pytest.mark.parametrize("state", [BuildState.ACCEPTED, BuildState.TAKEN])
def test_what_a_build_does_that_was_accepted_is_a_key_away(state: BuildState) -> None:
    """r stays in the footer; a build that a person took has no tick, which is for what nothing speaks against."""
    status, footer, _, _ = drive_builds(PlayedSession(), PlayedWatch(), played(2, state, "runs"))
    assert "r what differs" in footer
    assert ("✓ build 2" in status) == (state is BuildState.ACCEPTED)


@pytest.mark.parametrize("checking", [True, False])
def test_x_ends_the_check_of_a_new_build_where_no_call_runs(*, checking: bool) -> None:
    """The footer names the key while there is one; where there is none, x says that no call runs."""
    session, watch = PlayedSession(), PlayedWatch()
    watch.checking = checking
    state = BuildState.CHECKING if checking else BuildState.IDENTICAL
    _, footer, toasts, _ = drive_builds(session, watch, played(2, state), keys="x")
    assert ("x stop the check" in footer) == checking
    assert toasts == ("" if checking else "no call is running")
    assert watch.done == ["start", "stop", "close"]
    assert "interrupt" not in session.done


@pytest.mark.parametrize(("keys", "done"), [("Ra", ["take"]), ("Rk", ["keep"]), ("Rn", []), ("R", [])])
def test_a_build_that_differs_is_taken_or_left_out(keys: str, done: list[str]) -> None:
    """The first difference stands in the status line, a toast and the footer name the key, R asks what to do."""
    watch = PlayedWatch()
    build = played(2, BuildState.DIVERGED, "differs at event 2 of 7: another log")
    status, footer, toasts, _ = drive_builds(PlayedSession(), watch, build, keys=keys)
    assert "≠ build 2: differs at event 2 of 7: another log" in status
    assert ("esc close" if keys == "R" else "r show where  R take it or not") in footer
    assert toasts == "build 2 differs: r shows where, R takes it or leaves it"
    assert watch.done == ["start", *done, "close"]


@pytest.mark.parametrize(
    ("other_state", "offered"),
    [
        (False, "go on with build 2 from the state that it reached"),
        (True, "carry the state on by a replay from the start"),
    ],
)
def test_what_taking_a_build_does_with_the_state_is_said(*, other_state: bool, offered: str) -> None:
    """A build goes on from the state that it reached; one whose state has another type can do so in no other way."""
    session, watch = PlayedSession(), PlayedWatch()

    async def script(driven: Driven) -> None:
        session.record(few_calls(1))
        await driven.flush()
        watch.told(replace(played(2, BuildState.DIVERGED, "differs"), other_state=other_state))
        await driven.press("R")
        await driven.until(lambda: isinstance(driven.top, Question))
        assert isinstance(driven.top, Question)
        assert offered in driven.top.view.text

    drive(LiveSource(lambda: session, watch=watch.made), script)


@pytest.mark.parametrize(("again", "title"), [(0, "build 4 waits"), (2, "build 4 (build 2 again) waits")])
def test_the_question_says_which_build_it_is_of(*, again: int, title: str) -> None:
    """Also of one that there was before."""
    watch = PlayedWatch()

    async def script(driven: Driven) -> None:
        watch.told(replace(played(4, BuildState.DIVERGED, "differs"), again=again))
        await driven.press("R")
        await driven.until(lambda: isinstance(driven.top, Question))
        assert isinstance(driven.top, Question)
        assert driven.top.box.border_title == title

    drive(LiveSource(PlayedSession, watch=watch.made), script)


def test_all_that_would_be_accepted_is_shown() -> None:
    """Before a build is taken its causes stand in the question, each on a line, so that none is accepted unseen."""
    session = PlayedSession()
    watch = PlayedWatch()
    build = replace(played(2, BuildState.DIVERGED, "differs"), causes=("9  C7  increment", "13  C1  runtime.log"))

    async def script(driven: Driven) -> None:
        watch.told(build)
        await driven.press("R")
        await driven.until(lambda: isinstance(driven.top, Question))
        assert isinstance(driven.top, Question)
        text = driven.top.view.text
        assert "9  C7  increment\n" in text
        assert "13  C1  runtime.log\n" in text
        assert "accept all of this" in text

    drive(LiveSource(lambda: session, watch=watch.made), script)


def test_a_build_that_was_left_out_can_be_taken_yet() -> None:
    """R asks again after a build was left out."""
    watch = PlayedWatch()
    drive_builds(PlayedSession(), watch, played(2, BuildState.KEPT_OUT), keys="Ra")
    assert watch.done == ["start", "take", "close"]


def test_of_a_build_that_is_being_checked_that_is_said() -> None:
    """R does not deny a build that is there, but tells how far it is."""
    *_, said, _ = drive_builds(PlayedSession(), PlayedWatch(), played(2, BuildState.CHECKING), keys="R")
    assert said == "build 2 is still being checked"


def test_a_broken_build_is_told_with_its_reason() -> None:
    """A message says why, the status line too, and R then takes nothing."""
    build = played(3, BuildState.BROKEN, "can't be used, build 1 goes on: no memory")
    for keys, message in (("", build.text), ("R", "there is no new build that differs")):
        watch = PlayedWatch()
        status, _, said, _ = drive_builds(PlayedSession(), watch, build, keys=keys)
        assert "✖ build 3: can't be used" in status
        assert said == message
        assert watch.done == ["start", "close"]


def test_an_older_build_told_late_changes_nothing() -> None:
    """The check of an older build may end after a newer one is known."""
    watch = PlayedWatch()
    newest = NewestBuild(partial(watch.made, PlayedSession()))
    assert newest.says == UNTOLD
    watch.told(played(3, BuildState.IDENTICAL))
    watch.told(played(2, BuildState.DIVERGED, "differs"))
    assert newest.says[0][0] == "✓ build 3: identical, 7 of 7 events"
    assert not newest.waits


def test_a_watch_that_is_not_well_says_so_in_the_status_line_and_once_in_a_sentence() -> None:
    """A module that is gone, or that is only looked at, does not look like one that waits for a save."""
    watch, session = PlayedWatch(), PlayedSession()
    seen: list[tuple[bool, int]] = []

    async def script(driven: Driven) -> None:
        session.record(few_calls(1))
        for trouble in (WatchTrouble(MODULE_GONE, "m.wasm is gone"), WatchTrouble()):
            watch.trouble = trouble
            await driven.flush()
            seen.append((MODULE_GONE in driven.line("status"), driven.said().count("m.wasm is gone")))

    drive(LiveSource(lambda: session, watch=watch.made), script)
    assert seen == [(True, 1), (False, 1)]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_long_difference_leaves_the_rest_of_the_status_line(width: int) -> None:
    """The sentence is cut, and badge, count and soundness stay."""
    figures = Figures(
        name="counter.wasm",
        badge=Badge.LIVE,
        events=2413,
        sound=("chain sound", "good"),
        build=(("≠ build 12: " + "differs " * 40,), "warn"),
    )
    text = plain(status_line(figures, width))
    assert cell_len(text) <= width
    assert "● LIVE" in text
    assert "2,413 events │ chain sound │ ≠ build 12: differs" in text


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (120, 'chain sound │ ≠ build 2: differs at 9: log "a" → "b"'),
        (62, '2,413 events │ ≠ build 2: differs at 9: log "a" → "b"'),
        (52, "2,413 events │ ≠ build 2: differs at 9: log"),
        (20, "● LIVE"),
    ],
)
def test_a_build_that_differs_says_by_what_rather_than_that_the_chain_is_sound(width: int, told: str) -> None:
    """The status line has the longest form of the verdict for which there is room without what matters less."""
    forms = ('≠ build 2: differs at 9: log "a" → "b"', "≠ build 2: differs at 9: log", "≠ build 2: differs at 9")
    figures = Figures("counter.wasm", Badge.LIVE, events=2413, sound=("chain sound", "good"), build=(forms, "warn"))
    text = plain(status_line(figures, width))
    assert told in text
    assert cell_len(text) <= width


def test_a_divider_is_selected_and_read_in_full() -> None:
    """One step below the last event the details tell in full what became of a build."""
    session = PlayedSession()
    message = "differs at event 2 of 7: " + "a long reason " * 12

    async def script(driven: Driven) -> None:
        session.record(few_calls(1))
        data = {"build": 2, "sha256": "00", "state": "diverged", "text": message, "brief": ["build 2: differs at 2"]}
        session.chain.note(Note("build", data))
        await driven.flush()
        await driven.press("j")
        await driven.until(lambda: "stands  behind event 7" in driven.details)
        assert message.strip() in " ".join(driven.details.split())
        assert "»─ build 2: differs at 2 ──" in driven.screen.chain_tree.render_line(7).text
        await driven.press("k")
        await driven.until(lambda: "stands" not in driven.details)

    drive(LiveSource(lambda: session), script)


def test_a_fresh_start_ends_the_actor_and_begins_another_chain(tmp_path: Path) -> None:
    """A asks; then a new session is on the screen, the one before is closed, and both chains are known."""
    sessions = [PlayedSession(), PlayedSession()]
    for number, session in enumerate(sessions):
        session.chain_path = tmp_path / f"{number}.chain"
    waiting = iter(sessions)
    source = LiveSource(lambda: next(waiting))

    async def script(driven: Driven) -> None:
        sessions[0].record(few_calls(2))
        await driven.flush()
        before = driven.screen
        await driven.press("A", "n")
        assert driven.screen is before
        await driven.press("A", "y")
        await driven.until(lambda: driven.screen is not before and driven.screen.feed is not None)
        sessions[1].record(few_calls(1))
        await driven.until(lambda: "7 events" in driven.line("status"))
        assert sessions[0].done == ["start", "close"]

    drive(source, script)
    assert sessions[1].done == ["start", "close"]
    assert source.ended == [Kept(tmp_path / "0.chain")]


def test_a_fresh_start_that_can_not_be_made_changes_nothing() -> None:
    """The reason is shown and stays until it is closed, and the actor before goes on."""
    first, second = PlayedSession(), PlayedSession()
    second.refused = ChainviewError("counter.wasm is no WebAssembly module")
    waiting = iter((first, second))

    async def script(driven: Driven) -> None:
        first.record(few_calls(1))
        await driven.flush()
        before = driven.screen
        await driven.press("A", "y")
        await driven.until(lambda: isinstance(driven.top, MessageBox))
        await driven.press("escape")
        assert driven.screen is before
        assert driven.at_chain
        assert first.done == ["start"]

    drive(LiveSource(lambda: next(waiting)), script)
    assert first.done == ["start", "close"]
