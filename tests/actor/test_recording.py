"""What a run leaves in its chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.actor import NO_STATE
from chainview.actor.hosts.provided import Stub
from chainview.chain.payload import Call, CallError, CallResult, HostCall
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, U32, UNIT, Record, Result, String, Tuple, Value, bytes_value, types
from tests.actor.guests import ECHO, Guest, package
from tests.actor.running import INIT, running, sample

INCREMENT = "sample:counter/counter.increment"


def ok(*items: Value) -> Result:
    """What an export of an actor returns: annotated as the guest macros do."""
    return Result(types.tuple_of((types.BOOL, types.BOOL)), types.STRING, True, Tuple(items))


def test_calls_host_calls_and_results_stand_in_their_order() -> None:
    """A call is a wasm-call, its host calls as they complete, and a wasm-result with state and response."""
    with running(sample("counter")) as run:
        run.actor.initialize(None)
        outcome = run.actor.call(INCREMENT, Tuple((S32(5),)))
        assert outcome.response == S32(5)
        assert run.types() == ["wasm", "theater:simple/runtime/log", "wasm"] * 2
        init, _, started, call, log, result = run.payloads()
        assert init == Call(INIT, UNIT)
        assert isinstance(started, CallResult)
        assert call == Call(INCREMENT, Tuple((S32(5),)))
        assert log == HostCall("theater:simple/runtime", "log", String("0 -> 5"), UNIT)
        assert isinstance(result, CallResult)
        assert isinstance(result.state, Record)
        assert result.state.get("count") == S32(5)
        assert run.chain.verify() is None


def test_a_returned_error_keeps_the_state() -> None:
    """A returned error is a wasm-error with Theater's text, and the next call finds the state as it was."""
    with running(sample("counter")) as run:
        run.actor.initialize(None)
        run.actor.call(INCREMENT, Tuple((S32(5),)))
        failed = run.actor.call(INCREMENT, Tuple((S32(0),)))
        assert failed.error == "Function returned error: increment by 0 changes nothing"
        assert run.payloads()[-1] == CallError(INCREMENT, failed.error)
        assert run.actor.call(INCREMENT, Tuple((S32(1),))).response == S32(6)


def test_an_actor_starts_as_the_release_of_its_schema_did(tmp_path: Path) -> None:
    """Schema `values` hands over an empty option and records `()`, `bytes` hands over `()` and records a 1-tuple."""
    path = Guest().body(INIT, ECHO).written(tmp_path)
    for schema, state, params, input in (
        (Schema.VALUES, NO_STATE, UNIT, Tuple((NO_STATE,))),
        (Schema.BYTES, UNIT, Tuple((NO_STATE,)), Tuple((UNIT, NO_STATE))),
    ):
        with running(path, schema=schema) as run:
            run.actor.initialize(None)
            # The guest echoes its input, a bare tuple, which becomes the state as a whole.
            assert run.payloads()[0] == Call(INIT, params), state
            assert run.actor.state == input


def test_the_first_hash_is_the_reference_one(tmp_path: Path) -> None:
    """The first event of an actor without initial state has the hash that Theater gives it, in both schemas."""
    path = Guest().returning(INIT, ok(NO_STATE, UNIT)).written(tmp_path)
    for schema, first in (
        (Schema.VALUES, "7df1d45f275f4b950dbbe0f58be5c101fae07ec2"),
        (Schema.BYTES, "cebeeaeaf7a8a90aecd296c1aec62081c00d87a9"),
    ):
        with running(path, schema=schema) as run:
            run.actor.initialize(None)
            assert run.chain.events[0].hash.hex() == first


def test_the_hello_chain_is_the_reference_one(tmp_path: Path) -> None:
    """An init that logs and returns no state gives the three hashes that Theater's encoder and hash rule give."""
    logged = encode(String("[hello] init"))
    guest = Guest().ignoring(INIT, "theater:simple/runtime", "log", logged, encode(ok(NO_STATE, UNIT)))
    with running(guest.written(tmp_path)) as run:
        run.actor.initialize(None)
        assert [event.hash.hex() for event in run.chain.events] == [
            "7df1d45f275f4b950dbbe0f58be5c101fae07ec2",
            "4c40e6eac10bf541659db651c382d90840e723b3",
            "072980b4ee7d26c386d0e155345c46603d48a133",
        ]


@pytest.mark.parametrize(
    ("params", "input"),
    [(UNIT, UNIT), (Tuple((U32(1),)), U32(1)), (Tuple((U32(1), U32(2))), Tuple((U32(1), U32(2))))],
)
def test_a_package_gets_its_arguments_alone(tmp_path: Path, params: Tuple, input: Value) -> None:
    """A package's input is `()`, the bare argument or the tuple; what stood in the brackets is recorded as a tuple."""
    with running(package({"echo": ECHO}).written(tmp_path)) as run:
        assert run.actor.call("echo", params).response == input
        assert run.payloads() == [Call("echo", params), CallResult("echo", UNIT, input)]


def test_a_timer_tick_gets_the_bare_name_after_the_state(tmp_path: Path) -> None:
    """Callback params that are no tuple are recorded bare and put after the state."""
    tick = "theater:simple/timer.handle-tick"
    guest = Guest().returning(INIT, ok(S32(1))).body(tick, ECHO)
    with running(guest.written(tmp_path)) as run:
        run.actor.initialize(None)
        run.actor.call(tick, String("beat"))
        assert run.payloads()[2] == Call(tick, String("beat"))
        assert run.actor.state == Tuple((S32(1), String("beat")))


def test_an_answer_of_any_size_reaches_the_guest(tmp_path: Path) -> None:
    """A small answer lies at the fixed address, a large one where the guest allocates, and both arrive whole."""
    for size in (0, 1, 1000, 32 * 1024, 40_000, 3_000_000):
        answer = bytes_value(bytes(range(256)) * (size // 256) + bytes(size % 256))
        guest = Guest().calling("ask", "test:x/host", "ask", encode(UNIT))
        with running(guest.written(tmp_path), handlers={("test:x/host", "ask"): Stub(answer)}) as run:
            assert run.actor.call("ask", UNIT).response == answer


def test_a_status_of_minus_one_tells_the_guests_own_message(tmp_path: Path) -> None:
    """A call that the guest refuses ends with Theater's sentence around the guest's message."""
    guest = Guest().constant("f", b"failed to convert parameter", status=-1)
    with running(guest.written(tmp_path)) as run:
        assert run.actor.call("f", Tuple((U32(7),))).error == (
            "Failed to call function 'f' with input: 7u32: "
            "WASM execution error: function 'f' returned error: failed to convert parameter"
        )


def test_fuel_is_kept_beside_events_and_hashes_stay(tmp_path: Path) -> None:
    """Measuring fuel changes no hash."""
    from chainview.actor.limits import Limits

    heads = []
    for fuel in (False, True):
        with running(sample("counter"), limits=Limits(fuel=fuel)) as run:
            subscription = run.chain.subscribe()
            run.actor.initialize(None)
            heads.append(run.chain.head)
            measured = [item[1].fuel for item in subscription.take(10) if isinstance(item, tuple)]
            assert (measured[-1] is not None) == fuel
    assert heads[0] == heads[1]
