"""`chainview record`: runs an actor without a screen, prints its events and writes its chain."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from chainview.commands.options.actor import add_actor_options, read_options
from chainview.commands.options.amounts import positive, seconds
from chainview.commands.options.calls import given_calls
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.files.working_folder import here
from chainview.system.signals import interruption
from chainview.system.streams import complain

if TYPE_CHECKING:
    from chainview.actor.hosts.terminal import Terminal
    from chainview.actor.returned import CallOutcome
    from chainview.actor.session.session import Session
    from chainview.commands.reporting.event_printer import EventPrinter
    from chainview.commands.reporting.recording import Recorded
    from chainview.suite.adding.new_test import Added, NewTest

_LOOK_SECONDS = 0.05

HELP = CommandHelp(
    (
        ("chainview record actor.wasm --call 'increment(5s32)' -o c.chain", "make a call and keep the chain in a file"),
        (
            "chainview record actor.wasm --calls calls.txt --json",
            "make the calls in a file; one JSON object in the place of events",
        ),
        ("chainview record manifest.toml --for 10s --quiet", "let an actor that lives on timers run for a while"),
        ("chainview record actor.wasm --calls calls.txt --as-test checkout", "and make it a test of the actor's suite"),
    ),
    "it was recorded, and no call failed",
    "a call failed, or was never made",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_actor_options(parser)
    parser.add_argument("--for", dest="period", type=seconds, metavar="TIME", help="stop after this time, such as 10s")
    parser.add_argument("--events", type=positive, metavar="N", help="stop after the call in which event N falls")
    parser.add_argument(
        "--as-test",
        metavar="NAME",
        help="put the chain, and the module, also into the suite of this folder or of the nearest one above, which is "
        "begun here where there is none: chainview test replays it",
    )
    parser.add_argument("--description", metavar="TEXT", help="a line about that test, in place of the calls in it")
    parser.add_argument("--json", action="store_true", help="print one JSON object about the recording, no events")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no events")


def run(args: argparse.Namespace) -> int:
    """Records until the calls are done, a bound is reached or a signal arrives.

    1 when a call failed or was never made, 130 when a signal ended a call or left calls that were given.
    """
    from chainview.actor.session.standard_terminal import standard_terminal

    with standard_terminal() as terminal:
        return _recorded(args, terminal)


def _recorded(args: argparse.Namespace, terminal: Terminal) -> int:
    from chainview.actor.session.family import PATIENCE_SECONDS
    from chainview.actor.session.session import Session
    from chainview.commands.reporting.event_printer import EventPrinter
    from chainview.commands.reporting.recording import Recorded, report

    test = _wanted_test(args)
    calls = given_calls(args)
    outcomes: list[CallOutcome] = []

    def ended(outcome: CallOutcome) -> None:
        # On the session's thread, before it looks for more to do.
        outcomes.append(outcome)
        if args.events is not None and session.chain.count >= args.events:
            session.stop()

    session = Session(replace(read_options(args, calls), terminal=terminal), ended)
    tell = _News(session).tell
    printer = None if args.json or args.quiet else EventPrinter(session.chain)
    with interruption.held():
        session.start()
        try:
            _load(session)
            _follow(session, tell, printer, math.inf if args.period is None else time.monotonic() + args.period)
            session.stop()
            # A reader that has gone ends the recording, not the running call.
            still_read = printer if printer is not None and not printer.closed else None
            now = time.monotonic()
            _follow(session, tell, still_read, now + PATIENCE_SECONDS)
            _follow(session, tell, still_read, now + session.options.limits.timeout, may_wait=False)
        finally:
            session.close(0.0)
        tell()
        if printer is not None:
            printer.finish()
        recorded = Recorded(session, calls, outcomes, printer)
        if test is not None:
            recorded = replace(recorded, test=_as_test(test, recorded, args.actor))
        return report(recorded, as_json=args.json)


def _wanted_test(args: argparse.Namespace) -> NewTest | None:
    """The test that the recording is to become; raises ChainviewError, before anything runs, where it can't."""
    if args.as_test is None:
        if args.description is not None:
            raise ChainviewError("--description is of a test: --as-test NAME makes one")
        return None
    from chainview.suite.adding.new_test import new_test

    return new_test(here(), args.as_test, args.description or "", force=args.force)


def _as_test(test: NewTest, recorded: Recorded, actor: str) -> Added | ChainviewError:
    """The test, or why there is none."""
    from chainview.suite.adding.recorded import ToAdd

    session = recorded.session
    chain = session.family.folder or session.chain_path
    if chain is None or session.failure is not None or recorded.was_cut_off:
        where = "" if chain is None else f": the chain so far is in {chain}"
        return ChainviewError(f"it is no test, for it was not recorded to its end{where}")
    try:
        return test.add(ToAdd(chain, actor))
    except ChainviewError as error:
        return error


class _News:
    """Tells on standard error what the actors of a session do, each once."""

    def __init__(self, session: Session) -> None:
        self._session, self._told = session, 0

    def tell(self) -> None:
        """Tells what is new since the last time."""
        for sentence in self._session.news[self._told :]:
            complain(sentence)
            self._told += 1


def _load(session: Session) -> None:
    """Waits until the actor begins: a time that it is given does not pass while its module is compiled."""
    while session.chain_path is None and interruption.number is None and not session.wait_quiet(_LOOK_SECONDS):
        pass


def _follow(
    session: Session, tell: Callable[[], None], printer: EventPrinter | None, until: float, *, may_wait: bool = True
) -> None:
    """Prints and tells until there is nothing to do, until a moment, or until a signal or a closed output ends it.

    No call goes on waiting that may not.
    """
    while not session.wait_quiet(_LOOK_SECONDS):
        if not may_wait:
            session.family.give_up_waiting()
        session.rescue()
        tell()
        if printer is not None:
            printer.print_new()
        if interruption.number is not None or time.monotonic() >= until or (printer is not None and printer.closed):
            return
