"""What calls that are made anew are answered with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Bool, Result, String, types
from chainview.replay.run.compared_chain import RecordEnds
from chainview.replay.run.recording import Recording
from chainview.suite.shrink.recorded_answers import NotRecorded, RecordedAnswers, SilentFunctions
from tests.replay.chains import HOST, PART, Made, Step, from_parts, log, recording

DONE = Result(types.tuple_of(()), types.STRING, True, UNIT)
LOOKUP = [Step("get", String(key), String(value)) for key, value in (("a", "1"), ("b", "2"), ("a", "3"))]


def answers_of(recorded: Recording, number: int = 0, left_out: Sequence[int] = ()) -> RecordedAnswers:
    """What answers the host calls of one call."""
    answers = RecordedAnswers(recorded, SilentFunctions(recorded), StateChain())
    answers.begin(recorded.call(number), left_out)
    return answers


def test_a_question_is_answered_as_it_was_recorded() -> None:
    """Whatever else was asked before it; asked again, by the next record of the same, until there is none."""
    answers = answers_of(recording(Made(steps=LOOKUP)))
    given = [answers.before_import(HOST, "get", String(key)) for key in ("b", "a", "a", "a")]
    assert given == [String("2"), String("1"), String("3"), None]
    assert answers.served == [2, 1, 3]
    with pytest.raises(NotRecorded):
        answers.unanswered(HOST, "get", String("a"))


def test_what_is_left_out_answers_nothing() -> None:
    """The next record of the same question does, or none."""
    answers = answers_of(recording(Made(steps=LOOKUP)), left_out=(1, 2))
    assert answers.before_import(HOST, "get", String("b")) is None
    assert answers.before_import(HOST, "get", String("a")) == String("3")


def test_what_other_calls_were_answered_is_not_given() -> None:
    """Each call has the records of its own."""
    answers = answers_of(recording(Made(steps=LOOKUP[:1]), Made(steps=LOOKUP[1:2])), 1)
    assert answers.before_import(HOST, "get", String("a")) is None


def test_a_function_that_says_nothing_answers_whatever_it_is_asked() -> None:
    """As a log does, and a store that only ever said that it was done; one that once said more does not."""
    put = [Step("put", String(key), DONE) for key in "ab"]
    answers = answers_of(recording(Made(steps=[log("before"), *put, *LOOKUP])))
    assert answers.before_import(HOST, "log", String("something else")) == UNIT
    assert answers.before_import(HOST, "put", String("c")) == DONE
    assert answers.before_import(HOST, "get", String("c")) is None
    assert answers.served == []
    refused = Step("put", String("c"), Result(types.tuple_of(()), types.STRING, False, String("full")))
    for last in (refused, Step("put", String("c"), UNIT), Step("put", String("c"), Bool(True))):
        answers = answers_of(recording(Made(steps=[*put, last])))
        assert answers.before_import(HOST, "put", String("d")) is None


def test_a_call_that_was_not_recorded_to_its_end_ends_with_its_record() -> None:
    """Not before: what was recorded has to be asked for."""
    parts: list[PART] = Made(steps=LOOKUP[:1]).parts()[:-1]
    answers = answers_of(from_parts(parts))
    with pytest.raises(NotRecorded):
        answers.unanswered(HOST, "get", String("c"))
    answers.before_import(HOST, "get", String("a"))
    with pytest.raises(RecordEnds):
        answers.unanswered(HOST, "get", String("c"))


def test_a_call_that_failed_for_want_of_an_answer_fails_again() -> None:
    """At the function that nobody could answer when it was recorded, and at no other one."""
    message = (
        f"Failed to call function 'f' with input: (): WASM execution error: the chain has no answer left for {HOST}.get"
    )
    answers = answers_of(recording(Made(steps=[log("before")], error=message)))
    assert (answers.unanswered(HOST, "get", UNIT) or "").endswith("get")
    with pytest.raises(NotRecorded):
        answers.unanswered(HOST, "put", UNIT)
