"""What became what: values that changed once are known when they turn up in another form."""

from __future__ import annotations

import pytest

from chainview.pack.literal import parse_literal
from chainview.pack.values import F64, U32, UNIT, String, Tuple, Value
from chainview.replay.changes import substitution
from chainview.replay.changes.leaves import Leaf, leaves
from chainview.replay.changes.substitution import Substitution


def known(recorded: Value, now: Value) -> Substitution:
    """What is known once this became that."""
    found = Substitution()
    found.learn([Leaf("state.n", recorded, now)])
    return found


@pytest.mark.parametrize(
    ("recorded", "now", "explained"),
    [
        ("m0007 by ada", "m0008 by ada", True),
        ("3 of 9", "4 of 9", True),
        ("3 of 9", "5 of 9", False),
        ("cost 1.09", "cost 1.10", True),
        ("cost 1.9", "cost 1.10", False),
        ("m0007 by ada", "m0008 by bob", False),
        ("9,99 EUR", "10,00 EUR", True),
    ],
)
def test_a_number_is_known_in_a_text_by_how_much_it_grew(recorded: str, now: str, explained: bool) -> None:
    """Where a count is one more than recorded, numbers in texts that are one more come of it, as decimals too."""
    assert known(U32(2), U32(3)).explains([Leaf("input", String(recorded), String(now))]) == explained


@pytest.mark.parametrize(
    ("recorded", "now", "told"),
    [
        (None, 'log("posted 5 times")', True),
        ('log("posted 4 times")', None, True),
        (None, 'log("posted 4 times")', False),
    ],
)
def test_a_number_that_one_side_tells_is_that_sides(recorded: str | None, now: str | None, told: bool) -> None:
    """What is told only now holds the number of now, and what is told no more the recorded one."""
    assert known(U32(4), U32(5)).tells_number(recorded, now) == told


@pytest.mark.parametrize(
    ("recorded", "now", "text", "text_now", "explained"),
    [
        (U32(7), U32(7000), "took 12", "took 12000", True),
        (U32(7), U32(7000), "took 1.5", "took 1500", True),
        (U32(7), U32(7000), "took 12", "took 13000", False),
        (U32(12_600), U32(25_200), "in all 31", "in all 62", True),
        (U32(2), U32(4), "in all 31", "in all 62", False),
        (U32(1000), U32(1001), "id 0x3e8", "id 0x3e9", True),
        (U32(1000), U32(1001), "id 0x3e8", "id 0x3f9", False),
        (F64.of(12.345), F64.of(12.845), "mean 12.3", "mean 12.8", True),
        (F64.of(12.345), F64.of(12.845), "mean 12.3", "mean 12.7", False),
        (F64.of(0.4), F64.of(0.6), "mean 0", "mean 1", False),
    ],
)
def test_a_number_is_known_by_its_ratio_and_in_other_forms(
    recorded: Value, now: Value, text: str, text_now: str, explained: bool
) -> None:
    """Another unit, hexadecimal digits and fewer decimals tell of a number that is known; chance hits do not."""
    assert known(recorded, now).explains([Leaf("input", String(text), String(text_now))]) == explained


def test_what_moved_in_a_list_comes_of_what_it_goes_by() -> None:
    """In a sorted list an item moves once its number is another one, which alone has to be known."""
    lists = [
        parse_literal(each)
        for each in ('[r{n: "a", v: 9u32}, r{n: "b", v: 8u32}]', '[r{n: "b", v: 10u32}, r{n: "a", v: 9u32}]')
    ]
    found = leaves("response", *lists)
    assert [leaf.path for leaf in found] == ["response", "response[0].v"]
    assert known(U32(2), U32(4)).explains(found)
    assert not known(U32(2), U32(5)).explains(found)


def test_what_is_learned_again_counts_as_ever() -> None:
    """Leaves that were taken in before add what they add each time: no more than so many fractions are kept."""
    found = [Leaf("state", F64.of(12.345), F64.of(12.845))]
    again, once = Substitution(), Substitution()
    for _ in range(300):
        again.learn(found)
    once.learn(found)
    assert len(again._fractions) == substitution._MOST_ROUNDED
    assert set(again._fractions) == set(once._fractions)
    assert (again._pairs, again._ratios) == (once._pairs, once._ratios)


def test_large_values_are_not_kept() -> None:
    """What is learned of long texts, lists and records is not kept beside what it says."""
    learned = Substitution()
    for one, other in ((String("a" * 2000), String("b" * 2000)), (UNIT, Tuple((U32(1),)))):
        learned.learn([Leaf("state", one, other)])
    learned.learn([Leaf("state", U32(1), None)])
    assert list(learned._learned) == [(U32(1), None)]
