"""`chainview shrink`: the shortest chain that still differs in the same way."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import seconds
from chainview.commands.options.paths import name, path
from chainview.commands.options.recorded_module import add_recorded_module_option, recorded_modules
from chainview.commands.reporting.explanation import add_closed_replay_options
from chainview.commands.reporting.long_wait import on_a_thread
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError
from chainview.system.files.whole_file import refuse_existing, write_whole
from chainview.system.signals import interruption
from chainview.system.streams import complain, emit
from chainview.system.wording import plural, visible, visible_json
from chainview.workbench.replay_request import ReplayRequest, accepted_rules

if TYPE_CHECKING:
    from chainview.suite.shrink.chain_shrink import ChainShrink, Shrunk


HELP = CommandHelp(
    (
        ("chainview shrink actor.wasm c.chain -o small.chain", "the fewest calls that still differ in the same way"),
        ("chainview shrink actor.wasm c.chain -o small.chain --for 1m", "the shortest that is found in a minute"),
        (
            "chainview shrink actor.wasm c.json -o small.chain --recorded-module before.wasm",
            "with the module that made the chain, where it is not kept",
        ),
    ),
    "a chain was written that still differs in the same way",
    "nothing differs, and nothing was written",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("actor", metavar="ACTOR", help="the .wasm or .wat module, or manifest.toml, that differs")
    parser.add_argument("chain", type=name, metavar="CHAIN", help="the recorded chain, of any format")
    parser.add_argument(
        "-o", "--output", type=path, metavar="FILE", required=True, help="where the short chain is written"
    )
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    add_recorded_module_option(parser)
    parser.add_argument(
        "--for", dest="period", type=seconds, metavar="TIME", help="write the shortest that is found in this time"
    )
    add_closed_replay_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Searches and writes: 0 when a chain was written, 1 when nothing differs, 130 when a signal ended the search."""
    from chainview.chain.files.opened import open_chain
    from chainview.suite.shrink.chain_shrink import ChainShrink

    _check(args)
    rules = accepted_rules(args.accept, args.chain)
    modules = recorded_modules(args.recorded_module)
    request = ReplayRequest(
        args.actor,
        args.chain,
        timeout=args.timeout,
        state=args.state,
        rules=args.accept,
        recorded_module=modules,
        memory=args.max_memory,
    )
    with closing(open_chain(args.chain)) as opened:
        shrink = ChainShrink(request, rules)
        found = _searched(shrink, lambda: shrink.run(opened), args.period)
        if found is not None:
            write_whole(args.output, found.pieces(), force=args.force)
    if found is None:
        complain(f"{args.chain} does not differ: nothing was written")
        return 1
    emit([_as_json(found, args.output)] if args.json else _as_text(found, args.output))
    if interruption.number is None:
        return 0
    interruption.settle()
    return EXIT_INTERRUPTED


def _check(args: argparse.Namespace) -> None:
    """Raises ChainviewError, before anything runs, for what can't be shrunk or written."""
    from chainview.chain.families.folder import find_family

    chain, output = Path(args.chain), args.output
    if str(output) == "-":
        raise ChainviewError("the short chain is not written to standard output: give -o the name of a file")
    if output.exists() and chain.exists() and output.samefile(chain):
        raise ChainviewError(f"{output} is the chain itself: give another name")
    refuse_existing(output, force=args.force)
    if not output.absolute().parent.is_dir():
        raise ChainviewError(f"can't write {output}: there is no folder {output.absolute().parent}")
    family = find_family(chain, read_chains=False) if chain.exists() else None
    if family is not None:
        raise ChainviewError(f"{chain} holds the chains of several actors, and one is shrunk: {family.choice}")


def _searched(shrink: ChainShrink, work: Callable[[], Shrunk | None], period: float | None) -> Shrunk | None:
    """What comes of the search, which ends with a signal or the time it may take and gives what it has by then."""
    until = math.inf if period is None else time.monotonic() + period

    def looked() -> None:
        if interruption.number is not None or time.monotonic() >= until:
            shrink.stop()

    with interruption.held():
        try:
            return on_a_thread(work, lambda: shrink.how_far, looked)
        except ChainviewError as error:
            if interruption.number is None:
                raise
            raise ChainviewError(error.sentence, EXIT_INTERRUPTED) from None


def _as_text(found: Shrunk, output: Path) -> list[str]:
    calls = f"{found.calls:,} of {plural(found.of_calls, 'call')}"
    lines = [
        f"{output}: {calls}, {found.events:,} of {plural(found.of_events, 'event')}",
        f"still differs by {found.mark.code}: {found.sentence}",
    ]
    if not found.proven:
        lines.append(f"only what comes after the first cause is left away, and nothing is proven: {found.reason}")
        return [visible(line) for line in lines]
    least = "no call and no host call more can go" if found.minimal else "not the shortest yet: the search was ended"
    lines.append(f"{least}; {plural(found.tried, 'chain')} tried in {found.seconds:,.1f} s")
    return [visible(line) for line in lines]


def _as_json(found: Shrunk, output: Path) -> str:
    told = {
        "chainview": 1,
        "command": "shrink",
        "chain": str(output),
        "calls": found.calls,
        "of_calls": found.of_calls,
        "events": found.events,
        "of_events": found.of_events,
        "code": str(found.mark.code),
        "export": found.mark.export,
        "function": found.mark.function,
        "path": found.mark.path,
        "sentence": found.sentence,
        "minimal": found.minimal,
        "proven": found.proven,
        "reason": found.reason,
        "tried": found.tried,
        "seconds": round(found.seconds, 3),
    }
    return visible_json(json.dumps(told, ensure_ascii=False))
