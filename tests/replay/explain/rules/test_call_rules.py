"""Rules for host calls that are others: each accepts what became of them, and nothing that became otherwise."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import UNIT, List, String, types
from chainview.replay.differences.codes import Code
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.rules.rule import ANYWHERE, Breadth, Rule, rule_for, rules_for
from chainview.replay.explain.rules.store import append_rule, read_rules
from chainview.replay.explain.rules.words import all_in_words, lets_through, rule_in_words
from chainview.replay.judge.seen import Seen
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError
from tests.replay.chains import Made, Step, log, recording

A, B, C = Step("a"), Step("b"), Step("c")
TODAY = date(2026, 11, 20)
LONG = "x" * 100


def calls(*steps: Step) -> Recording:
    """A recording of one call with these host calls."""
    return recording(Made(steps=steps))


def only_cause(then: Recording, now: Recording) -> Finding:
    """The one cause of what differs."""
    (cause,) = diff_recordings(then, now).causes
    return cause


THEN = calls(A, log("x"), B, C)
MOVED = calls(A, B, C, log("x"))
OTHERS = {
    "moved": MOVED,
    "moved not so far": calls(A, B, log("x"), C),
    "moved earlier": calls(log("x"), A, B, C),
    "replaced": calls(A, Step("put", String("x")), B, C),
    "replaced by another": calls(A, Step("get", String("x")), B, C),
    "gone": calls(A, B, C),
    "in addition": calls(A, log("x"), log("y"), B, C),
    "in addition elsewhere": calls(A, log("x"), B, log("y"), C),
    "two in addition": calls(A, log("x"), log("y"), log("z"), B, C),
    "two others in addition": calls(A, log("x"), log("y"), log("w"), B, C),
}


@pytest.mark.parametrize(("accepted", "other"), list(permutations(OTHERS, 2)))
def test_what_was_seen_of_host_calls_accepts_nothing_else(accepted: str, other: str) -> None:
    """Not another move, nor a replacement, nor a call in addition or gone: whichever is accepted, any other is told."""
    rule = rule_for(only_cause(THEN, OTHERS[accepted]))
    assert diff_recordings(THEN, OTHERS[accepted], [rule]).passes
    assert not diff_recordings(THEN, OTHERS[other], [rule]).passes


def test_the_same_wherever_it_shows_holds_what_was_seen() -> None:
    """The same move and the same replacement of other lines are accepted, another function in the place is not."""
    said = calls(A, log("another"), B, C)
    move = rule_for(only_cause(THEN, MOVED), breadth=Breadth.CALL)
    assert diff_recordings(said, calls(A, B, C, log("another")), [move]).passes
    assert not diff_recordings(said, calls(A, B, log("another"), C), [move]).passes
    assert not diff_recordings(said, calls(A, Step("put"), B, C), [move]).passes
    replaced = rule_for(only_cause(THEN, OTHERS["replaced"]), breadth=Breadth.CALL)
    assert diff_recordings(said, calls(A, Step("put"), B, C), [replaced]).passes
    assert not diff_recordings(said, calls(A, Step("get"), B, C), [replaced]).passes
    assert not diff_recordings(said, calls(A, B, C, log("another")), [replaced]).passes


def test_a_swap_is_no_replacement() -> None:
    """Two calls in the other order are accepted as that, not where one of them is made in the place of the other."""
    swap = rule_for(only_cause(calls(A, log("x"), B, C), calls(A, B, log("x"), C)))
    assert [each.how for each in swap.seen] == ["swapped"]
    then, now = calls(A, log("x"), C), calls(A, B, C)
    assert not diff_recordings(then, now, [swap]).passes
    assert diff_recordings(then, now, [Rule(swap.code, "", seen=tuple([each.in_any_way for each in swap.seen]))]).passes


def test_a_call_in_addition_is_accepted_at_its_place_or_as_it_is() -> None:
    """The two that hold wherever it shows are named: at its place whatever is asked, or as it is asked at any place."""
    cause = only_cause(calls(A, B), calls(A, log("x"), B))
    at_place, as_asked = sorted(cause.relations, key=len, reverse=True)
    rules = {name: rule_for(cause, breadth=Breadth.CALL, relation=name) for name in (at_place, as_asked)}
    sides = (calls(A, B), calls(A, log("y"), B)), (calls(B, C), calls(B, log("x"), C))
    passes = {name: [diff_recordings(*each, [rule]).passes for each in sides] for name, rule in rules.items()}
    assert passes == {at_place: [True, False], as_asked: [False, True]}
    with pytest.raises(ChainviewError, match="name one of them"):
        rule_for(cause, breadth=Breadth.CALL)


@pytest.mark.parametrize(
    "now",
    [
        calls(A, Step("log", String(f"{LONG}1")), B),
        calls(A, *[log(str(number)) for number in range(20)], B),
    ],
)
def test_what_a_line_does_not_tell_is_held_too(now: Recording) -> None:
    """A long argument, or the last of many calls, that differs behind what is written out is another change."""
    rule = rule_for(only_cause(calls(A, B), now))
    assert diff_recordings(calls(A, B), now, [rule]).passes
    others = (
        calls(A, Step("log", String(f"{LONG}2")), B),
        calls(A, *[log(str(number)) for number in range(19)], log("other"), B),
    )
    assert not any(diff_recordings(calls(A, B), other, [rule]).passes for other in others)


def test_rules_without_a_way_are_read_as_they_were() -> None:
    """A rule for a moved call that tells no move, as older ones do, accepts any move of that call."""
    cause = only_cause(THEN, MOVED)
    old = Rule(cause.code, cause.function, seen=(Seen("", cause.recorded, cause.now),))
    assert diff_recordings(THEN, MOVED, [old]).passes
    assert diff_recordings(calls(log("x"), B, C), calls(B, C, log("x")), [old]).passes


def test_a_move_is_told_by_its_places() -> None:
    """Which call, and from before what to before what; all of it in the lines beneath."""
    rule = rule_for(only_cause(THEN, MOVED))
    assert rule_in_words(rule) == 'only this move: host.log("x"), later from before host.b to before the end'
    assert list(all_in_words(rule))[1:] == [
        'host.log("x"), moved later by 2, from between host.a and host.b to between host.c and the end'
    ]


@pytest.mark.parametrize("name", list(OTHERS))
def test_only_what_lets_more_through_warns(name: str) -> None:
    """The last rule is the widest, is called so, and says what else it lets through; the others hold what was seen."""
    rules = rules_for(only_cause(THEN, OTHERS[name]))
    assert [bool(lets_through(rule)) for rule in rules] == [*[False] * (len(rules) - 1), True]
    assert rule_in_words(rules[-1]).startswith(f"any {rules[-1].code} (")
    assert len({rule_in_words(rule) for rule in rules}) == len(rules)


def test_a_value_is_accepted_in_any_field_alone() -> None:
    """What was seen at one path is accepted at another one of the function, and another change is not."""
    cause = Finding(Code.OTHER_RESPONSE, 1, 1, "f", "response.a", "1", "2", "", seen=(Seen("response.a", "1", "2"),))
    rule = rule_for(cause, breadth=Breadth.CALL)
    assert (rule.path, rule.seen) == (ANYWHERE, (Seen(ANYWHERE, "1", "2"),))
    for now, accepted in (("2", True), ("3", False)):
        other = Finding(
            Code.OTHER_RESPONSE, 1, 1, "f", "response.b", "1", now, "", seen=(Seen("response.b", "1", now),)
        )
        assert rule.accepts(other, TODAY) is accepted


def test_too_many_changes_are_not_taken_for_the_first() -> None:
    """A cause of more changes than are kept, read or found, is not accepted by what it changed at its first place."""
    cause = Finding(Code.EXTRA_CALL, 1, 1, "f", "", None, "f()", "", too_many=True)
    assert cause.changes == ()
    assert not Rule(Code.EXTRA_CALL, "f", seen=(Seen("", None, "f()"),)).accepts(cause, TODAY)
    assert all(not rule.seen for rule in rules_for(cause))


STEPS = st.lists(st.sampled_from([A, B, C, log("x"), log("y"), Step("put", List(types.U8, (UNIT,)[:0]))]), max_size=6)


@given(STEPS, STEPS, STEPS)
def test_rules_for_causes_accept_these_and_their_files_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: list[Step], two: list[Step], three: list[Step]
) -> None:
    """Whatever differs is accepted by what was seen of it, also once written and read, and nothing that was not."""
    then, now, other = [calls(*steps) for steps in (one, two, three)]
    found = diff_recordings(then, now).causes
    path = tmp_path_factory.mktemp("rules") / "c.accept.toml"
    for cause in found:
        append_rule(path, rule_for(cause))
    rules = read_rules(path) if found else []
    assert not {each.id for each in diff_recordings(then, now, rules).causes} & {each.id for each in found}
    seen = {change for cause in found for change in cause.changes}
    for cause in diff_recordings(then, other, rules).accepted:
        assert set(cause.changes) <= seen
