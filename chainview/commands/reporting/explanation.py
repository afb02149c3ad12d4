"""The report of a replay or of a comparison, and the option for what was accepted of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import seconds, size
from chainview.commands.options.paths import path
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import write_whole
from chainview.system.streams import emit, say
from chainview.system.wording import visible_json

if TYPE_CHECKING:
    from chainview.replay.explain.explanation import Explanation
    from chainview.replay.families.findings import FamilyFindings


def add_closed_replay_options(parser: argparse.ArgumentParser) -> None:
    """Adds what is accepted, and the state and the limits of an actor by which a chain is replayed."""
    add_accept_option(parser, "CHAIN")
    parser.add_argument("--state", metavar="LITERAL", help="the initial state, where the chain does not hold it")
    parser.add_argument(
        "--timeout", type=seconds, default=30.0, metavar="TIME", help="how long a call may take (default: 30s)"
    )
    parser.add_argument(
        "--max-memory",
        type=size,
        metavar="SIZE",
        help="memory the actor may hold (default: as recorded, 512M at most)",
    )


def add_accept_option(parser: argparse.ArgumentParser, chain: str) -> None:
    """Adds the option that names a file of accepted differences; `chain` is what the usage calls the recorded one."""
    parser.add_argument(
        "--accept", type=path, metavar="RULES", help=f"a file of accepted differences (default: {chain}.accept.toml)"
    )


def add_page_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that write a page."""
    parser.add_argument(
        "--html",
        type=path,
        metavar="FILE",
        help="write the explanation and both sides as one page, and print the report",
    )
    parser.add_argument("--force", action="store_true", help="with --html: replace an existing file")


def refuse_page(file: Path, *, force: bool) -> None:
    """Raises ChainviewError, before anything runs, where the page can't be written."""
    if str(file) == "-":
        raise ChainviewError("a page is not written to standard output: give --html the name of a file")
    if file.exists() and not force:
        raise ChainviewError(f"{file} exists already: give another name, or --force to replace it")


def print_with_page(explanation: Explanation, page: Iterable[bytes], args: argparse.Namespace) -> int:
    """Writes a page and prints the explanation, which is told also where the page can't be written; the exit code."""
    try:
        write_whole(args.html, page, force=args.force)
    except ChainviewError:
        print_explanation(explanation, as_json=args.json)
        raise
    code = print_explanation(explanation, as_json=args.json)
    say(f"the page is in {args.html}")
    return code


def print_explanation(explanation: Explanation, *, as_json: bool) -> int:
    """Prints an explanation; returns the exit code."""
    from chainview.replay.explain.json_report import report_object
    from chainview.replay.explain.text_report import report_text

    if as_json:
        emit([visible_json(json.dumps(report_object(explanation), ensure_ascii=False))])
    else:
        emit([report_text(explanation)])
    return 0 if explanation.passes else 1


def print_family(found: FamilyFindings, *, as_json: bool) -> int:
    """Prints what was found of a family; returns the exit code."""
    from chainview.replay.families.json_report import family_object
    from chainview.replay.families.text_report import family_text

    if as_json:
        emit([visible_json(json.dumps(family_object(found), ensure_ascii=False))])
    else:
        emit([family_text(found)])
    return found.exit_code
