"""What a cause that other calls showed accounts for in a call that shows it again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import U32, UNIT, List, String, Value, types
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.judge.ledger import BySign
from tests.replay.chains import Made, log, params, recording


def words(*items: str) -> Value:
    """A list of words."""
    return List(types.STRING, tuple(map(String, items)))


def causes(*pairs: tuple[Made, Made]) -> list[tuple[str, int]]:
    """The codes and events of what differs between these calls as recorded and now."""
    found = diff_recordings(recording(*[then for then, _ in pairs]), recording(*[now for _, now in pairs]))
    return [(each.code, each.event) for each in found.causes]


def wrapped(number: int, text: str, *lines: str) -> Made:
    """A call that answers a text, and may log before."""
    return Made("wrap", params(number), [log(line) for line in lines], response=String(text))


ALONE = wrapped(1, "a b\nc", "2 lines"), wrapped(1, "a\nb c", "2 lines")


@pytest.mark.parametrize(
    ("line", "line_now", "expected"),
    [
        ("2 lines", "3 lines", [("C6", 3)]),
        ("2 lines", "2 rows", [("C6", 3), ("C1", 5)]),
        ("2 lines", "2 lines", [("C6", 3)]),
    ],
)
def test_a_number_logged_before_a_known_answer_comes_of_it(
    line: str, line_now: str, expected: list[tuple[str, int]]
) -> None:
    """An answer that differs alone elsewhere accounts for other numbers in a log of its call, not for other words."""
    again = wrapped(2, "d e f\ng", line), wrapped(2, "d e\nf\ng", line_now)
    assert causes(ALONE, again) == expected


def test_without_a_call_that_shows_the_answer_alone_the_log_is_the_cause() -> None:
    """Where each call differs in its log first, the answer follows from that."""
    assert causes((wrapped(2, "d e f\ng", "2 lines"), wrapped(2, "d e\nf\ng", "3 lines"))) == [("C1", 2)]


def test_a_failure_that_tells_other_numbers_comes_of_numbers_that_differ_in_its_export() -> None:
    """A fee that is another one in a log is one in the words of a refusal too; other words are an edit of their own."""
    paid = Made("pay", params(1), [log("fee 25 of 100")]), Made("pay", params(1), [log("fee 30 of 100")])
    refused = Made("pay", params(2), error="holds 3 of 125"), Made("pay", params(2), error="holds 3 of 130")
    other = Made("pay", params(3), error="holds 3 of 125"), Made("pay", params(3), error="has got 3 of 125")
    assert causes(paid, refused) == [("C1", 2)]
    assert causes(paid, other) == [("C1", 2), ("C8", 5)]


def test_a_list_that_only_stands_in_another_order_comes_of_what_reordered_it_before() -> None:
    """Once an order followed from a log of its call, the same list in another order alone follows from it too."""
    first = (
        Made("count", params(1), [log("top a1")], state=UNIT, response=words("a", "b")),
        Made("count", params(1), [log("top b1")], state=UNIT, response=words("b", "a")),
    )
    then = Made("count", params(2), response=words("c", "d")), Made("count", params(2), response=words("d", "c"))
    gone = Made("count", params(3), response=words("c", "d")), Made("count", params(3), response=words("c"))
    assert causes(first, then) == [("C1", 2)]
    assert causes(first, gone) == [("C1", 2), ("C6", 5)]
    assert causes(then) == [("C6", 2)]


def test_one_field_of_an_answer_is_one_cause_in_an_export_and_two_in_two() -> None:
    """Each export answers for itself."""
    pairs = [
        (Made(name, params(at), response=U32(at)), Made(name, params(at), response=U32(at * 7 + 1)))
        for at, name in enumerate("ffg")
    ]
    assert causes(*pairs) == [("C6", 2), ("C6", 6)]


@given(st.lists(st.tuples(st.frozensets(st.integers(0, 9), max_size=3), st.booleans()), max_size=20))
def test_causes_are_found_by_the_signs_of_all_their_places(made: list[tuple[frozenset[int], bool]]) -> None:
    """The first that has one of them, whichever place of it that is and whenever it was shown."""
    known = BySign()
    for numbers, is_new in made:
        signs = frozenset([Sign(Trait.INPUT, (str(number),)) for number in numbers])
        found = Difference(Code.OTHER_ARGUMENT, (7,), 7, 5, "sell", "log", "", signs=signs)
        like = known.like(found)
        assert like is next((cause for cause in known.all if cause.signs & signs), None)
        assert list(known.that_have(signs)) == [cause for cause in known.all if cause.signs & signs]
        if is_new or not known.all:
            known.take(found, (7,))
        else:
            known.show(like or known.all[0], found, (8,))
