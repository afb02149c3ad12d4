"""`chainview replay`: re-executes a recorded chain, closed off from every host, and explains what differs."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.shared.actor_options import seconds
from chainview.commands.shared.chain_replay import ChainReplay
from chainview.commands.shared.screen_options import add_screen_options, read_screen_options
from chainview.system import streams

if TYPE_CHECKING:
    from chainview.chain.files.opened import OpenedChain
    from chainview.replay.explain.explanation import Explanation
    from chainview.replay.explain.rules import Rule

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
    from chainview.chain.files.opened import open_chain
    from chainview.ui.entry import shows_screens, watch_replay

    rules = read_accepted(args.accept, args.chain)
    replay = ChainReplay(args.actor, args.chain, args.mode, args.timeout, args.state, args.accept, args.recorded_module)
    if not args.json and not args.text and shows_screens():
        return watch_replay(replay.watched, replay.name, Path(args.chain), read_screen_options(args))
    with closing(open_chain(args.chain)) as opened:
        return print_report(_explained(replay, opened, rules), as_json=args.json)


def read_accepted(given: Path | None, chain: str) -> list[Rule]:
    """The rules in the file given, which must be there, or in the one beside the chain, which may be missing."""
    from chainview.replay.explain.rules import read_rules, rules_file

    path = rules_file(chain) if given is None else given
    return read_rules(path) if given is not None or path.is_file() else []


def print_report(explanation: Explanation, *, as_json: bool) -> int:
    """Prints an explanation; returns the exit code."""
    from chainview.replay.explain.json_report import report_object
    from chainview.replay.explain.text_report import report_text

    streams.emit([json.dumps(report_object(explanation), ensure_ascii=False) if as_json else report_text(explanation)])
    return 0 if explanation.passes else 1


def _explained(given: ChainReplay, opened: OpenedChain, rules: list[Rule]) -> Explanation:
    from chainview.replay.run.replay import Replay
    from chainview.workbench.replay_thread import explained

    replay = given.replay(opened)
    if not isinstance(replay, Replay):
        return replay
    return _on_a_thread(lambda: explained(replay.run(), rules, given.recorded_module)[0])


def _on_a_thread(work: Callable[[], Explanation]) -> Explanation:
    """What some work returns or raises; a signal ends the wait for it also while a guest runs."""
    found: list[Explanation | Exception] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run, name="replay", daemon=True)
    thread.start()
    thread.join()
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]
