"""`chainview diff`: compares two recorded chains."""

from __future__ import annotations

import argparse

from chainview.commands.reporting.explanation import add_accept_option, print_explanation


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("recorded", metavar="A", help="the chain that counts as recorded, of any format")
    parser.add_argument("now", metavar="B", help="the chain that is compared with it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_accept_option(parser, "A")


def run(args: argparse.Namespace) -> int:
    """Compares and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.workbench.chain_diff import diff_chains

    return print_explanation(diff_chains(args.recorded, args.now, accept=args.accept), as_json=args.json)
