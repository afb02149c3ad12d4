"""Rows of results whose sides leave other states."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult

from chainview.pack.values import S64, U32, Record, String
from chainview.replay.judge.causes import Label
from chainview.ui.replay.pair_painter import Shown
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.pairs import Pairs, Sides
from tests.ui import samples
from tests.ui.replay.test_rows import table_of

pytestmark = pytest.mark.once


def bank(seq: int, fees: int, owner: str = "ann", *more: int) -> Record:
    """A state of some fields."""
    fields = [("seq", U32(seq)), ("fees", S64(fees)), ("owner", String(owner))]
    return Record("bank", (*fields, *[(f"field-{at}", S64(each)) for at, each in enumerate(more)]))


class PairApp(App[None]):
    """An app that is nothing but the rows of a replay."""

    def __init__(self, pairs: Pairs, sides: Sides) -> None:
        super().__init__()
        self.shown = PairTree()
        self.given = pairs, sides

    def compose(self) -> ComposeResult:
        yield self.shown


def rows_of(recorded: Record, now: Record, width: int, shown: Shown) -> list[str]:
    """The rows of a call whose result leaves these states, which differ, after one that left the same."""
    sides = []
    for state in (recorded, now):
        parts = [samples.call("init"), samples.result("init", bank(4, 0, "ann", 1, 2, 3))]
        sides.append(table_of([*parts, samples.call("f"), samples.result("f", state)]))
    pairs = Pairs.in_step(4, 3)
    app = PairApp(pairs, Sides(sides[0], sides[1]))
    found: list[str] = []

    async def run() -> None:
        async with app.run_test(size=(width, 10)) as pilot:
            app.shown.set_shown(shown)
            app.shown.show(*app.given)
            await pilot.pause()
            found.extend(app.shown.render_line(y).text for y in range(6))

    asyncio.run(run())
    assert pairs.labels[3] == Label.CAUSE
    return [row for row in found if row.startswith("≠")]


@pytest.mark.parametrize(("width", "shown"), [(80, Shown.COLUMN), (200, Shown.BOTH), (120, Shown.BOTH)])
@pytest.mark.parametrize("more", [(1, 2, 3), (9, 9, 9)])
def test_a_field_that_one_side_leaves_as_it_was_is_named_on_both(
    width: int, shown: Shown, more: tuple[int, ...]
) -> None:
    """What changed in the state only where it was recorded, or in what is left out, stands on both sides of the row."""
    rows = rows_of(bank(5, 10, "ann", *more), bank(5, 0, "ann", *more), width, shown)
    text = "\n".join(rows)
    assert "≠ state.fees 10s64" in text
    assert "≠ state.fees 0s64" in text


def test_a_field_that_both_sides_change_is_seen_as_it_is() -> None:
    """Where the change stands on both sides, the row says it in its own words."""
    text = "\n".join(rows_of(bank(4, 10, "ann", 1, 2, 3), bank(4, 12, "ann", 1, 2, 3), 200, Shown.BOTH))
    assert "state.fees 0 → 10" in text
    assert "state.fees 0 → 12" in text
