"""The file of rules beside a chain, `<chain>.accept.toml`: read, and changed as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chainview.chain.files.opened import chain_place
from chainview.replay.changes.leaves import collapsed
from chainview.replay.differences.codes import Code
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.judge.seen import Seen
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import turn_in
from chainview.system.files.text_file import UnreadableText, read_text, read_toml
from chainview.system.files.whole_file import write_whole

_TEXTS = ("code", "function", "path", "recorded", "now", "relation", "reason")
_HEADER = re.compile(r"^\[\[accept\]\]", re.MULTILINE)
_OF_SEEN = ("path", "recorded", "now", "how")


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
    return tuple(
        [Seen(each.get("path", path), each.get("recorded"), each.get("now"), each.get("how", "")) for each in changes]
    )


def append_rule(path: Path, rule: Rule) -> None:
    """Adds a rule to a file, which is replaced as a whole or not at all; raises ChainviewError when it can't be."""
    append_rules(path, [rule])


def append_rules(path: Path, rules: Sequence[Rule]) -> None:
    """Adds rules to a file, all of them or none; raises ChainviewError when it can't be."""
    with turn_in(path.parent):
        before = ""
        if os.path.exists(path):
            read_rules(path)
            before = read_text(path).rstrip("\n") + "\n\n"
        write_whole(path, [(before + "\n".join(map(rule_text, rules))).encode()], force=True)


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


def _seen_text(seen: Seen, rule: Rule) -> str:
    path = None if seen.path == collapsed(rule.path) else seen.path
    texts = zip(_OF_SEEN, (path, seen.recorded, seen.now, seen.how or None), strict=True)
    return "{" + ", ".join([f"{key} = {_toml(text)}" for key, text in texts if text is not None]) + "}"


def _toml(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
