"""What two sequences have in common, held against the plain definition of it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.delta import rising
from chainview.replay.align.sequence import alike_at_ends, common_head, few_edits, matches, stretches

FEW = st.lists(st.sampled_from("ab"), max_size=9)
SOME = st.lists(st.sampled_from("abcdefgh"), max_size=14)


def most_in_common(one: list[str], other: list[str]) -> int:
    """The length of a longest common subsequence, by its definition."""

    @cache
    def longest(at: int, at_other: int) -> int:
        if at == len(one) or at_other == len(other):
            return 0
        if one[at] == other[at_other]:
            return 1 + longest(at + 1, at_other + 1)
        return max(longest(at + 1, at_other), longest(at, at_other + 1))

    return longest(0, 0)


@given(FEW, FEW)
def test_the_fewest_edits_leave_as_much_in_common_as_there_is(one: list[str], other: list[str]) -> None:
    """Without unique items the matches are a longest common subsequence, each of equal items, rising on both sides."""
    found = few_edits(one, other, 0, len(one), 0, len(other))
    assert sum(each.length for each in found) == most_in_common(one, other)
    for match, following in pairwise(found):
        assert match.one + match.length <= following.one
        assert match.other + match.length <= following.other
    for match in found:
        assert one[match.one : match.one + match.length] == other[match.other : match.other + match.length]


@given(FEW, FEW, st.integers(0, 3), st.integers(0, 3))
def test_a_range_is_matched_as_if_it_stood_alone(one: list[str], other: list[str], before: int, behind: int) -> None:
    """What lies around two ranges changes nothing in their matches but the places."""
    padded, padded_other = ["x"] * before + one + ["y"], ["z"] * behind + other
    alone = few_edits(one, other, 0, len(one), 0, len(other))
    inside = few_edits(padded, padded_other, before, before + len(one), behind, behind + len(other))
    assert [(each.one - before, each.other - behind, each.length) for each in inside] == [
        (each.one, each.other, each.length) for each in alone
    ]


@given(SOME, SOME)
def test_stretches_are_both_sequences_in_order(one: list[str], other: list[str]) -> None:
    """Matches and gaps together give both sequences back; matches hold equal items, and never two adjoin."""
    back: list[str] = []
    back_other: list[str] = []
    matched_before = False
    for range_, other_range, equal in stretches(matches(one, other), len(one), len(other)):
        back += [one[at] for at in range_]
        back_other += [other[at] for at in other_range]
        if equal:
            assert [one[at] for at in range_] == [other[at] for at in other_range]
            assert not matched_before
        matched_before = equal
    assert (back, back_other) == (one, other)


@given(st.text("aabbcxyz", max_size=14), st.text("aabbcxyz", max_size=14))
def test_no_item_of_a_gap_stands_on_its_other_side_too(one: str, other: str) -> None:
    """Where nothing matched there is nothing in common, whether items are unique or not."""
    for part, part_now, matched in stretches(matches(one, other), len(one), len(other)):
        assert matched or not set(one[part.start : part.stop]) & set(other[part_now.start : part_now.stop])


@given(st.permutations("abcdefghij"), st.sets(st.integers(0, 9), max_size=4))
def test_unique_items_are_matched_as_far_as_they_keep_their_order(order: list[str], gone: set[int]) -> None:
    """Where every item stands once, as many are matched as can keep their order on both sides."""
    one = list("abcdefghij")
    other = [item for at, item in enumerate(order) if at not in gone]
    pairs = [(at, other.index(item)) for at, item in enumerate(one) if item in other]
    assert len(rising(pairs)) == most_in_common(one, other)
    head = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    found = matches(one, other)
    assert (found[0].length if found and found[0].one == found[0].other == 0 else 0) >= head


@given(FEW, FEW, st.lists(st.sampled_from("ab"), max_size=1200))
def test_a_common_head_is_the_longest(one: list[str], other: list[str], head: list[str]) -> None:
    """A common beginning is found whole, whatever blocks it is compared in, and not beyond a range."""
    left, right = head + one, head + other
    expected = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    assert common_head(left, 0, len(left), right, 0, len(right)) == expected
    assert common_head([*left, "c"], 0, len(left), [*right, "c"], 0, len(right)) == expected


def test_a_common_head_ends_with_its_range() -> None:
    """What is alike behind the end of a range does not count, however many blocks the range has."""
    one, other = "a" * 700 + "x", "a" * 700 + "y"
    for length in (1, 511, 512, 513, 600, 700):
        assert common_head(one, 0, length, other, 0, length) == length
    assert common_head(one, 0, 701, other, 0, 701) == 700


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_what_is_alike_at_the_ends_never_overlaps(one: str, other: str) -> None:
    """Head and tail are equal on both sides, as long as can be, and leave no letter to both."""
    head, tail = alike_at_ends(one, other)
    assert one[:head] == other[:head]
    assert one[len(one) - tail :] == other[len(other) - tail :]
    assert head + tail <= min(len(one), len(other))
    assert head == min(len(one), len(other)) or one[head] != other[head]
    middle, middle_other = one[head : len(one) - tail], other[head : len(other) - tail]
    assert not (middle and middle_other) or middle[-1] != middle_other[-1]
