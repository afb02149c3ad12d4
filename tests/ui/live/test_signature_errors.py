"""What does not fit in a call is told under its place as soon as nothing typed behind it can mend it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused, Export, exports_of, parse_call
from chainview.ui.feeds.sources import LiveSource
from tests.actor.running import sample
from tests.ui.app_driver import Driven, PlayedSession, drive

pytestmark = pytest.mark.once
PRICING = exports_of(load_module(sample("pricing")))


class Pricing(PlayedSession):
    """A session whose actor exports what the pricing desk does."""

    def exports(self) -> Sequence[Export]:
        return PRICING

    def check(self, text: str) -> CallRefused | None:
        """As a real session does it."""
        try:
            parse_call(text, PRICING)
        except CallRefused as refused:
            return refused
        return None


@pytest.mark.parametrize(
    ("typed", "caret", "says"),
    [
        ("set-rate(1, ", "1", "sku does not fit: expected string, got 1"),
        ('set-rate("tea", "x"', '"x"', "cents does not fit"),
        ("quote({customer: 5, ", "5", "expected string, got 5"),
    ],
)
def test_what_no_later_letter_can_mend_is_told_before_the_brackets_close(typed: str, caret: str, says: str) -> None:
    """Once typing pauses the reason stands below the argument, or the field, that does not fit."""
    session = Pricing()

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("c")
        await driven.type(typed)
        await driven.until(lambda: says in driven.line("prompt-note"))
        indent = len(f" {prompt.purpose.label} ") if prompt.purpose else 0
        assert driven.line("prompt-note").index("^") == indent + typed.index(caret)

    drive(LiveSource(lambda: session), script, size=(120, 34))


@pytest.mark.parametrize("typed", ["set-rate(", 'set-rate("tea", 4', 'set-rate("te', "quote({customer: "])
def test_what_may_still_become_right_is_not_told_to_be_wrong(typed: str) -> None:
    """Nothing is said of a call that is on its way, however long typing pauses."""
    refused = Pricing().check(typed)
    assert refused is not None
    session = Pricing()

    async def script(driven: Driven) -> None:
        await driven.press("c")
        await driven.type(typed)
        purpose = driven.screen.prompt.purpose
        assert purpose is not None
        complaint = purpose.changed(typed).complaint
        assert complaint is not None
        assert complaint.unfinished
        assert "^" not in driven.line("prompt-note")

    drive(LiveSource(lambda: session), script, size=(120, 34))


@pytest.mark.parametrize(
    ("typed", "name", "becomes"), [("tot", "totals", "totals()"), ("totals(); se", "set-rate", "totals(); set-rate(")]
)
def test_an_export_that_is_clicked_is_the_call(typed: str, name: str, becomes: str) -> None:
    """Without a key: its name stands in the place of the last call, with the brackets that are known."""
    session = Pricing()

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("c")
        await driven.type(typed)
        rows = prompt.candidates.text.splitlines()
        at = next(y for y, row in enumerate(rows) if row.split()[0] == name)
        await driven.pilot.click("#prompt-candidates", offset=(4, at))
        await driven.until(lambda: prompt.input.value == becomes)
        assert prompt.input.has_focus

    drive(LiveSource(lambda: session), script, size=(120, 34))
