"""What the screen tells of time."""

from __future__ import annotations

import pytest

from chainview.ui.live.time_actions import StatisticsBox
from tests.ui.app_driver import Driven, drive_live, few_calls

pytestmark = pytest.mark.once


def test_rows_tell_what_events_took_on_demand() -> None:
    """One key puts durations in the place of the hashes and the rate below, and gives the hashes back."""

    async def script(driven: Driven) -> None:
        hash_ = driven.screen.chain_tree.table.hash(1)
        assert hash_ is not None
        await driven.press("g", "T")
        row = driven.screen.chain_tree.render_line(1).text
        assert "250 µs" in row
        assert hash_.hex()[:7] not in row
        driven.screen.unsay()
        assert "rate " in driven.line("line")
        assert "at most" in driven.line("line")
        await driven.press("T")
        assert hash_.hex()[:7] in driven.screen.chain_tree.render_line(1).text

    drive_live(script, few_calls())


def test_the_rail_tells_where_time_passed() -> None:
    """With durations shown, each line beside the scroll bar stands for the time of its part of the chain."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("f", "g")
        assert not tree._timeline(0)
        await driven.press("T")
        assert tree._timeline(0) in "▁▂▃▄▅▆▇█"
        assert tree.render_line(3).text[-1] in "▁▂▃▄▅▆▇█▐"

    drive_live(script, few_calls(40))


def test_a_slow_call_can_be_gone_to_from_the_table() -> None:
    """The box counts every event, and enter goes to the call under its cursor."""

    async def script(driven: Driven) -> None:
        await driven.press("f", "g", "D")
        box = driven.top
        assert isinstance(box, StatisticsBox)
        await driven.until(lambda: "15 events" in box.view.text)
        assert "increment" in box.view.text
        wanted = int(box.cursor)
        await driven.press("enter")
        assert driven.at_chain
        cursor = driven.screen.chain_tree.cursor
        assert cursor is not None
        assert driven.screen.chain_tree.table.number(cursor) == wanted

    drive_live(script, few_calls())


def test_a_click_on_a_columns_head_sorts_the_table() -> None:
    """Those come first that have most in it, the box says so and stays, and a click beside a title sorts nothing."""

    async def script(driven: Driven) -> None:
        await driven.press("f", "g", "D")
        box = driven.top
        assert isinstance(box, StatisticsBox)
        await driven.until(lambda: "15 events" in box.view.text)
        lines = box.view.text.split("\n")
        y = next(at for at, line in enumerate(lines) if "number" in line and "size" in line)
        for column in ("size", "number"):
            await driven.pilot.click(box.view, offset=(lines[y].index(column), y))
            await driven.until(lambda: "sorted by" in box.view.text)
            await driven.flush()
            assert f"sorted by {column}" in box.view.text
        assert driven.top is box

    drive_live(script, few_calls())
