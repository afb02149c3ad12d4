"""`chainview diff`: compares two recorded chains, or two families of them."""

from __future__ import annotations

import argparse

from chainview.commands.reporting.explanation import add_accept_option, print_explanation, print_family
from chainview.commands.reporting.long_wait import on_a_thread
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError

HELP = CommandHelp(
    (
        ("chainview diff a.chain b.chain", "what differs first in B, and why"),
        ("chainview diff before/ after/ --json", "two families, actor by actor"),
    ),
    "nothing differs but what was accepted",
    "something differs, or a chain is not sound",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("recorded", metavar="A", help="the chain, or folder of chains, that counts as recorded")
    parser.add_argument("now", metavar="B", help="the chain, or folder of chains, that is compared with it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_accept_option(parser, "A")


def run(args: argparse.Namespace) -> int:
    """Compares and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.chain.families.folder import find_family
    from chainview.workbench.chain_diff import diff_chains, diff_families

    families = [find_family(args.recorded), find_family(args.now)]
    recorded, now = families
    if recorded is not None and now is not None:
        found = on_a_thread(lambda: diff_families(recorded, now, accept=args.accept), lambda: "comparing")
        return print_family(found, as_json=args.json)
    for family in families:
        if family is not None:
            raise ChainviewError(
                f"{family.folder} is a folder of chains, and a single one is not compared with it: "
                f"give one of {family.files}"
            )
    explanation = on_a_thread(lambda: diff_chains(args.recorded, args.now, accept=args.accept), lambda: "comparing")
    return print_explanation(explanation, as_json=args.json)
