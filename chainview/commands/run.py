"""`chainview run`: runs an actor and opens the live screen."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from chainview.commands.actor_options import add_actor_options, read_options
from chainview.commands.screen_options import add_screen_options, read_screen_options

if TYPE_CHECKING:
    from chainview.actor.session import Session


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
    from chainview.ui.entry import watch_session

    def session() -> Session:
        # Made after the first frame: the engine takes as long to load as the screen does.
        from chainview.actor.session import Session

        return Session(read_options(args))

    return watch_session(session, read_screen_options(args), keep=args.keep)
