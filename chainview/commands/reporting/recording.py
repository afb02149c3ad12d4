"""What `chainview record` tells at its end, and the exit code that follows from it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from chainview.actor.returned import CallOutcome
from chainview.actor.session.session import Session
from chainview.chain.failure import INTERRUPTED
from chainview.chain.words.spans import middle_cut
from chainview.chain.words.stacks import told_once
from chainview.chain.words.summary import function_name
from chainview.commands.options.calls import GivenCall, placed
from chainview.commands.reporting.event_printer import EventPrinter
from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError
from chainview.system.signals import interruption
from chainview.system.streams import as_talk, complain, emit, say
from chainview.system.wording import plural, visible

if TYPE_CHECKING:
    from chainview.suite.adding.new_test import Added

_LONGEST_REASON, _LONGEST_NAME = 400, 80
_MOST_TOLD = 20
"""Failures of children that are told one by one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session that has ended, the calls that were asked for, how those that were made ended, and what printed."""

    session: Session
    calls: Sequence[GivenCall]
    outcomes: Sequence[CallOutcome]
    printer: EventPrinter | None
    test: Added | ChainviewError | None = None
    """The test that it became, or why it could not, where it was to."""

    @property
    def was_cut_off(self) -> bool:
        """Whether a signal ended a call, or left calls that were given."""
        cut_off = any(_was_cut_off(each) for each in self.outcomes)
        return interruption.number is not None and (cut_off or bool(self.session.calls_left))

    @property
    def children(self) -> list[Session]:
        """The other actors of the family that began, in order."""
        members = self.session.family.members
        return [each for each in members if isinstance(each, Session) and each is not self.session and each.chain_path]


def report(recorded: Recorded, *, as_json: bool) -> int:
    """Tells what became of the recording; returns the exit code, or raises what kept it from going on."""
    session, failure, number = recorded.session, recorded.session.failure, interruption.number
    for warning in session.warnings:
        complain(warning)
    if session.chain_path is None:
        if failure is not None:
            raise placed(failure, session.options.target, recorded.calls, session.options.schema)
        complain(f"nothing was recorded: {interruption.name} came while the module was loaded")
        interruption.settle()
        return EXIT_INTERRUPTED if recorded.calls else 0
    refused = _tell_output(recorded, as_json=as_json)
    cut_off = [each for each in recorded.outcomes if number is not None and _was_cut_off(each)]
    failed = [each for each in recorded.outcomes if not each.ok and each not in cut_off]
    _tell_failures([each for each in failed if not _was_cut_off(each)])
    for each in filter(_was_cut_off, failed):
        complain(f"{function_name(each.function)} still waited when the recording was over, and was interrupted")
    if cut_off:
        by = "interrupted by the user" if number == signal.SIGINT else f"ended by {interruption.name}"
        complain(f"the call that was running was {by}")
        _tell_failures(cut_off, told=True)
    for sentence in session.rescues:
        complain(sentence)
    never_made = session.calls_left
    if never_made:
        complain(f"{never_made:,} of the {plural(len(recorded.calls), 'call')} asked for {_was(never_made)} never made")
    child_failed = _tell_children(recorded)
    say(_whole(recorded))
    interruption.settle()
    if failure is not None:
        raise failure
    if isinstance(recorded.test, ChainviewError):
        complain(recorded.test.sentence)
        refused = True
    elif recorded.test is not None:
        for sentence in (*recorded.test.remarks, recorded.test.sentence):
            say(visible(sentence))
    if number is not None and (cut_off or never_made):
        return EXIT_INTERRUPTED
    return 2 if refused else 1 if failed or child_failed or never_made or session.rescues else 0


def _tell_children(recorded: Recorded) -> bool:
    """Tells what became of the actors that were spawned, by name; whether anything of it is a failure."""
    warned = set(recorded.session.warnings)
    failures, cut_off = list[list[str]](), list[str]()
    for child in recorded.children:
        for warning in child.warnings:
            if warning not in warned:
                complain(f"{child.name}: {warning}")
        warned |= set(child.warnings)
        for outcome in child.failed_calls:
            if _was_cut_off(outcome):
                cut_off.append(f"{child.name}: {function_name(outcome.function)} was ended with its family")
            else:
                failures.append(list(failure_lines(outcome, child.name)))
        for sentence in (*child.rescues, *([] if child.failure is None else [child.failure.sentence])):
            failures.append([f"chainview: {as_talk(f'{child.name}: {sentence}')}"])
    for line in chain.from_iterable(failures[:_MOST_TOLD]):
        say(line)
    for sentence in cut_off[:_MOST_TOLD]:
        complain(sentence)
    for kind, told in (("failures", failures), ("calls that were ended with the family", cut_off)):
        if len(told) > _MOST_TOLD:
            complain(f"{len(told) - _MOST_TOLD:,} more {kind}: show {recorded.session.family.folder} tells of each")
    return bool(failures)


def _whole(recorded: Recorded) -> str:
    """How much was recorded, and where it lies."""
    session, folder = recorded.session, recorded.session.family.folder
    if folder is None and session.loss is not None:
        return f"{plural(session.chain.count, 'event')}, which {session.chain_path} does not hold any more"
    if folder is None:
        return f"{plural(session.chain.count, 'event')} in {session.chain_path}"
    actors = [session, *recorded.children]
    told = f"{plural(len(actors), 'actor')}, {plural(sum(each.chain.count for each in actors), 'event')}"
    missing = [
        each for each in actors if each.loss is not None or each.chain_path is None or each.chain_path.parent != folder
    ]
    save = f", save for {plural(len(missing), 'chain')}" if missing else ""
    return f"{told} in the folder {folder}{save}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _was_cut_off(outcome: CallOutcome) -> bool:
    return outcome.reason == INTERRUPTED


def _tell_output(recorded: Recorded, *, as_json: bool) -> bool:
    """Prints the object, and says where the chain lies when nobody read on; whether the output can't be written."""
    folder, why = recorded.session.family.folder, ""
    where = f"the chain is in {recorded.session.chain_path}" if folder is None else f"the chains are in {folder}"
    closed = recorded.printer is not None and recorded.printer.closed
    if closed and recorded.printer is not None:
        why = recorded.printer.failure
    if as_json:
        try:
            closed = not emit([json.dumps(_object(recorded))])
        except ChainviewError as error:
            complain(f"{error.sentence}; {where}")
            return True
    if why:
        complain(f"can't write to standard output: {why}; {where}")
    elif closed:
        complain(f"standard output was closed; {where}")
    return bool(why)


def _object(recorded: Recorded) -> dict[str, object]:
    head, folder = recorded.session.chain.head, recorded.session.family.folder
    members = [_member(number, each) for number, each in enumerate([recorded.session, *recorded.children])]
    family = {} if folder is None else {"folder": str(folder), "members": members}
    return {
        "chainview": 1,
        "command": "record",
        "chain": str(recorded.session.chain_path),
        "events": recorded.session.chain.count,
        "head": head.hex() if head else None,
        "calls": [
            {"function": each.function, "ok": each.ok, "error": each.error}
            | ({} if each.ok else {"reason": each.reason})
            for each in recorded.outcomes
        ],
        "test": None if recorded.test is None or isinstance(recorded.test, ChainviewError) else recorded.test.name,
        **family,
    }


def _member(number: int, session: Session) -> dict[str, object]:
    head, path = session.chain.head, session.chain_path
    return {
        "number": number,
        "file": None if path is None else path.name,
        "name": session.options.target.name,
        "id": session.actor_id,
        "parent": session.parent_id,
        "events": session.chain.count,
        "head": head.hex() if head else None,
        "failed_calls": [
            {"function": each.function, "error": each.error, "reason": each.reason} for each in session.failed_calls
        ],
    }


def _tell_failures(failed: Sequence[CallOutcome], *, told: bool = False) -> None:
    """Tells of failed calls; only their stacks where why they failed is `told`."""
    for outcome in failed:
        for line in list(failure_lines(outcome))[told:]:
            say(line)


def failure_lines(outcome: CallOutcome, actor: str = "") -> Iterator[str]:
    """A failed call in lines: of which actor, its name, the reason cut in its middle, and the guest's stack."""
    reason = middle_cut(outcome.reason, _LONGEST_REASON)
    name = middle_cut(function_name(outcome.function), _LONGEST_NAME)
    yield f"chainview: {actor and f'{middle_cut(actor, _LONGEST_NAME)}: '}{name} failed: {reason}"
    for frame, times in told_once(outcome.stack):
        yield f"    {middle_cut(str(frame), _LONGEST_REASON)}{times and f', {times}'}"
