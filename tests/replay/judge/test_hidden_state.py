"""What a call keeps outside of its state: told where making the call alone shows it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from chainview.actor.limits import Limits
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, UNIT, Result, String, Tuple, Value, types
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.isolation import Isolation
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import report_text
from chainview.replay.judge.causes import Label
from chainview.replay.run.replay import Replay
from tests.actor.guests import DIVIDE_BY_ZERO, TRAP, Guest
from tests.actor.running import INIT
from tests.replay.recorded import compiled, packed, recording_of

HOST = "test:x/host"
LIMITS = Limits(timeout=10.0)
MARK = "(i32.store8 (i32.const 70000) (i32.const 1))"
MARKED = "(i32.load8_u (i32.const 70000))"
TRAP_IF_MARKED = f"(if {MARKED} (then {TRAP}))"


def left(state: int, response: Value = UNIT) -> bytes:
    """What an export returns to leave a state and answer something."""
    return packed(Result(types.STRING, types.STRING, True, Tuple((U32(state), response))))


def by_state(guest: Guest, name: str, state: int, there: bytes, elsewhere: bytes) -> Guest:
    """An export that returns one thing when it is given a state, and another otherwise."""
    one, other = (encode(Tuple((U32(each), UNIT))) for each in (state, state + 1))
    place = next(at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    bodies = [guest.constant(name, each).bodies.pop(name) for each in (there, elsewhere)]
    given = f"(i32.eq (i32.load8_u offset={place} (local.get $in)) (i32.const {state}))"
    return guest.body(name, f"(if (result i32) {given} (then {bodies[0]}) (else {bodies[1]}))")


def build(folder: Path, name: str, state: int = 1, before_f: str = "", before_g: str = "", day: str = "day") -> Path:
    """An actor whose `f` leaves a state, and whose `g` answers by the state it is given, and leaves it as it is."""
    guest = Guest().constant(INIT, left(1)).constant("f", left(state))
    by_state(guest, "g", 1, left(1, String(day)), left(2, String("night")))
    guest.bodies["f"] = before_f + guest.bodies["f"]
    guest.bodies["g"] = before_g + guest.bodies["g"]
    return guest.written(folder, name)


def replayed(then: Path, now: Path, *calls: str) -> tuple[Replay, Explanation]:
    """The replay by a build of these calls, and what is said of it."""
    replay = Replay(recording_of(then, *[(call, UNIT) for call in calls]), compiled(now), limits=LIMITS).run()
    return replay, explain(replay)


def codes(explanation: Explanation) -> list[tuple[str, int, int]]:
    """The causes as code, event and places."""
    return [(each.code, each.event, each.places) for each in explanation.causes]


def test_a_call_that_only_follows_its_state_keeps_nothing(tmp_path: Path) -> None:
    """Another answer to another state, which the call gives alone as well, is a consequence of the state."""
    explanation = replayed(build(tmp_path, "then.wat"), build(tmp_path, "now.wat", state=2), "f", "g", "g")[1]
    assert codes(explanation) == [("C7", 4, 1)]
    assert not any("another state" in each for each in explanation.not_tested)


def test_what_is_kept_shows_behind_another_state_too(tmp_path: Path) -> None:
    """A call that alone does not do what it does in sequence keeps something, whatever state it was given."""
    then, now = build(tmp_path, "then.wat"), build(tmp_path, "now.wat", 2, MARK, TRAP_IF_MARKED)
    explanation = replayed(then, now, "f", "g", "f", "g")[1]
    assert codes(explanation) == [("C7", 4, 2), ("B1a", 6, 2)]
    assert "run alone, from the same state" in explanation.causes[1].sentence
    assert {explanation.label(row) for row in explanation.causes[1].rows} == {Label.CAUSE}


def test_a_call_that_once_followed_its_state_may_fail_by_what_it_keeps(tmp_path: Path) -> None:
    """That an export repeats its answer to another state does not hide that it fails later by what it keeps."""
    then, now = build(tmp_path, "then.wat"), build(tmp_path, "now.wat", 2, before_g=TRAP_IF_MARKED + MARK)
    explanation = replayed(then, now, "f", "g", "g")[1]
    assert codes(explanation) == [("C7", 4, 1), ("B1a", 8, 1)]


def test_what_a_call_does_otherwise_by_itself_is_said_first(tmp_path: Path) -> None:
    """A call that differs alone from its recorded state too is a cause of its own kind, whatever it keeps."""
    then = build(tmp_path, "then.wat")
    explanation = replayed(then, build(tmp_path, "now.wat", 2, MARK, TRAP_IF_MARKED, "noon"), "f", "g")[1]
    assert codes(explanation) == [("C7", 4, 1), ("C6", 6, 1)]


def test_what_is_kept_is_one_cause_at_all_its_places(tmp_path: Path) -> None:
    """Each call that shows it counts once, and is no cause of another kind as well."""
    then, now = build(tmp_path, "then.wat"), build(tmp_path, "now.wat", 1, MARK, TRAP_IF_MARKED)
    explanation = replayed(then, now, "f", "g", "f", "g")[1]
    assert codes(explanation) == [("B1a", 6, 2)]
    assert "run alone, from its recorded state" in explanation.causes[0].sentence


def test_hidden_state_is_the_edits_where_the_recorded_module_shows_none(tmp_path: Path) -> None:
    """The check by the recorded module tells who brought it; without that module nobody can tell."""
    then, now = build(tmp_path, "then.wat"), build(tmp_path, "now.wat", 1, MARK, TRAP_IF_MARKED)
    replay, unchecked = replayed(then, now, "f", "g")
    checked = explain(replay, control_experiment(replay, RecordedModules(compiled(then))))
    for explanation, edit, line, told in (
        (checked, "blamed", "brought by the edit", "so the edit brought it"),
        (unchecked, "unknown", "can't tell whether the edit brought it", "can't be told without the recorded module"),
    ):
        assert [each.code for each in explanation.causes] == ["B1a"]
        assert report_object(explanation)["edit"] == edit
        assert line in report_text(explanation)
        assert explanation.sentence.endswith(told)


def test_hidden_state_that_the_recorded_module_has_is_not_the_edits(tmp_path: Path) -> None:
    """A recording that its own module does not make again clears the edit of the same."""
    then = build(tmp_path, "then.wat", 1, MARK, TRAP_IF_MARKED)
    recording = recording_of(build(tmp_path, "clean.wat"), ("f", UNIT), ("g", UNIT))
    replay = Replay(recording, compiled(then), limits=LIMITS).run()
    explanation = explain(replay, control_experiment(replay, RecordedModules(compiled(then))))
    assert [each.code for each in explanation.causes] == ["B1a"]
    assert report_object(explanation)["edit"] == "not blamed"
    assert "the edit is not to blame" in report_text(explanation)


def test_what_is_kept_is_one_cause_in_all_exports(tmp_path: Path) -> None:
    """Exports that differ in ways of their own, by what the instance keeps, have one cause in common."""
    then, now = Guest().constant(INIT, left(1)), Guest().constant(INIT, left(1))
    for name, marked in (("f", ""), ("g", TRAP), ("h", f"(return {DIVIDE_BY_ZERO})")):
        then.constant(name, left(1))
        now.constant(name, left(1))
        now.bodies[name] = (f"(if {MARKED} (then {marked}))" if marked else MARK) + now.bodies[name]
    calls = ("f", "g", "f", "h")
    explanation = replayed(then.written(tmp_path, "then.wat"), now.written(tmp_path, "now.wat"), *calls)[1]
    assert codes(explanation) == [("B1a", 6, 2)]


def test_a_package_keeps_something_too(tmp_path: Path) -> None:
    """A package has no state at all, so its calls are made alone as they are."""
    then = Guest().returning("g", U32(1)).written(tmp_path, "then.wat")
    guest = Guest().returning("g", U32(1))
    guest.bodies["g"] = TRAP_IF_MARKED + MARK + guest.bodies["g"]
    replay, explanation = replayed(then, guest.written(tmp_path, "now.wat"), "g", "g")
    assert codes(explanation) == [("B1a", 4, 1)]
    isolation = Isolation(replay)
    assert (isolation.differences(1), isolation.made, isolation.refused) == ([], 1, 0)


def test_what_carries_no_value_hides_nothing_behind_it(tmp_path: Path) -> None:
    """In a call made alone too, a cosmetic change leads to no other answer: that one is a cause of its own."""
    builds = []
    for name, state, text, answer in (("then.wat", 2, "a  b", "x"), ("now.wat", 3, "a b", "y")):
        guest = Guest().constant(INIT, left(1)).constant("f", left(state))
        guest.ignoring("g", HOST, "log", packed(String(text)), left(2, String(answer)))
        builds.append(guest.written(tmp_path, name))
    explanation = replayed(builds[0], builds[1], "f", "g")[1]
    assert codes(explanation) == [("C7", 4, 1), ("C1b", 6, 1), ("C6", 7, 1)]


def test_every_place_of_a_cause_is_marked_as_one(tmp_path: Path) -> None:
    """A call that was given another state and logs several lines otherwise shows the cause on each of their rows."""
    paths = [logging_by_state(tmp_path, f"{name}.wat", state, word) for name, state, word in WORDED]
    recording = recording_of(paths[0], ("f", UNIT), ("g", UNIT), answers={(HOST, "log"): [UNIT] * 3})
    replay = Replay(recording, compiled(paths[1]), limits=LIMITS).run()
    explanation = explain(replay, control_experiment(replay, RecordedModules(compiled(paths[0]))))
    places = {event for cause in explanation.causes for event in cause.events}
    marked = {
        explanation.rows.recorded[row] + 1
        for row in range(len(explanation.rows))
        if explanation.label(row) is Label.CAUSE
    }
    assert len(places) > 3
    assert places == marked


WORDED = (("then", 1, "one"), ("now", 2, "two"))


def logging_by_state(folder: Path, name: str, state: int, word: str) -> Path:
    """An actor whose `f` leaves a state, and whose `g` logs a word three times."""
    guest = Guest().constant(INIT, left(1)).constant("f", left(state))
    for at in range(3):
        guest.calling(f"log{at}", HOST, "log", packed(String(word)))
    logs = "".join([f"(drop {guest.bodies.pop(f'log{at}')})" for at in range(3)])
    guest.constant("g", left(1))
    guest.bodies["g"] = logs + guest.bodies["g"]
    return guest.written(folder, name)
