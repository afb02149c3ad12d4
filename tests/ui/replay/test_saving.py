"""Saving a replay from its screen: a page, or the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_a_replay_is_saved_as_page_and_report(tmp_path: Path) -> None:
    """What the name asks for; a file that exists is replaced only when that was entered again."""

    async def script(looked: Looked) -> None:
        for name in ("a.html", "a.txt", "a.json"):
            await looked.press("s")
            assert "save the replay to" in looked.line("prompt-label")
            looked.screen.prompt.input.value = str(tmp_path / name)
            await looked.press("enter")
            while looked.screen.slices:
                looked.screen.tick()
        await looked.press("s")
        looked.screen.prompt.input.value = str(tmp_path / "a.txt")
        await looked.press("enter")
        assert "exists already: enter again replaces it" in looked.line("prompt-note")

    look(tmp_path, "changed-argument", script)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "offer 1 for Ada" in page
    assert (tmp_path / "a.txt").read_text("utf-8").startswith("DIVERGES at event 16 of 55")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["causes"][0]["code"] == "C1"
