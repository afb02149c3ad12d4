"""Messages of a screen: where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_a_long_message_stands_above_the_keys_and_covers_nothing(tmp_path: Path) -> None:
    """It is told whole on lines of its own, between which no name is torn; the rest keeps all of its rows' ends."""

    async def script(looked: Looked) -> None:
        screen, footer = looked.screen, looked.screen.footer
        keys, height = footer.text, looked.tree.size.height
        path = "/home/ada/projects/pricing/recordings/workloads/short.chain.rules"
        screen.say(f"C1 in sample:pricing/rates.lookup is accepted from now on: {path}")
        await looked.until(lambda: footer.size.height > 1)
        told = [footer.render_line(y).text for y in range(footer.size.height)]
        assert told[-1].rstrip() == keys.rstrip()
        assert "".join("".join(told[:-1]).split()).endswith(path)
        assert all(cell_len(line) == footer.size.width for line in told)
        assert footer.region.bottom == screen.size.height
        assert screen.pane.region.bottom == footer.region.y
        assert looked.tree.size.height + footer.size.height == height + 1
        assert "≠" in looked.here()
        screen.say("short")
        await looked.until(lambda: footer.size.height == 1)
        assert "short" in looked.line("why-title")

    look(tmp_path, "changed-argument", script, size=(80, 24))


def test_a_message_over_an_overlay_stands_on_the_screen_below(tmp_path: Path) -> None:
    """^c in the help tells how the program ends without covering the help."""

    async def script(looked: Looked) -> None:
        await looked.press("question_mark", "ctrl+c")
        assert looked.app.screen is not looked.screen
        assert "quits" in looked.screen.notice.text

    look(tmp_path, "changed-argument", script, size=(80, 24))
