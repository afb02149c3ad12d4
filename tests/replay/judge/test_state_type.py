"""A state of another type: one cause, told by what was declared, with what else differs behind it still told."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import U32, U64, UNIT, Record, Result, String, Tuple, Value, Variant, list_value, types
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from chainview.replay.run.recording import Recording
from tests.actor.declared_states import TEXT, actor, box, state_type
from tests.actor.guests import GET_STATE, Guest
from tests.actor.running import INIT
from tests.replay.recorded import compiled, packed, recording_from, recording_of, replay_of

LOG = ("test:x/host", "log")
_U32, _U64 = TypeDesc("u32"), TypeDesc("u64")
_ITEM, _WIDE = TypeDesc("record", "Item", fields=(("n", _U32),)), TypeDesc("record", "Item", fields=(("n", _U64),))


def list_of(desc: TypeDesc) -> TypeDesc:
    """A declared list."""
    return TypeDesc("list", args=(desc,))


def replayed(recorded: Recording, then: Path, now: Path) -> Explanation:
    """What is said of a build, the recorded module being at hand."""
    replay = replay_of(recorded, now)
    return explain(replay, control_experiment(replay, RecordedModules(compiled(then))))


def causes(explanation: Explanation) -> list[tuple[str, int, int]]:
    """The causes as code, event and places."""
    return [(each.code, each.event, each.places) for each in explanation.causes]


def test_a_declared_change_is_one_cause_however_many_calls_leave_such_a_state(tmp_path: Path) -> None:
    """What shows of the change later, as in items that were none at first, is no cause; another answer is."""
    one = list_value(types.U32, [])
    items = [
        list_value(types.record_named("Item"), [Record("Item", (("n", number),)) for number in numbers])
        for numbers in ((), (U32(1),), (U64(1),))
    ]
    then = actor(
        state_type(items=list_of(_ITEM)),
        {
            INIT: (box(items=items[0]), UNIT),
            "x.f": (box(items=items[1]), String("a")),
            "x.g": (box(items=items[1]), String("b")),
        },
    ).written(tmp_path, "then.wat")
    declared = state_type(items=list_of(_WIDE), more=list_of(_U32))
    ends = {
        INIT: (box(items=items[0], more=one), UNIT),
        "x.f": (box(items=items[2], more=one), String("a")),
        "x.g": (box(items=items[2], more=one), String("b")),
    }
    recorded = recording_of(then, *[(name, UNIT) for name in ("x.f", "x.g", "x.f")])
    explanation = replayed(recorded, then, actor(declared, ends).written(tmp_path, "now.wat"))
    assert causes(explanation) == [("C7a", 2, 1)]
    said = "leaves a state of another type: Box has a new field more: list<u32>; Item.n is u64, was u32"
    assert explanation.causes[0].sentence == f"{INIT} {said}"
    assert explanation.label(3) is Label.STATE
    assert "what each call does from its recorded state: the new build can't read that state" in explanation.not_tested
    ends["x.g"] = (ends["x.g"][0], String("c"))
    explanation = replayed(recorded, then, actor(declared, ends).written(tmp_path, "other.wat"))
    assert causes(explanation) == [("C7a", 2, 1), ("C6", 6, 1)]


def test_a_case_put_in_front_is_told_and_what_was_another_case_too(tmp_path: Path) -> None:
    """A tag that moved is the type's doing; another case than the recorded one is a difference beside it."""

    def mode(*cases: str) -> TypeDesc:
        return state_type(mode=TypeDesc("variant", "Mode", cases=tuple([(case, None) for case in cases])))

    def on(tag: int, case: str = "On") -> Value:
        return box(mode=Variant("Mode", case, tag, ()))

    then = actor(mode("On", "Off"), {INIT: (on(0), UNIT), "x.f": (on(0), String("a"))}).written(tmp_path, "then.wat")
    recorded = recording_of(then, ("x.f", UNIT))
    for state, found in ((on(1), [("C7a", 2, 1)]), (on(2, "Off"), [("C7a", 2, 1), ("C7", 4, 1)])):
        now = actor(mode("Idle", "On", "Off"), {INIT: (on(1), UNIT), "x.f": (state, String("a"))})
        explanation = replayed(recorded, then, now.written(tmp_path, f"{len(found)}.wat"))
        assert causes(explanation) == found
        assert "Mode has a new case Idle, put before On" in explanation.causes[0].sentence


def test_a_response_of_the_same_record_is_the_same_change(tmp_path: Path) -> None:
    """Where state and response share the record that changed, that is one cause, also where the response shows it."""
    narrow, wide = Record("Item", (("n", U32(1)),)), Record("Item", (("n", U64(1)),))
    then = actor(state_type(item=_ITEM), {INIT: (box(item=narrow), UNIT), "x.f": (box(item=narrow), narrow)}, _ITEM)
    now = actor(state_type(item=_WIDE), {INIT: (box(item=wide), UNIT), "x.f": (box(item=wide), wide)}, _WIDE)
    path = then.written(tmp_path, "then.wat")
    explanation = replayed(recording_of(path, ("x.f", UNIT)), path, now.written(tmp_path, "now.wat"))
    assert causes(explanation) == [("C7a", 2, 1)]


def test_a_value_that_is_gone_with_its_field_is_missed_elsewhere_too(tmp_path: Path) -> None:
    """An answer that was read from a field which is no more, and is nothing now, is no cause; any other value is."""
    memo, none = box(memo=String("opening"), n=U32(1)), box(n=U32(1))
    then = actor(state_type(memo=TEXT, n=_U32), {INIT: (memo, UNIT), "x.f": (memo, String("opening"))}).written(
        tmp_path, "then.wat"
    )
    recorded = recording_of(then, ("x.f", UNIT))
    for answer, found in (("", []), ("closing", [("C6", 4, 1)])):
        now = actor(state_type(n=_U32), {INIT: (none, UNIT), "x.f": (none, String(answer))})
        explanation = replayed(recorded, then, now.written(tmp_path, f"{answer}.wat"))
        assert causes(explanation) == [("C7a", 2, 1), *found]


def test_no_call_is_given_a_state_of_another_type(tmp_path: Path) -> None:
    """After a call that could not be answered the build goes on from its own state, not from one that it can't take."""
    one, two = box(a=U32(1)), box(a=U32(1), b=U32(0))
    then = actor(
        state_type(a=_U32), {name: (one, UNIT if name == INIT else String(name)) for name in (INIT, "x.f", "x.g")}
    )
    now = actor(
        state_type(a=_U32, b=_U32),
        {name: (two, UNIT if name == INIT else String(name)) for name in (INIT, "x.f", "x.g")},
    )
    text = now.bodies["x.f"]
    now.calling("x.f", *LOG, packed(String("new")))
    now.bodies["x.f"] = f"(drop {now.bodies['x.f']}) {text}"
    path = then.written(tmp_path, "then.wat")
    recorded = recording_of(path, *[(name, UNIT) for name in ("x.f", "x.g")])
    explanation = replayed(recorded, path, now.written(tmp_path, "now.wat"))
    assert causes(explanation) == [("C7a", 2, 1), ("C10", 4, 1)]


def test_a_state_that_can_not_be_given_at_all_is_the_same_cause(tmp_path: Path) -> None:
    """An init that takes the recorded initial state no more fails for its type, and so does every call after it."""
    one, two = box(a=U32(1)), box(a=U32(1), b=U32(0))
    narrow, wide = state_type(a=_U32), state_type(a=_U32, b=_U32)
    then = actor(narrow, {INIT: (one, UNIT), "x.f": (one, String("f"))}, given=narrow).written(tmp_path, "then.wat")
    now = actor(wide, {INIT: (two, UNIT), "x.f": (two, String("f"))}, given=wide).written(tmp_path, "now.wat")
    made = recording_of(then, ("x.f", UNIT))
    events = [made.table.event(index) for index in range(len(made))]
    # The recorder of this test begins with no state: what is recorded of init is made good by a replay.
    recorded = recording_from(tuple(events), state=encode(one))
    replay = replay_of(recorded, then)
    recorded = recording_from(tuple([replay.now.event(index) for index in range(len(replay.now))]), state=encode(one))
    explanation = replayed(recorded, then, now)
    assert causes(explanation) == [("C7a", 2, 1)]
    assert "can't be given its state" in explanation.causes[0].sentence


def test_a_state_inside_the_module_is_told_by_what_is_shown(tmp_path: Path) -> None:
    """Where get-state shows a state with a new field after each call, that is the one cause."""
    found = []
    for name, state in (("then", box(a=U32(1))), ("now", box(a=U32(1), b=String("")))):
        guest = Guest(version=3)
        guest.returning(INIT, Result(types.tuple_of(()), types.STRING, True, UNIT))
        guest.returning("f", Result(types.U32, types.STRING, True, U32(5))).returning(GET_STATE, state)
        found.append(guest.written(tmp_path, f"{name}.wat"))
    then, now = found
    recorded = recording_of(then, ("f", UNIT), ("f", UNIT), schema=Schema.LIFECYCLE)
    explanation = replayed(recorded, then, now)
    assert causes(explanation) == [("C7a", 2, 1)]
    assert "Box has a new field b: string" in explanation.causes[0].sentence


def test_a_case_put_in_front_shows_where_nothing_is_declared(tmp_path: Path) -> None:
    """A tag that moved is another type, though the case is the same and no value is another one."""
    paths = []
    for name, tag in (("then.wat", 0), ("now.wat", 1)):
        left = Tuple((box(mode=Variant("Mode", "On", tag, ())), UNIT))
        guest = Guest().returning(INIT, Result(types.STRING, types.STRING, True, left))
        paths.append(guest.returning("f", Result(types.STRING, types.STRING, True, left)).written(tmp_path, name))
    explanation = replayed(recording_of(paths[0], ("f", UNIT)), *paths)
    assert causes(explanation) == [("C7a", 2, 1)]
    assert explanation.causes[0].sentence.endswith("Mode.On is case 2, was 1")


def test_two_recordings_tell_the_type_by_their_values(tmp_path: Path) -> None:
    """Without any module the states themselves show the new field, once; of one module no type can have changed."""
    one, two = (
        recording_of(Guest().returning(INIT, left).returning("x.f", left).written(tmp_path, name), ("x.f", UNIT))
        for name, left in (
            ("then.wat", Result(types.STRING, types.STRING, True, Tuple((box(a=U32(1)), UNIT)))),
            ("now.wat", Result(types.STRING, types.STRING, True, Tuple((box(a=U32(1), b=U32(0)), UNIT)))),
        )
    )
    assert causes(diff_recordings(one, two)) == [("C7a", 2, 1)]
    for recording in (one, two):
        recording.header = Header(module_sha256="a" * 64)
    assert {each.code for each in diff_recordings(one, two).causes} == {"C7"}
