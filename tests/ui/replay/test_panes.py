"""The two sides of the replay screen, linked and apart, and which of the panes has the keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chainview.workbench.replay_thread import ReplayThread
from tests.ui.app_driver import at_rest
from tests.ui.replay_looks import Looked, look, look_while_running

pytestmark = pytest.mark.once


def test_apart_each_side_has_its_own_cursor_and_scroll_position(tmp_path: Path) -> None:
    """= lets the sides move apart without moving a row; tab goes from the one to the other."""

    async def script(looked: Looked) -> None:
        before = looked.rows()
        await looked.press("=")
        recorded, now = looked.screen.panes.trees
        assert looked.tree is recorded
        for y, row in enumerate(before):
            for tree, place in ((recorded, 0), (now, recorded.size.width)):
                assert tree.render_line(y).text[:70] == row[place : place + 70].ljust(70)
        await looked.press("G")
        assert (recorded.cursor, now.cursor) == (54, 16)
        await looked.press("tab", "k", "k")
        assert looked.tree is now
        assert (recorded.cursor, now.cursor) == (54, 14)
        assert round(now.scroll_y) < round(recorded.scroll_y)

    look(tmp_path, "changed-field", script)


def test_linked_again_both_are_where_the_active_side_was(tmp_path: Path) -> None:
    """= once more shows one tree on the row, and at the height, of the side that had the keys."""

    async def script(looked: Looked) -> None:
        await looked.press("=", "G", "tab", "g", "j", "j", "space", "=")
        assert looked.screen.panes.linked
        assert looked.tree.cursor == 0
        assert round(looked.tree.scroll_y) == 0
        assert looked.here().count("▶ init(") == 2
        await looked.press("=", "G", "=")
        assert looked.tree.cursor == 54

    look(tmp_path, "changed-field", script)


def test_the_head_tells_the_sides_apart_and_which_has_the_keys(tmp_path: Path) -> None:
    """It names both sides and their events, says whether they are linked, and marks the side with the keys."""

    async def script(looked: Looked) -> None:
        def said() -> str:
            return " ".join(looked.line("pairs-head").split())

        def marked() -> list[str]:
            head = looked.screen.panes.head
            return [text.strip() for text, role in head._line if role == "here"]

        assert looked.line("pairs-head").split() == (
            ["recorded", "event", "17", "of", "55", "│", "now", "event", "17", "of", "55", "linked"]
        )
        assert marked() == []
        await looked.press("=", "j")
        assert looked.line("pairs-head").split() == [
            "recorded",
            "event",
            "18",
            "of",
            "55",
            "now",
            "event",
            "17",
            "of",
            "55",
            "unlinked",
        ]
        assert marked() == ["recorded"]
        await looked.press("tab")
        assert marked() == ["now"]
        assert "= link" in looked.line("footer")
        await looked.press("tab")
        assert marked() == []
        assert looked.screen.pane.active
        await looked.press("tab")
        assert marked() == ["recorded"]

    look(tmp_path, "changed-field", script)


@pytest.mark.parametrize("columns", [80, 160])
def test_where_builds_made_both_sides_these_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """In the heads, in the one line of both, and over the stacks, of which none is said to be of what was recorded."""
    monkeypatch.setattr(ReplayThread, "made_by", property(lambda _: ("build 2", "build 3")))

    async def script(looked: Looked) -> None:
        if columns == 80:
            assert "build 2 at 17  build 3 at 17" in looked.line("why-title")
        else:
            one, other = looked.line("pairs-head").split("│")
            assert one.split() == ["build", "2", "as", "recorded", "event", "17", "of", "55"]
            assert other.split() == ["build", "3", "as", "now", "event", "17", "of", "55", "linked"]
        await looked.press("t")
        assert "build 2" in looked.below
        assert "build 3" in looked.below
        assert "recorded" not in looked.below

    look(tmp_path, "changed-field", script, size=(columns, 24))


def test_apart_the_details_compare_the_events_under_both_cursors(tmp_path: Path) -> None:
    """Any recorded event can be compared with any event of now."""

    async def script(looked: Looked) -> None:
        await looked.press("=", "enter", "j", "j")
        assert 'sku  recorded "cake"  now "tea"' in looked.below
        assert "quantity  recorded 1u32  now 2u32" in looked.below

    look(tmp_path, "changed-field", script)


def test_apart_differences_are_gone_through_on_one_side(tmp_path: Path) -> None:
    """] and m move the side with the keys alone, and d is for both."""

    async def script(looked: Looked) -> None:
        await looked.press("=", "]")
        recorded, now = looked.screen.panes.trees
        assert (recorded.cursor, now.cursor) == (27, 16)
        await looked.press("tab", "G", "m")
        assert (recorded.cursor, now.cursor) == (27, 16)
        await looked.press("d")
        assert [tree.only_differences for tree in (recorded, now)] == [True, True]
        await looked.press("=")
        assert looked.tree.only_differences
        await looked.press("d")
        assert not looked.tree.only_differences

    look(tmp_path, "changed-field", script)


def test_a_click_gives_the_keys_to_a_side(tmp_path: Path) -> None:
    """The side that is clicked has the keys, and its cursor goes to the row."""

    async def script(looked: Looked) -> None:
        await looked.press("=")
        recorded, now = looked.screen.panes.trees
        await looked.pilot.click(now, offset=(20, 3))
        assert looked.tree is now
        assert now.cursor == now._rows.at(round(now.scroll_y) + 3)
        assert recorded.cursor == 16

    look(tmp_path, "changed-field", script)


def test_a_click_on_the_fold_mark_of_either_side_folds(tmp_path: Path) -> None:
    """The mark on the side of now does what the one on the recorded side does, in one column too."""

    async def script(looked: Looked) -> None:
        await looked.press("g", "j")
        row = looked.rows()[0]
        await looked.pilot.click(looked.tree, offset=(row.rindex("▼"), 0))
        assert looked.rows()[0].count("▶ init(") == 2
        await looked.pilot.resize_terminal(80, 24)
        await at_rest(looked.pilot)
        await looked.press("g", "-")
        await looked.pilot.click(looked.tree, offset=(looked.rows()[0].index("▶"), 0))
        assert "▼ init(" in looked.rows()[0]

    look(tmp_path, "changed-field", script)


def test_in_one_column_nothing_moves_apart(tmp_path: Path) -> None:
    """= says why not; a terminal that becomes narrow links the sides, on the row of the active one."""

    async def script(looked: Looked) -> None:
        await looked.press("=")
        assert looked.said()[-1].startswith("recorded and now are in one column here")
        assert looked.screen.panes.linked
        await looked.pilot.resize_terminal(160, 45)
        await at_rest(looked.pilot)
        await looked.press("=", "tab", "j", "j")
        await looked.pilot.resize_terminal(80, 24)
        await at_rest(looked.pilot)
        assert looked.screen.panes.linked
        assert looked.tree.pairs.pairs[looked.tree.cursor or 0] == 18
        assert "recorded 19  now 19" in looked.line("why-title")

    look(tmp_path, "changed-field", script, size=(80, 24))


def test_what_was_done_while_the_replay_ran_stays(tmp_path: Path) -> None:
    """Sides that were unlinked and searched stay so when the explanation comes, both on the first mismatch."""

    async def script(looked: Looked, finish: Callable[[], Awaitable[None]]) -> None:
        await looked.press("=", "slash")
        await looked.type("lookup")
        await looked.press("enter", "&")
        await looked.type("kind:host")
        await finish()
        assert [tree.cursor for tree in looked.screen.panes.trees] == [16, 16]
        await looked.until_title("/ lookup  1/")
        assert "& kind:host" in looked.line("why-title")
        assert not looked.screen.panes.linked

    look_while_running(tmp_path, "changed-field", script)
