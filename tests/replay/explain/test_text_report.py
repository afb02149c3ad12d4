"""The report for people, line by line."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainview.chain.event import Frame
from chainview.pack.values import U8, List, String, types
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE
from chainview.replay.changes.leaves import Leaf
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Consequences, ControlOutcome, Explanation, Finding, Verdict
from chainview.replay.explain.text_report import report_text
from chainview.replay.judge.causes import Label
from chainview.system.wording import visible

LEAF = Leaf("input", String("tea"), String("rum"))
ARGUMENT = Finding(Code.OTHER_ARGUMENT, 7, 5, "sample:a/b.log", "input", '"tea"', '"rum"', "log was asked", (LEAF,))
STACK = (Frame("shop::log", ""), Frame("shop::serve", "src/lib.rs:8"))
OTHER_STACK = (Frame("shop::tell", ""),)


def report(*causes: Finding, **facts: Any) -> list[str]:
    """The lines of a replay that differs for these causes."""
    explanation = Explanation(
        "replay", "probe", Verdict.DIVERGED, "differs", recorded_events=20, same=6, causes=causes, **facts
    )
    return report_text(replace(explanation, first_mismatch=causes[0])).splitlines()


def line(lines: list[str], label: str) -> str:
    """What stands behind a label; empty where there is no such line."""
    return next((each.removeprefix(label).strip() for each in lines if each.startswith(label)), "")


def test_the_headline_counts() -> None:
    """The first line has the event, the causes, what follows, and where it is equal again, each counted in words."""
    lines = report(ARGUMENT, consequences=Consequences(link=1), reconverges_at=9)
    assert lines[0] == "DIVERGES at event 7 of 20 · 1 cause, 1 consequence · from 9 on only hashes"
    assert report(ARGUMENT, ARGUMENT)[0] == "DIVERGES at event 7 of 20 · 2 causes, 0 consequences"


def test_a_headline_keeps_its_words_where_it_has_little_room() -> None:
    """What follows has one word however long the line is; `contents` goes first, then where all is equal again."""
    facts = {"consequences": Consequences(link=123), "reconverges_at": 345}
    assert report(ARGUMENT, **facts)[0].endswith("1 cause, 123 consequences · from 345 on only hashes")
    wider = report(ARGUMENT, **facts, accepted=(ARGUMENT,) * 2)[0]
    assert wider.endswith("1 cause, 123 consequences · 2 accepted")


def test_a_headline_that_is_too_long_is_shortened() -> None:
    """Where everything that is to be said is wider than the report, the first line is cut to its width."""
    facts = {"consequences": Consequences(link=123_456), "reconverges_at": 1_234_567, "accepted": (ARGUMENT,) * 9}
    headline = report(*[ARGUMENT] * 1000, **facts)[0]
    assert len(headline) <= 80
    assert headline.startswith("DIVERGES at event 7 of 20")
    assert headline.endswith("9 accepted")


@pytest.mark.parametrize(("places", "title"), [(1, ""), (2, ", at 2 places"), (1200, ", at 1,200 places")])
def test_a_cause_tells_at_how_many_places_it_shows(places: int, title: str) -> None:
    """The places are counted where there are several."""
    cause = line(report(replace(ARGUMENT, places=places)), "cause")
    assert cause.partition(" confidence")[0].rstrip() == f"C1 argument changed{title}"


@pytest.mark.parametrize(("call", "told"), [(5, "    in the call at event 5"), (0, ""), (7, "")])
def test_a_cause_tells_its_call(call: int, told: str) -> None:
    """The call is named by its event, unless the cause is outside of calls or the call's own event."""
    assert line(report(replace(ARGUMENT, call=call)), "call") == f"sample:a/b.log{told}"


def test_a_damaged_recording_says_why() -> None:
    """What is unusable tells whose recording it is and what is wrong with it, and nothing of causes."""
    damaged = Explanation("replay", "probe", Verdict.UNUSABLE, "the recording is broken at event 3", causes=(ARGUMENT,))
    assert report_text(damaged).splitlines() == [
        "UNUSABLE  the recording is damaged",
        "why     the recording is broken at event 3",
    ]
    assert report_text(replace(damaged, command="diff")).startswith("UNUSABLE  a recording is damaged")


def test_values_explain_themselves_and_other_codes_have_their_sentence() -> None:
    """A cause with values shows them on both sides; one of the recorded module's family says its sentence first."""
    lines = report(ARGUMENT)
    assert line(lines, "says") == ""
    assert 'input         recorded  "tea"' in "\n".join(lines)
    assert 'now       "rum"' in "\n".join(lines)
    own = replace(ARGUMENT, code=Code.NOT_REPRODUCIBLE, sentence="the recorded module does not make this")
    assert line(report(own), "says") == "the recorded module does not make this"
    taken = replace(ARGUMENT, code=Code.OTHER_ANSWER_USED, sentence="taken from another answer")
    assert line(report(taken), "says") == "taken from another answer"


def test_another_order_of_the_same_items_is_said() -> None:
    """A list with the same items in another order is told so; any other change of a list is not."""
    items = [List(types.STRING, tuple(map(String, letters))) for letters in ("ab", "ba", "ac")]
    reordered = replace(ARGUMENT, leaves=(Leaf("input.names", items[0], items[1]),))
    assert line(report(reordered), "says") == "input.names has the same items in another order: [0] moved to [1]"
    assert line(report(replace(ARGUMENT, leaves=(Leaf("input.names", items[0], items[2]),))), "says") == ""


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (STACK, STACK, ["recorded and now  shop::log < shop::serve (lib.rs:8)"]),
        (STACK, OTHER_STACK, ["recorded  shop::tell   now  shop::log < shop::serve (lib.rs:8)"]),
        (STACK, (), ["now  shop::log < shop::serve (lib.rs:8)"]),
        ((), (), [""]),
    ],
)
def test_both_stacks_are_told_and_equal_ones_once(
    now: tuple[Frame, ...], then: tuple[Frame, ...], said: list[str]
) -> None:
    """The code line has the innermost functions on both sides, once where they are the same."""
    assert [line(report(ARGUMENT, now_stack=now, recorded_stack=then), "code")] == said


def test_a_stack_is_told_by_the_two_innermost_functions_that_a_person_wrote() -> None:
    """What a compiler or packr-guest put between them is left out, unless there is nothing else."""
    glue = (Frame("{closure#0}", "lib.rs:1"), Frame("__import_impl_log", ""))
    told = line(report(ARGUMENT, now_stack=(glue[0], *STACK, glue[1], Frame("main", ""))), "code")
    assert told == "now  shop::log < shop::serve (lib.rs:8)"
    assert line(report(ARGUMENT, now_stack=glue), "code") == "now  {closure#0} (lib.rs:1) < __import_impl_log"


@pytest.mark.parametrize("code", [Code.NOT_REPRODUCIBLE, Code.OTHER_CALL])
def test_a_long_sentence_takes_three_lines(code: Code) -> None:
    """Of a sentence that needs more than three lines the rest is left out, and the report says so."""
    cause = replace(ARGUMENT, code=code, leaves=(), sentence="and so on " * 40)
    lines = report(cause)
    at = next(at for at, each in enumerate(lines) if each.startswith("says"))
    assert lines[at + 1].startswith("        and so on")
    assert lines[at + 2].endswith(" …")
    assert not lines[at + 3].startswith("        and so on")


@pytest.mark.parametrize(
    ("count", "also"),
    [
        (1, ""),
        (2, ""),
        (6, ""),
        (21, ""),
        (23, "and 2 more: --json tells them all"),
    ],
)
def test_further_causes_have_two_lines_each_and_the_rest_are_named(count: int, also: str) -> None:
    """Twenty further causes are told with their values, and how many there are beside them."""
    lines = report(*[replace(ARGUMENT, event=7 + at) for at in range(count)])
    told = [(each, lines[at + 1]) for at, each in enumerate(lines) if each.startswith("also")]
    values = '          input  recorded "tea"  now "rum"'
    assert told == [(f"also    C1 argument changed at event {8 + at}", values) for at in range(min(20, count - 1))]
    assert next((each.strip() for each in lines if each.strip().startswith("and ")), "") == also


def test_a_report_is_never_longer_than_its_lines_nor_wider_than_its_columns() -> None:
    """However much there is to say, a report keeps to its lines and columns, and names the page."""
    leaves = tuple([Leaf(f"input.field-{at}", U8(at), String("x" * 300)) for at in range(9)])
    cause = replace(ARGUMENT, function="sample:very/long." + "n" * 90, leaves=leaves, places=12)
    lines = report(
        *[cause] * 9,
        now_stack=STACK * 9,
        recorded_stack=OTHER_STACK,
        not_tested=("whether " + "it " * 60, "more"),
        control=ControlOutcome.PASSED,
        accepted=(ARGUMENT,),
    )
    assert len(lines) <= 12 + 2 * 8
    assert max(map(len, lines)) <= 80
    assert "… and 7 more fields" in "\n".join(lines)
    assert "chainview explain C1" in lines[-1]


@pytest.mark.parametrize(
    ("control", "code", "confidence"),
    [
        (ControlOutcome.PASSED, Code.OTHER_ARGUMENT, "confidence high: recorded module agrees"),
        (ControlOutcome.NOT_TESTED, Code.OTHER_ARGUMENT, "confidence fair: recorded module not run"),
        (ControlOutcome.DIVERGED, Code.OTHER_ARGUMENT, "confidence fair: recorded module differs elsewhere"),
        (ControlOutcome.DIVERGED, Code.NOT_REPRODUCIBLE, "the edit is not to blame"),
        (ControlOutcome.PASSED, Code.HIDDEN_STATE, "brought by the edit: the recorded module has none"),
        (ControlOutcome.NOT_TESTED, Code.HIDDEN_STATE, "can't tell whether the edit brought it"),
        (ControlOutcome.DIVERGED, Code.HIDDEN_STATE, "brought by the edit: the recorded module has none"),
    ],
)
def test_how_sure_it_is_follows_from_the_control(control: ControlOutcome, code: Code, confidence: str) -> None:
    """The cause line ends with how sure it is, and clears an edit of what its recorded module does not make either."""
    assert line(report(replace(ARGUMENT, code=code), control=control), "cause").endswith(confidence)


def test_a_further_cause_is_told_in_fewer_words_where_its_sentence_has_no_room() -> None:
    """Its code and its functions by their short names, never the ends of a sentence."""
    sentence = "sample:pricing/audit-trail.store is called in the place of theater:simple/runtime.log, and more is said"
    other = Finding(Code.OTHER_CALL, 9, 5, "a:b/c.log", "", 'a:b/c.log("x")', "d:e/f.put(1u8)", sentence)
    lines = report(ARGUMENT, other)
    assert lines[lines.index("also    C2 other call at event 9") + 1].strip() == "f.put is called in the place of c.log"


def test_what_only_moved_is_shown_once() -> None:
    """Both sides of it are the same call, which the sentence names; two cut texts that look alike say nothing."""
    call = f'a:b/c.log("{"q" * 60} 1")'
    moved = replace(ARGUMENT, code=Code.OTHER_CALL, leaves=(), recorded=call, now=call, sentence=f"moved: {call} now")
    lines = report(moved)
    assert [each for each in lines if each.strip().startswith(("recorded", "now"))] == []
    assert line(lines, "says").startswith("moved:")


@given(st.text(min_size=1, max_size=90), st.text(max_size=4), st.text(max_size=4), st.text(min_size=1, max_size=90))
def test_two_sides_that_differ_are_never_cut_to_the_same_text(head: str, one: str, other: str, tail: str) -> None:
    """Whatever stands around what differs in two calls, it is in both lines."""
    sides = f'a:b/c.log("{head}{one}{tail}")', f'a:b/c.log("{head}{other}{tail}")'
    assume(visible(sides[0]) != visible(sides[1]))
    cause = replace(ARGUMENT, code=Code.OTHER_CALL, leaves=(), path="", recorded=sides[0], now=sides[1])
    told = [each[34:] for each in report(cause) if each[24:34] in ("recorded  ", "now       ")]
    assert len(told) == len(set(told)) == 2


def test_places_say_before_which_event_something_extra_stands() -> None:
    """What is extra stands on no recorded event: the margin shows the mark beside the row before that one."""
    rows = Alignment(array("q", (0, NONE, 1)), array("q", (0, 1, 2)))
    extra = replace(ARGUMENT, code=Code.EXTRA_CALL, events=(2, 9), places=2, rows=(1,))
    assert line(report(extra, rows=rows, labels=bytes(3)), "places") == "before event 2, before event 9"
    both = replace(extra, events=(2, 9), rows=(1, 2))
    assert line(report(both, rows=rows, labels=bytes(3)), "places") == "2; before event 9"


def test_a_cosmetic_change_with_effect_says_so() -> None:
    """Where something later in the call differs by it, the title says so, and the sentence which event."""
    leaf = Leaf("input", String("id 7b70"), String("id 7B70"))
    cosmetic = replace(ARGUMENT, code=Code.COSMETIC, leaves=(leaf,), rows=(1,))
    rows = Alignment(array("q", (0, 1, 2)), array("q", (0, 1, 2)))
    with_effect = report(cosmetic, rows=rows, labels=bytes((Label.SAME, Label.CAUSE, Label.VALUE)))
    without = report(cosmetic, rows=rows, labels=bytes((Label.SAME, Label.CAUSE, Label.LINK)))
    assert line(with_effect, "cause").startswith("C1b cosmetic change with effect ")
    assert "event 3, in the same call," in " ".join(with_effect)
    assert "with effect" not in line(without, "cause")
