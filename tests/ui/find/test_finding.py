"""Find, filter and go to on the live screen."""

from __future__ import annotations

import pytest

from chainview.ui.feeds.sources import LiveSource
from chainview.ui.find.go_to import Wanted, hash_matches, parse_wanted
from chainview.ui.panes.value_view import ValueView
from tests.ui import samples
from tests.ui.app_driver import Driven, PlayedSession, drive, drive_live, few_calls

pytestmark = pytest.mark.once


def test_find_goes_to_hits_and_counts_them() -> None:
    """/ highlights while typing, enter goes to the first hit, n and N to the others, and the line says which it is."""

    async def script(driven: Driven) -> None:
        await driven.press("g", "slash")
        await driven.type("adding")
        await driven.press("enter")
        tree = driven.screen.chain_tree
        assert tree.cursor == 4
        await driven.press("n")
        assert tree.cursor == 8
        assert "2/3" in driven.line("line")
        await driven.press("N")
        assert tree.cursor == 4

    drive_live(script, few_calls())


def test_the_first_hit_is_there_as_something_is_typed_and_left_again_with_it() -> None:
    """Each letter goes to the first hit behind where it began; esc goes back there, following again what comes."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        session.record(few_calls())
        await driven.flush()
        end = tree.cursor
        await driven.press("slash")
        await driven.type("adding")
        await driven.until(lambda: tree.cursor == 4)
        await driven.press("escape")
        assert tree.cursor == end
        session.record(few_calls())
        await driven.flush()
        assert tree.cursor != end
        await driven.press("g", "slash")
        await driven.type("addingnot")
        await driven.until(lambda: tree.cursor == 0)
        for _ in "not":
            await driven.press("backspace")
        assert tree.cursor == 4
        await driven.press("enter", "n")
        assert tree.cursor == 8

    session = PlayedSession()
    drive(LiveSource(lambda: session), script)


def test_a_text_that_is_no_expression_is_searched_for_as_it_stands() -> None:
    """Which is said; tab does so with what may be one, too."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("g", "slash")
        await driven.type("(")
        assert "as it stands" in driven.line("prompt-note")
        await driven.press("backspace")
        await driven.type("a.ding")
        assert tree.cursor == 4
        await driven.press("tab")
        await driven.until(lambda: tree.cursor == 0 and "no hit" in driven.line("line"))
        assert "find plain /" in driven.line("prompt-label")
        await driven.press("tab", "enter")
        assert tree.cursor == 4

    drive_live(script, few_calls())


def test_what_a_filter_hides_is_found_and_shown() -> None:
    """Where what it shows has no hit, or no failure: the filter is switched off, and that is said."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("g", "ampersand")
        await driven.type("kind:call")
        await driven.press("enter", "slash")
        await driven.type("adding")
        assert tree.filter_count is not None
        await driven.press("enter")
        assert tree.cursor == 4
        assert "filter off" not in driven.line("footer")
        assert any("the filter hid it, so it is off now: F" in text for text in driven.said())

    drive_live(script, few_calls())


def test_a_filter_hides_the_rest_and_can_be_switched_without_losing_the_event() -> None:
    """& shows what matches with its count, F shows everything and the matches again, on the same event."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("g", "j", "ampersand")
        await driven.type("kind:host")
        await driven.press("enter")
        await driven.flush()
        assert tree.filter_count == (7, 15)
        assert "7 of 15" in driven.line("line")
        assert tree.cursor == 1
        await driven.press("F")
        assert tree.filter_count is None
        assert tree.cursor == 1
        assert "off" in driven.line("line")
        await driven.press("F")
        assert tree.filter_count == (7, 15)

    drive_live(script, few_calls())


def test_a_field_that_is_misspelled_in_a_filter_is_told_while_it_is_typed() -> None:
    """It is looked for as a text, and which field was meant stands below the prompt; a word is no such field."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("ampersand")
        await driven.type("knd:host")
        await driven.until(lambda: "did you mean the field kind?" in driven.line("prompt-note"))
        prompt.input.value = "kind:host"
        await driven.until(lambda: "did you mean" not in driven.line("prompt-note"))

    drive_live(script, few_calls())


def test_go_to_takes_numbers_steps_and_hashes() -> None:
    """: goes to a number, some events on, and to the start of a hash; what is none is said."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        for text, index in (("7", 6), ("+2", 8), ("-1", 7), (tree.table.hash(11).hex()[:9], 11)):  # type: ignore[union-attr]
            await driven.press("colon")
            await driven.type(text)
            await driven.press("enter")
            await driven.flush()
            assert tree.cursor == index
        await driven.press("colon")
        await driven.type("999")
        await driven.press("enter")
        assert "there is no event 999" in driven.line("prompt-note")

    drive_live(script, few_calls())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2,407", Wanted(number=2407)),
        ("#12", Wanted(number=12)),
        ("+5", Wanted(step=5)),
        ("9f2e", Wanted(hash_prefix="9f2e")),
        ("4107", Wanted(number=4107, hash_prefix="4107")),
        ("x", None),
        ("", None),
    ],
)
def test_what_can_be_gone_to(text: str, wanted: Wanted | None) -> None:
    """Numbers, steps and hashes are told apart; digits may be a number and a hash."""
    assert parse_wanted(text) == wanted


def test_hashes_are_found_by_any_number_of_digits() -> None:
    """An odd number of digits finds an event as well as an even one."""
    session = PlayedSession()
    session.record(few_calls())
    from chainview.ui.feeds.live_feed import LiveFeed

    feed = LiveFeed(session)
    session.record(few_calls())
    feed.take()
    hash_ = feed.table.hash(5)
    assert hash_ is not None
    for digits in (6, 7, 40):
        found = [index for index in hash_matches(feed.table, hash_.hex()[:digits]) if index is not None]
        assert found == [5]


def test_hits_are_lit_in_the_details_too() -> None:
    """Where they stand there, and no longer once the search has ended."""

    async def script(driven: Driven) -> None:
        def lit() -> list[str]:
            strips = [view.render_line(y) for view in driven.screen.query(ValueView) for y in range(view.size.height)]
            return [part.text for strip in strips for part in strip if part.style and part.style.underline]

        await driven.press("g", "slash")
        await driven.type("adding")
        await driven.until(lambda: lit() == ["adding"])
        await driven.press("enter")
        assert lit() == ["adding"]
        await driven.press("escape")
        assert lit() == []

    drive_live(script, few_calls())


def test_a_hit_below_what_the_details_show_is_scrolled_to() -> None:
    """When the cursor comes to the event, and while typing; a hit that is in sight moves nothing."""
    needle = f"{'much ' * 2000}needle"

    async def script(driven: Driven) -> None:
        def details() -> ValueView:
            return next(view for view in driven.screen.query(ValueView) if view.display)

        def shown() -> str:
            view = details()
            return "".join([view.render_line(y).text for y in range(view.size.height)])

        await driven.press("g", "slash")
        await driven.type("needle")
        await driven.until(lambda: "needle" in shown())
        assert details().scroll_offset.y > 0
        await driven.press("escape", "g", "slash")
        await driven.type("much")
        await driven.until(lambda: "much" in shown())
        assert details().scroll_offset.y == 0

    drive_live(script, [*few_calls(), samples.call("late"), samples.log(needle)])
