"""The screen of a family's replay: its rows, where its keys lead, and what becomes of what was accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from chainview.ui.app import ChainviewApp
from chainview.ui.family_replay.family_rules import FamilyRules
from chainview.ui.family_replay.family_screen import FamilyReplayScreen
from chainview.ui.family_replay.member_screen import MemberReplayScreen
from chainview.ui.feeds.replay_sources import FamilyReplaySource
from chainview.ui.lines.line import plain
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.family_thread import FamilyProgress, FamilyReplayThread
from chainview.workbench.replay_thread import Stage
from tests.ui.app_driver import ENVIRON, at_rest, until
from tests.workbench.test_family_thread import family_of

pytestmark = pytest.mark.once


class Watched:
    """The screen of a family's replay that is over, its ticks in the test's hands."""

    def __init__(self, app: ChainviewApp, screen: FamilyReplayScreen, pilot: Pilot[None]) -> None:
        self.app, self.screen, self.pilot = app, screen, pilot

    def rows(self, width: int = 100) -> list[str]:
        return [plain(self.screen._row(number, width)).rstrip() for number in self.screen.rows.numbers]

    def line(self, name: str) -> str:
        return self.screen.query_one(f"#{name}", TextLine).text

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        self.screen.tick()
        await at_rest(self.pilot)

    async def member(self, number: int) -> MemberReplayScreen:
        """The replay of a member, once it is on top and done."""

        def shown() -> bool:
            top = self.app.screen
            return isinstance(top, MemberReplayScreen) and top.replay.name.startswith(f"{number}-")

        await until(self.pilot, shown)
        top = self.app.screen
        assert isinstance(top, MemberReplayScreen)
        await until(self.pilot, lambda: top.progress.explanation is not None)
        return top

    async def back(self) -> None:
        await until(self.pilot, lambda: self.app.screen is self.screen)


def watch(folder: Path, script: Callable[[Watched], Awaitable[None]], count: int = 3) -> FamilyReplaySource:
    """Replays a family of that many and gives its screen to the script once all is said."""
    request, family = family_of(folder, count)
    source = FamilyReplaySource(lambda: FamilyReplayThread(request, family), request.name, folder)

    async def run() -> None:
        app = ChainviewApp(source, KeyMap(), "dark", ENVIRON)
        async with app.run_test(size=(120, 34)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, FamilyReplayScreen))
            assert isinstance(app.screen, FamilyReplayScreen)
            app.screen.ticking = False
            await asyncio.to_thread(source.replay.wait)
            app.screen.tick()
            await at_rest(pilot)
            await script(Watched(app, app.screen, pilot))

    try:
        asyncio.run(run())
    finally:
        source.close()
    return source


def test_rows_say_how_each_fared_and_who_differs_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the tree, with the cause; below stands the report on who is under the cursor, to be copied."""
    copied = list[str]()
    monkeypatch.setattr(
        "chainview.ui.family_replay.family_actions.copy", lambda screen, what, text, other: copied.append(text)
    )

    async def script(watched: Watched) -> None:
        rows = watched.rows()
        assert rows[0].startswith(" ≠ 0 a")
        assert " first  differs at 4: runtime.log" in rows[0]
        assert rows[1].startswith(" ≠   1 a")
        assert "first" not in rows[1]
        assert "differs at 4: the same cause as 0 a  " in rows[2]
        assert rows[2].endswith("new/a.wat")
        assert "3 of 3 actors diverge, first 0-a.chain" in watched.line("status")
        assert watched.screen.rows.cursor == 0
        assert "DIVERGES at event 4" in watched.screen.reason.text
        await watched.press("j", "z")
        assert "why: 1 a" in watched.line("why-title")
        assert not watched.screen.rows.is_on_screen
        await watched.press("y")
        assert copied[0].startswith("1-a.chain ↔ ")
        assert "DIVERGES at event 4" in copied[0]
        await watched.press("escape", "G", "v")
        assert watched.screen.rows.cursor == 0
        await watched.press("G", "m")
        assert watched.screen.rows.cursor == 0

    assert watch(tmp_path / "family", script).exit_code == 1


def test_a_name_chooses_the_rows(tmp_path: Path) -> None:
    """As it is typed, by every word of it; esc shows all again, and so does a key that leads to another actor."""

    async def script(watched: Watched) -> None:
        screen = watched.screen
        await watched.press("slash", *"1-A")
        assert screen.rows.numbers == [1]
        await watched.press("enter")
        assert (screen.rows.numbers, screen.rows.cursor) == ([1], 1)
        assert "/ 1-A: 1" in watched.line("status")
        assert "esc all actors" in watched.line("footer")
        await watched.press("slash", *" chain", "escape")
        assert screen.named == "1-A"
        await watched.press("v")
        assert (screen.rows.numbers, screen.rows.cursor) == ([0, 1, 2], 0)
        await watched.press("slash", *"nobody", "enter")
        assert screen.rows.numbers == []
        await watched.press("escape", "slash", *"2-a", "enter", "escape")
        assert screen.rows.numbers == [0, 1, 2]

    watch(tmp_path / "family", script)


def test_enter_shows_a_members_replay_and_differences_go_on_into_the_next(tmp_path: Path) -> None:
    """Behind the last difference of one comes the next one that differs; esc and b go back to all of them."""

    async def script(watched: Watched) -> None:
        await watched.press("enter")
        first = await watched.member(0)
        assert first.panes.trees[0].cursor is not None
        await watched.pilot.press("]")
        await watched.member(1)
        await watched.pilot.press("b")
        await watched.back()
        assert watched.screen.rows.cursor == 1
        await watched.press("]", "enter")
        last = await watched.member(2)
        await watched.pilot.press("]")
        await until(watched.pilot, lambda: "there is none further down" in last.notice.text)
        await watched.pilot.press("[")
        await watched.member(1)
        await watched.pilot.press("escape")
        await watched.back()

    watch(tmp_path / "family", script)


def test_what_is_accepted_in_a_members_replay_is_told_in_its_row(tmp_path: Path) -> None:
    """And in the verdict on all, and in the exit code."""

    async def script(watched: Watched) -> None:
        await watched.press("enter")
        member = await watched.member(0)
        await watched.pilot.press("a", "enter", "enter")
        await until(watched.pilot, lambda: member.replay.accepted and not member.progress.explanation.causes)  # type: ignore[union-attr]
        await watched.pilot.press("escape")
        await watched.back()
        await until(watched.pilot, lambda: "accepted" in watched.rows()[0], watched.screen.tick)
        await until(
            watched.pilot, lambda: watched.line("status").startswith(" family ↔ a.wat │ ✓"), watched.screen.tick
        )

    assert watch(tmp_path / "family", script, 1).exit_code == 0


def test_what_is_accepted_of_all_is_listed(tmp_path: Path) -> None:
    """With the actor that it is accepted for, whose replay it leads to; where nothing is, the key to accept is told."""

    async def script(watched: Watched) -> None:
        await watched.press("U")
        assert "nothing is accepted in any actor: a accepts" in watched.line("why-title")
        await watched.press("G", "enter")
        member = await watched.member(2)
        await watched.pilot.press("a", "enter", "enter")
        await until(watched.pilot, lambda: member.replay.accepted and not member.progress.explanation.causes)  # type: ignore[union-attr]
        await watched.pilot.press("escape")
        await watched.back()
        await watched.press("g", "U")
        listed = watched.app.screen
        assert isinstance(listed, FamilyRules)
        assert plain(listed.rows(200)[0]).startswith("2 a  C")
        assert "accepted on the replay screen" in plain(listed.rows(200)[0])
        await watched.pilot.press("enter")
        assert (await watched.member(2)).returns
        await watched.pilot.press("escape")
        await watched.back()

    watch(tmp_path / "family", script)


def test_the_pane_keeps_the_size_that_it_was_given(tmp_path: Path) -> None:
    """Keys and the mouse at its edge move it, the footer stays at the bottom, and the next screen has it there."""
    given: list[int] = []

    async def give(watched: Watched) -> None:
        pane, before = watched.screen.pane, watched.screen.pane.outer_size.height
        assert pane.region.y == watched.screen.rows.region.y + 3
        await watched.press("<", "<")
        assert pane.outer_size.height == before - 4
        edge = pane.region
        await watched.pilot.mouse_down(offset=(edge.x + 50, edge.y))
        await watched.pilot.hover(offset=(edge.x + 50, edge.y + 5))
        await watched.pilot.mouse_up(offset=(edge.x + 50, edge.y + 5))
        await watched.press("j")
        assert abs(pane.outer_size.height - (before - 9)) <= 1
        given.append(pane.outer_size.height)
        assert watched.screen.footer.region.bottom == 34
        await watched.press("z")
        assert pane.outer_size.height == 32
        await watched.press(">")
        assert pane.outer_size.height == given[0]

    async def find(watched: Watched) -> None:
        assert watched.screen.pane.outer_size.height == given[0]
        assert watched.screen.footer.region.bottom == 34

    watch(tmp_path / "family", give)
    (tmp_path / "again").mkdir()
    watch(tmp_path / "again" / "family", find)


def test_while_it_runs_rows_tell_how_far_it_is(tmp_path: Path) -> None:
    """Who is replayed, by its calls, and who waits; x stops it, and what one differs in is no success even then."""

    async def script(watched: Watched) -> None:
        replay, found = watched.screen.replay, dict(watched.screen.replay._replay.compared)  # type: ignore[union-attr]
        for number in (1, 2):
            del replay._replay.compared[number]  # type: ignore[union-attr]
        replay.progress = FamilyProgress(Stage.REPLAYING, 1, 2, 7)
        watched.screen.tick()
        assert "replaying  1 of 3 actors  ≠ 1 so far" in watched.line("status")
        assert watched.rows()[1].endswith("replaying 2 of 7 calls")
        assert watched.rows()[2].endswith("waits")
        assert "x stop" in watched.line("footer")
        await watched.press("x")
        assert replay._stopped
        replay._replay.compared.update(found)  # type: ignore[union-attr]

    assert watch(tmp_path / "family", script).exit_code == 1
