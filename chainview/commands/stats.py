"""`chainview stats`: where a chain's time and bytes went, by function, and how fast it grew."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from typing import TYPE_CHECKING

from chainview.commands.options.members import add_members_option, chosen_members
from chainview.commands.options.paths import name
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import complain, emit

if TYPE_CHECKING:
    from chainview.chain.families.member import Member
    from chainview.chain.stats.statistics import Statistics

_WIDTH = 110
"""The cells of a line where nobody says how wide the terminal is."""

HELP = CommandHelp(
    (
        ("chainview stats c.chain", "time, size and number by function, the slowest calls, the rate"),
        ("chainview stats session/ --json", "the same of each actor of a session, for a program"),
    ),
    "they were told",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="a chain file of any format, or a folder of them; - is standard input"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_members_option(parser)


def run(args: argparse.Namespace) -> int:
    """Tells the figures of a chain, or of each chain of a folder."""
    _, family = chosen_members(args.chain, args.members)
    if family is not None:
        return _tell_members(family.where, family.members, as_json=args.json)
    figures, remarks = _figures(args.chain)
    if args.json:
        emit([json.dumps(_object(args.chain) | _figures_object(figures, remarks))])
    else:
        emit(_text(args.chain, figures, remarks))
    return 0


def _tell_members(folder: str, members: tuple[Member, ...], *, as_json: bool) -> int:
    told: list[dict[str, object]] = []
    lines: list[str] = []
    unread = 0
    for member in members:
        problem, found = member.problem, None
        try:
            found = None if problem else _figures(str(member.file))
        except ChainviewError as error:
            problem = error.sentence
        if found is None:
            unread += 1
            complain(f"{member.title}: {problem}")
        told.append(
            member.as_object() | {"problem": problem or None} | ({} if found is None else _figures_object(*found))
        )
        lines += [] if found is None else [*([""] if lines else []), *_text(member.title, *found)]
    emit([json.dumps(_object(folder) | {"members": told})] if as_json else lines)
    return 2 if unread else 0


def _figures(path: str) -> tuple[Statistics, list[str]]:
    """The figures of a chain, and what keeps them from saying more."""
    from chainview.chain.files.opened import open_chain
    from chainview.chain.files.verification import PAYLOADS_NOT_HELD
    from chainview.chain.stats.statistics import Statistics

    with open_chain(path) as opened:
        opened.load()
        figures = Statistics(opened.table).finish()
        opened.require_unchanged()
    return figures, [] if opened.holds_payloads else [PAYLOADS_NOT_HELD]


def _object(chain: str) -> dict[str, object]:
    return {"chainview": 1, "command": "stats", "chain": chain}


def _figures_object(figures: Statistics, remarks: list[str]) -> dict[str, object]:
    from chainview.chain.stats.report import as_object

    return as_object(figures) | {"remarks": remarks}


def _text(name: str, figures: Statistics, remarks: list[str]) -> list[str]:
    from chainview.chain.stats.report import report_lines
    from chainview.system.wording import visible

    width = shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout.isatty() else _WIDTH
    head, *rest = report_lines(figures, width)
    return [f"{visible(name)}: {head}", *remarks, *rest]
