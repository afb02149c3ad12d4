"""Finding, filtering and going to events on the replay screen, on either side."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from textual.widgets import Input

from chainview.replay.align.history import NONE
from chainview.replay.judge.causes import Label
from chainview.ui.replay.pairs import Pairs, Sides
from tests.ui import samples
from tests.ui.app_driver import at_rest, few_calls
from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_a_hit_on_either_side_counts(tmp_path: Path) -> None:
    """/ finds what only now says and what only was recorded; n goes on, N goes back, the counter tells which it is."""

    async def script(looked: Looked) -> None:
        for pattern in ("^quote 1 for", "^offer 1 for"):
            await looked.press("g", "slash")
            await looked.type(pattern)
            assert looked.tree.cursor == 15
            await looked.until_title(f"/ {pattern}  1/1")
            await looked.press("escape")
        assert "/" not in looked.line("why-title")
        await looked.press("g", "slash")
        await looked.type("[12] for")
        assert looked.tree.cursor == 15
        await looked.press("n")
        assert looked.tree.cursor == 26
        await looked.press("N")
        assert looked.tree.cursor == 15

    look(tmp_path, "changed-argument", script)


def test_what_could_not_be_answered_is_found(tmp_path: Path) -> None:
    """A host call without a recorded answer is no event, and a hit all the same."""

    async def script(looked: Looked) -> None:
        await looked.press("slash")
        await looked.type("audit-trail.store")
        assert "no recorded answer" in looked.here()

    look(tmp_path, "replaced-call", script)


def test_hits_are_highlighted_on_the_side_that_has_them(tmp_path: Path) -> None:
    """What matches is marked in its own column alone."""

    async def script(looked: Looked) -> None:
        await looked.press("slash")
        await looked.type("AT")
        await looked.press("k")
        hit = looked.tree._painter.style("hit")
        y = next(y for y, row in enumerate(looked.rows()) if row.startswith("≠  17"))
        marked = [segment.text for segment in looked.tree.render_line(y) if segment.style and segment.style.underline]
        assert marked == ["AT"]
        assert hit.underline

    look(tmp_path, "changed-field", script)


def test_apart_a_search_is_on_the_side_with_the_keys(tmp_path: Path) -> None:
    """What only the other side says is no hit then."""

    async def script(looked: Looked) -> None:
        await looked.press("=", "g", "slash")
        await looked.type("^AT$")
        assert looked.said()[-1] == "there is none in this chain"
        assert "no hit" in looked.line("why-title")
        await looked.press("tab", "g", "n")
        assert looked.tree.cursor == 16
        await looked.press("=")
        await looked.until_title("/ ^AT$  1/")

    look(tmp_path, "changed-field", script)


def test_a_search_survives_a_change_of_layout(tmp_path: Path) -> None:
    """In one column the search goes on, among rows that are others now."""

    async def script(looked: Looked) -> None:
        await looked.press("slash")
        await looked.type("^AT$")
        await looked.pilot.resize_terminal(80, 24)
        await at_rest(looked.pilot)
        assert "/ ^AT$" in looked.line("why-title")
        await looked.press("g", "n")
        assert looked.here().startswith("≠now   17")

    look(tmp_path, "changed-field", script)


def test_keys_typed_at_once_after_the_slash_reach_the_prompt(tmp_path: Path) -> None:
    """None of them is taken for a command."""

    async def script(looked: Looked) -> None:
        await looked.press("g", "slash", "t", "e", "a")
        field = looked.app.focused
        assert isinstance(field, Input)
        assert field.value == "tea"
        await looked.press("enter")
        assert "tea" in looked.here()

    look(tmp_path, "changed-field", script)


def test_going_to_an_event_by_number(tmp_path: Path) -> None:
    """A number is one of the recorded side, or of now where the recording is shorter; steps are rows."""

    async def script(looked: Looked) -> None:
        await looked.press(":")
        await looked.type("24")
        assert looked.here().startswith("↳  24")
        await looked.press(":")
        await looked.type("+3")
        await looked.press(":")
        await looked.type("-1")
        assert looked.here().startswith("┊  26")
        await looked.press("ctrl+g")
        await looked.type("999")
        assert "there is no event 999: recorded ends at" in looked.screen.prompt._note.text

    look(tmp_path, "extra-end", script)


def test_an_event_that_only_now_has_is_reached_by_its_number(tmp_path: Path) -> None:
    """Past the end of the recording a number is one of now; apart, a number is one of the side with the keys."""

    shorter, longer = samples.table_of(few_calls(1)), samples.table_of(few_calls(2))
    more = len(longer) - len(shorter)
    recorded = array("q", [*range(len(shorter)), *[NONE] * more])
    rows = array("q", range(len(longer)))
    pairs = Pairs(recorded, rows, bytes(len(shorter)) + bytes([Label.CAUSE]) * more, rows)

    async def script(looked: Looked) -> None:
        panes = looked.screen.panes
        panes.show(pairs, Sides(shorter, longer))
        await looked.press(":")
        await looked.type(str(len(longer)))
        assert panes.pair == (NONE, len(longer) - 1)
        await looked.press("=", "tab", ":")
        await looked.type("3")
        assert panes.pair == (NONE, 2)

    look(tmp_path, "", script)


def test_going_to_an_event_by_the_hash_of_either_side(tmp_path: Path) -> None:
    """The beginning of a recorded hash and of one of now lead to the row in which it stands."""

    async def script(looked: Looked) -> None:
        sides = looked.screen.panes.sides
        for index, table in ((30, sides.recorded), (40, sides.now)):
            hash_ = table.hash(index)
            assert hash_ is not None
            await looked.press(":")
            await looked.type(hash_.hex()[:8])
            await looked.until(lambda: not looked.screen.slices)
            assert index in looked.screen.panes.pair
        await looked.press(":")
        await looked.type("fffffff0")
        await looked.until(lambda: not looked.screen.slices)
        assert looked.said()[-1] == "no event's hash begins with fffffff0"

    look(tmp_path, "changed-field", script)


def test_a_filter_shows_a_row_when_either_side_passes(tmp_path: Path) -> None:
    """& leaves the matching rows, F switches it off and on, d narrows it further; unlinking keeps it."""

    async def script(looked: Looked) -> None:
        def shown() -> list[int]:
            return [looked.tree._rows.fold.event_at(row) for row in range(len(looked.tree._rows.fold))]

        await looked.press("&")
        await looked.type("AT")
        assert shown() == [16, 18]
        assert "& AT  2 of 55" in looked.line("why-title")
        await looked.press("F")
        assert len(shown()) == 55
        await looked.press("F", "d")
        assert shown() == [16, 18]
        await looked.press("&")
        await looked.press("ctrl+u")
        await looked.type("kind:call")
        assert shown() == []
        await looked.press("d")
        assert len(shown()) == looked.tree.table.kinds.count(looked.tree.table.kinds[0])
        await looked.press("=")
        assert [len(tree._rows) for tree in looked.screen.panes.trees] == [len(shown())] * 2

    look(tmp_path, "changed-field", script)


def test_in_one_column_a_filter_keeps_both_halves_of_a_pair(tmp_path: Path) -> None:
    """Where the sides stand below each other the other half of what passes is shown with it."""

    async def script(looked: Looked) -> None:
        await looked.press("&")
        await looked.type("AT")
        assert [row[:9].strip() for row in looked.rows()[:4]] == ["≠rec   17", "≠now   17", "↳rec   19", "↳now   19"]

    look(tmp_path, "changed-field", script, size=(80, 24))


def test_errors_of_either_side_are_gone_through(tmp_path: Path) -> None:
    """e goes to the next row in which something failed, recorded or now; apart, on the side with the keys."""

    async def script(looked: Looked) -> None:
        await looked.press("g", "e")
        assert " error " in looked.here()
        assert "error" not in looked.here().partition("│↳")[0]
        await looked.press("=", "g", "e")
        assert looked.said()[-1] == "there is none in this chain"
        await looked.press("tab", "g", "e")
        assert " error " in looked.here()

    look(tmp_path, "replaced-call", script)


def test_the_words_that_changed_are_marked_and_no_others(tmp_path: Path) -> None:
    """On both sides, though they differ in a few letters alone, and whatever stands behind them."""

    async def script(looked: Looked) -> None:
        y = next(y for y, row in enumerate(looked.rows()) if row.startswith("≠  16"))
        marked = [segment.text for segment in looked.tree.render_line(y) if segment.style and segment.style.underline]
        assert marked == ["quote", "offer"]

    look(tmp_path, "changed-argument", script, size=(140, 34))
