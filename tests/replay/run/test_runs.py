"""Calls that are made inside wasm one behind the other, held to those that Python makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.actor.engine.between.passing import compiled_once
from chainview.actor.engine.between.served import Served, running_text
from chainview.actor.limits import Limits
from chainview.core.serving import VARIABLE
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import S32, U8, U32, UNIT, Option, Record, Result, String, Tuple, Value, Variant, types
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.guests import DIVIDE_BY_ZERO, INIT, OUT_OF_BOUNDS, SPIN, TRAP, Guest
from tests.actor.running import sample
from tests.pack.declare import metadata_value
from tests.replay.recorded import compiled, recording_of
from tests.replay.run.test_served import both, visible

HOST = "test:x/host"
OK, ERR = types.tuple_of((types.BOOL, types.BOOL)), types.STRING
ROOM = Record("room", (("name", String("lobby")), ("held", Option(types.U32, U32(7)))))
STATES: tuple[Value, ...] = (U32(0), U32(1), String("s"), ROOM, Tuple(()))
NAMES = "abc"


def ok(state: Value, response: Value) -> Value:
    """What an export returns that leaves a state and answers something."""
    return Result(OK, ERR, True, Tuple((state, response)))


def err(said: Value) -> Value:
    """What an export returns that refuses."""
    return Result(types.BOOL, ERR, False, said)


RETURNED = st.sampled_from(
    (
        *[ok(state, response) for state in STATES for response in (UNIT, U8(1), ROOM)],
        err(String("no")),
        err(String("")),
        err(U32(3)),
        Result(types.BOOL, types.BOOL, True, U32(4)),
        Result(OK, ERR, True, Tuple((U32(1), U32(2), U32(3)))),
        Variant("result", "ok", 0, (Tuple((U32(5), UNIT)),)),
        Variant("result", "err", 1, (String("not so"),)),
        U32(9),
    )
)
ENDS = RETURNED | st.sampled_from(("trap", "out of bounds", "no CGRF", "status", "far away"))
Asked = list[tuple[str, Value]]
Does = tuple[Asked, Value | str]
"""What an export asks its host in turn, and what it returns, or how it ends."""
INPUTS: tuple[Value, ...] = (UNIT, String("asked"), Tuple((U32(1), U32(2))), Option(types.U8, U8(1)))
DOES: st.SearchStrategy[Does] = st.tuples(
    st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from(INPUTS)), max_size=2), ENDS
)
ANSWERS: dict[tuple[str, str], list[Value]] = {(HOST, "p"): [UNIT], (HOST, "q"): [Tuple((U8(1), String("two")))]}


def returning(guest: Guest, symbol: str, end: Value | str) -> Guest:
    """The guest with an export that ends so."""
    bodies = {
        "trap": TRAP,
        "out of bounds": f"(drop {OUT_OF_BOUNDS}) (i32.const 0)",
        "far away": "(i32.store (local.get $out) (i32.const -9)) (i32.store (local.get $outlen) (i32.const 80))"
        "(i32.const 0)",
    }
    if not isinstance(end, str):
        return guest.returning(symbol, end)
    if end in bodies:
        return guest.body(symbol, bodies[end])
    return guest.constant(symbol, b"no CGRF at all" if end == "no CGRF" else b"said so", int(end == "status"))


def actor(folder: Path, does: Mapping[str, Does], declared: Metadata | None = None) -> Path:
    """An actor whose exports, named by letters, do this whatever they are given."""
    folder.mkdir(exist_ok=True)
    made = Guest().returning(INIT, ok(U32(0), UNIT))
    for letter, (asked, end) in does.items():
        symbol, calls = f"test:x/y.{letter}", ""
        for at, (function, input) in enumerate(asked):
            made = made.calling(f"{letter}{at}", HOST, function, encode(input))
            calls += f"(drop {made.bodies.pop(f'{letter}{at}')})"
        made = returning(made, symbol, end)
        made.bodies[symbol] = calls + made.bodies[symbol]
    if declared is not None:
        made = made.metadata(metadata_value(declared, guest=True))
    return made.written(folder)


def calls_of(letters: Sequence[str]) -> list[tuple[str, Tuple]]:
    """Calls of these exports in turn, with other params each."""
    return [(f"test:x/y.{each}", Tuple((U32(at), String(each))[: at % 3])) for at, each in enumerate(letters)]


CALLED = st.lists(st.sampled_from(NAMES), min_size=1, max_size=12)
EXPORTS = st.fixed_dictionaries(dict.fromkeys(NAMES, DOES))
DESCS = st.sampled_from((TypeDesc("u32"), TypeDesc("value"), TypeDesc("string"), TypeDesc("unit")))


def declaring(returns: Mapping[str, TypeDesc], takes: TypeDesc) -> Metadata:
    """Metadata that declares exports by letter, and init, which take that state and return a state of it."""
    string = TypeDesc("string")

    def signature(interface: str, name: str, responds: TypeDesc) -> FunctionSignature:
        result = TypeDesc("result", args=(TypeDesc("tuple", args=(takes, responds)), string))
        return FunctionSignature(interface, name, (("state", takes),), (result,))

    exports = [signature("test:x/y", letter, each) for letter, each in returns.items()]
    exports.append(FunctionSignature("theater:simple/actor", "init", (("state", TypeDesc("value")),), ()))
    return Metadata((), tuple(exports), {}, {})


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_calls_made_in_wasm_are_told_as_those_of_python(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was called, asked, returned and declared, and whatever a build does instead, all told is the same."""
    folder = tmp_path_factory.mktemp("runs")
    then, letters = data.draw(EXPORTS), data.draw(CALLED)
    recorded = recording_of(actor(folder / "then", then), *calls_of(letters), answers=ANSWERS)
    now = data.draw(st.just(then) | EXPORTS.map(lambda other: then | {"b": other["b"]}))
    declared = data.draw(st.none() | st.builds(declaring, st.fixed_dictionaries(dict.fromkeys(NAMES, DESCS)), DESCS))
    path = actor(folder / "now", now, declared)
    one, two = both(recorded, path, data.draw(st.sampled_from((Mode.PROBE, Mode.STRICT))))
    assert one == two


def made_in_wasm(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls ended inside wasm, each time that is asked."""
    taken, plain = list[int](), Served.taken

    def noted(served: Served) -> tuple[int, int]:
        told = plain(served)
        taken.append(told[0])
        return told

    monkeypatch.setattr(Served, "taken", noted)
    return taken


@pytest.mark.parametrize("params", [(1,), (1, 0, 2)])
def test_calls_that_are_equal_are_made_in_wasm(params: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """All but a few of many calls, of an actor with a state and with errors of its own, need nothing of Python."""
    taken = made_in_wasm(monkeypatch)
    given = [("sample:counter/counter.increment", Tuple((S32(each),))) for each in params] * 300
    recorded = recording_of(sample("counter"), *given)
    one, two = both(recorded, sample("counter"), Mode.PROBE)
    assert one == two
    assert sum(taken) >= len(given) - 10


BUSY = """(local.set $len (i32.const 60000000))
  (loop $on (br_if $on (local.tee $len (i32.sub (local.get $len) (i32.const 1)))))"""
"""Takes some hundredths of a second."""


def counting(folder: Path, behind: str, calls: int, counted: str = "(i32.const 0)") -> Path:
    """An actor whose export `a` returns a constant, and does something else once it was called so many times."""
    folder.mkdir()
    made = Guest().returning(INIT, ok(U32(0), UNIT)).returning("test:x/y.a", ok(U32(0), UNIT))
    made.bodies["test:x/y.a"] = f"""
      (global.set $called (i32.add (global.get $called) (i32.const 1)))
      (if (i32.gt_u (global.get $called) (i32.const {calls})) (then {behind}))
      (drop {counted}) {made.bodies["test:x/y.a"]}"""
    made.extra += "(global $called (mut i32) (i32.const 0))"
    return made.written(folder)


@pytest.mark.parametrize(
    "behind",
    [
        f"(drop {SPIN})",
        TRAP,
        f"(drop {DIVIDE_BY_ZERO})",
        "(drop (memory.grow (i32.const 65000)))",
        "(return (i32.const 3))",
        "(global.set $heap (i32.const -70000))",
    ],
)
def test_a_call_that_goes_wrong_behind_others_goes_wrong_as_ever(behind: str, tmp_path: Path) -> None:
    """A loop ends at its time limit, a trap with its frames, and what does not fit where it stands, far in a run."""
    recorded = recording_of(counting(tmp_path / "then", "", 0), *calls_of("a" * 30))
    now, told = counting(tmp_path / "now", behind, 20), []
    for word in ("off", "always"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, word)
            told.append(visible(Replay(recorded, compiled(now), limits=Limits(timeout=0.3, memory=16 << 20)).run()))
    assert told[0] == told[1]
    assert "chainview-served" not in str(told)


def test_many_calls_together_may_take_longer_than_one(tmp_path: Path) -> None:
    """The time limit is that of a call, however many are made one behind the other."""
    recorded = recording_of(counting(tmp_path / "then", "", 0), *calls_of("a" * 40))
    now = counting(tmp_path / "now", BUSY, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "always")
        replay = Replay(recorded, compiled(now), limits=Limits(timeout=0.5)).run()
    assert replay.first_mismatch is None
    assert replay.out_of_time == 0


def test_progress_is_told_while_calls_run_one_behind_the_other(tmp_path: Path) -> None:
    """Whoever waits for calls that take long hears of those that were made, and need not wait for all."""
    recorded = recording_of(counting(tmp_path / "then", "", 0), *calls_of("a" * 60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "always")
        told = list(Replay(recorded, compiled(counting(tmp_path / "now", BUSY, 0))).steps())
    assert len(told) > 4
    assert told[-1] == 61


@pytest.mark.parametrize("owns", [(True, True), (True, False), (False, False)])
def test_what_makes_calls_reaches_for_nothing_else(owns: tuple[bool, bool]) -> None:
    """The module that calls exports imports memories and the guest's allocator, and nothing of a host."""
    code = compiled_once(wasmtime.Engine(), running_text(*owns))
    memories, allocator = [("guest", "memory"), ("served", "records")], [("guest", "alloc"), ("guest", "free")]
    assert [(each.module, each.name) for each in code.imports] == [*memories, *allocator[: sum(owns)]]
