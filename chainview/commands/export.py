"""`chainview export`: writes a chain in another format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chainview.errors import ChainviewError

_FORMATS = {
    "msgpack": "chainview's own chain file",
    "json": "Theater's JSON array, which its replay reads",
    "event": "Theater's EVENT text",
    "blocks": "Theater's --- blocks",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    formats = "; ".join([f"{name}: {text}" for name, text in _FORMATS.items()])
    parser.add_argument("chain", metavar="CHAIN", help="a chain file of any format; - is standard input")
    parser.add_argument("--to", dest="format", choices=sorted(_FORMATS), required=True, help=formats)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Writes the chain; what the format can't hold is told on standard error."""
    from chainview.chain.formats.write import WRITERS, Losses
    from chainview.chain.opened import open_chain
    from chainview.chain.replace import write_whole
    from chainview.chain.verify import file_problems

    losses = Losses()
    with open_chain(args.chain) as opened:
        opened.load()
        pieces = WRITERS[args.format](opened, losses)
        if args.output is not None:
            write_whole(args.output, pieces, force=args.force)
        else:
            if args.format == "msgpack" and sys.stdout.isatty():
                raise ChainviewError("a msgpack chain is no text for a terminal: give -o FILE, or redirect the output")
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
        told = [*losses.sentences(), *[problem.message for problem in file_problems(opened)]]
    for sentence in told:
        print(f"chainview: {sentence}", file=sys.stderr)
    return 0
