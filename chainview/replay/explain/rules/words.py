"""What a rule accepts, in words: a line of it, all of it, and what else it lets through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainview.chain.words.spans import middle_cut
from chainview.replay.differences.call_change import CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.explain.rules.rule import ANYWHERE, WHOLE_PARTS, Rule
from chainview.replay.judge.seen import Seen
from chainview.system.wording import plural

_LONGEST_SIDE = 30
_LONGEST_MOVED = 40
_TOLD, _LONGEST_TOLD = 4, 60
"""The changes that a line tells, and the letters of more than one."""
_MOST_TOLD = 6
"""The changes that all of a rule tells."""
_INTERFACE = re.compile(r"(?:^|(?<= ))[\w.-]+:[\w./-]+/(?=[\w.-])")
_FIRST_INTERFACE = re.compile(r"^[\w.-]+:[\w./-]+/(?=[\w.-])")
_BETWEEN = re.compile(r"between (?:the start|\S+) and ")
_DISTANCE = re.compile(r" by [\d,]+, ")
_LETS_THROUGH = {
    Code.OTHER_ARGUMENT: "any other argument of {name}, in any field",
    Code.OTHER_CALL: "any other function called in the place of {name}, and {name} called earlier or later",
    Code.EXTRA_CALL: "every additional call of {name}, anywhere and with any argument",
    Code.MISSING_CALL: "every call of {name} that is no longer made",
    Code.LOOP_COUNT: "any number of turns of a loop that calls {name}",
    Code.OTHER_RESPONSE: "anything else that {name} returns, in any field",
    Code.OTHER_STATE: "any other state that {name} leaves, in any field",
    Code.STATE_TYPE: "every other type of the state that {name} leaves",
    Code.FAILURE: "every failure of {name}, whatever it says",
    Code.OTHER_ANSWER: "any other answer to {name}",
}
"""What a rule without a value lets through, by its code."""
_SAID = {CallKind.ADDED: "called in addition", CallKind.GONE: "no longer called"}
"""How a sentence says what rules have a shorter word for."""


def rule_in_words(rule: Rule) -> str:
    """What a rule accepts, in a line."""
    where = _where(rule)
    if rule.seen and rule.seen[0].how:
        return _calls_seen(rule.seen)
    if rule.seen:
        return f"only {_listed([_change(each) for each in rule.seen], 'other change')}{where}{_in_events(rule)}"
    if rule.relation and not rule.path:
        return _relation_of_calls(rule.relation)
    if rule.relation:
        return f"any change by {rule.relation}{where}"
    if rule.recorded or rule.now:
        return f"{rule.recorded or 'anything'} → {rule.now or 'anything'}{where}"
    if rule.path not in ("", ANYWHERE):
        return f"any value{where}"
    return f"any {rule.code} ({rule.code.description.title}){_of_function(rule)}"


def all_in_words(rule: Rule) -> Iterator[str]:
    """What a rule accepts, in whole lines: of several changes each in one."""
    if not rule.seen:
        yield rule_in_words(rule)
        return
    yield f"{rule.code}{_of_function(rule)}, only what was seen{_where(rule)}{_in_events(rule)}:"
    for each in rule.seen[:_MOST_TOLD]:
        sides = [_name_cut(side) for side in (each.recorded, each.now) if side is not None]
        how = _short(each.how.partition(": ")[0])
        if not how:
            yield " → ".join(["nothing" if side is None else side for side in (each.recorded, each.now)])
        elif how == CallKind.REPLACED:
            yield f" {how} ".join(sides)
        else:
            yield f"{' and '.join(dict.fromkeys(sides))}, {how}"
    if len(rule.seen) > _MOST_TOLD:
        yield f"and {plural(len(rule.seen) - _MOST_TOLD, 'other change')}"


def lets_through(rule: Rule) -> str:
    """What a rule accepts beside what was seen, for a person who is about to write it; empty where that is nothing."""
    if rule.seen or rule.recorded or rule.now or rule.relation:
        return ""
    name = _name_cut(rule.function) if rule.function else "any function"
    if rule.path not in ("", ANYWHERE):
        return f"it also lets through every other value{_where(rule)} of {name}, and what else changes with it"
    other = _LETS_THROUGH.get(rule.code, f"every other {rule.code.description.title} in {{name}}").format(name=name)
    return f"it also lets through {other}"


def _where(rule: Rule) -> str:
    if rule.path == ANYWHERE:
        return ", in any field"
    return f" in the {rule.path}" if rule.path in WHOLE_PARTS else f" at {rule.path}" if rule.path else ""


def _in_events(rule: Rule) -> str:
    return " and at any event" if rule.path == ANYWHERE else ", at any event"


def _of_function(rule: Rule) -> str:
    return f" in {_name_cut(rule.function)}" if rule.function else ""


def _change(seen: Seen) -> str:
    return f"{_side(seen.recorded)} → {_side(seen.now)}"


def _listed(told: list[str], more: str) -> str:
    """The first of some texts, as many as a line has room for, and how many more there are."""
    shown = told[:_TOLD]
    while len(shown) > 1 and len(", ".join(shown)) > _LONGEST_TOLD:
        shown.pop()
    left = len(told) - len(shown)
    return f"{', '.join(shown)}{f' and {plural(left, more)}' if left else ''}"


def _calls_seen(seen: tuple[Seen, ...]) -> str:
    """What became of host calls: which of them, and in which way where all went the same."""
    ways = {_way(each.how) for each in seen}
    way = ways.pop() if len(ways) == 1 else "each as seen"
    moved = way.startswith("moved ")
    calls = list(dict.fromkeys([_call(each, _LONGEST_MOVED if moved else _LONGEST_SIDE) for each in seen]))
    listed = _listed(calls, "other call")
    if moved:
        return f"only {'this move' if len(calls) == 1 else 'these moves'}: {listed}, {way.removeprefix('moved ')}"
    return f"only what was seen: {listed}{'' if way == CallKind.REPLACED else f', {way}'}; at any event"


def _call(seen: Seen, room: int) -> str:
    sides = list(dict.fromkeys([_name_cut(each) for each in (seen.recorded, seen.now) if each is not None]))
    by = f" {CallKind.REPLACED} " if seen.how.startswith(CallKind.REPLACED) else " and "
    return by.join([middle_cut(each, room) for each in sides])


def _way(how: str) -> str:
    """How host calls became others, in few words: without what all of them ask, and how far those that moved went."""
    kind = next((each for each in CallKind if how.startswith(each)), None)
    if kind is None:
        return _short(how)
    place = how.removeprefix(kind).partition(": ")[0]
    return _before(f"{_SAID.get(kind, kind)}{_DISTANCE.sub(' ', place, count=1)}")


def _before(text: str) -> str:
    """A place by what stands behind it alone."""
    return _short(_BETWEEN.sub("before ", text))


def _relation_of_calls(relation: str) -> str:
    for kind in (CallKind.ADDED, CallKind.GONE):
        if relation.endswith(f" {kind}"):
            asked = _name_cut(relation.removesuffix(f" {kind}")).partition(" sha256:")[0]
            return f"{middle_cut(asked, _LONGEST_TOLD)} {_SAID[kind]}, at any place"
    for kind, said in _SAID.items():
        relation = relation.replace(f" {kind} between ", f" {said} between ", 1)
    return f"{_before(relation)}, with any argument"


def _name_cut(literal: str) -> str:
    """A host call that is written out, or a function, without its interface's package."""
    return _FIRST_INTERFACE.sub("", literal)


def _short(text: str) -> str:
    """A text of functions' names, each without its interface's package."""
    return _INTERFACE.sub("", text)


def _side(literal: str | None) -> str:
    return "nothing" if literal is None else middle_cut(literal, _LONGEST_SIDE)
