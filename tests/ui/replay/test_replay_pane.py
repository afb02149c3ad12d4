"""The pane below the trees of the replay screen, and copying."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from chainview.ui.replay import replay_pane
from chainview.ui.replay.pair_details import PairFacts, PairReading, compare_pair
from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_zoom_gives_the_pane_the_screen_and_the_keys(tmp_path: Path) -> None:
    """z hides the trees until z, tab or esc shows them again."""

    async def script(looked: Looked) -> None:
        for key in ("z", "tab", "escape"):
            await looked.press("z")
            assert looked.screen.pane.active
            assert not looked.screen.panes.display
            assert looked.screen.pane.size.height >= 42
            await looked.press(key)
            assert looked.screen.panes.display
            assert not looked.screen.pane.active

    look(tmp_path, "changed-field", script)


def test_wrap_cuts_long_lines_and_back(tmp_path: Path) -> None:
    """w makes each long line one line, which the keys of the pane move sideways, and w again breaks it."""

    async def script(looked: Looked) -> None:
        lines = looked.below.count("\n")
        await looked.press("w")
        assert looked.below.count("\n") < lines
        await looked.press("tab", "l")
        assert looked.screen.pane.view.scroll_offset.x > 0
        await looked.press("w")
        assert looked.below.count("\n") == lines

    look(tmp_path, "changed-field", script, size=(60, 24))


def test_a_large_event_is_compared_on_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile the pane says so, and moving on shows the next event at once."""
    go_on = threading.Event()

    def compare_held(facts: PairFacts) -> PairReading:
        if threading.current_thread() is not threading.main_thread():
            go_on.wait()
        return compare_pair(facts)

    monkeypatch.setattr(replay_pane, "INLINE_BYTES", 520)
    monkeypatch.setattr(replay_pane, "compare_pair", compare_held)

    async def script(looked: Looked) -> None:
        await looked.press("enter")
        assert looked.below.startswith("reading ")
        assert looked.below.endswith(" B …")
        await looked.press("k", "k")
        assert "timer.now" in looked.below
        go_on.set()
        await looked.press("j", "j")
        await looked.until(lambda: "1 place differs" in looked.below)
        await looked.press("w")
        await looked.until(lambda: "1 place differs" in looked.below)

    look(tmp_path, "changed-field", script)


def test_copies_have_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies what was recorded and what is now, Y the hash of the side with the keys."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(looked: Looked) -> None:
        monkeypatch.setattr(looked.app, "copy_to_clipboard", copied.append)
        sides = looked.screen.panes.sides
        hashes = [(table.hash(16) or b"").hex() for table in (sides.recorded, sides.now)]
        await looked.press("y")
        assert looked.said()[0].startswith("copied recorded 17 and now 17 as JSON")
        await looked.press("y", "y")
        assert copied[1].startswith("recorded\nevent 17  ")
        assert "\n\nnow\nevent 17  " in copied[1]
        assert [line.split()[0] for line in copied[2].splitlines()] == ["recorded", "now"]
        del copied[1:]
        await looked.press("Y")
        both = json.loads(copied[0])
        assert [bytes(both[side]["hash"]).hex() for side in ("recorded", "now")] == hashes
        assert copied[1] == hashes[0]
        await looked.press("=", "tab", "Y")
        assert copied[2] == hashes[1]

    look(tmp_path, "changed-field", script)


def test_a_side_without_an_event_is_copied_as_null(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only now has is copied with nothing for the recording, and its own hash."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(looked: Looked) -> None:
        monkeypatch.setattr(looked.app, "copy_to_clipboard", copied.append)
        await looked.press("y", "Y")
        both = json.loads(copied[0])
        assert both["recorded"] is None
        assert bytes(both["now"]["hash"]).hex() == copied[1]

    look(tmp_path, "extra-middle", script)


def test_the_footer_tells_what_the_keys_do_now(tmp_path: Path) -> None:
    """In the pane, while searching and apart it offers other keys."""

    async def script(looked: Looked) -> None:
        footer = looked.line("footer")
        assert footer.split("  ")[1:-2] == [
            ". next difference",
            "a accept",
            "H meaning",
            "S source",
            "/ find",
        ]
        await looked.press("tab")
        assert "tab to the events  z whole screen  w cut" in looked.line("footer")
        await looked.press("tab", "slash")
        await looked.type("tea")
        assert "n next hit  N previous  esc end search" in looked.line("footer")

    look(tmp_path, "changed-field", script)


def test_the_stacks_of_a_panic_are_those_that_the_report_names(tmp_path: Path) -> None:
    """The pane of stacks has a side that only the first mismatch knows, as the text beside it has."""

    async def script(looked: Looked) -> None:
        assert "<wasm function 41> < <wasm function " in looked.below
        await looked.press("t")
        assert "<wasm function " in looked.below.partition("now")[2]
        assert "none:" not in looked.below

    look(tmp_path, "panic", script)


def test_why_tells_the_values_of_the_place_under_the_cursor(tmp_path: Path) -> None:
    """Where a cause shows at several places, each is told with its own values and call, and which of them it is."""

    async def script(looked: Looked) -> None:
        await looked.press("!")
        assert '"offer 1 for Ada: 2 lines"' in looked.below
        assert "in the call at event 14" in looked.below
        await looked.press(".")
        assert "place 2 of 2" in looked.below
        assert '"quote 2 for Bob: 1 lines"' in looked.below
        assert '"offer 2 for Bob: 1 lines"' in looked.below
        assert "for Ada" not in looked.below
        assert "DIVERGES at event 16" in looked.below

    look(tmp_path, "changed-argument", script)


def test_a_place_without_values_says_what_it_is_told_of(tmp_path: Path) -> None:
    """A call that is made no more at several places is told as at the first one, and the other place says so."""

    async def script(looked: Looked) -> None:
        causes = looked.screen.progress.explanation
        assert causes is not None
        cause = causes.causes[0]
        assert len(cause.rows) > 1
        looked.tree.move_to(looked.tree.pairs.row_of(cause.rows[1]))
        await looked.press("j", "k")
        assert f"the values below are those of event {cause.event:,}" in " ".join(looked.below.split())

    look(tmp_path, "missing-call", script)
