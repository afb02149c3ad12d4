"""Differences that were accepted: rules in a small TOML file beside the chain, `<chain>.accept.toml`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

from chainview.replay.differences.codes import Code
from chainview.replay.differences.leaves import collapsed
from chainview.replay.explain.explanation import Finding
from chainview.system.errors import ChainviewError
from chainview.system.text_file import UnreadableText, read_text, read_toml
from chainview.system.whole_file import write_whole

_WILDCARDS = re.compile(r"[*?]+")
_TEXTS = ("code", "function", "path", "recorded", "now", "reason")


@dataclass(frozen=True, slots=True)
class Rule:
    """Accepts causes of a code in a function and path; `recorded` and `now` are patterns with `*` and `?`.

    Empty fields accept anything. `expires` is the last day on which the rule holds.
    """

    code: Code
    function: str = ""
    path: str = ""
    recorded: str = ""
    now: str = ""
    reason: str = ""
    expires: date | None = None

    def accepts(self, found: Finding, today: date) -> bool:
        """Whether the rule holds today and accepts that cause."""
        if self.expires is not None and today > self.expires:
            return False
        if self.code != found.code or (self.function and self.function != found.function):
            return False
        if self.path and collapsed(self.path) != collapsed(found.path):
            return False
        return _fits(self.recorded, found.recorded) and _fits(self.now, found.now)


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


def rules_file(chain: str | Path) -> Path:
    """Where the rules for a chain lie unless another file is given."""
    return Path(f"{chain}.accept.toml")


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
        if key != "expires" and key not in _TEXTS:
            raise ChainviewError(f"{where} has {key!r}, which is not known: {', '.join(_TEXTS)} and expires are")
        if key in _TEXTS and not isinstance(value, str):
            raise ChainviewError(f"{where} has a {key} that is no text")
    expires = entry.get("expires")
    if expires is not None and type(expires) is not date:
        raise ChainviewError(f"{where} has an expires that is no date such as 2027-01-31")
    named = entry.get("code", "")
    code = next((each for each in Code if each == named), None)
    if code is None:
        raise ChainviewError(f"{where} has the code {named!r}, which is none: such as C1b")
    return Rule(**{**entry, "code": code})


def append_rule(path: Path, rule: Rule) -> None:
    """Adds a rule to a file, which is replaced as a whole or not at all; raises ChainviewError when it can't be."""
    before = ""
    if os.path.exists(path):
        read_rules(path)
        before = read_text(path).rstrip("\n") + "\n\n"
    write_whole(path, [(before + rule_text(rule)).encode()], force=True)


def rule_text(rule: Rule) -> str:
    """A rule as TOML."""
    lines = ["[[accept]]"]
    texts = (rule.code, rule.function, rule.path, rule.recorded, rule.now, rule.reason)
    for key, value in zip(_TEXTS, texts, strict=True):
        if value:
            # A JSON string is a TOML basic string, but for DEL, which JSON leaves as it is.
            text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{key} = {text}")
    if rule.expires is not None:
        lines.append(f"expires = {rule.expires.isoformat()}")
    return "\n".join(lines) + "\n"


def rule_for(found: Finding, reason: str = "", expires: date | None = None) -> Rule:
    """The rule that accepts a cause wherever it shows in the same function and path."""
    return Rule(found.code, found.function, collapsed(found.path), reason=reason, expires=expires)
