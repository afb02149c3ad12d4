"""Replays explained: control, isolation, and what each mode can and can't say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.engine.loading import compile_module, read_module
from chainview.actor.limits import Limits
from chainview.chain.event import Extras, Kind
from chainview.chain.payload import encode_host_call
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import S32, U32, UNIT, Result, String, Tuple, Value, types
from chainview.replay.explain.control import Control, RecordedModules, control_experiment, recorded_modules
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import ControlOutcome, Explanation
from chainview.replay.explain.isolation import Isolation
from chainview.replay.explain.text_report import LINES, WIDTH, report_text
from chainview.replay.judge.causes import Label
from chainview.replay.run.recording import Recording, Unreplayable
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.guests import ECHO, TRAP, Guest
from tests.actor.running import INIT, sample
from tests.replay.recorded import compiled, packed, recording_from, recording_of

HOST = "test:x/host"
LIMITS = Limits(timeout=1.0)
INCREMENT = "sample:counter/counter.increment"


def replayed(recording: Recording, path: Path, mode: Mode = Mode.PROBE) -> Replay:
    """A finished replay with the events it made."""
    return Replay(recording, compiled(path), mode, LIMITS).run()


def explanation(recording: Recording, path: Path, control: Path | None = None, mode: Mode = Mode.PROBE) -> Explanation:
    """What is said of a build, and of the module that made the recording where it is given."""
    replay = replayed(recording, path, mode)
    if replay.first_mismatch is None or control is None:
        return explain(replay)
    return explain(replay, control_experiment(replay, RecordedModules(compiled(control))))


def asking(folder: Path, name: str, *asks: tuple[str, Value]) -> Path:
    """A package whose export `f` makes these host calls and returns the last answer."""
    guest = Guest()
    for index, (function, input) in enumerate(asks):
        guest.calling(f"part{index}", HOST, function, packed(input))
    body = "(drop)".join(guest.bodies.pop(f"part{index}") for index in range(len(asks)))
    return guest.body("f", body).written(folder, name)


def log(*lines: str) -> list[tuple[str, Value]]:
    """Host calls that log these lines."""
    return [("log", String(line)) for line in lines]


def test_an_unchanged_actor_is_identical() -> None:
    """The sample counter replays its own recording: no cause, nothing left untested but what was not needed."""
    recording = recording_of(sample("counter"), (INCREMENT, Tuple((S32(5),))))
    explained = explanation(recording, sample("counter"))
    assert (explained.verdict, explained.causes, explained.live_host_calls) == ("identical", (), 0)
    assert report_text(explained).startswith("identical")


def test_a_changed_line_is_one_cause_with_both_stacks(tmp_path: Path) -> None:
    """The control passes, both sides' stacks are there, and the rest follows."""
    then = asking(tmp_path, "then.wat", *log("a", "b", "c"))
    now = asking(tmp_path, "now.wat", *log("a", "x", "c"))
    explained = explanation(recording_of(then, ("f", UNIT), ("f", UNIT)), now, then)
    (cause,) = explained.causes
    assert (cause.code, cause.event, cause.call, cause.places) == ("C1", 3, 1, 2)
    assert explained.control == "passed"
    assert explained.now_stack
    assert explained.recorded_stack
    assert explained.reconverges_at == 9


def test_an_extra_line_of_a_log_is_one_cause_and_the_next_call_replays(tmp_path: Path) -> None:
    """A line too many takes the last record of its call, which ends unanswered; the call after it is as recorded."""
    then = asking(tmp_path, "then.wat", *log("a", "b"))
    extra = asking(tmp_path, "now.wat", *log("a", "between", "b"))
    explained = explanation(recording_of(then, ("f", UNIT)), extra, then)
    assert [(each.code, each.event) for each in explained.causes] == [("C3", 3)]
    twice = explanation(recording_of(then, ("f", UNIT), ("f", UNIT)), extra, then)
    assert [(each.code, each.event, each.places) for each in twice.causes] == [("C3", 3, 2)]


def test_asking_without_end_ends(tmp_path: Path) -> None:
    """A guest that logs for ever is not served for ever."""
    then = asking(tmp_path, "then.wat", *log("a"))
    endless = Guest().calling("f", HOST, "log", packed(String("a")))
    body = endless.bodies.pop("f")
    now = endless.body("f", f"(loop $again (drop {body}) (br $again)) (i32.const 0)").written(tmp_path, "now.wat")
    replay = replayed(recording_of(then, ("f", UNIT)), now)
    assert len(replay.now) < 1100
    assert explain(replay).causes[0].code in ("C3", "C5")


def test_an_unknown_function_is_unanswerable_and_a_known_one_extra(tmp_path: Path) -> None:
    """What the recording never answered is C10; another ask of what it answered is C3."""
    then = asking(tmp_path, "then.wat", ("ask", U32(1)))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U32(10)]})
    unknown = explanation(recording, asking(tmp_path, "unknown.wat", ("ask", U32(1)), ("other", U32(1))), then)
    assert [each.code for each in unknown.causes] == ["C10"]
    known = explanation(recording, asking(tmp_path, "known.wat", ("ask", U32(1)), ("ask", U32(2))), then)
    assert [each.code for each in known.causes] == ["C3"]
    assert "the recording holds no answer" in known.causes[0].sentence


@pytest.mark.parametrize("mode", list(Mode))
def test_the_stack_of_what_was_never_answered_is_kept(tmp_path: Path, mode: Mode) -> None:
    """In every mode it is the guest's where it asked, not that of the failure that follows."""
    then = asking(tmp_path, "then.wat", ("ask", U32(1)))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U32(10)]})
    asked = explanation(recording, asking(tmp_path, "now.wat", ("ask", U32(1)), ("other", U32(1))), then, mode)
    assert asked.now_stack


def test_an_ask_that_came_too_late_is_not_the_cause(tmp_path: Path) -> None:
    """An extra ask takes the record of a later one, which then finds none: the extra one is named."""
    then = asking(tmp_path, "then.wat", ("ask", U32(1)), ("ask", U32(2)))
    now = asking(tmp_path, "now.wat", ("ask", U32(9)), ("ask", U32(1)), ("ask", U32(2)))
    recording = recording_of(then, ("f", UNIT), answers={(HOST, "ask"): [U32(10), U32(20)]})
    (cause,) = explanation(recording, now, then).causes
    assert (cause.code, cause.event) == ("C3", 2)
    assert "9u32" in (cause.now or "")


def test_a_module_without_the_recorded_export_is_another_module(tmp_path: Path) -> None:
    """A recorded call that the module does not export is a wrong pairing."""
    recording = recording_of(asking(tmp_path, "then.wat", *log("a")), ("f", UNIT))
    other = Guest().returning("g", UNIT).written(tmp_path, "now.wat")
    assert [each.code for each in explanation(recording, other).causes] == ["A3"]
    foreign = explanation(recording_of(sample("pulse")), sample("chatter"))
    assert [each.code for each in foreign.causes] != ["A3"]
    calls = [(INCREMENT, Tuple((S32(number),))) for number in (1, 2)]
    foreign = explanation(
        recording_of(sample("counter"), *calls, ("sample:counter/counter.reset", UNIT)), sample("chatter")
    )
    assert [each.code for each in foreign.causes] == ["A3"]
    assert "increment" in foreign.sentence


def test_strict_says_that_it_saw_no_more(tmp_path: Path) -> None:
    """A strict replay names the first mismatch and marks what it did not reach."""
    then = asking(tmp_path, "then.wat", *log("a", "b", "c"))
    now = asking(tmp_path, "now.wat", *log("a", "x", "y"))
    explained = explanation(recording_of(then, ("f", UNIT), ("f", UNIT)), now, then, Mode.STRICT)
    assert [(each.code, each.event, each.places) for each in explained.causes] == [("C1", 3, 1)]
    assert Label(explained.labels[-1]) is Label.UNREACHED
    assert any("strict" in each for each in explained.not_tested)


def stateful(folder: Path, name: str, answer: bytes | None = None) -> Path:
    """An actor whose `next` traps on any but its first call of an instance, unless it keeps nothing."""
    state = Result(types.STRING, types.STRING, True, Tuple((U32(1), U32(2))))
    guest = Guest().returning(INIT, state).returning("next", state)
    kept = guest.bodies["next"]
    if answer is not None:
        trap = f"(if (i32.load8_u (i32.const 70000)) (then {TRAP})) (i32.store8 (i32.const 70000) (i32.const 1))"
        guest.bodies["next"] = trap + kept
    return guest.written(folder, name)


def test_what_is_kept_outside_of_the_state_is_told(tmp_path: Path) -> None:
    """A call that matches alone and not in sequence keeps something outside its state: B1a."""
    then, now = stateful(tmp_path, "then.wat"), stateful(tmp_path, "now.wat", b"")
    recording = recording_of(then, ("next", UNIT), ("next", UNIT))
    explained = explanation(recording, now, then)
    assert [each.code for each in explained.causes] == ["B1a"]
    assert Isolation(replayed(recording, now)).differences(2) == []


def test_isolation_is_bounded(tmp_path: Path) -> None:
    """No more calls are made alone than allowed, and those refused are counted."""
    then = stateful(tmp_path, "then.wat")
    recording = recording_of(then, ("next", UNIT), ("next", UNIT))
    isolation = Isolation(replayed(recording, then), most_calls=1)
    assert isolation.differences(1) == []
    assert isolation.differences(2) is None
    assert (isolation.made, isolation.refused) == (1, 1)


def test_what_differs_outside_of_calls_is_put_on_no_call(tmp_path: Path) -> None:
    """An event that is missing behind the last call is that, whatever the calls keep."""
    path = asking(tmp_path, "then.wat", *log("a"))
    table = recording_of(path, ("f", UNIT), ("f", UNIT)).table
    parts = [(table.event_type(index), table.payload(index)) for index in range(len(table))]
    late = recording_from(tuple(linked([*parts, (f"{HOST}/log", encode_host_call(HOST, "log", String("late"), UNIT))])))
    explained = explanation(late, path)
    assert [(each.code, each.event) for each in explained.causes] == [("C11", 7)]


def test_both_modules_are_named(tmp_path: Path) -> None:
    """An explanation names the module that recorded, where the chain does, and the one that was replayed."""
    path = asking(tmp_path, "then.wat", *log("a"))
    recording = recording_of(path, ("f", UNIT))
    assert recording.header is not None
    recording.header = replace(recording.header, module_sha256="5" * 64)
    explained = explanation(recording, path)
    assert (explained.recorded_module, explained.now_module) == ("5" * 64, compiled(path).file.sha256)


def test_a_call_before_any_result_is_made_alone_from_no_state(tmp_path: Path) -> None:
    """Where `init` failed and the chain does not hold the state it was given, the next call is given none."""
    path = Guest().body(INIT, TRAP).body("g", ECHO).written(tmp_path)
    recording = recording_of(path, ("g", UNIT))
    assert recording.initial_state is None
    isolation = Isolation(replayed(recording, path))
    assert (isolation.differences(1), isolation.refused) == ([], 0)


def test_exports_that_are_gone_are_one_cause(tmp_path: Path) -> None:
    """However many recorded functions a module lacks, while it has most of them, that is one thing."""
    names = ["a", "b", "c", "d", "e"]
    then, now = Guest(), Guest()
    for name in names:
        then.returning(name, UNIT)
    for name in names[:3]:
        now.returning(name, UNIT)
    recording = recording_of(then.written(tmp_path, "then.wat"), *[(name, UNIT) for name in [*names, "d"]])
    explained = explanation(recording, now.written(tmp_path, "now.wat"))
    assert [(each.code, each.event, each.places) for each in explained.causes] == [("A3", 8, 3)]


def changed_answer(recording: Recording, fuel: int | None = None) -> Recording:
    """The recording with the input of its last host call changed, and another fuel noted for the call before."""
    table = recording.table
    last = table.kinds.rfind(Kind.HOST)
    parts = []
    for index in range(len(table)):
        payload = table.payload(index)
        if index == last:
            interface, _, function = table.event_type(index).rpartition("/")
            payload = encode_host_call(interface, function, String("never said"), UNIT)
        parts.append((table.event_type(index), payload))
    changed = EventTable()
    for index, event in enumerate(linked(parts)):
        changed.append(event, Extras(fuel=fuel) if table.kinds[index] == Kind.RESULT else Extras())
    return Recording(changed, recording.schema, recording.header)


@pytest.mark.parametrize(("fuel", "code"), [(None, "B1"), (5, "B1b")])
def test_a_recording_that_its_own_module_does_not_make_blames_no_edit(
    fuel: int | None, code: str, tmp_path: Path
) -> None:
    """The control differs: class B, whatever the new build does; with fuel noted, other work before it is told."""
    then = asking(tmp_path, "then.wat", *log("a", "b"))
    recording = changed_answer(recording_of(then, ("f", UNIT), ("f", UNIT)), fuel)
    measured = replace(LIMITS, fuel=True)
    loaded = compile_module(read_module(then), measured)
    replay = Replay(recording, loaded, limits=measured).run()
    explained = explain(replay, control_experiment(replay, RecordedModules(loaded)))
    assert [each.code for each in explained.causes] == [code]
    assert "not to blame" in explained.sentence
    assert explained.control == "diverged"


def test_replays_that_disagree_with_each_other_are_random(tmp_path: Path) -> None:
    """Two places in two tries: B1c, and both are named."""
    then = asking(tmp_path, "then.wat", *log("a", "b"))
    replay = replayed(changed_answer(recording_of(then, ("f", UNIT))), then)
    explained = explain(replay, Control(ControlOutcome.DIVERGED, places=(2, 1), replay=replay))
    assert [each.code for each in explained.causes] == ["B1c"]
    assert "#3, #2" in explained.causes[0].sentence


def test_without_the_recorded_module_it_is_said_so() -> None:
    """A chain that names no module, or one that is not kept, leaves the control untested and says why."""
    recording = recording_of(sample("counter"))
    loaded = compiled(sample("counter"))
    assert "does not say" in str(recorded_modules(recording, [loaded]))
    assert recording.header is not None
    recording.header = replace(recording.header, module_sha256="0" * 64)
    reason = recorded_modules(recording, [loaded])
    assert isinstance(reason, str)
    assert "not at hand" in reason
    recording.header = replace(recording.header, module_sha256=loaded.file.sha256)
    assert recorded_modules(recording, [loaded]) == RecordedModules(loaded)
    replay = replayed(recording, sample("pulse"))
    control = control_experiment(replay, reason)
    assert any(reason in each for each in explain(replay, control).not_tested)


def test_other_work_with_the_same_events_is_told_and_no_difference(tmp_path: Path) -> None:
    """Fuel that was noted and differs is information: the verdict stays identical."""
    then = asking(tmp_path, "then.wat", *log("a"))
    recording = changed_answer(recording_of(then, ("f", UNIT)), 7)
    said = asking(tmp_path, "now.wat", *log("never said"))
    measured = replace(LIMITS, fuel=True)
    explained = explain(Replay(recording, compile_module(read_module(said), measured), limits=measured).run())
    assert explained.verdict == "identical"
    assert "more work" in explained.sentence


def test_a_text_report_fits_on_a_screen(tmp_path: Path) -> None:
    """Twelve lines of eighty columns, two more a further cause, no control characters, the words recorded and now."""
    then = asking(tmp_path, "then.wat", *log("a", "b\x1b[31m" + "long " * 50))
    now = asking(tmp_path, "now.wat", *log("a", "x\x1b[0m" + "longer " * 50), ("other", UNIT))
    explained = explanation(recording_of(then, ("f", UNIT)), now, then)
    text = report_text(explained)
    lines = text.split("\n")
    assert len(lines) <= LINES + 2 * (len(explained.causes) - 1)
    assert max(map(len, lines)) <= WIDTH
    assert "\x1b" not in text
    assert "recorded" in text
    assert "now" in text
    assert "expected" not in text


def test_a_growing_replay_knows_its_first_mismatch_while_it_runs(tmp_path: Path) -> None:
    """The first mismatch is there after the call in which it happens, with the events up to it."""
    then = asking(tmp_path, "then.wat", *log("a"))
    now = asking(tmp_path, "now.wat", *log("x"))
    replay = Replay(recording_of(then, ("f", UNIT), ("f", UNIT)), compiled(now), limits=LIMITS)
    steps = replay.steps()
    assert next(steps) == 1
    assert replay.first_mismatch == 1
    assert len(replay.now) == 3
    assert list(steps) == [2]


def test_an_empty_recording_of_calls_is_refused() -> None:
    """What can't be replayed is refused with its reason."""
    with pytest.raises(Unreplayable):
        Replay(recording_from(()), compiled(sample("counter")))
