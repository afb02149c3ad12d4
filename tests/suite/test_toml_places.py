"""Where in a TOML text a key stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.toml_places import Path, place_of

VALUES = st.sampled_from(
    ["1", '"x"', "[\n  1,\n  # no key = 2\n  2,\n]", '"""\nk9 = 1\n\n[t9]\n"""', "{ inner = 1 }", "true"]
)
BETWEEN = st.sampled_from(["", "\n", "# k1 = 5\n", "   \n# x\n"])
STATEMENTS = st.lists(st.tuples(BETWEEN, VALUES), min_size=1, max_size=8)


@given(STATEMENTS, STATEMENTS, st.data())
def test_every_key_is_found_where_it_was_written(
    first: list[tuple[str, str]], second: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Whatever values of several lines, comments and empty lines stand around it, at the top and in lists of tables."""
    text, places = "", dict[Path, int]()
    for number, (between, value) in enumerate(first):
        text += between
        places[(f"k{number}",)] = text.count("\n") + 1
        text += f"k{number} = {value}\n"
    for number, (between, value) in enumerate(second):
        text += f"{between}[[chain]]\n"
        places["chain", number, "key"] = text.count("\n") + 1
        text += f"key = {value}\n"
    path = data.draw(st.sampled_from(sorted(places, key=str)))
    assert place_of(text, path) == (places[path], 1)


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("  mode = 1", ["mode"], (1, 3)),
        ("limits = { jobs = 0 }", ["limits", "jobs"], (1, 12)),
        ('limits."jobs" = 0', ["limits", "jobs"], (1, 8)),
        ("[limits]\r\njobs = 0\r\n", ["limits", "jobs"], (2, 1)),
        ("a = 1\n[limits]\njobs = 0", ["limits"], (2, 2)),
        ("a = 1\n", ["b"], (1, 1)),
        ("a = 1\n", ["a", "b"], (1, 1)),
    ],
)
def test_the_column_is_that_of_the_key(text: str, path: list[str], place: tuple[int, int]) -> None:
    """Also inside a line, and with quotes; what is nowhere is at the beginning."""
    assert place_of(text, path) == place
