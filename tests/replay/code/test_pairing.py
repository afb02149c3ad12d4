"""Functions of which a compiler made copies are found again wherever it puts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.pairing import copies, paired
from tests.replay.code.modules import assembled

COPY = '(func $"_ZN4core3ptr4dropE.llvm.{0}" (result i32) (i32.const {1}))'
USER = "(func $user (result i32) (call {0}))"


def module(*numbers: int, user: int = 0) -> str:
    """Functions of one name that say these numbers, and one that calls one of them, by its place."""
    return "".join([COPY.format(at, each) for at, each in enumerate(numbers)]) + USER.format(user)


@given(st.permutations([3, 4, 5, 5]))
def test_copies_are_paired_by_what_they_say(numbers: list[int]) -> None:
    """A compiler that puts functions of one name in another order has changed none of them."""
    then, now = module(3, 4, 5, 5), module(*numbers, user=numbers.index(3))
    pairs = paired(assembled(then), assembled(now))
    assert sorted(pairs.values()) == list(range(5))
    assert all([3, 4, 5, 5][one] == numbers[other] for one, other in pairs.items() if one < 4)
    assert CodeChange(assembled(then), assembled(now)).hunks == ()


@given(st.lists(st.sampled_from([3, 4, 5]), min_size=1, max_size=5))
def test_what_did_not_move_is_itself(numbers: list[int]) -> None:
    """Of two builds whose functions have the same bytes each is itself, however many have one name and say the same."""
    assert paired(*[assembled(module(*numbers)) for _ in range(2)]) == {at: at for at in range(len(numbers) + 1)}


def test_which_of_two_equal_copies_is_called_is_no_change() -> None:
    """They do the same; a call of one that does something else is a change."""
    then = assembled(module(3, 3, 4))
    assert copies(then) == {0: 0, 1: 0, 2: 2}
    assert CodeChange(then, assembled(module(3, 3, 4, user=1))).hunks == ()
    assert len(CodeChange(then, assembled(module(3, 3, 4, user=2))).hunks) == 1


def test_the_one_copy_that_changed_is_what_is_left() -> None:
    """Of copies that moved the one that says something else now is paired with the one that is missing."""
    (hunk,) = CodeChange(assembled(module(3, 4, 5, user=1)), assembled(module(5, 7, 4, user=2))).hunks
    assert hunk.then == (b"\x41\x03",)


def test_a_copy_more_is_new() -> None:
    """One that is made beside the others, or no longer, is a change of none of them."""
    few, more = assembled(module(3, 4)), assembled(module(4, 9, 3, user=2))
    assert CodeChange(few, more).hunks == ()
    assert CodeChange(more, few).hunks == ()
