"""When an argument is said to be another answer's field."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, Record, String, Tuple, Value, list_value, types
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explanation import Finding
from tests.replay.chains import HOST, Made, Step, from_parts, recording

NAME, CITY = Step("name", output=String("Ada")), Step("city", output=String("Rom"))
FIELDS = Step("get", output=Record("r", (("a", String("ab")), ("b", String("c")), ("n", U32(1)), ("m", U32(22)))))
KEYS = Step("keys", output=list_value(types.STRING, [String("de"), String("it")]))


def cause(answers: list[Step], then: Value, now: Value) -> Finding:
    """The only cause when `put` is asked for something else after these answers."""
    one, other = (recording(Made(steps=[*answers, Step("put", value)])) for value in (then, now))
    [found] = diff_recordings(one, other).causes
    return found


@pytest.mark.parametrize(
    ("answers", "then", "now", "detail"),
    [
        ([NAME, CITY], String("Ada"), String("Rom"), "city (event 3) now, and came from name (event 2)"),
        ([CITY, NAME], String("Ada"), String("Rom"), "city (event 2) now, and came from name (event 3)"),
        (
            [NAME, CITY, NAME],
            String("Ada"),
            String("Rom"),
            "city (event 3) now, and came from name (event 4)",
        ),
        (
            [NAME, CITY],
            String("to Ada"),
            String("to Rom"),
            "city (event 3) now, and came from name (event 2)",
        ),
        (
            [NAME, CITY],
            Tuple((String("Ada"), String("Ada"))),
            Tuple((String("Rom"), String("Rom"))),
            "city (event 3)",
        ),
        ([FIELDS], String("ab"), String("c"), "get.b (event 2) now, and came from get.a"),
        ([KEYS], String("de"), String("it"), "keys[1] (event 2) now, and came from keys[0]"),
        ([FIELDS], U32(1), String("c"), "get.b (event 2) now, and came from get.n"),
        ([FIELDS], String("c"), U32(1), "get.n (event 2) now, and came from get.b"),
        (
            [Step("next", output=String("12345678")), Step("next", output=String("87654321"))],
            String("12345678"),
            String("87654321"),
            "next (event 3) now, and came from next (event 2)",
        ),
    ],
)
def test_an_argument_that_takes_another_field_says_so(
    answers: list[Step], then: Value, now: Value, detail: str
) -> None:
    """The fields and the events of both answers are named, the nearest ones where several say the same."""
    found = cause(answers, then, now)
    assert found.code == "C1a"
    assert f" comes from {detail}" in found.sentence


@pytest.mark.parametrize(
    ("answers", "then", "now"),
    [
        ([NAME, CITY], String("Ada"), String("Oslo")),
        ([NAME, CITY], String("Bob"), String("Rom")),
        ([Step("name", output=String("Al")), CITY], String("Al"), String("Rom")),
        ([NAME, Step("city", output=String("Ur"))], String("Ada"), String("Ur")),
        ([FIELDS], U32(1), U32(22)),
        ([FIELDS, CITY], String("ab"), String("Rom")),
        (
            [Step("next", output=String("1234567")), Step("next", output=String("87654321"))],
            String("1234567"),
            String("87654321"),
        ),
        ([NAME, CITY], Tuple((String("Ada"), String("Rom"))), Tuple((String("Rom"), String("Ada")))),
        ([NAME, CITY], Tuple((String("Ada"), U32(1))), Tuple((String("Rom"), U32(2)))),
    ],
)
def test_a_chance_hit_is_no_origin(answers: list[Step], then: Value, now: Value) -> None:
    """Short texts of two answers, numbers, and a field for some of what changed are no sign of another answer."""
    assert cause(answers, then, now).code == "C1"


def test_an_answer_that_can_not_be_read_is_passed_over() -> None:
    """A host call whose payload is no host call's hides no origin, and breaks nothing."""
    broken = (f"{HOST}/name", b"\x00")
    one, other = (Made(steps=[NAME, CITY, Step("put", String(text))]).parts() for text in ("Ada", "Rom"))
    explanation = diff_recordings(
        from_parts([*one[:3], broken, *one[3:]]), from_parts([*other[:3], broken, *other[3:]])
    )
    assert [each.code for each in explanation.causes] == ["C1a"]


def test_answers_after_the_argument_are_no_origin() -> None:
    """What was answered only later can't have been taken."""
    one, other = (recording(Made(steps=[NAME, Step("put", String(text)), CITY])) for text in ("Ada", "Rom"))
    assert [each.code for each in diff_recordings(one, other).causes] == ["C1"]


def test_an_argument_of_a_later_call_takes_from_the_calls_before() -> None:
    """The answers of earlier calls count too."""
    one, other = (
        recording(Made(steps=[NAME, CITY]), Made(steps=[Step("put", String(text))])) for text in ("Ada", "Rom")
    )
    [found] = diff_recordings(one, other).causes
    assert (found.code, found.event) == ("C1a", 6)
