"""`chainview open`: opens a recorded chain on the screen."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from shlex import quote

from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError

HELP = CommandHelp(
    (
        ("chainview open c.chain", "look at a chain; one that is kept opens by its bare name"),
        ("chainview open c.chain --follow", "while another program writes it"),
        ("theater spawn m.toml --events --events-format json | chainview open -", "what the real Theater records"),
    ),
    "the screen was quit",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", metavar="CHAIN", help="a chain of any format, or a folder of chains; - is standard input"
    )
    parser.add_argument("--follow", action="store_true", help="show what another program appends to it meanwhile")
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Shows the chain until the user quits."""
    from chainview.ui.terminal import require_terminal, watch_file, watch_folder, watch_pipe

    options = read_screen_options(args)
    if args.chain == "-":
        return watch_pipe(options)
    from chainview.chain.families.folder import find_family
    from chainview.chain.files.opened import open_chain

    # What is not there is told before what shows no screen.
    instead = f"chainview show {quote(args.chain)}"
    family = find_family(args.chain, read_chains=False)
    if family is not None:
        require_terminal(instead)
        return watch_folder(family, options, follow=args.follow)
    with ExitStack() as refused:
        opened = refused.enter_context(open_chain(args.chain))
        require_terminal(instead)
        if args.follow and not opened.can_grow:
            raise ChainviewError(
                f"--follow needs chainview's own format or JSON lines, and {args.chain} is {opened.format}: "
                "export it first"
            )
        refused.pop_all()
    return watch_file(opened, options, follow=args.follow)
