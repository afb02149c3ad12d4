"""Words that a literal goes on with: cases and fields, as its type declares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal.outline import levels_at
from chainview.pack.typed.words import begun_word, words_for

NUMBER = TypeDesc("u8")
SHAPE = TypeDesc("variant", "shape", cases=(("dot", None), ("disc", NUMBER), ("at", TypeDesc("bool"))))
POINT = TypeDesc(
    "record", "point", fields=(("x", NUMBER), ("x-axis", NUMBER), ("shape", TypeDesc("option", args=(SHAPE,))))
)
WHOLE = TypeDesc("list", args=(POINT,))


def words(text: str) -> list[str]:
    """What a literal of points may go on with behind a text."""
    begun = begun_word(text)
    return [] if begun is None else words_for(WHOLE, levels_at(text, len(text)), begun)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[", ["{"]),
        ("[{", ["x: ", "x-axis: ", "shape: "]),
        ("[{x", ["x: ", "x-axis: "]),
        ("[{x: 1, ", ["x-axis: ", "shape: "]),
        ("[{x: ", []),
        ("[{shape: ", ["none", "some("]),
        ("[{shape: some(", ["dot", "disc(", "at("]),
        ("[{shape: some(d", ["dot", "disc("]),
        ("[{shape: some(shape::di", ["disc("]),
        ("[{shape: some(at(", ["true", "false"]),
        ("[{shape: some(at(t", ["true"]),
        ("[{x: 1}", []),
        ('[{x: "sh', []),
        ("[{x: 1}, {sh", ["shape: "]),
        ("[{nowhere: d", []),
    ],
)
def test_cases_and_fields_follow_what_is_typed(text: str, expected: list[str]) -> None:
    """Those that begin with what is typed, a field once, with what stands behind each; none where none can be."""
    assert words(text) == expected


@given(st.text('[{(x: shape,some at d1"\\}])=>', max_size=30))
def test_any_text_goes_on_as_it_stands(text: str) -> None:
    """What is typed is the beginning of every word that is offered for it, whatever the text is."""
    begun = begun_word(text)
    assert all(word.startswith(begun or "") for word in words(text))
    assert text.endswith(begun or "")
