"""`chainview verify`: checks every hash and link of a chain, or of each chain of a family."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainview.commands.options.members import add_members_option, chosen_members
from chainview.commands.options.paths import name
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.signals import interruption
from chainview.system.streams import complain, emit, show_progress
from chainview.system.wording import plural

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.link_words import Tally
    from chainview.chain.families.links import Links
    from chainview.chain.families.member import Member
    from chainview.chain.files.opened import OpenedChain
    from chainview.chain.files.verification import Problem, Verification

_SHOWN = 20
_TOLD_EVERY = 0.2
_CLEARED = "\r" + " " * 40 + "\r"

HELP = CommandHelp(
    (
        ("chainview verify c.chain", "check a chain"),
        ("chainview verify session/ --json", "check the chain of each actor of a session"),
    ),
    "every hash and link is right, or every link of a chain whose format holds no payloads",
    "the chain is damaged, cut off or not linked",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="a chain file of any format, or a folder of them; - is standard input"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_members_option(parser)


def run(args: argparse.Namespace) -> int:
    """Checks the chain and reports; 0 when it is sound, 1 when it is not, also when nobody reads the report."""
    from chainview.chain.files.opened import open_chain

    whole, family = chosen_members(args.chain, args.members)
    if whole is not None and family is not None:
        from chainview.chain.families.link_words import tallied
        from chainview.chain.families.links import Links

        links = Links.between(family.members)
        checked = [_checked(member, links) for member in family.members]
        sound = all(each.sound for each in checked)
        tally = tallied(links, [member.file.name for member in family.members])
        if args.json:
            return _reported([json.dumps(_family_object(family, checked, tally))], sound=sound)
        return _reported(_family_text(family, checked, tally), sound=sound)
    with open_chain(args.chain) as opened:
        verification = _verified(opened)
        opened.require_unchanged()
    lines = [json.dumps(_object(verification))] if args.json else _text(args.chain, verification)
    return _reported(lines, sound=verification.sound)


def _reported(lines: list[str], *, sound: bool) -> int:
    try:
        emit(lines)
    except ChainviewError as error:
        complain(error.sentence)
        return error.exit_code if sound else 1
    return 0 if sound else 1


@dataclass(frozen=True, slots=True)
class _Checked:
    """A member of a family, and what its check found; `problem` where it could not be made, or the index says else."""

    member: Member
    verification: Verification | None
    problem: str = ""

    @property
    def sound(self) -> bool:
        return self.verification is not None and self.verification.sound and not self.problem

    @property
    def events(self) -> int:
        return 0 if self.verification is None else self.verification.events


def _checked(member: Member, links: Links) -> _Checked:
    from chainview.chain.files.opened import open_chain

    if member.problem:
        return _Checked(member, None, member.problem)
    try:
        with open_chain(member.file) as opened:
            verification = _verified(opened)
            links.read(member.number, opened.table)
            opened.require_unchanged()
    except ChainviewError as error:
        return _Checked(member, None, error.sentence)
    return _Checked(member, verification, _against_index(member, verification))


def _against_index(member: Member, verification: Verification) -> str:
    """What the index of the family says otherwise, empty where it does not."""
    told, head = member.entry, verification.head.hex() if verification.head else ""
    if told.events is not None and told.events != verification.events:
        here = f"{verification.events:,} {'is' if verification.events == 1 else 'are'} here"
        return f"the index counts {plural(told.events, 'event')}, and {here}"
    if told.head and told.head != head:
        return f"the index names {told.head} as the last hash, and it is {head or 'none'}"
    return ""


def _verified(opened: OpenedChain) -> Verification:
    """What the check found, with its progress told on a terminal."""
    from chainview.chain.files.verification import verify_steps

    steps, told_at = verify_steps(opened), time.monotonic()
    live = sys.stderr.isatty()
    try:
        while True:
            progress = next(steps)
            interruption.check()
            if live and progress.total_bytes and time.monotonic() - told_at > _TOLD_EVERY:
                told_at = time.monotonic()
                share = progress.done_bytes * 100 // progress.total_bytes
                show_progress(f"\r{share:3} %, {plural(progress.events, 'event')}")
    except StopIteration as done:
        verification: Verification = done.value
        return verification
    finally:
        if live:
            show_progress(_CLEARED)


def _object(verification: Verification) -> dict[str, object]:
    return {
        "chainview": 1,
        "command": "verify",
        "sound": verification.sound,
        "checked": verification.checked,
        "recording": verification.completeness.as_object(),
        "events": verification.events,
        "head": verification.head.hex() if verification.head else None,
        "format": verification.format,
        "schema": verification.schema,
        "problems": [
            {"event": each.event, "kind": each.kind, "checked": each.checked, "message": each.message}
            for each in verification.problems
        ],
        "problems_left_out": verification.problems_left_out,
        "remarks": list(verification.remarks),
    }


def _sound_words(checked: list[_Checked]) -> str:
    """The verdict on a family of which nothing is wrong."""
    from chainview.chain.files.verification import LINKS_RIGHT

    without = _without_payloads(checked)
    if without == len(checked):
        return LINKS_RIGHT
    return f"sound, with {without:,} of its actors: {LINKS_RIGHT}" if without else "sound"


def _family_object(family: RecordedFamily, checked: list[_Checked], tally: Tally) -> dict[str, object]:
    return {
        "chainview": 1,
        "command": "verify",
        "sound": all(each.sound for each in checked),
        "checked": "link" if _without_payloads(checked) else "full",
        "events": sum(each.events for each in checked),
        "members": [_member_object(each) for each in checked],
        "links": tally.as_object(),
        "remarks": list(family.remarks),
    }


def _without_payloads(checked: list[_Checked]) -> int:
    """How many members have chains of which links alone could be checked."""
    return sum(each.verification is not None and not each.verification.payloads_held for each in checked)


def _member_object(checked: _Checked) -> dict[str, object]:
    told = checked.member.as_object() | {"sound": checked.sound, "problem": checked.problem or None}
    if checked.verification is None:
        return told
    found = _object(checked.verification)
    return {key: found[key] for key in found if key not in ("chainview", "command")} | told


def _family_text(family: RecordedFamily, checked: list[_Checked], tally: Tally) -> list[str]:
    from chainview.system.wording import plural, visible

    unsound = sum(not each.sound for each in checked)
    state = f"not sound, {unsound:,} of its actors" if unsound else _sound_words(checked)
    events = plural(sum(each.events for each in checked), "event")
    lines = [f"{family.where}: {state}, {plural(len(checked), 'actor')}, {events}"]
    lines += [f"  {remark}" for remark in (*family.remarks, *tally.sentences)]
    for each in checked:
        if each.verification is None:
            lines.append(f"{each.member.title}: not sound, {each.problem}")
            continue
        found = _text(each.member.title, each.verification)
        lines += [f"{each.member.title}: not sound", *found[1:], f"  {each.problem}"] if each.problem else found
    return [visible(line) for line in lines]


def _text(name: str, verification: Verification) -> list[str]:
    from chainview.system.wording import plural, visible

    count = len(verification.problems) + verification.problems_left_out
    head = f", head {verification.head.hex()}" if verification.head else ""
    lines = [
        f"{name}: {verification.verdict}",
        f"  {plural(verification.events, 'event')}, format {verification.format}, schema {verification.schema}{head}",
        *[f"  {remark}" for remark in verification.remarks],
        *map(_line, verification.problems[:_SHOWN]),
    ]
    if count > _SHOWN:
        listed = f"the first {len(verification.problems):,}" if verification.problems_left_out else "them all"
        lines.append(f"  and {plural(count - _SHOWN, 'more problem')}: --json lists {listed}")
    return [visible(line) for line in lines]


def _line(problem: Problem) -> str:
    where = f"event {problem.event:,}" if problem.event else "the file"
    return f"  {where}, {problem.kind}: {problem.message}"
