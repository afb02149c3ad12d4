"""What lies over the screen for a moment, and what is said on it."""

from __future__ import annotations

from functools import partial

import pytest
from rich.console import RenderableType
from textual.geometry import Offset
from textual.screen import Screen

from chainview.ui.lines.line import plain
from chainview.ui.widgets import overlays
from chainview.ui.widgets.overlays import Help, MessageBox, Overlay, Question
from tests.ui.app_driver import Driven, drive_live, few_calls

pytestmark = pytest.mark.once


async def click_on(driven: Driven, text: str) -> None:
    """Clicks on the line of the box that begins with a text."""
    box = driven.app.screen
    assert isinstance(box, Overlay)
    row = next(row for row in range(99) if plain(box.view.line(row)).startswith(text))
    await driven.pilot.click(offset=box.view.content_region.offset + Offset(1, row))
    await driven.pilot.pause()


def test_the_last_line_names_the_keys_of_the_box_that_is_open() -> None:
    """No key of the screen below that does nothing meanwhile; they stand there again once the box is closed."""

    async def script(driven: Driven) -> None:
        footer = driven.screen.footer
        below = footer.text

        def tells(text: str) -> bool:
            return footer.text == text

        assert below.startswith(" ? help")
        for opens, told in (
            ("question_mark", " esc close  ↑ ↓ scroll  "),
            ("ctrl+p", " enter do it  ↑ ↓ move  esc close  "),
            ("D", " enter choose  ↑ ↓ move  esc go back  "),
        ):
            await driven.press(opens)
            await driven.until(partial(tells, told))
            await driven.press("escape")
            await driven.until(partial(tells, below))

    drive_live(script, few_calls())


def test_a_click_does_what_the_line_or_the_room_beside_it_stands_for() -> None:
    """A choice answers, `n` and the line of esc close, and so does the room beside the box; other lines do nothing."""

    async def script(driven: Driven) -> None:
        answers: list[str | None] = []

        async def ask() -> None:
            driven.app.push_screen(Question("q", "Stop it?", {"y": "stop it"}), answers.append)
            await driven.pilot.pause()

        await ask()
        await click_on(driven, "Stop it?")
        assert answers == []
        await click_on(driven, "y")
        await ask()
        await click_on(driven, "n")
        await ask()
        await driven.pilot.click(offset=(0, 0))
        await driven.pilot.pause()
        assert answers == ["y", None, None]
        driven.app.push_screen(MessageBox("no picture", "why"))
        await driven.pilot.pause()
        await click_on(driven, "why")
        assert isinstance(driven.app.screen, MessageBox)
        await click_on(driven, "esc closes this")
        assert driven.at_chain
        await driven.press("question_mark")
        assert isinstance(driven.app.screen, Help)
        await driven.pilot.click(offset=(0, 0))
        await driven.pilot.pause()
        assert driven.at_chain

    drive_live(script, few_calls())


def test_a_box_is_painted_only_when_something_changes() -> None:
    """What it covers is not painted again and again, and what changes below it is painted."""

    async def script(driven: Driven) -> None:
        painted: list[object] = []
        display = driven.app._display

        def paint(screen: Screen[object], update: RenderableType | None) -> None:
            painted.append(update)
            display(screen, update)

        driven.app._display = paint  # type: ignore[method-assign, assignment]
        await driven.press("question_mark")
        driven.screen.say("something new")
        await driven.flush()
        painted.clear()
        for _ in range(5):
            driven.screen.call_later(driven.screen.tick)
            await driven.pilot.pause()
        assert painted == []
        driven.screen.say("something else")
        await driven.until(lambda: bool(painted))

    drive_live(script, few_calls())


def test_what_was_said_does_not_stay_over_the_next_prompt() -> None:
    """Neither on the screen's line nor as a toast."""

    async def script(driven: Driven) -> None:
        driven.screen.say("there is none in this chain", "warning")
        driven.screen.say("x" * 500, "warning")
        await driven.pilot.pause()
        await driven.press("slash")
        assert driven.said() == []

    drive_live(script, few_calls())


def test_a_question_that_nobody_asked_for_takes_no_keys_that_were_typed_for_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It waits until the prompt is left, and hears nothing until no key has come for a moment."""
    monkeypatch.setattr(overlays, "_QUIET_SECONDS", 1000.0)
    answers: list[str | None] = []

    async def script(driven: Driven) -> None:
        screen = driven.screen
        await driven.press("c")
        question = Question("lost?", "Really.", {"w": "write"})
        screen.interrupt(question, answers.append)
        await driven.type("www")
        assert (driven.app.screen, screen.prompt.input.value) == (screen, "www")
        await driven.press("escape", "w", "w")
        assert (driven.app.screen, answers) == (question, [])
        question.hear()
        await driven.press("w")
        assert answers == ["w"]

    drive_live(script, few_calls())
