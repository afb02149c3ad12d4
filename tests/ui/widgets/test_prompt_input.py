"""The prompt's field takes its keys in the order in which they were pressed, however fast they come."""

from __future__ import annotations

import random
from functools import partial

import pytest
from textual import events
from textual.widgets import Input

from tests.ui.app_driver import Driven, drive_live, few_calls

EDITS = ("backspace", "left", "right", "home", "end", "delete")
NAMES = {"slash": "/", "minus": "-", "left_parenthesis": "("}


def burst(driven: Driven, keys: list[str]) -> None:
    """Presses keys without a moment in between, as a paste or a slow machine does."""
    for key in keys:
        driven.app.post_message(events.Key(key, NAMES.get(key, key if len(key) == 1 else None)))


def typed(keys: list[str]) -> str:
    """What a field holds after these keys."""
    text, at = "", 0
    for key in keys:
        if key == "backspace":
            text, at = text[: max(0, at - 1)] + text[at:], max(0, at - 1)
        elif key == "delete":
            text = text[:at] + text[at + 1 :]
        elif key in ("left", "right"):
            at = max(0, at - 1) if key == "left" else min(len(text), at + 1)
        elif key in ("home", "end"):
            at = 0 if key == "home" else len(text)
        else:
            text, at = text[:at] + NAMES.get(key, key) + text[at:], at + 1
    return text


def holds(field: Input, text: str) -> bool:
    """Whether the field has the keys, and this text."""
    return field.has_focus and field.value == text


@pytest.mark.once
def test_no_key_is_lost_or_overtaken() -> None:
    """Characters and the keys that move and delete, in one burst with the key that opens the prompt."""

    async def script(driven: Driven) -> None:
        field = driven.screen.query_one("#prompt-input", Input)
        for keys in bursts:
            burst(driven, ["slash", *keys])
            await driven.until(partial(holds, field, typed(keys)))
            assert field.value == typed(keys)
            await driven.press("escape")

    chance = random.Random(7)
    known = ["a", "q", "5", "slash", "minus", "left_parenthesis", *EDITS]
    bursts = [chance.choices(known, k=chance.randint(1, 30)) for _ in range(12)]
    drive_live(script, few_calls())


def test_a_paste_keeps_its_place_among_the_keys() -> None:
    """Also behind the key that opens the prompt; one that no prompt takes is no keys."""

    async def script(driven: Driven) -> None:
        driven.app.post_message(events.Paste("q"))
        burst(driven, ["slash", "a"])
        driven.app.post_message(events.Paste("b\nq"))
        burst(driven, ["c"])
        field = driven.screen.query_one("#prompt-input", Input)
        await driven.until(partial(holds, field, "ab qc"))

    drive_live(script, few_calls())


def test_what_is_typed_behind_enter_is_for_the_screen() -> None:
    """The search is entered, and the keys after it step and open the prompt again."""

    async def script(driven: Driven) -> None:
        burst(driven, ["slash", *"adding", "enter", "n", "n", "slash", *"put"])
        field = driven.screen.query_one("#prompt-input", Input)
        await driven.until(lambda: field.has_focus and field.value == "put")
        assert driven.at_chain

    drive_live(script, few_calls())


def test_a_key_that_the_field_does_not_know_does_nothing() -> None:
    """No command of the screen runs while something is typed, and ^c says how to quit."""

    async def script(driven: Driven) -> None:
        burst(driven, ["slash", "a", "f5", "ctrl+o", "b", "ctrl+c"])
        field = driven.screen.query_one("#prompt-input", Input)
        await driven.until(lambda: any("quits chainview" in text for text in driven.said()))
        assert field.has_focus
        assert field.value == "ab"

    drive_live(script, few_calls())
