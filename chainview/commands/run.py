"""`chainview run`: runs an actor and opens the live screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from shlex import quote
from typing import TYPE_CHECKING

from chainview.commands.actor_options import add_actor_options, read_options
from chainview.commands.screen_options import add_screen_options, read_screen_options

if TYPE_CHECKING:
    from chainview.actor.session import Session
    from chainview.chain.opened import OpenedChain
    from chainview.replay.builds import Build, BuildWatch
    from chainview.replay.driver import Replay
    from chainview.replay.recording import Recording
    from chainview.replay.watched import Begun, WatchedReplay


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

    require_terminal(f"chainview record {quote(args.actor)}")
    running = Running(args)
    return watch_session(
        running.session, read_screen_options(args), keep=args.keep, watch=running.watch, replay=running.replay
    )


class Running:
    """Makes the session and the watch of its module, after the first frame: the engine takes as long to load."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._session: Session | None = None

    def session(self) -> Session:
        """The session."""
        from chainview.actor.session import Session

        self._session = Session(read_options(self._args))
        return self._session

    def watch(self, on_change: Callable[[Build], None]) -> BuildWatch:
        """The watch of the session's module; the session has started."""
        from chainview.replay.builds import BuildWatch

        session = self._session
        assert session is not None
        return BuildWatch(session, session.module_sha256, on_change, self._differs)

    def replay(self) -> WatchedReplay:
        """A replay of what is recorded so far."""
        from chainview.replay.watched import WatchedReplay

        assert self._session is not None
        return WatchedReplay(
            f"replay of this chain by {self._session.options.target.module.name}", self._opened, self._begin
        )

    def _opened(self) -> OpenedChain:
        from chainview.chain.opened import open_chain

        assert self._session is not None
        assert self._session.chain_path is not None
        return open_chain(self._session.chain_path)

    def _begin(self, opened: OpenedChain) -> Begun:
        from chainview.actor.loading import compile_module
        from chainview.actor.module import read_module
        from chainview.replay.accept import rules_file
        from chainview.replay.recording import Recording
        from chainview.replay.tracked import TrackedReplay
        from chainview.replay.watched import Begun, whole_calls

        session = self._session
        assert session is not None
        assert session.chain_path is not None
        table = whole_calls(opened.load().table)
        recording = Recording(table, opened.schema, opened.header)
        loaded = compile_module(read_module(session.options.target.module), session.options.limits)
        tracked = TrackedReplay(recording, loaded, limits=session.options.limits)
        return Begun(table, tracked, rules_file(session.chain_path))

    def _differs(self, recording: Recording, replay: Replay) -> str:
        from dataclasses import replace

        from chainview.actor.loading import compile_module
        from chainview.actor.module import read_module
        from chainview.replay.builds import CHECK_TIMEOUT
        from chainview.replay.first_difference import first_difference

        assert self._session is not None
        options = self._session.options
        limits = replace(options.limits, timeout=min(CHECK_TIMEOUT, options.limits.timeout))
        loaded = compile_module(read_module(options.target.module), limits)
        return first_difference(recording, loaded, limits)
