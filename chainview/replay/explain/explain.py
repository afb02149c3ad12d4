"""Explaining a finished replay: what differs, what caused it, and whether the edit is to blame at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainview.actor.engine.loading import ENGINE, LoadedModule
from chainview.chain.payload import INIT
from chainview.replay.changes.wording import Wording
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.codes import Code
from chainview.replay.differences.fuel import other_work
from chainview.replay.differences.state_type import StateTypes
from chainview.replay.explain.comparison import Comparison, LaidOut, compare, lay_out
from chainview.replay.explain.control import Control
from chainview.replay.explain.explanation import ControlOutcome, Explanation, Finding
from chainview.replay.explain.findings import NOTHING_FOUND, Findings, findings_of, wrong_pairing
from chainview.replay.explain.isolation import Isolation
from chainview.replay.explain.lower_limits import by_limits, given_up, limits_told, what_to_do
from chainview.replay.explain.rules.rule import Rule, split_accepted, unused_told
from chainview.replay.explain.subject import Subject, explanation_of, identical, module_of, untested
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.wording import plural

_MOST_CALLS = 10_000
STATE_NOT_HELD = (
    "the chain does not hold the state that init was given: give it with --state, or name the actor's manifest"
)
NOT_CONTROLLED = Control(ControlOutcome.NOT_TESTED, "the recorded module was not replayed")
_NOT_BY_THE_EDIT = (Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.HIDDEN_STATE, Code.UNRECORDED_INPUT)
"""What is no fault of the edit by itself, and says more than that the recording can't be made again."""


def explain(
    replay: Replay, control: Control = NOT_CONTROLLED, rules: Sequence[Rule] = (), laid: LaidOut | None = None
) -> Explanation:
    """Explains a replay that was run; `control` is how the recorded module fared in the same.

    `laid` is the replay laid beside its recording, where that was done already.
    """
    explanation = _explained(replay, control, rules, laid)
    if not replay.finished or replay.gave_up or replay.mode is Mode.STRICT:
        return explanation
    return replace(explanation, remarks=(*explanation.remarks, *unused_told(rules, explanation)))


def _explained(replay: Replay, control: Control, rules: Sequence[Rule], laid: LaidOut | None) -> Explanation:
    compared = _compared(replay, control, laid)
    if compared is None and replay.gave_up:
        return explanation_of(_subject(replay, control, replay.chain.count), _left_untested(replay))
    if compared is None:
        work = other_work(replay.recording.table, replay.now)
        same = Findings(sentence=_same_but(replay) if work is None else Code.OTHER_WORK.says(detail=work))
        return explanation_of(_subject(replay, control, replay.chain.count), same)
    found = findings_of(compared, rules)
    stopped_first = bool(found.causes) and bool(by_limits(replay, found.causes[0]))
    if control.outcome is not ControlOutcome.PASSED:
        # A recorded module that makes its recording without that state, and as bounded, shows that nothing hangs on it.
        found = _but_for_limits(replay, found if _makes_init(replay, control) else _but_for_state(replay, found, rules))
    findings = _paired(replay, found)
    # Where the replay's own limits stop a call first, how far the recorded modules come in as much time tells nothing.
    if control.replay is not None and findings is found and not stopped_first:
        own = findings if control.replay is replay and not rules else _own_findings(control.replay)
        findings = without_own(findings, own, irreproducible(replay.recording, control), rules)
    subject = _subject(replay, control, compared.first)
    findings = _with_causes(findings, [replace(each, sentence=what_to_do(replay, each)) for each in findings.causes])
    return explanation_of(subject, findings, compared, _not_tested(replay, control, compared))


def _same_but(replay: Replay) -> str:
    """The sentence for the same in other bytes, by their CGRF version or the words of a failure; empty otherwise."""
    chain, other = replay.chain, list[str]()
    if chain.other_version:
        other.append("recorded in another version of the encoding")
    if chain.reworded:
        other.append(f"with {plural(chain.reworded, 'failure')} in the words of another release")
    if not other:
        return ""
    return f"{identical(replay.recording.completeness)}, {' and '.join(other)} ({Code.OTHER_ENCODING})"


def _left_untested(replay: Replay) -> Findings:
    """What is found where all is the same up to where the replay gave up."""
    events, reached = len(replay.recording), replay.chain.count
    told = f"identical up to event {reached:,} of {events:,}; not tested: {given_up(replay)}"
    found = (Finding(Code.LIMIT, reached + 1, 0, "", "", None, None, told, rows=(reached,)),)
    return Findings(found, found, sentence=told, blameless=True)


def _compared(replay: Replay, control: Control = NOT_CONTROLLED, laid: LaidOut | None = None) -> Comparison | None:
    """The replay beside its recording; None where nothing differs."""
    recording = replay.recording
    laid = laid_out(replay) if laid is None else laid
    if laid is None:
        return None
    builds = _builds(replay, control.module)
    return compare(
        laid,
        builds=builds,
        # The calls of several builds can't be made again by the first of them alone.
        # Nor can a call be made alone whose state is inside the module, where nobody can put another one.
        experiment=None
        if replay.mode is Mode.STRICT or replay.later or recording.keeps_state
        else Isolation(replay, builds, stacks=control.stacks, recorded=_other_module(replay, control)),
        # After a call that could not be answered a replay goes on from the recorded state.
        restarted=lambda call: call in replay.restarted and not recording.keeps_state,
        stacks=control.stacks,
    )


def laid_out(replay: Replay) -> LaidOut | None:
    """A replay that was run beside its recording, of which nothing is said yet; None where nothing differs."""
    first = _parts_at(replay)
    if first is None:
        return None
    sides = replay.recording, _made(replay)
    return lay_out(*sides, first, in_step=True, asks=replay.asks, finished=replay.finished)


def _parts_at(replay: Replay) -> int | None:
    """The index from which on recorded and now are not the same; None where nothing differs."""
    first = replay.first_mismatch
    return replay.chain.count if first is None and not replay.finished and not replay.gave_up else first


def _made(replay: Replay) -> Recording:
    """What the replay made, as a history beside the recorded one."""
    recording = replay.recording
    return Recording(replay.now, recording.schema, recording.header, values=recording.values)


def _other_module(replay: Replay, control: Control) -> LoadedModule | None:
    """The module that made the recording, where it is at hand and another one than the replayed one."""
    module = control.module
    if control.outcome is not ControlOutcome.PASSED or replay.recording.builds:
        # What the recorded module does not make again either comes of no change in the code.
        return None
    if module is None or module.file.sha256 == replay.loaded.file.sha256:
        return None
    return module if module.self_contained and replay.loaded.self_contained else None


def _builds(replay: Replay, module: LoadedModule | None) -> Builds:
    """What is known of the recorded module, where it is at hand, and of the one that was replayed."""
    recording, loaded = replay.recording, replay.loaded
    one_module = module_of(recording) == loaded.file.sha256 and not (recording.builds or replay.later)
    if module is None:
        return Builds(StateTypes(None, loaded.metadata, one_module=one_module))
    types = StateTypes(module.metadata, loaded.metadata, one_module=one_module)
    return Builds(types, Wording(module.file.data, loaded.file.data))


def _paired(replay: Replay, findings: Findings) -> Findings:
    """The findings, where the recording can belong to the module at all."""
    foreign = _foreign_calls(replay) if findings.all else None
    return findings if foreign is None else wrong_pairing(foreign, findings.all[0])


def _own_findings(replay: Replay) -> Findings:
    """What the recorded modules do differently themselves."""
    compared = _compared(replay)
    if compared is None:
        return NOTHING_FOUND
    return _paired(replay, _but_for_limits(replay, _but_for_state(replay, findings_of(compared, ()), ())))


def _but_for_limits(replay: Replay, findings: Findings) -> Findings:
    """The findings; what stops because the replay has lower limits than its recording is not taken for the edit's."""
    told = {id(each): by_limits(replay, each) for each in findings.causes}
    if not any(told.values()):
        return findings
    others = [each for each in findings.causes if not told[id(each)] and each.code is not Code.UNRECORDED_INPUT]
    limited = [replace(each, sentence=told[id(each)], own=True) if told[id(each)] else each for each in findings.causes]
    return replace(_with_causes(findings, limited), blameless=not others)


def _with_causes(findings: Findings, causes: Sequence[Finding]) -> Findings:
    """The findings with each of its causes in other words."""
    replaced = dict(zip(map(id, findings.causes), causes, strict=True))
    everything = tuple([replaced.get(id(each), each) for each in findings.all])
    return replace(findings, all=everything, causes=tuple(causes))


def _makes_init(replay: Replay, control: Control) -> bool:
    """Whether the recorded module does in init what it did, so that nothing there hangs on what the chain lacks."""
    return bool(control.places) and min(control.places) >= replay.recording.call(0).stop


def _but_for_state(replay: Replay, findings: Findings, rules: Sequence[Rule]) -> Findings:
    """The findings; what an init does differently whose initial state nobody knows is not taken for the edit's."""
    end = replay.recording.call(0).stop
    of_init = [each for each in findings.causes if each.event <= end] if replay.lacks_state else []
    if not of_init:
        return findings
    first = of_init[0]
    unheld = replace(
        first,
        code=Code.UNRECORDED_INPUT,
        function=INIT,
        sentence=STATE_NOT_HELD,
        rows=tuple([row for each in of_init for row in each.rows]),
    )
    others = [each for each in findings.causes if each not in of_init]
    rest = [each for each in findings.all if each not in of_init]
    held, accepted = split_accepted([unheld], rules)
    return replace(
        findings,
        all=(unheld, *rest),
        causes=(*held, *others),
        accepted=(*accepted, *findings.accepted),
        blameless=not others,
    )


def _foreign_calls(replay: Replay) -> str | None:
    """The recorded functions that the module does not export, in words, where these are more than half of them."""
    recording, exports = replay.recording, set(replay.loaded.symbols)
    functions = recording.functions(_MOST_CALLS)
    missing = sorted(functions - exports)
    if len(missing) * 2 <= len(functions):
        return None
    more = f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
    return f"this recording is of another actor: the module does not export {', '.join(missing[:3])}{more}"


def _subject(replay: Replay, control: Control, same: int) -> Subject:
    return Subject(
        command="replay",
        mode=replay.mode.value,
        recording=replay.recording.completeness,
        now_events=replay.chain.count,
        same=same,
        control=control.outcome,
        recorded_module=module_of(replay.recording),
        now_module=replay.loaded.file.sha256,
        recorded_stack=control.stack,
        now_stack=replay.stack,
        live_host_calls=replay.live_host_calls,
        reworded=replay.chain.reworded,
        remarks=tuple(limits_told(replay)),
        without_end=tuple(replay.recording.without_end),
    )


def _not_tested(replay: Replay, control: Control, compared: Comparison) -> list[str]:
    doubts = _left_out(replay) if replay.recording.keeps_state else []
    if control.outcome in (ControlOutcome.NOT_TESTED, ControlOutcome.STOPPED):
        doubts.append(f"whether the recorded module still repeats the recording: {control.reason}")
    if replay.mode is Mode.STRICT:
        doubts.append("what comes after the first mismatch, at which a strict replay stops")
    elif replay.gave_up:
        doubts.insert(0, given_up(replay))
    elif not replay.finished:
        doubts.append("what comes after the event at which the replay was stopped")
    header = replay.recording.header
    if header is None and replay.initial_state is None and not replay.recording.keeps_state:
        doubts.append("the state that it began with: the chain does not hold it, and --state gave none")
    if header is not None and header.engine and header.engine != ENGINE:
        doubts.append(f"whether the engine matters: recorded with {header.engine}, replayed with {ENGINE}")
    if replay.recording.keeps_state:
        doubts += _not_tested_inside(replay)
    elif any(cause.first.code is Code.STATE_TYPE for cause in compared.judged.causes):
        doubts.append("what each call does from its recorded state: the new build can't read that state")
    return doubts + untested(compared)


def _left_out(replay: Replay) -> list[str]:
    """What an actor whose state is inside the module had to be replayed without."""
    doubts = []
    if replay.recording.lacks_init:
        doubts.append(
            "what came before event 1: recording began after it, so the replay called init itself and answered its "
            "host calls with default values"
        )
    if replay.asks and replay.mode is not Mode.REFERENCE:
        numbers = [f"#{replay.recording.table.number(replay.recording.starts[call]):,}" for call in _unanswered(replay)]
        more = f" and {len(numbers) - 3:,} more" if len(numbers) > 3 else ""
        doubts.append(
            f"what later calls do after {', '.join(numbers[:3])}{more}, which the recording can't answer: they ran on "
            "an actor that had been replayed without it, and lacks what it would have changed"
        )
    return doubts


def _not_tested_inside(replay: Replay) -> list[str]:
    """What can't be known of an actor whose state is inside the module."""
    doubts = []
    if replay.mode is not Mode.STRICT:
        doubts.append("what a call does by itself: its state is inside the module, where no call can be given it")
    if not (replay.recording.table.shown and replay.now.shown):
        doubts.append("whether calls leave the same state: it is inside the module, and not both modules show it")
    return doubts


def _unanswered(replay: Replay) -> list[int]:
    """The positions of the calls that could not be answered."""
    return sorted({ask.call for ask in replay.asks})


def without_own(findings: Findings, own: Findings, finding: Finding, rules: Sequence[Rule]) -> Findings:
    """The findings on a build when the recorded modules part from their own recording too, with findings of their own.

    What they do differently in the same way stands as one `finding`, and what remains is the edit's.
    """
    known = {_key(each): each for each in (*own.causes, *own.accepted)}
    theirs = [each for each in findings.causes if _key(each) in known]
    edits = [each for each in findings.causes if _key(each) not in known]
    if not theirs:
        return findings
    named = [known[_key(each)].code in _NOT_BY_THE_EDIT for each in theirs]
    kept = [
        replace(each, code=known[_key(each)].code, sentence=known[_key(each)].sentence, own=True)
        for each, is_named in zip(theirs, named, strict=True)
        if is_named
    ]
    rest = [each for each, is_named in zip(theirs, named, strict=True) if not is_named]
    if rest:
        kept.append(_placed(finding, rest))
    causes, accepted = split_accepted(kept, rules)
    causes = sorted([*edits, *causes], key=lambda each: each.event)
    return Findings(
        all=tuple(sorted([*edits, *findings.accepted, *kept], key=lambda each: each.event)),
        causes=tuple(causes),
        accepted=(*findings.accepted, *accepted),
        sentence=f"{causes[0].sentence}; the edit is not to blame" if causes and not edits else "",
        blameless=not edits,
    )


def _key(found: Finding) -> tuple[object, ...]:
    return found.event, found.function, found.path, found.now


def _placed(finding: Finding, shown: list[Finding]) -> Finding:
    """The finding with what shows at its place; else at the first place at which anything shows."""
    place = next((each for each in shown if each.event == finding.event), shown[0])
    return replace(
        place,
        code=finding.code,
        sentence=finding.sentence,
        own=True,
        places=sum(each.places for each in shown),
        events=tuple(sorted([event for each in shown for event in each.events])),
        rows=tuple(row for each in shown for row in each.rows),
    )


def irreproducible(recording: Recording, control: Control) -> Finding:
    """What is said of a recording that the modules which made it do not make again."""
    table, places = recording.table, control.places
    place = places[0]
    call = table.call_of(place) if place < len(table) else None
    numbers = [f"#{each + 1:,}" for each in places]
    if len(set(places)) > 1:
        code, detail = Code.RANDOM, f"its replays first differ from the recording at {', '.join(numbers)}"
    elif len(places) == 1:
        code, detail = Code.RANDOM, f"one replay differs from the recording at {numbers[0]}, another one nowhere"
    elif control.work is not None:
        code, detail = Code.UNRECORDED_INPUT, f"before event {place + 1:,} differs, {control.work}"
    else:
        code = Code.NOT_REPRODUCIBLE
        detail = f"it differs at event {place + 1:,} in {len(places)} of {len(places)} tries"
    sentence = code.says(detail=detail)
    return Finding(code, place + 1, 0 if call is None else call + 1, "", "", None, None, sentence)
