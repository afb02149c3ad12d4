"""Two recordings compared: one cause for one change, and everything else in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings

from chainview.chain.event import MODULE_EVENT
from chainview.chain.files.entries.header import Header
from chainview.chain.payload import encode_call
from chainview.chain.schema import Schema
from chainview.pack.values import F64, S64, U64, UNIT, Tuple, Value, list_value, types
from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code
from chainview.replay.explain.diff import diff_recordings, first_mismatch
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from tests.replay.align.test_align import CALLS
from tests.replay.chains import Made, Step, count, from_parts, log, params, recording


def tick(number: int, now: int, *, extra: tuple[Step, ...] = ()) -> Made:
    """A call that asks the time, logs it and counts."""
    steps = (Step("now", UNIT, U64(now)), log(f"tick {number} at {now}"), *extra)
    return Made("tick", params(number), steps, count(number), U64(number))


TICKS = [tick(number, 1000 + number) for number in range(6)]


def causes(explanation: Explanation) -> list[tuple[str, int, int]]:
    """Code, event and number of places of each cause."""
    return [(each.code, each.event, each.places) for each in explanation.causes]


def test_identical_chains_have_no_cause() -> None:
    """Equal chains are identical, and that is all."""
    explanation = diff_recordings(recording(*TICKS), recording(*TICKS))
    assert (explanation.verdict, explanation.causes, explanation.first_mismatch, explanation.passes) == (
        "identical",
        (),
        None,
        True,
    )


def test_one_changed_argument_is_one_cause_and_the_rest_are_links() -> None:
    """All later events differ in their hash alone, and contents are equal again at the next one."""
    changed = list(TICKS)
    changed[2] = Made("tick", params(2), (Step("now", UNIT, U64(1002)), log("tock 2 at 1002")), count(2), U64(2))
    explanation = diff_recordings(recording(*TICKS), recording(*changed))
    assert causes(explanation) == [("C1", 11, 1)]
    assert explanation.causes[0].call == 9
    assert (explanation.consequences.link, explanation.consequences.total) == (13, 13)
    assert explanation.reconverges_at == 12
    assert (explanation.causes[0].recorded, explanation.causes[0].now) == ('"tick 2 at 1002"', '"tock 2 at 1002"')


def test_one_extra_call_shifts_the_rest() -> None:
    """An additional host call is one cause; what follows is the same at another position."""
    changed = list(TICKS)
    changed[1] = tick(1, 1001, extra=(log("one more"),))
    explanation = diff_recordings(recording(*TICKS), recording(*changed))
    assert causes(explanation) == [("C3", 8, 1)]
    assert explanation.consequences.shift == explanation.consequences.total == 17
    assert explanation.reconverges_at == 8


def test_another_answer_of_the_host_is_the_cause_of_what_is_made_of_it() -> None:
    """The world answered otherwise: one cause, and the log of that answer follows from it."""
    changed = [tick(number, 2000 + number) for number in range(6)]
    explanation = diff_recordings(recording(*TICKS), recording(*changed))
    assert [each.code for each in explanation.causes] == ["D1"]
    assert explanation.causes[0].places == 6
    assert explanation.consequences.value == 6


def test_another_state_is_carried_by_the_following_calls() -> None:
    """A state that differs once is a cause once: later results that carry it are consequences."""
    then = [Made("add", params(1), (), count(number)) for number in range(5)]
    now = [*then[:2], *[Made("add", params(1), (), count(number + 10)) for number in range(2, 5)]]
    explanation = diff_recordings(recording(*then), recording(*now))
    assert causes(explanation) == [("C7", 6, 1)]
    assert explanation.causes[0].path == "state.count"
    assert explanation.consequences.state == 2
    assert explanation.reconverges_at is None


def test_the_order_of_calls_is_told_as_such() -> None:
    """Two deliveries that came the other way round are one difference."""
    one, other = Made("f", params(1), (log("one"),)), Made("g", params(2), (log("two"),))
    explanation = diff_recordings(recording(TICKS[0], one, other), recording(TICKS[0], other, one))
    assert [each.code for each in explanation.causes] == ["D2"]
    assert explanation.causes[0].event == 5


def test_a_chain_that_goes_on_is_longer() -> None:
    """One chain is the beginning of the other: longer or shorter, whatever it holds, and nothing else."""
    explanation = diff_recordings(recording(*TICKS[:4]), recording(*TICKS))
    assert causes(explanation) == [("C11", 17, 1)]
    assert explanation.causes[0].recorded is None
    other = diff_recordings(recording(*TICKS), recording(*TICKS[:4]))
    assert causes(other) == [("C11", 17, 1)]


def test_a_loop_that_ran_more_often_is_counted() -> None:
    """The turns that both sides ran and those that one side ran more are counted."""

    def looping(turns: int) -> Made:
        return Made("loop", UNIT, [log(f"week {turn}: tea") for turn in range(turns)], count(1))

    explanation = diff_recordings(recording(looping(4)), recording(looping(7)))
    assert [each.code for each in explanation.causes] == ["C5"]
    assert "7 times, recorded 4 times" in explanation.causes[0].sentence


def test_the_same_values_in_another_encoding_are_compared_as_values() -> None:
    """A chain of another schema differs in its encoding, and for the rest in nothing."""
    explanation = diff_recordings(recording(*TICKS), recording(*TICKS, schema=Schema.BYTES))
    assert causes(explanation) == [("A2", 1, 1)]
    assert explanation.consequences.total == explanation.recorded_events


NAN, OTHER_NAN = F64(0x7FF8 << 48), F64(0xFFF8 << 48)


@pytest.mark.parametrize(
    "made",
    [
        lambda nan: Made("f", UNIT, (Step("put", Tuple((U64(1), nan))),)),
        lambda nan: Made("f", UNIT, (Step("get", UNIT, nan),)),
        lambda nan: Made("f", Tuple((nan,))),
        lambda nan: Made("f", UNIT, (), nan),
        lambda nan: Made("f", UNIT, (), UNIT, list_value(types.F64, (F64.of(1.0), nan))),
    ],
)
def test_bits_of_a_nan_are_told_as_that_wherever_they_show(made: Callable[[Value], Made]) -> None:
    """In arguments, answers, params, responses and states, with the bits of both sides."""
    explanation = diff_recordings(recording(made(NAN), made(NAN)), recording(made(OTHER_NAN), made(OTHER_NAN)))
    (cause,) = explanation.causes
    assert cause.code == "A4"
    assert (cause.recorded, cause.now) == ("NaNf64 (0x7ff8000000000000)", "NaNf64 (0xfff8000000000000)")
    assert "recorded NaNf64 (0x7ff8000000000000), now NaNf64 (0xfff8000000000000)" in cause.sentence


def test_bits_of_a_nan_are_the_engines() -> None:
    """Two NaNs are told apart from numbers that changed."""
    one, other = (Made("f", UNIT, (Step("put", F64(bits)),)) for bits in (0x7FF8 << 48, 0x7FF8 << 48 | 1))
    assert [each.code for each in diff_recordings(recording(one), recording(other)).causes] == ["A4"]
    number = Made("f", UNIT, (Step("put", F64.of(1.0)),))
    assert [each.code for each in diff_recordings(recording(one), recording(number)).causes] == ["C1"]


def test_a_call_that_only_one_side_makes_is_a_cause_whatever_state_comes_later() -> None:
    """A missing call is judged by itself: no state that the other side has elsewhere accounts for it."""
    opened, again = (Made("open", UNIT, (log(text),), count(1)) for text in ("a", "b"))
    later = [Made("grow", UNIT, (), count(5)), Made("close", UNIT, (), count(6))]
    gone = Made("gone", UNIT, (), count(1))
    explanation = diff_recordings(recording(opened, gone, *later), recording(again, *later))
    assert causes(explanation) == [("C1", 2, 1), ("C4", 4, 1)]


def test_two_changes_in_different_calls_are_two_causes() -> None:
    """Differences that have nothing in common are counted apart."""
    then = [*TICKS, Made("total", UNIT, (), count(5), S64(10))]
    now = [TICKS[0], tick(1, 1001, extra=(Step("beep"),)), *TICKS[2:], Made("total", UNIT, (), count(5), S64(9))]
    assert [each.code for each in diff_recordings(recording(*then), recording(*now)).causes] == ["C3", "C6"]


def test_another_failure_is_told_with_both_reasons() -> None:
    """An error against success, and another error, are C8; a stop from outside is C9."""
    fine, broken = (
        Made("f", UNIT, (log("a"), log("b"))),
        Made("f", UNIT, (log("a"),), error="Function returned error: no"),
    )
    explanation = diff_recordings(recording(fine), recording(broken))
    assert causes(explanation) == [("C8", 3, 1)]
    assert "no" in explanation.causes[0].sentence
    assert (explanation.causes[0].path, explanation.causes[0].now) == ("", "Function returned error: no")
    # What is missing before a failure that is no more is told by itself.
    mended = diff_recordings(recording(replace(fine, error="Function returned error: no")), recording(Made("f")))
    assert [each.code for each in mended.causes] == ["C4"]
    again = replace(broken, error="Function returned error: never")
    [cause] = diff_recordings(recording(broken), recording(again)).causes
    assert (cause.code, cause.path, cause.recorded) == ("C8", "message", "Function returned error: no")
    stopped = Made("f", UNIT, (log("a"),), error="stopped after 5 s without a result")
    assert [each.code for each in diff_recordings(recording(fine), recording(stopped)).causes] == ["C9"]


def test_params_that_differ_belong_to_the_call() -> None:
    """The same export called with other params differs in them."""
    explanation = diff_recordings(recording(Made("f", params(1))), recording(Made("f", params(2))))
    assert causes(explanation) == [("C1", 1, 1)]
    assert explanation.causes[0].path == "params.0"


@pytest.mark.once
@settings(max_examples=200)
@given(CALLS, CALLS)
def test_whatever_differs_is_explained(calls: list[Made], calls_now: list[Made]) -> None:
    """Any two chains: the first cause stands at the first mismatch, and every row has one label that fits it."""
    then, now = recording(*calls), recording(*calls_now)
    explanation = diff_recordings(then, now)
    first = first_mismatch(then.table, now.table)
    if first is None:
        assert explanation.verdict == "identical"
        return
    assert explanation.causes
    assert explanation.first_mismatch is not None
    assert explanation.first_mismatch.event == first + 1
    assert len(explanation.labels) == len(explanation.rows)
    for row, label in enumerate(map(Label, explanation.labels)):
        recorded, new = explanation.rows.recorded[row], explanation.rows.now[row]
        if row < first:
            assert label is Label.SAME
        elif row not in explanation.rows.differing:
            assert label is (Label.LINK if recorded == new else Label.SHIFT)
        else:
            assert label in (Label.CAUSE, Label.VALUE, Label.STATE)
        assert label is not Label.LINK or NONE not in (recorded, new)
    assert all(isinstance(each.code, Code) for each in explanation.causes)


def test_an_event_that_can_not_be_decoded_is_compared_by_its_bytes() -> None:
    """Payloads that are no Pack values are differences like others, not failures."""
    head = [(MODULE_EVENT, encode_call(Schema.VALUES, "f", UNIT))]
    one, other = ([*head, ("a:b/c/d", payload), ("note", payload)] for payload in (b"\1", b"\2"))
    explanation = diff_recordings(from_parts(one), from_parts(other))
    assert explanation.verdict == "diverged"
    assert explanation.causes[0].event == 2


def test_the_first_mismatch_is_found_whatever_lies_behind() -> None:
    """The bisection names the first event with another hash, as looking at each does."""
    chain = recording(*TICKS)
    for place in range(len(TICKS)):
        other = recording(*TICKS[:place], Made("other"), *TICKS[place:])
        assert first_mismatch(chain.table, other.table) == place * 4


def test_the_sentence_of_every_code_can_be_filled_in() -> None:
    """Each code has a title, and a sentence for its facts."""
    facts = {"function": "f", "export": "g", "path": "p", "detail": "d", "change": "c"}
    for code in Code:
        assert code.description.title
        assert "{" not in code.says(**facts)


@pytest.mark.parametrize(
    ("name", "name_now", "sha256", "sha256_now", "function", "wrong"),
    [
        ("a", "b", "1", "2", "g", True),
        ("a", "a", "1", "2", "g", False),
        ("a", "b", "1", "1", "g", False),
        ("", "b", "1", "2", "g", False),
        ("a", "", "1", "2", "g", False),
        ("a", "b", "", "2", "g", False),
        ("a", "b", "1", "", "g", False),
        ("a", "b", "1", "2", "f", False),
    ],
)
def test_two_actors_are_told_apart_by_names_modules_and_calls(
    name: str, name_now: str, sha256: str, sha256_now: str, function: str, wrong: bool
) -> None:
    """Chains are of two actors only where names and modules are known and differ, and no call is in both."""
    sides = [recording(Made("f")), recording(Made(function, params=params(1)))]
    for side, named, sha in zip(sides, (name, name_now), (sha256, sha256_now), strict=True):
        side.header = Header(actor_name=named, module_sha256=sha)
    explanation = diff_recordings(sides[0], sides[1])
    assert (explanation.causes[0].code is Code.OTHER_MODULE) is wrong


@pytest.mark.parametrize(
    ("times", "event"),
    [({7: 0}, 8), ({7: 2}, 9), ({0: 2}, 2), ({6: 0, 7: 0}, 7), ({23: 2}, 25)],
    ids=["no end", "two ends", "begun twice", "no log and no end", "ended twice at the end"],
)
def test_a_call_that_is_held_otherwise_differs_where_it_is(times: Mapping[int, int], event: int) -> None:
    """A beginning or an end that one chain lacks, or holds twice, differs there, whichever of both comes first."""
    parts = [part for made in TICKS for part in made.parts()]
    other = from_parts([part for at, part in enumerate(parts) for _ in range(times.get(at, 1))])
    for pair in ((recording(*TICKS), other), (other, recording(*TICKS))):
        explanation = diff_recordings(*pair)
        assert (explanation.verdict, explanation.causes[0].event) == ("diverged", event)
