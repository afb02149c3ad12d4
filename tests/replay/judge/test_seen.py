"""What was seen of a cause, and what its places have in common."""

from __future__ import annotations

import pytest

from chainview.pack.values import S32, String, Tuple, Value
from chainview.replay.changes.leaves import leaves
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.judge.seen import Seen, Sight


def found(recorded: Value, now: Value) -> Difference:
    """A difference in the input of a host call."""
    differs = leaves("input", recorded, now)
    return Difference(Code.OTHER_ARGUMENT, (0,), 0, 0, "f", "h.log", "says", leaves=differs)


@pytest.mark.parametrize(
    ("sides", "relations"),
    [
        ([(S32(3), S32(4))], {"+1"}),
        ([(S32(3), S32(6)), (S32(5), S32(10))], {"×2"}),
        ([(S32(6), S32(3)), (S32(5), S32(2))], {"-3"}),
        ([(S32(3), S32(4)), (S32(3), S32(5))], set()),
        ([(S32(0), S32(4))], {"+4"}),
        ([(String("quote tea"), String("offer tea"))], {"quote→offer"}),
        ([(String("has 3 left"), String("has 4 left")), (String("9 sold"), String("10 sold"))], {"+1"}),
        ([(String("id 0007"), String("id 00007"))], set()),
        ([(String(f"n {'9' * 5000}"), String("n 1"))], set()),
    ],
)
def test_a_relation_holds_at_every_place(sides: list[tuple[Value, Value]], relations: set[str]) -> None:
    """Numbers by their distance or ratio, texts by the words that changed; what holds at some places alone is none."""
    sight = Sight()
    for recorded, now in sides:
        sight.take(found(recorded, now))
    assert {each for each in sight.relations or () if not each.startswith("only")} - {"id N→id N"} >= relations
    assert relations or not {"+0", "×1"} & set(sight.relations or ())


def test_a_long_value_is_told_apart_by_all_of_it() -> None:
    """Two long texts that begin the same are two changes, each in few letters."""
    sight = Sight()
    for end in "ab":
        sight.take(found(String("x" * 10_000 + end), String("y")))
    first, second = sight.changes
    assert first != second
    assert max(len(each.recorded or "") for each in (first, second)) < 300


def test_the_same_change_is_kept_once_and_very_many_not_at_all() -> None:
    """A cause with more changes than are kept says so, and is not taken for one with fewer."""
    sight = Sight()
    for _ in range(3):
        sight.take(found(S32(1), S32(2)))
    assert list(sight.changes) == [Seen("input", "1s32", "2s32")]
    for number in range(2000):
        sight.take(found(S32(number), S32(-1)))
    assert sight.left_out
    assert len(sight.changes) < 1100


def test_a_change_of_more_leaves_than_are_told_is_held_by_nothing() -> None:
    """What differs behind them is not known, so neither their values nor what they have in common is all of it."""
    sight = Sight()
    sight.take(found(*[Tuple(tuple([S32(number + more) for number in range(300)])) for more in (0, 1)]))
    assert sight.left_out
    assert not sight.relations
