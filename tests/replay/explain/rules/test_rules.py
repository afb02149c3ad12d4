"""Accepting differences: rules are written, read back, refused by name, and expire."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from fnmatch import translate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.replay.differences.codes import Code
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.rules import rule as rules_module
from chainview.replay.explain.rules.rule import Breadth, Rule, rule_for, rules_for, split_accepted, wider
from chainview.replay.explain.rules.store import (
    append_rule,
    read_rules,
    remove_rule,
    replace_rule,
    rule_text,
    rules_file,
)
from chainview.replay.explain.rules.words import rule_in_words
from chainview.replay.judge.seen import Seen
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError
from tests.replay.chains import Made, log, recording

TODAY = date(2026, 11, 20)
FOUND = Finding(
    Code("C1"), 7, 5, "test:x/host.log", "input[3].name", '"a [b]"', '"c"', "log is asked for something else"
)
TEXT = st.text(max_size=20)
RULES = st.builds(
    Rule,
    st.sampled_from(list(Code)),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.none() | st.dates(),
    st.lists(st.builds(Seen, TEXT, st.none() | TEXT, st.none() | TEXT, TEXT), max_size=3).map(tuple),
)


@settings(max_examples=100)
@given(st.lists(RULES, max_size=3))
def test_rules_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, rules: list[Rule]) -> None:
    """What is appended to a file of rules is read back, in order."""
    path = tmp_path_factory.mktemp("rules") / "c.accept.toml"
    for rule in rules:
        append_rule(path, rule)
    assert (read_rules(path) if rules else []) == rules


@settings(max_examples=100)
@given(st.lists(RULES, min_size=1, max_size=4), st.data())
def test_a_rule_is_taken_out_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory, rules: list[Rule], data: st.DataObject
) -> None:
    """Whatever the rules say, also of rules; what was written beside them stands as it did."""
    path = tmp_path_factory.mktemp("rules") / "c.accept.toml"
    for rule in rules:
        append_rule(path, rule)
    path.write_text("# why: ask Ada\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    number = data.draw(st.integers(1, len(rules)))
    assert remove_rule(path, number) == rules[number - 1]
    assert read_rules(path) == [*rules[: number - 1], *rules[number:]]


@settings(max_examples=100)
@given(st.lists(RULES, min_size=1, max_size=4), RULES, st.data())
def test_a_rule_is_replaced_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory, rules: list[Rule], other: Rule, data: st.DataObject
) -> None:
    """The other one stands in its place, whatever the rules say; what was written beside them stands as it did."""
    path = tmp_path_factory.mktemp("rules") / "c.accept.toml"
    for rule in rules:
        append_rule(path, rule)
    path.write_text("# why: ask Ada\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    number = data.draw(st.integers(1, len(rules)))
    assert replace_rule(path, number, other) == rules[number - 1]
    assert read_rules(path) == [*rules[: number - 1], other, *rules[number:]]


def test_no_rule_is_lost_where_many_are_added_at_once(tmp_path: Path) -> None:
    """Each rule that was told as added is in the file, also where another program adds one at that moment."""
    path, together = tmp_path / "c.chain.accept.toml", threading.Barrier(6)

    def add(name: str) -> None:
        together.wait()
        for number in range(3):
            append_rule(path, Rule(Code("C1"), function=f"{name}{number}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, "abcdef"))
    assert sorted(rule.function for rule in read_rules(path)) == [f"{name}{at}" for name in "abcdef" for at in range(3)]


def test_wider_rules_keep_the_reason() -> None:
    """From what was seen to any value there, from there to the call anywhere, and from there to nothing more."""
    seen = (Seen("input", "1", "2"),)
    rule = Rule(Code("C1"), "f", "input", reason="new", expires=date(2099, 1, 31), seen=seen)
    any_value, any_place = wider(rule)
    assert (any_value.path, any_value.seen, any_place.path) == ("input", (), "")
    assert {(each.reason, each.expires) for each in (any_value, any_place)} == {("new", rule.expires)}
    assert (wider(any_value), wider(any_place)) == ([any_place], [])


def test_a_rule_that_is_not_there_is_not_taken_out(tmp_path: Path) -> None:
    """The sentence says which there are, and the file stays."""
    path = tmp_path / "c.accept.toml"
    append_rule(path, Rule(Code("C1")))
    before = path.read_bytes()
    for number in (0, 2, -1):
        with pytest.raises(ChainviewError, match="1 to 1 are there"):
            remove_rule(path, number)
    assert path.read_bytes() == before


def said(*words: str) -> Recording:
    """Calls of which each logs some words."""
    return recording(*[Made(steps=[log(each)]) for each in words])


def test_a_rule_accepts_what_was_seen_and_nothing_else() -> None:
    """At each of its places; one other change there, or one more, and the cause is told again."""
    (cause,) = diff_recordings(said("quote tea", "quote rum"), said("offer tea", "offer rum")).causes
    rule = rule_for(cause)
    assert len(rule.seen) == cause.places == 2
    assert diff_recordings(said("quote tea", "quote rum"), said("offer tea", "offer rum"), [rule]).passes
    assert diff_recordings(said("quote tea", "quote rum"), said("offer tea", "quote rum"), [rule]).passes
    assert not diff_recordings(said("quote tea", "quote rum"), said("offer tea", "offer gin"), [rule]).passes
    assert not diff_recordings(said("rate tea"), said("price tea"), [rule]).passes


def test_a_rule_is_widened_as_far_as_it_says() -> None:
    """To what the changes have in common, to any value there, to whatever the code tells of the function."""
    (cause,) = diff_recordings(said("quote tea", "quote rum"), said("offer tea", "offer rum")).causes
    (relation,) = cause.relations
    made = {breadth: rule_for(cause, breadth=breadth, relation=relation) for breadth in Breadth}
    gin, price = (said("quote gin"), said("offer gin")), (said("rate tea"), said("price tea"))
    passes = {
        breadth: tuple([diff_recordings(*sides, [rule]).passes for sides in (gin, price)])
        for breadth, rule in made.items()
    }
    assert passes == {
        Breadth.SEEN: (False, False),
        Breadth.CALL: (False, False),
        Breadth.RELATION: (True, False),
        Breadth.VALUE: (True, True),
        Breadth.ANY: (True, True),
    }
    with pytest.raises(ChainviewError, match=r"\+1 is not true"):
        rule_for(cause, breadth=Breadth.RELATION, relation="+1")


def test_rules_that_accept_nothing_any_more_are_told() -> None:
    """A rule without a cause, and one that has ended, are remarks; one that accepts is none."""
    sides = said("a"), said("b")
    (cause,) = diff_recordings(*sides).causes
    rules = [rule_for(cause), Rule(Code("C2")), rule_for(cause, expires=date(2020, 1, 1))]
    remarks = diff_recordings(*sides, rules).remarks
    assert remarks == ("rule 2 was not needed: nothing differs that it would accept", "rule 3 ended on 2020-01-01")


def test_a_rule_in_words_shows_the_changes_that_it_accepts() -> None:
    """Short changes stand in the line one after the other, and a part of an event is called by its name."""
    seen = tuple([Seen("response", f"{n}s32", f"{n + 1}s32") for n in range(5, 11)])
    rule = Rule(Code.OTHER_RESPONSE, "f", "response", seen=seen[:2])
    assert rule_in_words(rule) == "only 5s32 → 6s32, 6s32 → 7s32 in the response, at any event"
    told = "only 5s32 → 6s32, 6s32 → 7s32, 7s32 → 8s32, 8s32 → 9s32 and 2 other changes at input.at, at any event"
    assert rule_in_words(replace(rule, path="input.at", seen=seen)) == told


def test_the_id_of_a_cause_stays_until_it_changes() -> None:
    """The same change in another recording has the same id, another change another one."""
    ids = [diff_recordings(said(a), said(b)).causes[0].id for a, b in (("a", "b"), ("a", "b"), ("a", "c"))]
    assert ids[0] == ids[1] != ids[2]


def test_a_rule_for_a_cause_accepts_it_at_every_index() -> None:
    """The rule that is made from a cause accepts that cause, also in another item of a list."""
    rule = rule_for(FOUND, "known")
    assert rule.path == "input[*].name"
    assert rule.accepts(FOUND, TODAY)
    assert rule.reason == "known"


@pytest.mark.parametrize(
    ("rule", "accepts"),
    [
        (Rule(Code("C1")), True),
        (Rule(Code("C2")), False),
        (Rule(Code("C1"), function="test:x/host.log"), True),
        (Rule(Code("C1"), function="test:x/host.put"), False),
        (Rule(Code("C1"), path="input[0].name"), True),
        (Rule(Code("C1"), path="input"), False),
        (Rule(Code("C1"), recorded='"a [b]"'), True),
        (Rule(Code("C1"), recorded='"a*'), True),
        (Rule(Code("C1"), recorded='"b*'), False),
        (Rule(Code("C1"), now='"?"'), True),
        (Rule(Code("C1"), expires=TODAY), True),
        (Rule(Code("C1"), expires=date(2026, 11, 19)), False),
    ],
)
def test_each_field_of_a_rule_narrows_it(rule: Rule, accepts: bool) -> None:
    """Code, function, path and patterns must all fit; a rule holds to the end of the day it expires."""
    causes, accepted = split_accepted([FOUND], [rule], TODAY)
    assert (accepted, causes) == (([FOUND], []) if accepts else ([], [FOUND]))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[accept]]\ncode = 'C99'", "'C99'"),
        ("[[accept]]\nfunction = 'f'", "code"),
        ("[[accept]]\ncode = 'C1'\nwhere = 'x'", "'where'"),
        ("[[accept]]\ncode = 'C1'\npath = 3", "path"),
        ("[[accept]]\ncode = 'C1'\nexpires = 'soon'", "expires"),
        ("[[allow]]\ncode = 'C1'", "'allow'"),
        ("accept = 3", "accept"),
        ("accept = [3]", "rule 1"),
        ("not toml", "TOML"),
        ("\xff", "TOML"),
    ],
)
def test_a_bad_rule_is_refused_by_name(text: str, named: str, tmp_path: Path) -> None:
    """The sentence names the file and what is wrong in it."""
    path = tmp_path / "c.accept.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ChainviewError, match=named) as error:
        read_rules(path)
    assert str(path) in error.value.sentence


def test_rules_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As editors on Windows write them; a rule that is added leaves no mark in the middle."""
    path = tmp_path / "rules.toml"
    path.write_text(rule_text(Rule(Code("C1"))), encoding="utf-8-sig")
    append_rule(path, Rule(Code("C2")))
    assert [rule.code for rule in read_rules(path)] == [Code("C1"), Code("C2")]


def test_a_rules_file_lies_beside_its_chain() -> None:
    """The default name is the chain's with `.accept.toml` behind it."""
    assert rules_file("a/b.chain") == Path("a/b.chain.accept.toml")


def test_accepted_causes_do_not_count() -> None:
    """A comparison whose every cause is accepted passes, and still tells them."""
    then, now = recording(Made(steps=[log("a")])), recording(Made(steps=[log("b")]))
    (cause,) = diff_recordings(then, now).causes
    explanation = diff_recordings(then, now, [rule_for(cause)])
    assert (explanation.verdict, explanation.passes, explanation.causes) == ("accepted", True, ())
    assert explanation.accepted == (cause,)
    assert explanation.first_mismatch == cause
    assert rule_text(rule_for(cause)).startswith("[[accept]]")


def test_a_pattern_costs_once_however_many_causes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern is made an expression once, without stars that say nothing, and not at all for texts it can't fit."""
    made: list[str] = []

    def noted(pattern: str) -> str:
        made.append(pattern)
        return translate(pattern)

    monkeypatch.setattr(rules_module, "translate", noted)
    rules = [Rule(Code("C1"), now="*q-a-word-of-its-own*"), Rule(Code("C1"), recorded='"' + "?*" * 2_000 + '"')]
    causes = [replace(FOUND, recorded=f'"{"a" * (1_990 + number)}"') for number in range(20)]
    left, accepted = split_accepted(causes, rules, TODAY)
    assert (left, accepted) == (causes[:10], causes[10:])
    assert made == ['"' + "?" * 2_000 + '*"']


def test_a_relation_that_nobody_can_read_is_no_choice() -> None:
    """Of two ids it would hold each letter that differs; one of a few letters is offered."""
    for relation, offered in (("rate→price", True), ("NeNaN-NcNd→NdfNadN" * 5, False)):
        rules = rules_for(replace(FOUND, relations=(relation,)))
        assert (relation in [rule.relation for rule in rules]) is offered
