"""Where calls and their parts stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.literal.outline import call_lines, calls_of, closed, comment_of, marks, one_line, place_of


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("f()\ng()", ["f()", "g()"]),
        ("f(\n  1,\n  2\n)\ng()\n", ["f(\n  1,\n  2\n)", "g()"]),
        ("f(1\ng()\nh()", ["f(1", "g()", "h()"]),
        ('f("a\nb")\ng()', ['f("a\nb")', "g()"]),
        ('f("a\ng()', ['f("a', "g()"]),
        ('f() # said "once (\ng()', ['f() # said "once (', "g()"]),
        ("# (\nf()", ["# (", "f()"]),
        ("f(\n# 1\n)\n\n", ["f(\n# 1\n)", ""]),
        ("", []),
        ("increment\n", ["increment"]),
        ("f)\ng()", ["f)", "g()"]),
        ("f([1,\n2])  \ng(')')", ["f([1,\n2])  ", "g(')')"]),
    ],
)
def test_a_call_goes_on_while_its_brackets_are_open(text: str, lines: list[str]) -> None:
    """A line each otherwise; one whose brackets never close stands for itself."""
    assert [text[start:end] for start, end in call_lines(text)] == lines


@given(st.text(alphabet="f()[]{}\"'#\n \\,", max_size=30))
def test_every_letter_is_in_one_call_or_ends_it(text: str) -> None:
    """The lines and the feeds between them are the text."""
    found = list(call_lines(text))
    assert "\n".join([text[start:end] for start, end in found]) == text.removesuffix("\n") or text == "\n"
    assert comment_of(text) <= len(text)
    assert all(text.startswith(mark.text, mark.at) for mark in marks(text))


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("(1, 2)", (1,), "2)"),
        ("( 1 )", (0,), "1 )"),
        ('("a, (b", 2)', (1,), "2)"),
        ("none<result<u8, s8>>", (), "none"),
        ("(none<result<u8, s8>>, 5)", (1,), "5)"),
        ("map<u8, u8>[1 => 2, 3 => 4]", (3,), "4]"),
        ("p{x: 1, y: ::red(7)}", (1, 0), "7)}"),
        ("p{x: v::red}", (0,), "v::red}"),
        ("(1)", (4,), "1)"),
        ("5", (0, 1), "5"),
    ],
)
def test_a_part_is_found_in_the_text(text: str, path: tuple[int, ...], found: str) -> None:
    """By the brackets and commas alone; in a text that lacks it, as near as can be."""
    assert text[place_of(text, path) :].startswith(found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("f(1)\ng()\n", "f(1); g()"),
        ("# a\n\nf(\n  1,\n  2\n)  # b\ng", "f(1, 2); g"),
        ('f("a\nb")', 'f("a\\nb")'),
        ("f({\n  x: 1,\n})", "f({x: 1,})"),
        ('place({\n  customer: "Ada",\n', 'place({customer: "Ada",'),
        ("f(1)\ng({\n  x: [1,\n    2\n", "f(1); g({x: [1, 2"),
        ("", ""),
    ],
)
def test_several_lines_are_one(text: str, line: str) -> None:
    """Without comments, and with a feed in a text escaped; also where the rest of the last call is yet to be typed."""
    assert one_line(text) == line


def test_calls_of_a_line_are_parted() -> None:
    """By a semicolon that stands in no bracket and in no text."""
    line = ' f(";", (1)) ;; g()'
    assert [line[start:end] for start, end in calls_of(line)] == ['f(";", (1))', "g()"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("f(1, ", "f(1)"),
        ("f({x: [1, 2", "f({x: [1, 2]})"),
        ("f({x: 1, y", "f({x: 1})"),
        ("f({x: 1, y: ", "f({x: 1})"),
        ("f()", "f()"),
    ],
)
def test_what_is_open_is_closed(text: str, whole: str) -> None:
    """As if no more were to come."""
    assert closed(text) == whole
