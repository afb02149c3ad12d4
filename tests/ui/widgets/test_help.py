"""Help and command palette are the key table."""

from __future__ import annotations

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import OptionList

from chainview.ui.lines.line import plain
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_table import ACTIONS
from chainview.ui.widgets.keys import Scope
from chainview.ui.widgets.overlays import Help, help_lines
from tests.ui.app_driver import Driven, at_rest, drive_live, few_calls

pytestmark = pytest.mark.once


def test_help_names_every_action_of_its_screen_with_its_id() -> None:
    """Every action that has a meaning is in the help, and none that has not."""
    for scope in (Scope.LIVE, Scope.FILE):
        text = "\n".join([plain(line) for line in help_lines(KeyMap(), scope)])
        for action in ACTIONS:
            assert (f"  ({action.id})" in text) == bool(action.scope & scope)


def test_each_group_of_the_help_stands_once() -> None:
    """Actions of one group stand together on every screen, whatever their order in the table."""
    for scope in (Scope.LIVE, Scope.FILE, Scope.REPLAY, Scope.FAMILY):
        titles = [plain(line) for line in help_lines(KeyMap(), scope) if [role for _, role in line] == ["title"]]
        assert titles
        assert len(titles) == len(set(titles))


def test_help_shows_given_keys() -> None:
    """A key that a user gave is the one the help shows."""
    lines = [plain(line) for line in help_lines(KeyMap({"save": ("^s",)}), Scope.BOTH)]
    assert any("^s" in line and line.endswith("(save)") for line in lines)


def test_help_opens_with_both_keys_and_scrolls_inside() -> None:
    """? and F1 open it, F1 closes it from inside, and its keys move it rather than the chain."""

    async def script(driven: Driven) -> None:
        before = driven.screen.chain_tree.cursor
        await driven.press("question_mark")
        help_ = driven.app.screen
        assert isinstance(help_, Help)
        await driven.press("j", "j", "g", "G")
        assert help_.view.scroll_offset.y > 0
        assert driven.screen.chain_tree.cursor == before
        await driven.press("f1")
        assert driven.at_chain
        await driven.press("f1")
        assert isinstance(driven.app.screen, Help)

    drive_live(script, few_calls(), size=(80, 24))


def test_keys_that_were_typed_at_once_close_no_screen_below() -> None:
    """A box that is closed twice, before it is gone, closes once: the chain stays, and takes the next key."""

    async def script(driven: Driven) -> None:
        await driven.press("question_mark")
        help_ = driven.app.screen
        assert isinstance(help_, Help)
        for key in ("q", "escape", "q"):
            help_.post_message(events.Key(key, None))
        await at_rest(driven.pilot)
        assert driven.at_chain
        await driven.press("question_mark")
        assert isinstance(driven.app.screen, Help)

    drive_live(script, few_calls(), size=(80, 24))


def test_the_palette_has_every_action_and_runs_it() -> None:
    """^p lists the actions; choosing one does what its key does."""

    async def script(driven: Driven) -> None:
        await driven.press("g", "ctrl+p")
        assert isinstance(driven.app.screen, CommandPalette)
        await driven.type("copy hash")
        options = driven.app.screen.query_one(OptionList)
        await driven.until(lambda: options.option_count > 0)
        await driven.pilot.pause(0.3)
        await driven.press("down", "enter")
        await driven.pilot.pause()
        assert any(text.startswith("copied hash") for text in driven.said())

    drive_live(script, few_calls())


def test_without_colours_the_chosen_command_is_told_by_its_style() -> None:
    """In the terminal's own palette, and so under NO_COLOR, the line of the command that enter runs is underlined."""

    async def script(driven: Driven) -> None:
        driven.app.theme = "ansi"
        await driven.press("ctrl+p")
        options = driven.app.screen.query_one(OptionList)
        await driven.until(lambda: options.option_count > 2)
        await driven.press("down")
        await driven.until(lambda: bool(options.highlighted))

        def styles(y: int) -> list[bool]:
            return [bool(segment.style and segment.style.underline) for segment in options.render_line(y)]

        lines = {
            segment.style.meta["option"]: y for y in range(8) for segment in options.render_line(y) if segment.style
        }
        assert options.highlighted in lines
        for option, y in lines.items():
            assert any(styles(y)) == (option == options.highlighted)

    drive_live(script, few_calls())


def test_keys_that_come_faster_than_the_palette_open_one() -> None:
    """^p pressed again before the palette is there, or is gone, ends nothing."""

    async def script(driven: Driven) -> None:
        for key in ("ctrl+p", "ctrl+p", "escape", "ctrl+p", "escape", "ctrl+p"):
            driven.screen.post_message(events.Key(key, None))
        await driven.flush()
        await driven.until(lambda: isinstance(driven.app.screen, CommandPalette))
        assert sum(isinstance(each, CommandPalette) for each in driven.app.screen_stack) == 1
        await driven.press("escape")
        assert driven.at_chain
        await driven.press("ctrl+p")
        assert isinstance(driven.app.screen, CommandPalette)

    drive_live(script, few_calls())


def test_a_palette_that_is_closed_twice_takes_nothing_with_it() -> None:
    """A choice, a click or esc that came before the palette was gone closes no screen below: the chain takes keys."""

    async def script(driven: Driven) -> None:
        await driven.press("ctrl+p")
        palette = driven.app.screen
        assert isinstance(palette, CommandPalette)
        palette.dismiss()
        palette.dismiss()
        await at_rest(driven.pilot)
        assert driven.at_chain
        await driven.press("ctrl+p")
        assert isinstance(driven.app.screen, CommandPalette)

    drive_live(script, few_calls())


def test_a_command_that_is_chosen_several_times_at_once_is_done_once() -> None:
    """Keys that come together, before the palette is gone, make one choice of it."""

    async def script(driven: Driven) -> None:
        await driven.press("ctrl+p")
        await driven.type("pause actor")
        options = driven.app.screen.query_one(OptionList)
        await driven.until(lambda: options.option_count > 0)
        await driven.press("down")
        for key in ("enter", "enter"):
            driven.app.post_message(events.Key(key, None))
        await at_rest(driven.pilot)
        assert driven.at_chain

    assert drive_live(script, few_calls()).paused


@pytest.mark.parametrize("opens", ["ctrl+p", "question_mark", "D"])
def test_a_terminal_of_any_size_ends_nothing(opens: str) -> None:
    """What lies over the screen survives a terminal that has no room for a letter of it, and is there when it grows."""

    async def script(driven: Driven) -> None:
        await driven.press(opens)
        over = driven.app.screen
        for width in range(1, 11):
            for height in (1, 5, 24):
                await driven.pilot.resize_terminal(width, height)
        await driven.pilot.resize_terminal(80, 24)
        assert driven.app.screen is over
        await driven.press("escape")
        assert driven.at_chain

    drive_live(script, few_calls())


def test_themes_can_be_changed_from_the_palette() -> None:
    """Each theme can be switched to while the app runs, and the screen keeps working."""

    async def script(driven: Driven) -> None:
        for name in ("light", "ansi", "dark"):
            driven.app.theme = name
            await driven.press("j")
            assert driven.app.current_theme.name == name

    drive_live(script, few_calls())
