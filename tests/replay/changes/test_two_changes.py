"""A value that two changes made is what each of them makes of it, taken together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import S64, String, Value
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.two_changes import are_two_changes


def of(then: Value, now: Value, one: Value, other: Value) -> bool:
    """Whether these are two changes of one leaf."""
    return are_two_changes(Leaf("input", then, now), one, other)


@pytest.mark.parametrize(
    ("then", "now", "one", "other"),
    [
        ("cat high by 35", "cat is high by 38", "cat is high by 35", "cat high by 38"),
        ("mean 88.00 in 3", "mean 44.00 in 4", "mean 44.00 in 3", "mean 88.00 in 4"),
        ("1 2 of 3 4", "2 1 of 4 3", "2 1 of 3 4", "1 2 of 4 3"),
        ("4 rows, 6 cells", "6 rows and 4 cells", "6 rows, 4 cells", "4 rows and 6 cells"),
    ],
)
def test_words_that_either_changed_are_all_that_changed(then: str, now: str, one: str, other: str) -> None:
    """Each change makes its own words others, and both all of them."""
    texts = [String(each) for each in (then, now, one, other)]
    assert of(*texts)


@pytest.mark.parametrize(("one", "other"), [("x 2", "x 2"), ("x 1", "y 2"), ("y 1", "y 2"), ("y 3", "x 2")])
def test_what_is_left_of_neither_is_no_second_change(one: str, other: str) -> None:
    """A change that does nothing, both do, or that says something else, is not the other half."""
    assert not of(String("x 1"), String("y 2"), String(one), String(other))


@given(st.integers(-1000, 1000), st.integers(1, 50), st.integers(1, 50))
def test_two_steps_of_a_number_are_two_changes(then: int, one: int, other: int) -> None:
    """Both steps come to the whole one."""
    assert of(S64(then), S64(then + one + other), S64(then + one), S64(then + other))


def test_two_factors_are_two_changes() -> None:
    """So do two factors, and nothing else."""
    assert of(S64(3), S64(30), S64(6), S64(15))
    assert not of(S64(3), S64(31), S64(6), S64(15))
    assert not of(S64(1), String("2"), S64(2), S64(3))


@pytest.mark.parametrize(
    ("then", "now", "one", "other"),
    [
        (
            "ann is off by -19, pays 5",
            "ann pays 5, is off by -19",
            "ann pays -19, is off by 5",
            "ann is off by 5, pays -19",
        ),
        ("a=1 b=2", "b=2 a=1", "b=1 a=2", "a=2 b=1"),
    ],
)
def test_parts_that_are_told_the_other_way_round_are_one_change(then: str, now: str, one: str, other: str) -> None:
    """The words of a format and its arguments only moved together, each of which by itself says something else."""
    texts = [String(each) for each in (then, now, one, other)]
    assert not of(*texts)
    assert not of(texts[0], texts[1], texts[3], texts[2])


@given(st.permutations(["1", "22", "333", "4444"]), st.integers(0, 3))
def test_a_word_that_changed_and_moved_is_two_changes(moved: list[str], changed: int) -> None:
    """What one change makes of a word stands where the other one puts it, whichever of them is asked first."""
    then = ["1", "22", "333", "4444"]
    made = {word: "other" if at == changed else word for at, word in enumerate(then)}
    texts = [then, [made[word] for word in moved], [made[word] for word in then], moved]
    one = [String(" ".join(each)) for each in texts]
    assert of(*one) == (moved != then)
    assert of(one[0], one[1], one[3], one[2]) == (moved != then)
    assert not of(one[0], String("1 22 333 5 5"), one[2], one[3])
