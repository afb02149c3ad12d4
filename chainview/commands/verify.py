"""`chainview verify`: checks every hash and link of a chain."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.system.signals import interruption
from chainview.system.streams import complain, emit, show_progress

if TYPE_CHECKING:
    from chainview.chain.files.opened import OpenedChain
    from chainview.chain.files.verification import Problem, Verification

_SHOWN = 20
_TOLD_EVERY = 0.2
_CLEARED = "\r" + " " * 40 + "\r"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("chain", metavar="CHAIN", help="a chain file of any format; - is standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Checks the chain and reports; 0 when it is sound, 1 when it is not, also when nobody reads the report."""
    from chainview.chain.files.opened import open_chain

    with open_chain(args.chain) as opened:
        verification = _verified(opened)
        opened.require_unchanged()
    try:
        emit([json.dumps(_object(verification))] if args.json else _text(args.chain, verification))
    except ChainviewError as error:
        complain(error.sentence)
        return error.exit_code if verification.sound else 1
    return 0 if verification.sound else 1


def _verified(opened: OpenedChain) -> Verification:
    """What the check found, with its progress told on a terminal."""
    from chainview.chain.files.verification import verify_steps

    steps, told_at = verify_steps(opened), time.monotonic()
    live = sys.stderr.isatty()
    try:
        while True:
            progress = next(steps)
            interruption.check()
            if live and progress.total_bytes and time.monotonic() - told_at > _TOLD_EVERY:
                told_at = time.monotonic()
                share = progress.done_bytes * 100 // progress.total_bytes
                show_progress(f"\r{share:3} %, {progress.events:,} events")
    except StopIteration as done:
        verification: Verification = done.value
        return verification
    finally:
        if live:
            show_progress(_CLEARED)


def _object(verification: Verification) -> dict[str, object]:
    return {
        "chainview": 1,
        "command": "verify",
        "sound": verification.sound,
        "recording": verification.completeness.as_object(),
        "events": verification.events,
        "head": verification.head.hex() if verification.head else None,
        "format": verification.format,
        "schema": verification.schema,
        "problems": [
            {"event": each.event, "kind": each.kind, "checked": each.checked, "message": each.message}
            for each in verification.problems
        ],
        "problems_left_out": verification.problems_left_out,
        "remarks": list(verification.remarks),
    }


def _text(name: str, verification: Verification) -> list[str]:
    from chainview.system.wording import plural, visible

    count = len(verification.problems) + verification.problems_left_out
    state = "sound" if verification.sound else f"not sound, {plural(count, 'problem')}"
    head = f", head {verification.head.hex()}" if verification.head else ""
    lines = [
        f"{name}: {state}",
        f"  {verification.events:,} events, format {verification.format}, schema {verification.schema}{head}",
        *[f"  {remark}" for remark in verification.remarks],
        *map(_line, verification.problems[:_SHOWN]),
    ]
    if count > _SHOWN:
        listed = f"the first {len(verification.problems):,}" if verification.problems_left_out else "them all"
        lines.append(f"  and {count - _SHOWN:,} more problems: --json lists {listed}")
    return [visible(line) for line in lines]


def _line(problem: Problem) -> str:
    where = f"event {problem.event:,}" if problem.event else "the file"
    return f"  {where}, {problem.kind}: {problem.message}"
