"""Differences that were accepted: rules in a small TOML file beside the chain, `<chain>.accept.toml`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

from chainview.chain.files.opened import chain_place
from chainview.chain.words.spans import middle_cut
from chainview.replay.changes.leaves import collapsed
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.judge.seen import Seen
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import turn_in
from chainview.system.files.text_file import UnreadableText, read_text, read_toml
from chainview.system.files.whole_file import write_whole
from chainview.system.wording import plural

_WILDCARDS = re.compile(r"[*?]+")
_TEXTS = ("code", "function", "path", "recorded", "now", "relation", "reason")
_HEADER = re.compile(r"^\[\[accept\]\]", re.MULTILINE)
_LONGEST_SIDE = 30
_TOLD, _LONGEST_TOLD = 4, 60
"""The changes that a line tells, and the letters of more than one."""
_WHOLE_PARTS = ("input", "response", "state")
"""Paths that name a part of an event as a whole."""
_OF_SEEN = ("path", "recorded", "now")


class Breadth(StrEnum):
    """How much a rule accepts that is made for a cause, from what was seen alone to whatever shows there."""

    SEEN = "seen"
    RELATION = "relation"
    VALUE = "value"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Rule:
    """Accepts causes of a code in a function and path; `recorded` and `now` are patterns with `*` and `?`.

    Empty fields accept anything. With `seen` only changes that stand in it are accepted, with `relation` only those of
    which it holds, at every place of the cause. `expires` is the last day on which the rule holds.
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
        if self.path and collapsed(self.path) != collapsed(found.path):
            return False
        if self.relation and self.relation not in found.relations:
            return False
        if self.seen and not self._has_seen(found.changes):
            return False
        return _fits(self.recorded, found.recorded) and _fits(self.now, found.now)

    def _has_seen(self, changes: Sequence[Seen]) -> bool:
        return bool(changes) and set(changes) <= set(self.seen)


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
            yield f"rule {number} matches nothing that differs here"


def rules_file(chain: str | Path) -> Path:
    """Where the rules for a chain lie unless another file is given: beside it, also where its bare name is given."""
    return Path(f"{chain_place(Path(chain))}.accept.toml")


def rules_if_any(path: Path) -> list[Rule]:
    """The rules in a file that may be missing; whatever else stands in its place is read, and raises as it does."""
    return read_rules(path) if os.path.lexists(path) else []


def read_rules(path: Path) -> list[Rule]:
    """The rules in a file; raises ChainviewError that names the first bad one."""
    try:
        stored = read_toml(path)
    except UnreadableText as error:
        raise ChainviewError(f"can't read the rules in {path}: {error}") from None
    unknown = sorted(stored.keys() - {"accept"})
    if unknown:
        raise ChainviewError(f"the rules in {path} have {unknown[0]!r}: a rule begins with [[accept]]")
    entries = stored.get("accept", [])
    if not isinstance(entries, list):
        raise ChainviewError(f"the rules in {path} have an accept that is no table: a rule begins with [[accept]]")
    return [_rule(path, number, entry) for number, entry in enumerate(entries, 1)]


def _rule(path: Path, number: int, entry: Any) -> Rule:
    where = f"rule {number} in {path}"
    if not isinstance(entry, dict):
        raise ChainviewError(f"{where} is no table: a rule begins with [[accept]]")
    for key, value in entry.items():
        if key not in ("expires", "seen", *_TEXTS):
            raise ChainviewError(f"{where} has {key!r}, which is not known: {', '.join(_TEXTS)}, seen and expires are")
        if key in _TEXTS and not isinstance(value, str):
            raise ChainviewError(f"{where} has a {key} that is no text")
    expires = entry.get("expires")
    if expires is not None and type(expires) is not date:
        raise ChainviewError(f"{where} has an expires that is no date such as 2027-01-31")
    named = entry.get("code", "")
    code = next((each for each in Code if each == named), None)
    if code is None:
        raise ChainviewError(f"{where} has the code {named!r}, which is none: such as C1b")
    return Rule(**{**entry, "code": code, "seen": _seen(where, entry)})


def _seen(where: str, entry: dict[str, Any]) -> tuple[Seen, ...]:
    changes = entry.get("seen", [])
    if not isinstance(changes, list) or not all(isinstance(each, dict) for each in changes):
        raise ChainviewError(f'{where} has a seen that is no list such as [{{recorded = "1", now = "2"}}]')
    for each in changes:
        strange = next((key for key, text in each.items() if key not in _OF_SEEN or not isinstance(text, str)), None)
        if strange is not None:
            raise ChainviewError(f"{where} has a seen with {strange!r}: {', '.join(_OF_SEEN)} are known, as texts")
    path = collapsed(entry.get("path", ""))
    return tuple([Seen(each.get("path", path), each.get("recorded"), each.get("now")) for each in changes])


def append_rule(path: Path, rule: Rule) -> None:
    """Adds a rule to a file, which is replaced as a whole or not at all; raises ChainviewError when it can't be."""
    with turn_in(path.parent):
        before = ""
        if os.path.exists(path):
            read_rules(path)
            before = read_text(path).rstrip("\n") + "\n\n"
        write_whole(path, [(before + rule_text(rule)).encode()], force=True)


def remove_rule(path: Path, number: int) -> Rule:
    """Takes a rule, numbered from 1, out of a file and leaves the rest as it is; raises ChainviewError."""
    return _put(path, number, None)


def replace_rule(path: Path, number: int, rule: Rule) -> Rule:
    """Puts a rule in the place of another one, which is returned; the rest stays as it is. Raises ChainviewError."""
    return _put(path, number, rule)


def rule_at(path: Path, number: int) -> Rule:
    """The rule of a number, from 1, in a file; raises ChainviewError."""
    rules = read_rules(path)
    if not 0 < number <= len(rules):
        held = f"1 to {len(rules)} are there" if rules else "it holds none"
        raise ChainviewError(f"there is no rule {number} in {path}: {held}")
    return rules[number - 1]


def _put(path: Path, number: int, rule: Rule | None) -> Rule:
    with turn_in(path.parent):
        return _put_in_turn(path, number, rule)


def _put_in_turn(path: Path, number: int, rule: Rule | None) -> Rule:
    rule_at(path, number)
    rules = read_rules(path)
    kept = [*rules[: number - 1], *([] if rule is None else [rule]), *rules[number:]]
    parts = [f"[[accept]]{part}" if at else part for at, part in enumerate(_HEADER.split(read_text(path)))]
    # A text that holds what begins a rule is no place to cut at.
    cut = len(parts) == len(rules) + 1
    if cut:
        behind = "\n" if number < len(rules) else ""
        parts[number : number + 1] = [] if rule is None else [rule_text(rule) + behind]
    text = "".join(parts) if cut else "\n".join([rule_text(each) for each in kept])
    write_whole(path, [text.encode()], force=True)
    return rules[number - 1]


def wider(rule: Rule) -> list[Rule]:
    """The rules that accept more than one does, for its reason: any value there, then the call wherever it shows."""
    whole = replace(rule, recorded="", now="", relation="", seen=())
    found = [whole] if rule.path else []
    return [each for each in (*found, replace(whole, path="")) if each != rule]


def rule_text(rule: Rule) -> str:
    """A rule as TOML."""
    lines = ["[[accept]]"]
    texts = (rule.code, rule.function, rule.path, rule.recorded, rule.now, rule.relation, rule.reason)
    lines += [f"{key} = {_toml(value)}" for key, value in zip(_TEXTS, texts, strict=True) if value]
    if rule.expires is not None:
        lines.append(f"expires = {rule.expires.isoformat()}")
    if rule.seen:
        lines += ["seen = [", *[f"    {_seen_text(each, rule)}," for each in rule.seen], "]"]
    return "\n".join(lines) + "\n"


def rule_in_words(rule: Rule) -> str:
    """What a rule accepts, in a line."""
    where = f" in the {rule.path}" if rule.path in _WHOLE_PARTS else f" at {rule.path}" if rule.path else ""
    if rule.seen:
        changes = [f"{_side(each.recorded)} → {_side(each.now)}" for each in rule.seen[:_TOLD]]
        while len(changes) > 1 and len(", ".join(changes)) > _LONGEST_TOLD:
            changes.pop()
        left = len(rule.seen) - len(changes)
        more = f" and {plural(left, 'other change')}" if left else ""
        return f"only {', '.join(changes)}{more}, as seen{where}"
    if rule.relation:
        return f"whatever changes by {rule.relation}{where}"
    if rule.recorded or rule.now:
        return f"{rule.recorded or 'anything'} → {rule.now or 'anything'}{where}"
    return f"any value{where}" if rule.path else "this, wherever it shows"


def _side(literal: str | None) -> str:
    return "nothing" if literal is None else middle_cut(literal, _LONGEST_SIDE)


def _seen_text(seen: Seen, rule: Rule) -> str:
    path = None if seen.path == collapsed(rule.path) else seen.path
    texts = zip(_OF_SEEN, (path, seen.recorded, seen.now), strict=True)
    return "{" + ", ".join([f"{key} = {_toml(text)}" for key, text in texts if text is not None]) + "}"


def _toml(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


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
    if breadth is Breadth.CALL:
        return replace(rule, path="")
    if breadth is Breadth.VALUE:
        return rule
    if breadth is Breadth.RELATION:
        if relation not in found.relations:
            known = f": {', '.join(found.relations)} do" if found.relations else ""
            raise ChainviewError(f"{relation} does not hold at every place of {found.code} in {found.function}{known}")
        return replace(rule, relation=relation)
    changes = found.changes
    if not changes:
        raise ChainviewError(
            f"{found.code} in {found.function} changes too much to be accepted change by change: accept any value there"
        )
    return replace(rule, seen=changes)
