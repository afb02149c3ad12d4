"""What Theater checks around a call: the function and the state before the guest runs, and its result afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.pack.cgrf import Values
from chainview.pack.declared.contract import Contract, contracts
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import S32, UNIT, Result, String, Tuple, Value, types
from tests.actor.guests import TRAP, Guest
from tests.actor.running import INIT, running
from tests.pack.declare import metadata_value

S32_DESC, STRING, ANY = TypeDesc("s32"), TypeDesc("string"), TypeDesc("value")
NOTHING = TypeDesc("result", args=(TypeDesc("bool"), STRING))
TYPED = TypeDesc("result", args=(TypeDesc("tuple", args=(S32_DESC, S32_DESC)), STRING))
F = "a:b/c.f"


def ok(inner: Value) -> Result:
    """An ok with placeholder annotations."""
    return Result(types.STRING, types.STRING, True, inner)


def actor(folder: Path, state: TypeDesc, result: TypeDesc, returned: Value, version: int = 2) -> Path:
    """An actor whose init leaves 7s32, and whose `f` declares these types and returns this value."""
    init = FunctionSignature("theater:simple/actor", "init", (("state", ANY),), ())
    declared = Metadata((), (init, FunctionSignature("a:b/c", "f", (("state", state),), (result,))), {}, {})
    guest = Guest(version=version).returning(INIT, S32(7)).returning(F, returned).body("a:b/c.hidden", TRAP)
    return guest.metadata(metadata_value(declared, guest=True)).written(folder)


def test_a_state_of_a_wrong_type_is_not_handed_over(tmp_path: Path) -> None:
    """The call fails before the guest runs, and the state stays."""
    with running(actor(tmp_path, STRING, ANY, UNIT)) as run:
        assert run.actor.initialize(None).ok
        outcome = run.actor.call(F, UNIT)
        assert outcome.error == f"State type mismatch for '{F}': expected string, got s32"
        assert run.actor.state == S32(7)


def test_a_function_that_is_not_declared_is_not_called(tmp_path: Path) -> None:
    """Theater knows the functions of an actor by what it declares, whatever the module exports."""
    with running(actor(tmp_path, ANY, ANY, UNIT)) as run:
        run.actor.initialize(None)
        for function in ("a:b/c.hidden", "a:b/c.nothing"):
            error = run.actor.call(function, UNIT).error
            assert error == f"Function '{function}' not found in cached type metadata"


@pytest.mark.parametrize("version", [2, 3])
def test_a_result_that_is_not_what_was_declared_fails_the_call(tmp_path: Path, version: int) -> None:
    """The message tells where in the result, in Theater's words."""
    with running(actor(tmp_path, ANY, TYPED, ok(Tuple((S32(1), String("x")))), version)) as run:
        run.actor.initialize(None)
        error = run.actor.call(F, UNIT).error
        assert error == f"Return type violation from '{F}': in result::ok: in tuple.1: expected s32, got string"
        assert run.actor.state == S32(7)


def test_an_ok_of_nothing_is_taken_as_its_generation_takes_it(tmp_path: Path) -> None:
    """The registry's Theater refuses it where `_` was written, which is declared as a bool; the newer one takes it."""
    with running(actor(tmp_path, ANY, NOTHING, ok(UNIT))) as run:
        run.actor.initialize(None)
        error = run.actor.call(F, UNIT).error
        assert error == f"Return type violation from '{F}': in result::ok: expected bool, got tuple<0>"
    for declared in (NOTHING, TYPED):
        with running(actor(tmp_path, ANY, declared, ok(UNIT), version=3)) as run:
            run.actor.initialize(None)
            assert run.actor.call(F, UNIT).ok
            assert run.actor.state == UNIT


def test_a_state_that_came_back_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was of its type as it was returned is handed over again as it is; what takes its place is looked at anew."""
    looked = list[Value]()
    violation = Contract.state_violation

    def counted(contract: Contract, state: Value, *values: Values) -> str | None:
        looked.append(state)
        return violation(contract, state, *values)

    monkeypatch.setattr(Contract, "state_violation", counted)
    with running(actor(tmp_path, S32_DESC, TYPED, ok(Tuple((S32(1), S32(2)))))) as run:
        run.actor.initialize(None)
        looked.clear()
        assert [run.actor.call(F, UNIT).ok for _ in range(3)] == [True] * 3
        assert looked == [S32(7)]
        run.actor.state = String("x")
        assert run.actor.call(F, UNIT).error == f"State type mismatch for '{F}': expected s32, got string"


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (ANY, TYPED),
        (S32_DESC, ANY),
        (S32_DESC, NOTHING),
        (S32_DESC, TypeDesc("result", args=(TypeDesc("tuple"), STRING))),
        (S32_DESC, TypeDesc("result", args=(S32_DESC, STRING))),
        (STRING, TYPED),
    ],
)
def test_a_result_of_another_type_tells_nothing_of_the_state(state: TypeDesc, result: TypeDesc) -> None:
    """Where the state is declared otherwise than the first part of the result it is looked at before each call."""
    declared = Metadata((), (FunctionSignature("a:b/c", "f", (("state", state),), (result,)),), {}, {})
    assert not contracts(declared)[F].hands_on_state
