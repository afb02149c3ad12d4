"""Replaying one test of a suite, in whatever process: every way it may end is a result, and none is raised."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.limits import Limits
from chainview.actor.manifest import find_target
from chainview.actor.module import ModuleFile
from chainview.chain.event import MODULE_EVENT, Kind
from chainview.chain.failure import OUT_OF_TIME
from chainview.chain.families.folder import RecordedFamily, find_family
from chainview.chain.files.completeness import RecordingState
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import read_payload
from chainview.chain.table import EventTable
from chainview.pack.cgrf.glance import first_text
from chainview.pack.values import String
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.explain.headline import headlines
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import report_text
from chainview.replay.families.json_report import family_object
from chainview.replay.families.text_report import family_text
from chainview.replay.run.replay import Replay
from chainview.suite.case import Case, Outcome, Result
from chainview.system.errors import ChainviewError, failed_itself
from chainview.system.long_work import GivenUp, OutOfTime, go_on, within
from chainview.workbench.family_replay import replay_family
from chainview.workbench.replay_request import ReplayRequest, accepted_rules
from chainview.workbench.replay_thread import explained

_CALL = bytes((Kind.CALL,))
_LONGEST_NAME = 1000
_COMPILED = 4
"""Modules and limits for which one process keeps the code."""
_OF_VERDICTS = {
    Verdict.IDENTICAL: Outcome.PASSED,
    Verdict.ACCEPTED: Outcome.ACCEPTED,
    Verdict.DIVERGED: Outcome.DIFFERS,
    Verdict.UNUSABLE: Outcome.DAMAGED,
}
_of_thread = threading.local()


def _compiled(file: ModuleFile, limits: Limits) -> LoadedModule:
    """A module's code, which no two threads share: stopping a call stops all that runs on its engine."""
    if not hasattr(_of_thread, "compiled"):
        _of_thread.compiled = lru_cache(maxsize=_COMPILED)(compile_module)
    loaded: LoadedModule = _of_thread.compiled(file, limits)
    return loaded


def judge(case: Case) -> Result:
    """What comes of a test; raises GivenUp where whoever asked does not want to know any more."""
    began = time.monotonic()
    try:
        # No process can be ended for it where another executor, or another machine, does the work.
        with within(case.chain_timeout):
            result = _judged(case)
            go_on()
    except GivenUp:
        raise
    except OutOfTime:
        result = failed(case, Outcome.TIMED_OUT, case.too_long)
    except ChainviewError as error:
        result = failed(case, Outcome.ERROR, error.sentence)
    except Exception as error:
        result = failed(case, Outcome.ERROR, failed_itself(error, f"replayed {case.path}").sentence)
    return replace(result, seconds=time.monotonic() - began, description=case.description)


def failed(case: Case, outcome: Outcome, sentence: str) -> Result:
    """What is said of a test that came to no comparison."""
    return Result(case.name, outcome, says=(sentence,), text=sentence, description=case.description)


def request_of(case: Case) -> ReplayRequest:
    """The replay that a test asks for."""
    return ReplayRequest(
        case.actor,
        case.path,
        case.mode,
        case.timeout,
        case.state,
        None if case.accept is None else Path(case.accept),
        None if case.modules is None else Path(case.modules),
        case.memory,
    )


def _judged(case: Case) -> Result:
    request = request_of(case)
    family = find_family(case.path) if Path(case.path).exists() else None
    return _one(case, request) if family is None else _several(case, request, family)


def _one(case: Case, request: ReplayRequest) -> Result:
    target = find_target(case.actor)
    file = read_module(target.module)
    _require_same(case, file)

    def compiled(limits: Limits) -> LoadedModule:
        return _compiled(file, limits)

    state = None if target.initial_state is None else String(target.initial_state)
    with closing(open_chain(case.path)) as opened:
        rules = accepted_rules(request.rules, case.path)
        made = request.replay_by(opened, compiled, state)
        asked = _asked(opened.table)
        if isinstance(made, Replay):
            replay = made
            made = explained(replay.run(), rules, request.recorded_module)[0]
            asked |= _asked(replay.now)
        opened.require_unchanged()
        return replace(_of_explanation(case, made), called=_called(opened.table), asked=asked)


def _called(table: EventTable) -> frozenset[str]:
    """The exports that a chain calls."""
    called, at = set[str](), table.kinds.find(_CALL)
    while at >= 0:
        payload = table.payload(at)
        # Decoding the whole of each call would take longer than its replay.
        found = first_text(payload, _LONGEST_NAME) if payload[:1] not in (b"{", b"") else None
        called.add(found or read_payload(payload).subject)
        at = table.kinds.find(_CALL, at + 1)
    return frozenset(called - {""})


def _asked(table: EventTable) -> frozenset[str]:
    """The functions of its host that an actor asked."""
    return frozenset(name for name in table.type_names if "/" in name and name != MODULE_EVENT)


def _require_same(case: Case, file: ModuleFile) -> None:
    if case.sha256 and file.sha256 != case.sha256:
        raise ChainviewError(f"{file.path} was built anew while the suite ran: run it again")


def _of_explanation(case: Case, explanation: Explanation) -> Result:
    outcome = outcome_of(explanation)
    first = explanation.causes[0] if explanation.causes and not explanation.passes else None
    return Result(
        case.name,
        outcome,
        explanation.recorded_events,
        (explanation.sentence,) if first is None else (first.sentence, *headlines(first)),
        "" if outcome.passes else report_text(explanation),
        "" if first is None else first.code.value,
        explanation.recording.state is RecordingState.IN_CALL,
        explanation.live_host_calls,
        report_object(explanation) if case.in_full else None,
        may_be_kept=True,
    )


def outcome_of(explanation: Explanation) -> Outcome:
    """What a suite calls the verdict on a chain: one that is no recording of this actor's is not its difference."""
    if not explanation.recording.sound:
        return Outcome.DAMAGED
    causes = explanation.causes
    # Of a single export that is gone it tells as well: that is a difference.
    if not explanation.passes and any(each.code is Code.OTHER_MODULE and not each.function for each in causes):
        return Outcome.FOREIGN
    if not explanation.passes and causes and _is_out_of_time(causes[0]):
        return Outcome.TIMED_OUT
    return _OF_VERDICTS[explanation.verdict]


def _is_out_of_time(cause: Finding) -> bool:
    return cause.code is Code.LIMIT and (cause.now or "").startswith(OUT_OF_TIME)


def _several(case: Case, request: ReplayRequest, family: RecordedFamily) -> Result:
    found = replay_family(request, family)
    judged = [each.explanation for each in found.members if each.explanation is not None]
    outcomes = [outcome_of(each) for each in judged]
    left_out = [each for each in found.members if each.explanation is None and not each.is_idle]
    failing = [each for each in outcomes if not each.passes]
    # A member that differs says more than one that can't be read.
    outcome = next((each for each in failing if each is Outcome.DIFFERS), failing[0] if failing else None)
    if outcome is None:
        outcome = Outcome.ERROR if left_out else _OF_VERDICTS[found.verdict]
    first = None if found.first is None or found.first.explanation is None else found.first.explanation
    module = find_target(case.actor).module
    called, asked = frozenset[str](), frozenset[str]()
    for each in found.members:
        # What another module of the family reaches is nothing of this one.
        if each.by is not None and each.by.file == module and not each.by.as_recorded:
            with closing(open_chain(each.member.file)) as opened:
                table = opened.load().table
                called, asked = called | _called(table), asked | _asked(table)
    return Result(
        case.name,
        outcome,
        sum(each.recorded_events for each in judged),
        (found.sentence,),
        "" if outcome.passes else family_text(found),
        first.causes[0].code.value if first is not None and first.causes else "",
        any(each.recording.state is RecordingState.IN_CALL for each in judged),
        found.live_host_calls,
        family_object(found) if case.in_full else None,
        called=called,
        asked=asked,
    )
