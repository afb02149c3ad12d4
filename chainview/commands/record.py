"""`chainview record`: runs an actor without a screen, prints its events and writes its chain."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from chainview.commands.actor_options import add_actor_options, read_options, seconds
from chainview.errors import Terminated

if TYPE_CHECKING:
    from chainview.actor.actor import CallOutcome
    from chainview.actor.session import Session

_LOOK_SECONDS = 0.05


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_actor_options(parser)
    parser.add_argument("--for", dest="period", type=seconds, metavar="TIME", help="stop after this time, such as 10s")
    parser.add_argument("--events", type=int, metavar="N", help="stop after the call in which event N falls")
    parser.add_argument("--json", action="store_true", help="print one JSON object about the recording, no events")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no events")


def run(args: argparse.Namespace) -> int:
    """Records until the calls are done, the bound is reached or ^C; 1 when a call failed, 130 when interrupted."""
    from chainview.actor.session import Session

    outcomes: list[CallOutcome] = []
    session = Session(read_options(args), outcomes.append)
    printer = None if args.json or args.quiet else _Printer(session)
    session.start()
    interrupted = _wait(session, args, printer)
    if printer is not None:
        printer.print_new()
    return _report(session, outcomes, args, interrupted)


def _wait(session: Session, args: argparse.Namespace, printer: _Printer | None) -> bool:
    """Waits for the end and closes the session whatever ends it; whether that was ^C."""
    grace, interrupted = session.options.limits.timeout, False
    try:
        _watch(session, args, printer)
    except KeyboardInterrupt:
        grace, interrupted = 0.0, True
    except Terminated:
        grace = 0.0
    finally:
        try:
            session.close(grace)
        except (KeyboardInterrupt, Terminated):
            session.close(0.0)
            interrupted = True
    return interrupted


def _watch(session: Session, args: argparse.Namespace, printer: _Printer | None) -> None:
    end = None if args.period is None else time.monotonic() + args.period
    while not session.wait_quiet(_LOOK_SECONDS):
        if printer is not None:
            printer.print_new()
        if end is not None and time.monotonic() >= end:
            return
        if args.events is not None and session.chain.count >= args.events:
            return


class _Printer:
    """Prints each event as the line that a screen would show."""

    def __init__(self, session: Session) -> None:
        from chainview.chain.table import EventTable

        self._items = session.chain.subscribe()
        self._table = EventTable()

    def print_new(self) -> None:
        """Prints what has been appended since the last time."""
        from chainview.chain.native_entry import Note
        from chainview.chain.report import event_line

        while items := self._items.take(1000):
            lines = []
            for item in items:
                if not isinstance(item, Note):
                    self._table.append(*item)
                    lines.append(event_line(self._table, len(self._table) - 1))
            print("\n".join(lines))
            self._table.drop_oldest(100_000)
        sys.stdout.flush()


def _report(session: Session, outcomes: list[CallOutcome], args: argparse.Namespace, interrupted: bool) -> int:
    for warning in session.warnings:
        print(f"chainview: {warning}", file=sys.stderr)
    if session.chain_path is None and session.failure is not None:
        raise session.failure
    head = session.chain.head
    if args.json:
        calls = [{"function": each.function, "ok": each.ok, "error": each.error} for each in outcomes]
        print(
            json.dumps(
                {
                    "chainview": 1,
                    "command": "record",
                    "chain": str(session.chain_path),
                    "events": session.chain.count,
                    "head": head.hex() if head else None,
                    "calls": calls,
                }
            )
        )
    _tell_failures(outcomes)
    print(f"{session.chain.count:,} events in {session.chain_path}", file=sys.stderr)
    if session.failure is not None:
        raise session.failure
    if interrupted:
        return 130
    return 0 if all(each.ok for each in outcomes) else 1


def _tell_failures(outcomes: list[CallOutcome]) -> None:
    from chainview.chain.visible import visible

    for outcome in outcomes:
        if outcome.error is not None:
            print(f"chainview: {visible(outcome.function)} failed: {visible(outcome.error)}", file=sys.stderr)
            for frame in outcome.stack:
                print(f"    {visible(str(frame))}", file=sys.stderr)
