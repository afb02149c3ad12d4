"""The causes on the replay screen: their list, and the reason for the one under the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.ui.find.code_page import CodePage
from chainview.ui.replay.causes import Causes
from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_the_reason_is_that_of_the_cause_under_the_cursor(tmp_path: Path) -> None:
    """Going from cause to cause tells each in full, and an event between them what it has to do with the one before."""

    async def script(looked: Looked) -> None:
        await looked.press("C", "j", "enter")
        explanation = looked.screen.progress.explanation
        assert explanation is not None
        first, other = explanation.causes
        assert looked.tree.cursor == other.event - 1
        assert other.function in looked.below.splitlines()[2]
        assert f"then what differs from event {first.event} on" in looked.below
        await looked.press("j")
        assert "here    " in looked.below
        assert other.function in looked.below.splitlines()[3]

    look(tmp_path, "two-faults", script)


def test_causes_are_a_list_to_choose_from(tmp_path: Path) -> None:
    """C lists each with its event, its code and what changed; enter goes there, and esc leaves the cursor alone."""

    async def script(looked: Looked) -> None:
        explanation = looked.screen.progress.explanation
        assert explanation is not None
        await looked.press("C")
        listed = looked.app.screen
        assert isinstance(listed, Causes)
        lines = listed.view.text.splitlines()
        for line, cause in zip(lines, explanation.causes, strict=False):
            assert line.split()[:2] == [str(cause.event), str(cause.code)]
        await looked.press("j", "enter")
        assert looked.tree.cursor == explanation.causes[1].event - 1
        await looked.press("C", "k", "escape")
        assert looked.tree.cursor == explanation.causes[1].event - 1

    look(tmp_path, "two-faults", script)


def test_a_list_of_causes_of_what_is_the_same_is_not_shown(tmp_path: Path) -> None:
    """Where nothing differs, that is said instead."""

    async def script(looked: Looked) -> None:
        await looked.press("C")
        assert looked.app.screen is looked.screen
        assert looked.said()[-1] == "nothing differs"

    look(tmp_path, "", script)


def test_a_key_opens_the_page_of_a_code(tmp_path: Path) -> None:
    """H shows what the code of the cause under the cursor means, in the list that of the line there, and closes it."""

    async def script(looked: Looked) -> None:
        explanation = looked.screen.progress.explanation
        assert explanation is not None
        await looked.press("H")
        page = looked.app.screen
        assert isinstance(page, CodePage)
        assert page.box.border_title == f"{explanation.causes[0].code} argument changed"
        await looked.press("H", "C", "j", "H")
        page = looked.app.screen
        assert isinstance(page, CodePage)
        assert page.box.border_title == f"{explanation.causes[1].code} other response"
        await looked.press("escape")
        assert isinstance(looked.app.screen, Causes)

    look(tmp_path, "two-faults", script)


def test_accepted_causes_stand_in_the_list_marked_so(tmp_path: Path) -> None:
    """One of two, then both: C lists them and goes to them, and H tells what their code means."""

    async def script(looked: Looked) -> None:
        await looked.press("C")
        listed = looked.app.screen
        assert isinstance(listed, Causes)
        told = [line.split("  ")[-1].rstrip() for line in listed.view.text.splitlines()[:2]]
        assert "accepted" not in listed.view.text
        await looked.press("escape", "a", "enter", "enter")
        await looked.until_done()
        assert "U takes it back" in looked.said()[-1]
        await looked.press("C")
        listed = looked.app.screen
        assert isinstance(listed, Causes)
        lines = listed.view.text.splitlines()
        assert (lines[0][0], lines[1][0]) == ("✓", " ")
        assert [line.split("  ")[-1].rstrip()[:20] for line in lines[:2]] == [each[:20] for each in told]
        await looked.press("escape", ".", "a", "enter", "enter")
        await looked.until_done()
        await looked.press("C", "k", "enter")
        explanation = looked.screen.progress.explanation
        assert explanation is not None
        assert explanation.passes
        assert "C accepted causes  U take back" in looked.line("footer")
        assert looked.tree.cursor == explanation.accepted[0].event - 1
        await looked.press("H")
        assert isinstance(looked.app.screen, CodePage)

    look(tmp_path, "two-faults", script)
