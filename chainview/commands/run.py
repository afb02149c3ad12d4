"""`chainview run`: runs an actor and opens the live screen."""

from __future__ import annotations

import argparse

from chainview.commands.actor_options import add_actor_options, read_options
from chainview.commands.screen_options import add_screen_options, read_screen_options


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_actor_options(parser)
    add_screen_options(parser)
    parser.add_argument(
        "--keep",
        type=int,
        default=1_000_000,
        metavar="N",
        help="events held for the screen; the oldest whole calls leave it, never the file (default: 1000000)",
    )


def run(args: argparse.Namespace) -> int:
    """Runs the live screen until the user quits."""
    from chainview.ui.entry import require_terminal, watch_session

    require_terminal("chainview record")
    from chainview.actor.session import Session

    return watch_session(Session(read_options(args)), read_screen_options(args), keep=args.keep)
