"""`chainview replay`: re-executes a recorded chain, closed off from every host, and explains what differs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.actor import add_ask_state_option
from chainview.commands.options.members import add_members_option, chosen_members
from chainview.commands.options.paths import name, path
from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.commands.reporting.explanation import (
    add_closed_replay_options,
    add_page_options,
    print_explanation,
    print_family,
    print_with_page,
    refuse_page,
)
from chainview.commands.reporting.long_wait import on_a_thread
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.workbench.replay_request import ReplayRequest, accepted_rules

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.replay.explain.rules.rule import Rule
    from chainview.replay.run.replay import Replay
    from chainview.workbench.family_thread import FamilyReplayThread

MODES = ("probe", "strict", "reference")

HELP = CommandHelp(
    (
        ("chainview replay actor.wasm c.chain", "see on the screen where a new build differs, and why"),
        ("chainview replay --text actor.wasm c.chain", "the same as a report"),
        ("chainview replay --watch actor.wasm c.chain", "again after every build"),
        (
            "chainview replay actor.wasm c.chain --html report.html",
            "also a page to send to others",
        ),
        ("chainview replay --json modules/ chains/", "all actors of a session, each with the module that fits it"),
    ),
    "nothing differs but what was accepted",
    "something differs, or the chain is not sound",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "actor",
        metavar="ACTOR",
        help="a .wasm or .wat module, or a Theater manifest.toml; for a folder of chains also a folder of those",
    )
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="the recorded chain, of any format, or a folder of chains"
    )
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="probe",
        help="probe goes on after a mismatch, strict stops at it, reference serves as Theater does (default: probe)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--text", action="store_true", help="print the report, also on a terminal")
    parser.add_argument(
        "--watch", action="store_true", help="on the screen: replay again whenever the module has changed"
    )
    add_page_options(parser)
    parser.add_argument(
        "--recorded-module",
        type=path,
        metavar="FILE",
        help="the module the chain was recorded with, to test it too; or a folder in which it is",
    )
    add_closed_replay_options(parser)
    add_ask_state_option(parser)
    add_members_option(parser)
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Replays and reports: 0 when nothing differs but what was accepted, 1 when something does."""
    from chainview.ui.terminal import shows_screens, watch_family_replay, watch_replay

    if args.html is not None:
        refuse_page(args.html, force=args.force)
    # What is divided is there for as long as it is held.
    whole, family = chosen_members(args.chain, args.members)
    chain = args.chain
    if family is not None and family is not whole and len(family.members) == 1:
        chain, family = str(family.members[0].file), None
    on_screen = not args.json and not args.text and args.html is None and shows_screens()
    if args.watch and (family is not None or not on_screen):
        raise ChainviewError("--watch is of the screen of one chain: leave out --text, --json and --html, or --watch")
    rules = [] if family is not None else accepted_rules(args.accept, chain)
    replay = ReplayRequest(
        args.actor,
        chain,
        args.mode,
        args.timeout,
        args.state,
        args.accept,
        args.recorded_module,
        args.max_memory,
        args.ask_state,
    )
    if family is not None:
        if args.html is not None:
            raise ChainviewError(f"a page is of one chain: {family.choice}")
        if not args.json and not args.text and shows_screens():
            return watch_family_replay(
                partial(_watched, replay, family), replay.name, family.folder, read_screen_options(args)
            )
        from chainview.workbench.family_replay import replay_family

        found = on_a_thread(lambda: replay_family(replay, family), lambda: f"replaying {len(family.members):,} actors")
        return print_family(found, as_json=args.json)
    if on_screen:
        watch = args.actor if args.watch else ""
        return watch_replay(replay.watched, replay.name, Path(chain), read_screen_options(args), watch)
    try:
        return _report(args, replay, rules)
    except ChainviewError as error:
        raise ChainviewError(error.sentence if whole is None else whole.told(error.sentence), error.exit_code) from None


def _report(args: argparse.Namespace, replay: ReplayRequest, rules: Sequence[Rule]) -> int:
    """Replays one chain without a screen, and prints what differs."""
    from chainview.chain.files.opened import open_chain

    with closing(open_chain(replay.chain)) as opened:
        running: list[Replay] = []
        explanation, now = on_a_thread(
            lambda: replay.explained(opened, rules, running.append), lambda: _how_far(running)
        )
        if args.html is not None:
            from chainview.pages.replay_page import replay_page

            page = replay_page(replay.name, explanation, opened.table, now)
            return print_with_page(explanation, page, args)
        return print_explanation(explanation, as_json=args.json)


def _how_far(running: Sequence[Replay]) -> str:
    """How far a replay is, in a few words; none is running yet while the chain is read."""
    if not running:
        return "reading the chain"
    made, of = running[0].calls_made, len(running[0].recording.starts)
    return "explaining what differs" if made >= of else f"replaying: call {made + 1:,} of {of:,}"


def _watched(request: ReplayRequest, family: RecordedFamily) -> FamilyReplayThread:
    """The replay of a family on a thread of its own, for a screen."""
    from chainview.workbench.family_thread import FamilyReplayThread

    return FamilyReplayThread(request, family)
