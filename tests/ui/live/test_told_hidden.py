"""What is hidden is told, and what is paused."""

from __future__ import annotations

import pytest

from tests.ui import samples
from tests.ui.app_driver import Driven, drive_live, few_calls

pytestmark = pytest.mark.once


def test_a_paused_view_and_a_paused_actor_are_two_marks() -> None:
    """Moving up pauses the view alone, p the actor alone, and each mark goes when that does."""

    async def script(driven: Driven) -> None:
        assert "PAUSED" not in driven.line("status")
        await driven.press("k")
        assert "↑ VIEW PAUSED" in driven.line("status")
        assert "● LIVE" in driven.line("status")
        await driven.press("p")
        assert "↑ VIEW PAUSED" in driven.line("status")
        assert "⏸ ACTOR PAUSED" in driven.line("status")
        await driven.press("G")
        assert "VIEW" not in driven.line("status")
        assert "⏸ ACTOR PAUSED" in driven.line("status")

    drive_live(script, few_calls())


def test_folds_and_cut_lines_say_how_much_they_hide() -> None:
    """The bottom line counts what is folded away, a cut line the cells that are not seen."""
    long = samples.log("x" * 500)

    async def script(driven: Driven) -> None:
        await driven.press("-")
        driven.screen.unsay()
        assert "11 folded away   event" in driven.line("line")
        await driven.press("+", "G", "w")
        view = driven.screen.details.view
        shown = [view.render_line(y).text for y in range(view.size.height)]
        cut = next(text for text in shown if "xxx" in text).rstrip()
        seen, _, hidden = cut.partition("…")
        width = next(len(line) for line in view.text.split("\n") if "xxx" in line)
        assert len(seen) + int(hidden.replace(",", "")) == width

    drive_live(script, [*few_calls(), long])
