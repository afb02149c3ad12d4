"""The options that `run` and `record` share, and what they say about an actor."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import positive, seconds, size
from chainview.commands.options.calls import GivenCall, given_calls
from chainview.commands.options.paths import name, path
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.actor.manifest import Target
    from chainview.actor.session.options import Options

SCHEMAS = ("values", "bytes", "lifecycle")
MAX_MEMORY = 512 << 20


def add_actor_options(parser: argparse.ArgumentParser) -> None:
    """Adds what says which actor is run, how it starts, and what it may use."""
    parser.add_argument("actor", metavar="ACTOR", help="a .wasm or .wat module, or a Theater manifest.toml")
    parser.add_argument("--state", metavar="LITERAL", help="the initial state, in place of the manifest's text")
    parser.add_argument(
        "--call",
        action="append",
        default=[],
        metavar="'NAME(ARGS)'",
        help="a call to make after init (repeatable)",
    )
    parser.add_argument("--calls", metavar="FILE", help="a file of calls, one a line, # begins a comment; - for stdin")
    parser.add_argument(
        "--messages",
        metavar="FILE",
        help="a file of messages in the place of a peer, one a line: send TEXT, request TEXT, channel hex:BYTES",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=path,
        metavar="FILE",
        help="the chain file, or the folder where the actor spawned others (default: among the kept chains)",
    )
    parser.add_argument("--force", action="store_true", help="replace an existing chain file")
    parser.add_argument(
        "--schema", choices=SCHEMAS, help="the shape of payloads (default: that of the module's generation)"
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=30.0,
        metavar="TIME",
        help="how long a call may take (default: 30s)",
    )
    parser.add_argument(
        "--max-memory",
        type=size,
        default=MAX_MEMORY,
        metavar="SIZE",
        help="memory the actor may hold with all that it spawns (default: 512M)",
    )
    parser.add_argument(
        "--max-actors", type=positive, default=1000, metavar="N", help="actors that may live at once (default: 1000)"
    )
    parser.add_argument(
        "--max-spawns",
        type=positive,
        default=200,
        metavar="N",
        help="actors that may be spawned within a second (default: 200)",
    )
    parser.add_argument("--fuel", action="store_true", help="measure the work between events (slower)")
    parser.add_argument(
        "--canonical-nan", action="store_true", help="give each NaN the same bits on every processor (Theater does not)"
    )
    add_ask_state_option(parser)
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        type=_allowed,
        metavar="NAME[:LIMIT]",
        help="let the actor use an interface that reaches outside, such as store:DIR (repeatable)",
    )
    parser.add_argument(
        "--stub", action="store_true", help="answer imports that nobody provides with their type's default"
    )
    parser.add_argument(
        "--answers",
        metavar="FILE",
        help="answer host calls from a file in the place of handlers: FUNCTION(ARGS) = LITERAL a line",
    )
    parser.add_argument(
        "--answers-from",
        type=name,
        metavar="CHAIN",
        help="answer what is not provided, or not allowed, as this chain's host calls were answered",
    )
    parser.add_argument(
        "--stop-on-error", action="store_true", help="end the actor after a failed call, as Theater does"
    )


def _allowed(text: str) -> str:
    from chainview.actor.hosts.provided import wrong_allowance

    if wrong := wrong_allowance(text):
        raise argparse.ArgumentTypeError(wrong)
    return text


def add_ask_state_option(parser: argparse.ArgumentParser) -> None:
    """Adds the option that turns off asking for the state inside a module."""
    parser.add_argument(
        "--no-get-state",
        dest="ask_state",
        action="store_false",
        help="never ask a module that keeps its state inside for it between calls",
    )


def read_options(args: argparse.Namespace, calls: Sequence[GivenCall] | None = None) -> Options:
    """The options as a session takes them; raises ChainviewError for files that can't be used as they are given.

    `calls` are those of `given_calls`, where the caller has them already.
    """
    from chainview.actor.answers import given_answers
    from chainview.actor.limits import Limits
    from chainview.actor.manifest import find_target
    from chainview.actor.session.options import Options
    from chainview.chain.schema import Schema

    target = find_target(args.actor)
    _check_output(args, target)
    return Options(
        target=target,
        schema=None if args.schema is None else Schema(args.schema),
        state=args.state,
        calls=tuple(call.text for call in (given_calls(args) if calls is None else calls)),
        limits=Limits(
            args.timeout,
            args.max_memory,
            fuel=args.fuel,
            canonical_nan=args.canonical_nan,
            actors=args.max_actors,
            spawns=args.max_spawns,
        ),
        ask_state=args.ask_state,
        stub=args.stub,
        answers=given_answers(() if args.answers is None else args.answers, args.answers_from),
        allowed=tuple(args.allow),
        stop_on_error=args.stop_on_error,
        output=args.output,
        force=args.force,
    )


def _check_output(args: argparse.Namespace, target: Target) -> None:
    """Raises ChainviewError for a chain file that is none, or that is what is being run."""
    output: Path | None = args.output
    if output is None:
        return
    if str(output) == "-":
        raise ChainviewError("a chain is not written to standard output: give -o the name of a file")
    if args.force and os.path.lexists(output) and not output.is_file() and not output.is_dir():
        raise ChainviewError(f"{output} is no file that can be replaced: give another name")
    calls = None if args.calls is None else Path(args.calls)
    messages = None if args.messages is None else Path(args.messages)
    files = (("module", target.module), ("manifest", target.manifest), ("file of calls", calls))
    for what, file in (*files, ("file of messages", messages)):
        if file is not None and output.exists() and file.exists() and output.samefile(file):
            raise ChainviewError(f"{output} is the {what} itself: give another name for the chain")
