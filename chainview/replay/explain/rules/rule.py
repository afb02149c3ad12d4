"""A rule by which differences are accepted, and how much is accepted by the one that is made for a cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fnmatch import translate
from functools import cache

from chainview.replay.changes.leaves import collapsed
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.judge.seen import Seen
from chainview.system.errors import ChainviewError

ANYWHERE = "*"
"""The path of a rule that accepts what was seen at any path."""
WHOLE_PARTS = ("input", "response", "state")
"""Paths that name a part of an event as a whole."""
_WILDCARDS = re.compile(r"[*?]+")
_LONGEST_RELATION = 40
"""The letters of a relation of values that a person is let choose."""


class Breadth(StrEnum):
    """How much a rule accepts that is made for a cause, from what was seen alone to whatever shows there.

    `CALL` is what was seen wherever it shows: the same values in any field, or the same becoming of host calls.
    """

    SEEN = "seen"
    CALL = "call"
    RELATION = "relation"
    VALUE = "value"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Rule:
    """Accepts causes of a code in a function and path; `recorded` and `now` are patterns with `*` and `?`.

    Empty fields accept anything, and so does the path `*`. With `seen` only changes that stand in it are accepted, with
    `relation` only those of which it holds, at every place of the cause. `expires` is the last day on which the rule
    holds.
    """

    code: Code
    function: str = ""
    path: str = ""
    recorded: str = ""
    now: str = ""
    relation: str = ""
    reason: str = ""
    expires: date | None = None
    seen: tuple[Seen, ...] = ()

    def because(self, reason: str, expires: date | None) -> Rule:
        """The same for a reason, and up to a last day."""
        return replace(self, reason=reason, expires=expires)

    def accepts(self, found: Finding, today: date) -> bool:
        """Whether the rule holds today and accepts that cause."""
        if self.expires is not None and today > self.expires:
            return False
        if self.code != found.code or (self.function and self.function != found.function):
            return False
        if self.path not in ("", ANYWHERE) and collapsed(self.path) != collapsed(found.path):
            return False
        if self.relation and self.relation not in found.relations:
            return False
        if self.seen and not self._has_seen(found.changes):
            return False
        return _fits(self.recorded, found.recorded) and _fits(self.now, found.now)

    def _has_seen(self, changes: Sequence[Seen]) -> bool:
        seen = set(self.seen)
        if self.path == ANYWHERE:
            changes = [replace(each, path=ANYWHERE) for each in changes]
        return bool(changes) and all(each in seen or each.in_any_way in seen for each in changes)


def _fits(pattern: str, literal: str | None) -> bool:
    if not pattern:
        return True
    text = literal or ""
    # Finding what must stand in the text anyhow is far quicker than an expression, and settles most.
    return all(part in text for part in _WILDCARDS.split(pattern)) and _expression(pattern).match(text) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern ready for texts, made once however many rules and causes there are."""
    # Stars between marks say nothing of their own, and cost a step each.
    plain = _WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), pattern)
    # A literal may hold brackets, which are no wildcards here.
    return re.compile(translate(plain.replace("[", "[[]")))


def split_accepted(
    found: Sequence[Finding], rules: Sequence[Rule], today: date | None = None
) -> tuple[list[Finding], list[Finding]]:
    """The causes that no rule accepts, and those that one does."""
    day = date.today() if today is None else today
    causes: list[Finding] = []
    accepted: list[Finding] = []
    for each in found:
        (accepted if any(rule.accepts(each, day) for rule in rules) else causes).append(each)
    return causes, accepted


def unused_told(rules: Sequence[Rule], explanation: Explanation, today: date | None = None) -> Iterator[str]:
    """A sentence for each rule that accepted nothing in a whole comparison, since nobody else tells that."""
    day = date.today() if today is None else today
    for number, rule in enumerate(rules, 1):
        if rule.expires is not None and day > rule.expires:
            yield f"rule {number} ended on {rule.expires}"
        elif not any(rule.accepts(each, day) for each in explanation.accepted):
            yield f"rule {number} was not needed: nothing differs that it would accept"


def wider(rule: Rule) -> list[Rule]:
    """The rules that accept more than one does, for its reason: what was seen anywhere, any value there, all."""
    whole = replace(rule, recorded="", now="", relation="", seen=())
    fields = rule.path not in ("", ANYWHERE, *WHOLE_PARTS)
    found = [_anywhere(rule)] if rule.seen and fields else []
    found += [whole] if rule.path not in ("", ANYWHERE) else []
    return [each for each in (*found, replace(whole, path="")) if each != rule]


def breadth_of(rule: Rule) -> Breadth:
    """How much a rule accepts; patterns that a person wrote count as a value."""
    if rule.seen:
        return Breadth.CALL if rule.path == ANYWHERE else Breadth.SEEN
    if rule.relation:
        return Breadth.RELATION
    return Breadth.VALUE if rule.path not in ("", ANYWHERE) or rule.recorded or rule.now else Breadth.ANY


def rules_for(cause: Finding) -> list[Rule]:
    """The rules that accept a cause, from what was seen alone to whatever shows there."""
    fields = cause.path not in ("", *WHOLE_PARTS)
    breadths = [Breadth.SEEN, *([Breadth.CALL] if fields else [])] if cause.changes else []
    rules = [rule_for(cause, breadth=each) for each in breadths]
    # What is too long to be read is no choice: of two ids it has each letter that differs.
    relations = [each for each in cause.relations if not cause.path or len(each) <= _LONGEST_RELATION]
    rules += [rule_for(cause, breadth=Breadth.RELATION, relation=each) for each in relations]
    rules += [rule_for(cause, breadth=Breadth.VALUE)] if cause.path else []
    return [*rules, rule_for(cause, breadth=Breadth.ANY)]


def rule_for(
    found: Finding,
    reason: str = "",
    expires: date | None = None,
    breadth: Breadth = Breadth.SEEN,
    relation: str = "",
) -> Rule:
    """The rule that accepts a cause, and no more than the breadth says; raises ChainviewError where that can't be.

    `relation` names one of those that hold at every place of the cause.
    """
    rule = Rule(found.code, found.function, collapsed(found.path), reason=reason, expires=expires)
    if breadth is Breadth.ANY:
        return replace(rule, path="")
    if breadth is Breadth.VALUE:
        return rule
    if breadth is Breadth.CALL and found.relations and not found.path:
        relation = relation or _one_of(found)
        breadth = Breadth.RELATION
    if breadth is Breadth.RELATION:
        if relation not in found.relations:
            known = f"; true of all are: {', '.join(found.relations)}" if found.relations else ""
            raise ChainviewError(f"{relation} is not true of every place of {found.code} in {found.function}{known}")
        return replace(rule, relation=relation)
    changes = found.changes
    if not changes:
        raise ChainviewError(
            f"{found.code} in {found.function} changes too much to be accepted change by change: accept any value there"
        )
    seen = replace(rule, seen=changes)
    return _anywhere(seen) if breadth is Breadth.CALL else seen


def _anywhere(rule: Rule) -> Rule:
    """What a rule has seen, at any path."""
    seen = dict.fromkeys([replace(each, path=ANYWHERE) for each in rule.seen])
    return replace(rule, path=ANYWHERE, seen=tuple(seen))


def _one_of(found: Finding) -> str:
    """The relation of a cause that has only one."""
    if len(found.relations) > 1:
        raise ChainviewError(
            f"{found.code} in {found.function} can be accepted by more than one relation, name one of them: "
            f"{'; '.join(found.relations)}"
        )
    return found.relations[0]
