"""What one of several changes makes in a call, told by what each of them makes by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainview.pack.values import List, String, Value, types
from chainview.replay.align.history import Side
from chainview.replay.changes.leaves import leaves
from chainview.replay.differences.call_change import CallChange, CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.judge.shares import Share, is_gone, is_overwritten, share_of, without_halves
from tests.replay.chains import Made, log, recording

C1, C2, C3, C4, C6 = (
    Code.OTHER_ARGUMENT,
    Code.OTHER_CALL,
    Code.EXTRA_CALL,
    Code.MISSING_CALL,
    Code.OTHER_RESPONSE,
)


def made(code: Code, then: str = "", now: str = "", event: int = 7, path: str = "input") -> Difference:
    """A log that says something else, or one more or less."""
    return Difference(
        code, (0,), event, 5, "f", "log", "", leaves=leaves(path, String(then), String(now)) if then else ()
    )


def both(first: str, second: str) -> Difference:
    """A log of which both arguments may be others."""
    pairs = zip(("input.0", "input.1"), ("a", "b"), (first, second), strict=True)
    found = tuple([leaf for path, one, now in pairs for leaf in leaves(path, String(one), String(now))])
    return Difference(C1, (0,), 7, 5, "f", "log", "", leaves=found)


ORDER, WORDING = made(C2), made(C1, "job: 1", "job on 1")
LOOP = made(C1, "job: 1", "job on 2")


@pytest.mark.parametrize(
    ("alone", "full", "other", "is_same"),
    [
        (WORDING, LOOP, ORDER, False),
        (ORDER, LOOP, WORDING, False),
        (made(C1, "4 of 6", "6 of 4"), made(C1, "4 of 6", "6 in 4"), made(C1, "4 of 6", "4 in 6"), False),
        (both("x", "b"), both("x", "y"), both("a", "y"), True),
        (made(C2), made(C3), made(C1, "a 1", "a 2"), True),
        (made(C1, "a 1", "a 2", event=8), made(C4, event=8), made(C2), False),
        (made(C1, "a 1", "a 2"), made(C4), made(C4), False),
        (made(C6, "a", "b", 9, "response"), made(C3, event=8), made(C3, event=8), None),
    ],
)
def test_each_of_two_changes_is_found_in_what_both_make(
    alone: Difference, full: Difference, other: Difference, is_same: bool | None
) -> None:
    """By its own values, by its part in those of both, by another place of a host call, or behind one in addition."""
    share = share_of(3, [alone], [full], [other], [[other]])
    assert share is not None
    assert (share.part, share.alone) == (3, alone)
    assert (share.full is None) if is_same is None else (share.full, share.is_same) == (full, is_same)


@pytest.mark.parametrize(
    ("alone", "without"),
    [
        ([], []),
        ([made(C1, "a 1", "a 9")], [made(C1, "a 1", "a 2")]),
        ([made(C1, "a 1", "a 2")], [made(C1, "a 1", "a 2")]),
        ([made(C1, "a 1", "a 9", event=6)], [made(C1, "a 1", "a 2")]),
        ([made(C1, "a 1", "a 2"), made(Code.FAILURE, event=9)], []),
    ],
)
def test_half_of_a_change_is_no_change(alone: list[Difference], without: list[Difference]) -> None:
    """What makes nothing by itself, or something else than is there, or is there without it, is none."""
    full = [made(C1, "a 1", "a 2")]
    assert share_of(0, alone, full, without, [without]) is None


def items(*texts: str) -> Value:
    """A list of texts."""
    return List(types.STRING, tuple(map(String, texts)))


def test_another_order_and_other_items_of_a_list_are_two_changes() -> None:
    """A list that one change sorts and another one fills is told as both."""
    then, sorted_, filled, now = items("b 1", "a 2"), items("a 2", "b 1"), items("b 10", "a 20"), items("a 20", "b 10")
    order, fill, full = [
        Difference(C6, (0,), 9, 5, "f", "f", "", leaves=leaves("response", then, each))
        for each in (sorted_, filled, now)
    ]
    for one, other in ((order, fill), (fill, order)):
        share = share_of(0, [one], [full], [other], [[other]])
        assert share is not None
        assert share.full is full


@pytest.mark.parametrize(
    ("found", "left", "gone"),
    [
        (made(C3), made(C1, "a 1", "b 2"), True),
        (made(C3), made(C4), False),
        (WORDING, made(C1, "job: 1", "job of 1"), False),
        (WORDING, made(C1, "job: 1", "job on 1", event=8), True),
        (made(C3), made(Code.FAILURE), False),
    ],
)
def test_an_extra_call_is_gone_though_the_one_in_its_place_asks_otherwise(
    found: Difference, left: Difference, gone: bool
) -> None:
    """Anything else is there as long as its place differs, or its call fails for want of it."""
    assert is_gone(found, [left], [found]) is gone


@pytest.mark.parametrize(("count", "kept"), [(2, 2), (3, 0)])
def test_very_many_changes_at_one_place_are_halves_of_one(count: int, kept: int) -> None:
    """What shows as it is with all changes stays."""
    same, full = Share(9, ORDER, ORDER, is_same=True), made(C2)
    others = [Share(part, made(C1, "a 1", f"a {part}9"), full, is_same=False) for part in range(count)]
    found = without_halves([same, *others])
    assert (same in found, len(found)) == (True, kept + 1)


@pytest.mark.parametrize("kind", [CallKind.GONE, CallKind.ADDED])
def test_an_answer_that_is_as_recorded_behind_what_is_asked_no_more_is_not_hidden(kind: CallKind) -> None:
    """What half of an edit makes of it, the other half undoes; behind an ask nobody answered it may be hidden."""
    side = Side(recording(Made(steps=[log("a")])))
    less = replace(made(C4, event=8), became=CallChange(kind, side, side, (1,), ()))
    share = share_of(0, [made(C6, "a", "b", 9, "response")], [less], [less], [[less]])
    assert (share is None) == (kind is CallKind.GONE)


def test_a_text_of_what_nobody_wrote_is_no_change() -> None:
    """Half of an edit may read memory that the other half would have written: it is no program."""
    full = [made(Code.FAILURE, event=7)]
    shares = [share_of(0, [made(C1, "job 1", text)], full, full, [full]) for text in ("\0\0\0\0\0", "job 2")]
    assert [share is None for share in shares] == [True, False]


@pytest.mark.parametrize(
    ("now", "is_full", "is_change"),
    [
        ("a\0b\0c", False, True),
        ("a\0b,c", True, True),
        ("\0\0\0\0\0", True, True),
        ("\0\0\0\0\0", False, False),
        ("a,\0,c", False, False),
    ],
)
def test_a_separator_that_is_a_zero_now_is_a_change(now: str, is_full: bool, is_change: bool) -> None:
    """Where more differs than zeros, or the call says them with all changes too."""
    first = made(C1, "a,b,c", now)
    full = [first if is_full else made(Code.FAILURE, event=7)]
    assert (share_of(0, [first], full, [], [full]) is not None) == is_change


@pytest.mark.parametrize(
    ("alone", "full", "other", "is_hidden"),
    [
        (made(C1, "job: 1", "job: 0"), made(C1, "job: 1", "job: 7"), made(C1, "job: 1", "job: 7"), True),
        (made(C1, "job: 1", "job on 1"), made(C1, "job: 1", "job on 7"), made(C1, "job: 1", "job: 7"), False),
        (made(C1, "job: 1", "job: 0"), made(C4), made(C4), False),
        (made(C1, "job: 1", "job: 7"), made(C1, "job: 1", "job: 7"), made(C1, "job: 1", "job: 7"), False),
        (made(C1, "job: 1", "job: 0"), made(C1, "job: 1", "job: 7"), made(C2), False),
    ],
)
def test_what_another_change_writes_over_is_part_of_it(
    alone: Difference, full: Difference, other: Difference, is_hidden: bool
) -> None:
    """A value of which one change makes all, and another one by itself something else, has one maker."""
    assert is_overwritten([alone], [full], [[other]]) is is_hidden
