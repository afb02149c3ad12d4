"""`chainview accept`: lists, adds and removes the rules by which differences from a chain are accepted."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainview.commands.options.paths import name, path
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import emit
from chainview.system.wording import plural, visible

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.replay.explain.explanation import Finding
    from chainview.replay.explain.rules.rule import Rule

BREADTHS = ("seen", "call", "relation", "value", "any")
_NEVER = "never"
_MOST_REPORT = 256 << 20

HELP = CommandHelp(
    (
        ("chainview accept c.chain", "list what is accepted"),
        ("chainview replay new.wasm c.chain --json > r.json", "find the ids of causes"),
        ("chainview accept c.chain --add 5f2c --from r.json --reason 'new words'", "accept what one cause changed"),
        ("chainview accept c.chain --change 2 --until 2027-01-31", "accept it up to a day"),
        ("chainview accept c.chain --remove 2", "accept it no longer"),
    ),
    "the rules were listed or changed",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain",
        type=name,
        metavar="CHAIN",
        help="the chain whose rules lie beside it, in CHAIN.accept.toml; of a folder those of each chain are listed",
    )
    parser.add_argument("--rules", metavar="FILE", type=path, help="rules in another file")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="ID", help="accept the cause of that id, or of its first letters")
    change.add_argument(
        "--change", metavar="N", type=int, help="change the rule of that number by --breadth, --reason and --until"
    )
    change.add_argument("--remove", metavar="N", type=int, help="take out the rule of that number")
    parser.add_argument(
        "--from", metavar="REPORT", dest="report", help="the report with the cause, of --json; - is standard input"
    )
    parser.add_argument(
        "--breadth",
        choices=BREADTHS,
        help="seen: only what was seen, in any event (default); call: the same change wherever it shows, in any field "
        "or place; relation: what has one of the report's relations in common; value: any value in that field; any: "
        "whatever that code tells of that function",
    )
    parser.add_argument(
        "--relation", metavar="TEXT", help="one of the relations that the report tells of the cause, such as +1"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why it is accepted")
    parser.add_argument("--until", metavar="DAY", help="the last day on which it is, such as 2027-01-31, or never")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Changes the rules and tells them; raises ChainviewError for a cause, a rule or a file that is not there."""
    from chainview.chain.files.opened import chain_place
    from chainview.replay.explain.rules.store import rules_file

    if args.rules is None and os.path.isdir(args.chain):
        from chainview.chain.families.folder import find_family

        family = find_family(args.chain, read_chains=False)
        if family is not None:
            _tell_family(args, family)
            return 0
    path = args.rules or rules_file(args.chain)
    if args.rules is None and not os.path.lexists(path) and not os.path.lexists(chain_place(Path(args.chain))):
        raise ChainviewError(f"there is no chain {args.chain}: give a chain's file, or the bare name of a kept one")
    if args.add is not None:
        _add(args, path)
    elif args.change is not None:
        _change(args, path)
    elif args.remove is not None:
        _remove(path, args.remove)
    _tell(path, as_json=args.json)
    return 0


def _add(args: argparse.Namespace, path: Path) -> None:
    from chainview.replay.explain.rules.rule import Breadth, rule_for
    from chainview.replay.explain.rules.store import append_rule

    if args.report is None:
        raise ChainviewError("--add needs the report that has the cause: --from REPORT, or --from - for standard input")
    if not args.add:
        raise ChainviewError("--add needs the id of a cause, as the report has it")
    breadth = Breadth.RELATION if args.relation else Breadth(args.breadth or Breadth.SEEN)
    found = _cause(_report(args.report), args.add, args.report)
    relation = args.relation or ""
    if breadth is Breadth.RELATION and not relation:
        relation = _only_relation(found)
    append_rule(path, rule_for(found, args.reason or "", _day(args.until), breadth, relation))


def _only_relation(found: Finding) -> str:
    if len(found.relations) != 1:
        held = f"these hold: {', '.join(found.relations)}" if found.relations else "none holds at all its places"
        raise ChainviewError(f"--relation names what the changes of the cause have in common; {visible(held)}")
    return found.relations[0]


def _day(text: str | None) -> date | None:
    try:
        return None if text in (None, _NEVER) else date.fromisoformat(text)
    except ValueError:
        raise ChainviewError(f"--until takes a day such as 2027-01-31, and {visible(text or '')} is none") from None


def _report(name: str) -> dict[str, Any]:
    """The report that `replay --json` or `diff --json` printed."""
    from chainview.system.files.text_file import read_regular
    from chainview.system.streams import read_waiting

    try:
        most = _MOST_REPORT + 1
        report = json.loads(read_waiting(sys.stdin.buffer, most) if name == "-" else read_regular(Path(name), most))
    except OSError as error:
        from chainview.system.errors import words_of

        raise ChainviewError(f"can't read the report {name}: {words_of(error)}") from None
    except (ValueError, RecursionError):
        raise ChainviewError(f"{name} is no report: chainview replay --json prints one") from None
    if not isinstance(report, dict) or not isinstance(report.get("causes"), list):
        raise ChainviewError(f"{name} is no report with causes: chainview replay --json prints one")
    return report


def _cause(report: dict[str, Any], wanted: str, name: str) -> Finding:
    """The cause of an id, or of the letters that it alone begins with."""
    causes = [each for each in report["causes"] if isinstance(each, dict) and isinstance(each.get("id"), str)]
    found = [each for each in causes if each["id"].startswith(wanted)]
    if len(found) != 1:
        ids = ", ".join(
            [
                f"{visible(each['id'][:20])} ({each.get('code')} at {each.get('event')})"
                for each in (found or causes)[:9]
            ]
        )
        why = (
            f"{plural(len(found), 'cause')} begin with {visible(wanted)}"
            if found
            else f"{name} has no cause {visible(wanted)}"
        )
        raise ChainviewError(f"{why}: {ids or 'it has none'}")
    return finding_from(found[0], name)


def finding_from(cause: dict[str, Any], name: str) -> Finding:
    """A cause as a report has it; raises ChainviewError where it is not as chainview writes it."""
    from chainview.replay.differences.codes import Code
    from chainview.replay.explain.explanation import Finding
    from chainview.replay.judge.seen import Seen

    try:
        seen = tuple(
            [
                Seen(str(each["path"]), _text(each["recorded"]), _text(each["now"]), str(each.get("how", "")))
                for each in cause["seen"]
            ]
        )
        relations = tuple([str(each) for each in cause["relations"]])
        code, event = Code(cause["code"]), int(cause["event"])
        words = [str(cause[key]) for key in ("function", "path", "sentence")]
        sides = [_text(cause[side]) for side in ("recorded", "now")]
    except (KeyError, TypeError, ValueError):
        raise ChainviewError(f"the cause in {name} is not as chainview replay --json prints it") from None
    said = words[0], words[1], sides[0], sides[1], words[2]
    return Finding(code, event, 0, *said, seen=seen, too_many=not seen, relations=relations)


def _text(side: object) -> str | None:
    if side is not None and not isinstance(side, str):
        raise TypeError
    return side


def _change(args: argparse.Namespace, path: Path) -> None:
    from chainview.replay.explain.rules.rule import Breadth, breadth_of, wider
    from chainview.replay.explain.rules.store import replace_rule, rule_at

    _require_rules(path)
    if args.breadth is None and args.reason is None and args.until is None:
        raise ChainviewError("--change needs what is to be another one: --breadth, --reason or --until")
    rule = rule_at(path, args.change)
    if args.breadth is not None:
        found = {breadth_of(each): each for each in [rule, *wider(rule)]}
        if args.breadth not in found:
            raise ChainviewError(
                f"--change makes this rule wider, by {' or '.join(sorted(found))}; --add and a report make a narrow one"
            )
        rule = found[Breadth(args.breadth)]
    reason = rule.reason if args.reason is None else args.reason
    replace_rule(path, args.change, rule.because(reason, rule.expires if args.until is None else _day(args.until)))


def _remove(path: Path, number: int) -> None:
    from chainview.replay.explain.rules.store import remove_rule

    _require_rules(path)
    remove_rule(path, number)


def _require_rules(path: Path) -> None:
    if not os.path.lexists(path):
        raise ChainviewError(f"there are no rules: {path} is not there")


def _tell(path: Path, *, as_json: bool) -> None:
    from chainview.replay.explain.rules.store import rules_if_any

    rules = rules_if_any(path)
    if as_json:
        objects = [_object(number, rule) for number, rule in enumerate(rules, 1)]
        emit([json.dumps({"chainview": 1, "command": "accept", "file": str(path), "rules": objects})])
        return
    if not rules:
        why = "holds no rule" if os.path.lexists(path) else "is not there"
        emit([f"nothing is accepted: {visible(str(path))} {why}"])
        return
    emit([line for number, rule in enumerate(rules, 1) for line in _lines(number, rule)])


def _tell_family(args: argparse.Namespace, family: RecordedFamily) -> None:
    """Tells the rules of every member; raises ChainviewError where rules are to be changed, which are one chain's."""
    from chainview.replay.explain.rules.store import rules_file, rules_if_any

    if args.add is not None or args.change is not None or args.remove is not None:
        first = family.members[0].file
        raise ChainviewError(f"{args.chain} is a family of chains, and rules are of one: name it, such as {first}")
    each = [(member, rules_if_any(rules_file(member.file))) for member in family.members]
    if args.json:
        chains = [
            {
                "file": str(member.file),
                "actor": member.name,
                "rules": [_object(number, rule) for number, rule in enumerate(rules, 1)],
            }
            for member, rules in each
        ]
        emit([json.dumps({"chainview": 1, "command": "accept", "folder": str(family.folder), "chains": chains})])
        return
    lines = list[str]()
    for member, rules in each:
        if rules:
            lines.append(visible(f"{member.number} {member.name}  {member.file}"))
            lines += [line for number, rule in enumerate(rules, 1) for line in _lines(number, rule)]
    emit(lines or [f"nothing is accepted of any of {plural(len(each), 'actor')} in {family.folder}"])


def _object(number: int, rule: Rule) -> dict[str, object]:
    return {
        "number": number,
        "code": rule.code.value,
        "function": rule.function or None,
        "path": rule.path or None,
        "recorded": rule.recorded or None,
        "now": rule.now or None,
        "relation": rule.relation or None,
        "seen": [each.as_object for each in rule.seen],
        "reason": rule.reason,
        "expires": None if rule.expires is None else rule.expires.isoformat(),
    }


def _lines(number: int, rule: Rule) -> list[str]:
    from chainview.replay.explain.rules.words import lets_through, rule_in_words

    until = f", until {rule.expires}" if rule.expires else ""
    lines = [f"{number:>3}  {rule.code} {rule.code.description.title}  {visible(rule.function)}".rstrip()]
    lines.append(f"     {visible(rule_in_words(rule))}{until}")
    if beside := lets_through(rule):
        lines.append(f"     {visible(beside)}")
    if rule.reason:
        lines.append(f"     because {visible(rule.reason)}")
    return lines
