"""Alignment: every event exactly once, order kept, and single edits told as what they are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.core.serving import VARIABLE
from chainview.pack.values import U32, UNIT, String
from chainview.replay.align.alignment import Alignment, align
from chainview.replay.align.call_pairs import align_call
from chainview.replay.align.history import NONE, Side, asked, is_ask
from chainview.replay.align.payloads import payloads_of
from chainview.replay.explain.diff import first_mismatch
from chainview.replay.run.ask import Ask
from chainview.replay.run.recording import Recording
from tests.replay.chains import HOST, Made, Step, count, log, params, recording

pytestmark = pytest.mark.once

STEPS = st.lists(
    st.builds(Step, st.sampled_from("abc"), st.integers(0, 3).map(U32), st.integers(0, 1).map(U32)), max_size=8
)
MADE = st.builds(
    Made,
    st.sampled_from(["f", "g"]),
    st.integers(0, 2).map(params),
    STEPS,
    st.integers(0, 2).map(count),
    st.just(UNIT),
    st.sampled_from([None, None, None, "Function returned error: no"]),
)
CALLS = st.lists(MADE, max_size=6)
ASKS = (Ask(HOST, "a", U32(1), 0, 1),)


def aligned(then: Recording, now: Recording, *, in_step: bool = False, asks: tuple[Ask, ...] = ()) -> Alignment:
    """The alignment of two recordings."""
    at = first_mismatch(then.table, now.table)
    return align(Side(then), Side(now, asks), len(then) if at is None else at, in_step=in_step)


def check_laws(then: Recording, now: Recording, rows: Alignment) -> None:
    """Every event on exactly one row, in order; rows that are called equal say the same; gaps differ."""
    assert [item for item in rows.recorded if item != NONE] == list(range(len(then)))
    assert [item for item in rows.now if item >= 0] == list(range(len(now)))
    one, other = Side(then), Side(now)
    inside = [row for hunk in rows.hunks for row in hunk.rows]
    assert inside == sorted(set(inside))
    assert rows.differing <= set(inside)
    following = [next((each for each in rows.recorded[row:] if each != NONE), NONE) for row in range(len(rows) + 1)]
    assert [rows.next_recorded(row) for row in range(len(rows) + 1)] == following
    for row, (recorded, new) in enumerate(zip(rows.recorded, rows.now, strict=True)):
        assert recorded != NONE or new != NONE
        if row not in rows.differing:
            assert one.content(recorded) == other.content(new)
        elif recorded >= 0 and new >= 0:
            assert one.content(recorded) != other.content(new)


@settings(max_examples=300)
@given(CALLS, CALLS, st.booleans(), st.booleans(), st.booleans())
def test_every_event_stands_on_one_row_in_order(
    calls: list[Made], calls_now: list[Made], closed: bool, closed_now: bool, in_step: bool
) -> None:
    """Whatever two chains hold, each event of both is on exactly one row, and both keep their order."""
    then, now = recording(*calls, closed=closed), recording(*calls_now, closed=closed_now)
    check_laws(then, now, aligned(then, now, in_step=in_step))


@given(CALLS, CALLS, st.booleans(), st.booleans())
def test_the_items_of_a_call_are_paired_alike_by_their_payloads(
    calls: list[Made], calls_now: list[Made], by_value: bool, is_printed: bool
) -> None:
    """What is equal by payloads that are at hand is what is equal once it is read, failures and asks among it."""
    then, now = recording(*calls), recording(*calls_now)
    side, side_now = Side(then, by_value=by_value), Side(now, ASKS, by_value=by_value)
    items = side.items(0, len(then)), side_now.items(0, len(now))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "always" if is_printed else "off")
        payloads = payloads_of(then.table, now.table, 0, 0)
    assert align_call(side, side_now, *items, payloads) == align_call(side, side_now, *items)


@given(CALLS)
def test_equal_chains_are_aligned_event_by_event(calls: list[Made]) -> None:
    """A chain next to itself has no gap and no hunk."""
    then = recording(*calls)
    rows = aligned(then, recording(*calls))
    assert list(rows.recorded) == list(rows.now) == list(range(len(then)))
    assert not rows.hunks


DISTINCT = [log(f"line {number}") for number in range(9)]


@given(st.integers(0, 8), st.booleans())
def test_a_single_insertion_or_deletion_is_exactly_that(place: int, inserted: bool) -> None:
    """One more or one less host call is one gap row, and everything else has its counterpart."""
    shorter = [step for number, step in enumerate(DISTINCT) if number != place]
    whole, less = Made(steps=DISTINCT), Made(steps=shorter)
    calls = (less, whole) if inserted else (whole, less)
    before, behind = Made("before", steps=DISTINCT), Made("behind", steps=DISTINCT)
    then, now = (recording(before, call, behind) for call in calls)
    rows = aligned(then, now, in_step=True)
    check_laws(then, now, rows)
    gap = len(DISTINCT) + 2 + 1 + place
    assert rows.differing == {gap}
    assert (rows.recorded[gap], rows.now[gap]) == ((NONE, gap) if inserted else (gap, NONE))


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_single_move_leaves_one_gap_on_each_side(place: int, target: int) -> None:
    """A host call made elsewhere is missing there and extra here, and nothing else differs."""
    moved = [step for number, step in enumerate(DISTINCT) if number != place]
    moved.insert(target, DISTINCT[place])
    then, now = recording(Made(steps=DISTINCT)), recording(Made(steps=moved))
    rows = aligned(then, now, in_step=True)
    check_laws(then, now, rows)
    assert len(rows.differing) == (0 if place == target else 2)


def test_a_changed_argument_is_one_row_of_two_sides() -> None:
    """The same function with another input stands on one row."""
    then = recording(Made(steps=[log("a"), log("b is 1"), log("c")]))
    now = recording(Made(steps=[log("a"), log("b was 1"), log("c")]))
    rows = aligned(then, now, in_step=True)
    assert rows.differing == {2}
    assert (rows.recorded[2], rows.now[2]) == (2, 2)


def test_the_nearest_text_is_the_counterpart() -> None:
    """Of two recorded lines the one that looks like the line written now is taken as the changed one."""
    then = recording(Made(steps=[log("quote 1 for Ada"), log("tea x2 = 900")]))
    now = recording(Made(steps=[log("tea x2 =  900")]))
    rows = aligned(then, now, in_step=True)
    assert list(zip(rows.recorded, rows.now, strict=True)) == [(0, 0), (1, NONE), (2, 1), (3, 2)]
    turned = aligned(now, then, in_step=True)
    assert list(zip(turned.recorded, turned.now, strict=True)) == [(0, 0), (NONE, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    ("then", "now", "in_step"),
    [
        (["line 2 is short", "line 3 is short"], ["line 1 is short", "line 2 is short"], True),
        (["at 7", "at 8", "at 9", "done"], ["at 8", "at 9", "at 10", "done"], True),
        (["line 2 is short", "line 3 is short"], ["line 3 is short", "line 2 is short"], False),
        (["bolt", "nut 3"], ["cog", "bolt"], False),
        (["line 2 is short", "line 3 is short"], ["page 1 is short", "line 2 is short"], False),
    ],
)
def test_what_counts_from_another_number_is_the_counterpart_of_what_stands_in_its_place(
    then: list[str], now: list[str], in_step: bool
) -> None:
    """Though each says what its neighbour said: not where they changed places, and not where words differ."""
    one, other = (recording(Made(steps=[log(text) for text in texts])) for texts in (then, now))
    rows = aligned(one, other)
    check_laws(one, other, rows)
    assert (NONE not in [*rows.recorded, *rows.now]) == in_step


@given(st.lists(st.sampled_from([(5, 5), (5, 6)]), min_size=1, max_size=8))
def test_lines_that_tell_other_numbers_here_and_there_are_the_counterparts_of_those_in_their_place(
    told: list[tuple[int, int]],
) -> None:
    """Each line of a loop says of its own item another number or the same one: none is taken for its neighbour."""
    texts = zip(*[(f"item {at}: 0.{then}", f"item {at}: 0.{now}") for at, (then, now) in enumerate(told)], strict=True)
    one, other = (recording(Made(steps=[log(text) for text in side])) for side in texts)
    rows = aligned(one, other, in_step=True)
    assert rows.recorded == rows.now


def test_an_unanswered_ask_stands_where_it_was_asked() -> None:
    """What was asked too late finds the recorded call of the same input, so that the extra call is what differs."""
    steps = [log("a"), log("b")]
    then = recording(Made(steps=steps))
    now = recording(Made(steps=[log("x"), log("a")], error="the recording holds no answer"))
    rows = aligned(then, now, in_step=True, asks=(Ask(HOST, "log", String("b"), 0, 3),))
    assert list(zip(rows.recorded, rows.now, strict=True)) == [(0, 0), (NONE, 1), (1, 2), (2, asked(0)), (3, 3)]
    assert rows.differing == {1, 3, 4}
    assert is_ask(rows.now[3])


@settings(max_examples=100)
@given(st.lists(MADE, min_size=1, max_size=5), st.data())
def test_calls_of_two_recordings_find_each_other(calls: list[Made], data: st.DataObject) -> None:
    """A call that one recording has more is a stretch of gap rows of just its events."""
    place = data.draw(st.integers(0, len(calls)))
    extra = Made("only now", steps=DISTINCT[:2])
    then, now = recording(*calls), recording(*calls[:place], extra, *calls[place:])
    rows = aligned(then, now)
    check_laws(then, now, rows)
    assert len(rows.differing) == 4


def test_long_chains_that_differ_everywhere_are_aligned_in_bounded_time() -> None:
    """Twenty thousand host calls in one call, each with another input: row by row, not quadratic."""
    then = recording(Made(steps=[Step("put", U32(number)) for number in range(20_000)]))
    now = recording(Made(steps=[Step("put", U32(number + 100_000)) for number in range(20_000)]))
    rows = aligned(then, now, in_step=True)
    assert len(rows) == len(then)
    assert len(rows.differing) == 20_000


def test_a_call_in_which_much_counts_from_another_number_is_laid_in_step_at_one_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many runs count from another number, no event is asked for what it says once more for each."""
    asked, plain = Counter[int](), Side.question

    def question(side: Side, item: int) -> tuple[str, bytes]:
        asked[item] += 1
        return plain(side, item)

    def made(first: int) -> Recording:
        texts = [
            text for page in range(20) for text in (f"page {page}", *[f"{page} at {first + line}" for line in range(5)])
        ]
        return recording(Made(steps=[log(text) for text in texts]))

    monkeypatch.setattr(Side, "question", question)
    rows = aligned(made(1), made(2))
    assert NONE not in [*rows.recorded, *rows.now]
    assert max(asked.values()) <= 2 * 8
