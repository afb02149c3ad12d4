"""`chainview diff`: compares two recorded chains."""

from __future__ import annotations

import argparse

from chainview.commands.options.replay import add_accept_option, read_accepted
from chainview.commands.reporting.explanation import print_explanation


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("recorded", metavar="A", help="the chain that counts as recorded, of any format")
    parser.add_argument("now", metavar="B", help="the chain that is compared with it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_accept_option(parser, "A")


def run(args: argparse.Namespace) -> int:
    """Compares and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.chain.files.opened import open_chain
    from chainview.chain.files.verify import verify
    from chainview.replay.explain.diff import diff_chains
    from chainview.replay.explain.verdict import unusable_pair
    from chainview.replay.run.recording import Recording

    rules = read_accepted(args.accept, args.recorded)
    with open_chain(args.recorded) as opened, open_chain(args.now) as opened_now:
        chains = (opened, opened_now)
        found = [verify(each) for each in chains]
        then, now = [Recording(each.table, each.schema, each.header, each.notes) for each in chains]
        for side, soundness, name in zip((then, now), found, (args.recorded, args.now), strict=True):
            if not soundness.sound:
                return print_explanation(unusable_pair(then, now, side, soundness, name), as_json=args.json)
        return print_explanation(diff_chains(then, now, rules), as_json=args.json)
