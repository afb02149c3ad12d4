"""Actor ids as text."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.hosts.actor_ids import actor_id

ID = "550e8400-e29b-41d4-a716-446655440000"


@given(st.uuids())
def test_each_form_of_an_id_is_that_id(id: UUID) -> None:
    """With hyphens or without, in braces, as a URN, in letters of either case."""
    for form in (str(id), id.hex, f"{{{id}}}", id.urn, str(id).upper(), f"URN:UUID:{id}"):
        assert actor_id(form) == str(id)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "invalid length: found 0"),
        ("x" * 60, "invalid length: found 60"),
        ("nobody", "invalid character: found `n` at 0"),
        ("0123zz", "invalid character: found `z` at 4"),
        ("é", "invalid character: found `é` at 0"),
        ("0123", "invalid length: found 4"),
        ("550e8400-e29b-41d4-a716", "invalid group count: expected 5, found 4"),
        (ID + "0", "invalid group length in group 4: expected 12, found 13"),
        (ID[:-1], "invalid group length in group 4: expected 12, found 11"),
        ("550e840-0e29b-41d4-a716-446655440000", "invalid group length in group 0: expected 8, found 7"),
        ("550e8400-e29b-41d4-a7164-46655440000", "invalid group length in group 3: expected 4, found 5"),
        ("550e8400-e29b-41d4-a716-44665544000g", "invalid character: found `g` at 35"),
        ("{" + ID, "invalid character: found `{` at 0"),
        ("g" * 32, "invalid character: found `g` at 0"),
    ],
)
def test_what_is_no_id_is_told_in_the_words_of_theaters_library(text: str, said: str) -> None:
    """The length, the first letter that is no hexadecimal digit, or the groups."""
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        actor_id(text)
