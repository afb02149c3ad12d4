"""The details as a tree with a cursor, and the room that they are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.ui.event.facts import Reading
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import plain
from chainview.ui.panes.sized_pane import read_shares, remember_share
from tests.ui.app_driver import Driven, drive_live, few_calls

pytestmark = pytest.mark.once


def at_cursor(driven: Driven) -> str:
    """The line under the cursor of the details."""
    view = driven.screen.details.view
    return plain(view.line(view.cursor)).strip()


def test_values_fold_under_the_cursor_and_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the keys in the details a value folds and stays folded at the next event, and is copied in every form."""
    copied: list[str] = []
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("f", "g", "j", "j", "j", "J", "l", "j", "tab", "g")
        for _ in range(20):
            if "input" in at_cursor(driven):
                break
            await driven.press("j")
        await driven.press("j")
        assert at_cursor(driven) == '0: "counter" string'
        for key in ("v", "l", "p", "c"):
            await driven.press("y", key)
        await driven.press("h", "space")
        assert at_cursor(driven) == "▸ input: tuple of 2  … 2 values"
        await driven.press("tab", "j", "k")
        assert "▸ input: tuple of 2  … 2 values" in driven.details
        await driven.press("tab", "+")
        assert "▾ input: tuple of 2" in driven.details

    drive_live(script, few_calls())
    assert copied == ["counter", '"counter"', "input.0", "--call 'theater:simple/actor.increment(2s32)'"]


def test_texts_stand_beside_each_other_where_there_is_room() -> None:
    """At 160 columns payload and state, at 200 raw too; tab goes through them and back to the chain."""

    async def roomy(driven: Driven) -> None:
        details = driven.screen.details
        assert details.columns == ("payload", "state")
        await driven.press("tab", "tab")
        assert (details.tab, details.active) == ("state", True)
        await driven.press("tab")
        assert (details.tab, details.active) == ("payload", False)
        await driven.press("3")
        assert details.columns == ("payload", "raw")

    async def roomiest(driven: Driven) -> None:
        details = driven.screen.details
        assert details.columns == ("payload", "state", "raw")

    async def alone(driven: Driven) -> None:
        await driven.press("4")
        assert driven.screen.details.columns == ("timing",)

    drive_live(roomy, few_calls(), size=(160, 45))
    drive_live(roomiest, few_calls(), size=(200, 50))
    drive_live(alone, few_calls(), size=(200, 50))


def test_a_pane_keeps_the_size_that_it_was_given(tmp_path: Path) -> None:
    """Keys and the mouse move the edge, beside and below the chain, and the next screen has it there."""
    sizes: list[int] = []

    async def give(driven: Driven) -> None:
        details = driven.screen.details
        before = details.outer_size.width
        await driven.press("<", "<")
        assert details.outer_size.width == before - 8
        edge = details.region
        await driven.pilot.mouse_down(offset=(edge.x, edge.y + 3))
        await driven.pilot.hover(offset=(edge.x - 20, edge.y + 3))
        await driven.pilot.mouse_up(offset=(edge.x - 20, edge.y + 3))
        await driven.flush()
        assert abs(details.outer_size.width - (before - 8 + 20)) <= 1
        sizes.append(details.outer_size.width)
        await driven.press("z")
        assert details.outer_size.width == 120
        await driven.press("z")
        assert details.outer_size.width == sizes[0]

    async def find(driven: Driven) -> None:
        assert driven.screen.details.outer_size.width == sizes[0]

    drive_live(give, few_calls())
    drive_live(find, few_calls())
    assert set(read_shares(tmp_path / "panes.json")) == {"details beside"}


def test_lines_are_broken_for_the_width_that_they_are_shown_in() -> None:
    """Also where more is to be shown before it is known how wide they are."""

    async def script(driven: Driven) -> None:
        details, widths = driven.screen.details, list[int]()
        lines_of = details._lines_of

        def broken(reading: Reading) -> list[LazyLines]:
            widths.append(details.view.width)
            return lines_of(reading)

        await driven.press("f", "g")
        details._lines_of = broken  # type: ignore[method-assign]
        width = details.view.width
        details._views[1].display = True
        details._paint(keep_scroll=False)
        details._paint(keep_scroll=False)
        assert widths == []
        await driven.until(lambda: bool(widths))
        assert set(widths) == {width}

    drive_live(script, few_calls())


def test_shares_that_can_not_be_read_are_none(tmp_path: Path) -> None:
    """A file that is damaged, or that holds what is no share, says nothing; what is kept next is whole."""
    path = tmp_path / "state" / "panes.json"
    assert read_shares(path) == {}
    remember_share(path, "details beside", 0.5)
    remember_share(path, "replay below", 0.25)
    assert read_shares(path) == {"details beside": 0.5, "replay below": 0.25}
    path.write_text('{"details beside": 17, "replay below": "x", "other": 0.5}')
    assert read_shares(path) == {"other": 0.5}
    path.write_text("[1, 2")
    assert read_shares(path) == {}
