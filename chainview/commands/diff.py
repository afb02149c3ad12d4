"""`chainview diff`: compares two recorded chains, or two families of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from chainview.commands.options.paths import name
from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.commands.reporting.explanation import (
    add_accept_option,
    add_page_options,
    print_explanation,
    print_family,
    print_with_page,
    refuse_page,
)
from chainview.commands.reporting.long_wait import on_a_thread
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.workbench.replay_request import accepted_rules

HELP = CommandHelp(
    (
        ("chainview diff a.chain b.chain", "see on the screen what differs in B, and why"),
        ("chainview diff --text a.chain b.chain", "the same as a report"),
        ("chainview diff a.chain b.chain --html diff.html", "also a page to send to others"),
        ("chainview diff before/ after/ --json", "two families, actor by actor"),
    ),
    "nothing differs but what was accepted",
    "something differs, or a chain is not sound",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "recorded", type=name, metavar="A", help="the chain, or folder of chains, that counts as recorded"
    )
    parser.add_argument("now", type=name, metavar="B", help="the chain, or folder of chains, that is compared with it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--text", action="store_true", help="print the report, also on a terminal")
    add_page_options(parser)
    add_accept_option(parser, "A")
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Compares and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.chain.families.folder import find_family, refuse_several
    from chainview.ui.terminal import shows_screens
    from chainview.workbench.chain_diff import diff_chains, diff_families

    if args.html is not None:
        refuse_page(args.html, force=args.force)
    families = [find_family(args.recorded), find_family(args.now)]
    recorded, now = families
    if recorded is not None and now is not None:
        if args.html is not None:
            raise ChainviewError(f"a page is of two chains: {recorded.choice}; {now.choice}")
        found = on_a_thread(lambda: diff_families(recorded, now, accept=args.accept), lambda: "comparing")
        return print_family(found, as_json=args.json)
    for each in (args.recorded, args.now):
        refuse_several(each)
    if args.html is not None:
        return _write_page(args)
    if not args.json and not args.text and shows_screens():
        return _show(args)
    explanation = on_a_thread(lambda: diff_chains(args.recorded, args.now, accept=args.accept), lambda: "comparing")
    return print_explanation(explanation, as_json=args.json)


def _show(args: argparse.Namespace) -> int:
    """Compares two chains on a screen."""
    from chainview.ui.terminal import watch_replay
    from chainview.workbench.diff_thread import DiffThread

    accepted_rules(args.accept, args.recorded)
    name = " ↔ ".join([Path(each).name for each in (args.recorded, args.now)])
    options = read_screen_options(args)
    return watch_replay(lambda: DiffThread(args.recorded, args.now, args.accept), name, Path(args.recorded), options)


def _write_page(args: argparse.Namespace) -> int:
    """Compares two chains, and writes what differs with the events of both as a page."""
    from chainview.chain.files.opened import open_chain
    from chainview.pages.replay_page import replay_page
    from chainview.workbench.chain_diff import diff_opened

    rules, names = accepted_rules(args.accept, args.recorded), (str(args.recorded), str(args.now))
    with open_chain(args.recorded) as opened, open_chain(args.now) as other:
        explanation = on_a_thread(lambda: diff_opened((opened, other), rules, names), lambda: "comparing")
        page = replay_page(" ↔ ".join([Path(name).name for name in names]), explanation, opened.table, other.table)
        return print_with_page(explanation, page, args)
