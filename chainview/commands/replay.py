"""`chainview replay`: re-executes a recorded chain, closed off from every host, and explains what differs."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chainview import streams
from chainview.commands.actor_options import seconds
from chainview.commands.screen_options import add_screen_options, read_screen_options

if TYPE_CHECKING:
    from chainview.actor.limits import Limits
    from chainview.chain.opened import OpenedChain
    from chainview.pack.values import Value
    from chainview.replay.accept import Rule
    from chainview.replay.explanation import Explanation
    from chainview.replay.recording import Recording
    from chainview.replay.tracked import TrackedReplay
    from chainview.replay.watched import WatchedReplay

MODES = ("probe", "strict", "reference")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("actor", metavar="ACTOR", help="a .wasm or .wat module, or a Theater manifest.toml")
    parser.add_argument("chain", metavar="CHAIN", help="the recorded chain, of any format")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="probe",
        help="probe goes on after a mismatch, strict stops at it, reference serves as Theater does (default: probe)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--text", action="store_true", help="print the report, also on a terminal")
    parser.add_argument(
        "--recorded-module", type=Path, metavar="FILE", help="the module the chain was recorded with, to test it too"
    )
    parser.add_argument(
        "--accept", type=Path, metavar="RULES", help="a file of accepted differences (default: CHAIN.accept.toml)"
    )
    parser.add_argument("--state", metavar="LITERAL", help="the initial state, where the chain does not hold it")
    parser.add_argument(
        "--timeout", type=seconds, default=30.0, metavar="TIME", help="how long a call may take (default: 30s)"
    )
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Replays and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.chain.opened import open_chain
    from chainview.ui.entry import shows_screens

    rules = read_accepted(args.accept, args.chain)
    if not args.json and not args.text and shows_screens():
        return _watch(args)
    with closing(open_chain(args.chain)) as opened:
        return print_report(_explained(args, opened, rules), as_json=args.json)


def read_accepted(given: Path | None, chain: str) -> list[Rule]:
    """The rules in the file given, which must be there, or in the one beside the chain, which may be missing."""
    from chainview.replay.accept import read_rules, rules_file

    path = rules_file(chain) if given is None else given
    return read_rules(path) if given is not None or path.is_file() else []


def print_report(told: Explanation, *, as_json: bool) -> int:
    """Prints an explanation; returns the exit code."""
    from chainview.replay.report import report_object
    from chainview.replay.report_text import report_text

    streams.emit([json.dumps(report_object(told), ensure_ascii=False) if as_json else report_text(told)])
    return 0 if told.passes else 1


def _explained(args: argparse.Namespace, opened: OpenedChain, rules: list[Rule]) -> Explanation:
    from chainview.replay.tracked import TrackedReplay
    from chainview.replay.watched import explained

    tracked = _tracked(args, opened)
    return explained(tracked.run(), rules, args.recorded_module)[0] if isinstance(tracked, TrackedReplay) else tracked


def _watch(args: argparse.Namespace) -> int:
    """Shows the replay on a screen."""
    from chainview.ui.entry import watch_replay

    name = f"{Path(args.chain).name} ↔ {Path(args.actor).name}"

    def replay() -> WatchedReplay:
        # Made after the first frame: the engine takes as long to load as the screen does.
        from chainview.chain.opened import open_chain
        from chainview.replay.accept import rules_file
        from chainview.replay.watched import Begun, WatchedReplay

        def begin(opened: OpenedChain) -> Begun:
            rules = rules_file(args.chain) if args.accept is None else args.accept
            return Begun(opened.table, _tracked(args, opened), rules, args.recorded_module)

        return WatchedReplay(name, lambda: open_chain(args.chain), begin)

    return watch_replay(replay, name, Path(args.chain), read_screen_options(args))


def _tracked(args: argparse.Namespace, opened: OpenedChain) -> TrackedReplay | Explanation:
    """The replay, ready to run; for a chain that is not sound what is said of it instead."""
    from chainview.actor.loading import compile_module
    from chainview.actor.manifest import find_target
    from chainview.actor.module import read_module
    from chainview.chain.verify import verify
    from chainview.pack.values import String
    from chainview.replay.recording import Recording
    from chainview.replay.serving import Mode
    from chainview.replay.tracked import TrackedReplay
    from chainview.replay.verdict import unusable

    target = find_target(args.actor)
    file = read_module(target.module)
    soundness = verify(opened)
    recording = Recording(opened.table, opened.schema, opened.header)
    if not soundness.sound:
        return unusable("replay", recording, soundness)
    limits = _limits(recording, args.timeout)
    loaded = compile_module(file, limits)
    state = _initial_state(args.state)
    if state is None and recording.initial_state is None and target.initial_state is not None:
        # Theater's chains do not hold the state they began with; its manifests do.
        state = String(target.initial_state)
    return TrackedReplay(recording, loaded, Mode(args.mode), limits, initial_state=state)


def _limits(recording: Recording, timeout: float) -> Limits:
    """The limits that the recording was made under, but for the time."""
    from chainview.actor.limits import DEFAULT_LIMITS, Limits

    settings = recording.header.settings if recording.header else {}
    memory = settings.get("memory")
    if not isinstance(memory, int) or memory <= 0:
        memory = DEFAULT_LIMITS.memory
    return Limits(timeout, memory, fuel=settings.get("fuel") is True)


def _initial_state(text: str | None) -> Value | None:
    from chainview.errors import ChainviewError
    from chainview.pack.literal import parse_literal

    if text is None:
        return None
    try:
        return parse_literal(text)
    except ChainviewError as error:
        raise ChainviewError(f"--state {text} can't be read: {error.sentence}") from None
