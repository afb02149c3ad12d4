"""Event types are told by their ids, however many there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries.type_names import TypeNames

NAMES = st.lists(st.text(st.characters(exclude_categories=()), max_size=6), unique=True, max_size=60)


@given(NAMES, NAMES, st.integers(0, 8))
def test_names_are_a_list_of_them(added: list[str], others: list[str], few: int) -> None:
    """Packed or not each has the id it would have in a list, lone surrogates among them, and what is none has none."""
    names = TypeNames(few)
    assert [names.learn(name) for name in added + added] == 2 * list(range(len(added)))
    assert names == added
    assert [names[at] for at in range(-len(added), len(added))] == added + added
    assert (names[2:-3], list(names), len(names)) == (added[2:-3], added, len(added))
    for name in (*added, *others):
        assert names.id_of(name) == (added.index(name) if name in added else None)
        assert (name in names) == (name in added)


def test_very_many_names_are_found() -> None:
    """The table of packed names grows as they come."""
    names, many = TypeNames(3), [f"f{at}" for at in range(30_000)]
    for name in many:
        names.learn(name)
    assert [names.id_of(name) for name in many] == list(range(len(many)))
    assert names.index("f29999") == 29_999
    assert names.id_of("f30000") is None


@pytest.mark.parametrize("at", [2, -3])
def test_there_is_no_name_beyond_the_last(at: int) -> None:
    """An index that no name has is an error, as of a list."""
    names = TypeNames(1)
    names.learn("a")
    names.learn("b")
    with pytest.raises(IndexError):
        names[at]
