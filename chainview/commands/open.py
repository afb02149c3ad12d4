"""`chainview open`: opens a recorded chain on the screen."""

from __future__ import annotations

import argparse
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.files.opened import OpenedChain


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", metavar="CHAIN", help="a chain of any format, or a folder of chains; - is standard input"
    )
    parser.add_argument("--follow", action="store_true", help="show what another program appends to it meanwhile")
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Shows the chain until the user quits."""
    from chainview.ui.terminal import require_terminal, watch_file, watch_pipe

    options = read_screen_options(args)
    if args.chain == "-":
        return watch_pipe(options)
    require_terminal(f"chainview show {quote(args.chain)}")
    from chainview.chain.families.folder import find_family
    from chainview.chain.files.opened import open_chain

    family = find_family(args.chain)
    opened = open_chain(args.chain) if family is None else _opened_first(family)
    if args.follow and not opened.can_grow:
        opened.close()
        raise ChainviewError(
            f"--follow needs chainview's own format or JSON lines, and {args.chain} is {opened.format}: export it first"
        )
    name = "" if family is None else f"{Path(opened.path).name}, one of {len(family.members):,} chains"
    return watch_file(opened, options, follow=args.follow, name=name)


def _opened_first(family: RecordedFamily) -> OpenedChain:
    """The chain of the first actor that can be read; raises ChainviewError where there is none."""
    from chainview.chain.files.opened import open_chain

    failures = list[str]()
    for member in family.members:
        try:
            if member.problem:
                raise ChainviewError(f"{member.file}: {member.problem}")
            return open_chain(member.file)
        except ChainviewError as error:
            failures.append(error.sentence)
    raise ChainviewError(f"no chain in {family.folder} can be read: {failures[0]}")
