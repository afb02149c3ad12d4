"""`chainview run`: runs an actor and opens the live screen."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from chainview.commands.options.actor import MAX_MEMORY, add_actor_options, read_options
from chainview.commands.options.building import add_build_options, builds, workshop
from chainview.commands.options.calls import STANDARD_INPUT, GivenCall, given_calls
from chainview.commands.options.paths import name
from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.commands.usage.help import CommandHelp
from chainview.workbench.replay_request import ReplayRequest

if TYPE_CHECKING:
    from chainview.actor.session.options import Options
    from chainview.actor.session.session import Session
    from chainview.chain.files.opened import OpenedChain
    from chainview.workbench.build import Build
    from chainview.workbench.build_watch import BuildWatch
    from chainview.workbench.module_watches import ModuleWatches
    from chainview.workbench.replay_thread import Begun, ReplayThread

HELP = CommandHelp(
    (
        ("chainview run actor.wasm", "watch an actor; a new build of it is put through the chain so far"),
        (
            "chainview run manifest.toml --call 'increment(5s32)'",
            "what a manifest names, and a call",
        ),
        (
            "chainview run actor.wasm --build 'cargo build --release'",
            "build when a source is saved, with what the command says in a pane",
        ),
        ("chainview run actor.wasm --replay c.chain", "begin with a look at how it makes a chain you have already"),
    ),
    "the screen was quit",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_actor_options(parser)
    add_build_options(parser)
    add_screen_options(parser)
    parser.add_argument(
        "--keep",
        type=int,
        default=1_000_000,
        metavar="N",
        help="events held for the screen; the oldest whole calls leave it, never the file (default: 1000000)",
    )
    parser.add_argument(
        "--replay", type=name, metavar="CHAIN", help="first look at a replay of this chain by the actor"
    )


def run(args: argparse.Namespace) -> int:
    """Runs the live screen until the user quits."""
    from chainview.ui.terminal import require_terminal, take_keys_from_terminal, watch_session

    first = None
    is_built = builds(args) and Path(args.actor).suffix != ".toml"
    if not os.path.exists(args.actor) and not is_built:
        from chainview.actor.manifest import find_target

        # Which says what is wrong with it, and that goes before what shows no screen.
        find_target(args.actor)
    if args.replay is not None:
        from chainview.chain.families.folder import refuse_several
        from chainview.chain.files.opened import open_chain

        refuse_several(args.replay)
        open_chain(args.replay).close()
        memory = None if args.max_memory == MAX_MEMORY else args.max_memory
        first = ReplayRequest(
            args.actor, args.replay, timeout=args.timeout, memory=memory, ask_state=args.ask_state
        ).watched
    instead = f"chainview record {quote(args.actor)}"
    piped = None
    if STANDARD_INPUT in (args.calls, args.messages):
        piped = given_calls(args)
        take_keys_from_terminal(instead)
    require_terminal(instead)
    running = Running(args, piped)
    options, terminal = read_screen_options(args), running.terminal
    return watch_session(
        running.session, options, args.keep, running.watch, running.replay, first, terminal, running.workshop
    )


class Running:
    """Makes sessions, and for each the watch of its module, after the first frame: the engine takes long to load."""

    def __init__(self, args: argparse.Namespace, piped: Sequence[GivenCall] | None = None) -> None:
        """`piped` are the calls, where standard input held them, which can be read but once."""
        from chainview.ui.feeds.pane_terminal import PaneTerminal

        self.terminal = PaneTerminal()
        self.workshop = workshop(args)
        self._watches: ModuleWatches | None = None
        self._args, self._piped = args, piped
        self._begun = 0

    def session(self) -> Session:
        """A session; those after the first one never write to the file of one before."""
        from chainview.actor.session.session import Session
        from chainview.workbench.module_watches import ModuleWatches

        self._watches = self._watches or ModuleWatches()
        options = replace(read_options(self._args, self._piped), terminal=self.terminal)
        if self._begun and options.output is not None:
            options = replace(options, output=_unused(options.output), force=False)
        self._begun += 1
        return Session(options)

    def watch(self, session: Session, on_change: Callable[[Build], None]) -> BuildWatch:
        """The watch of a session's module; the session has started."""
        from chainview.workbench.build_watch import BuildWatch

        def told(build: Build) -> None:
            self.workshop.told(build, watch)
            on_change(build)

        loaded, is_root = session.loaded, session.parent_id is None
        sha256 = loaded.file.sha256 if loaded else ""
        watch = BuildWatch(session, sha256, told if is_root else on_change, self._watches)
        if is_root:
            self.workshop.begin(session, watch)
        return watch

    def replay(self, session: Session) -> ReplayThread:
        """A replay of what a session recorded so far."""
        from chainview.chain.files.opened import open_chain
        from chainview.workbench.replay_thread import ReplayThread

        path, options = session.chain_path, session.options
        assert path is not None
        # Of a family it may be another chain than the one that is shown.
        name = f"replay of {path.name} by {options.target.module.name}"
        return ReplayThread(name, lambda: open_chain(path), lambda opened: _begin(opened, path, options))


def _begin(opened: OpenedChain, path: Path, options: Options) -> Begun:
    from chainview.actor.engine.loading import load_module
    from chainview.actor.manifest import find_target
    from chainview.replay.explain.rules.store import rules_file
    from chainview.replay.run.recording import Recording
    from chainview.replay.run.replay import Replay
    from chainview.workbench.replay_thread import Begun

    recording = Recording.of(opened.load())
    # A manifest may name another package by now.
    target = find_target(str(options.target.manifest or options.target.module))
    loaded = load_module(target.module, options.limits)
    return Begun(recording.table, Replay(recording, loaded, limits=options.limits), rules_file(path))


def _unused(path: Path) -> Path:
    number = 2
    while (other := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return other
