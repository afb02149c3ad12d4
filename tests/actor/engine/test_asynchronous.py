"""The asynchronous convention of packr-guest 0.24: how its guests are called, recorded, ended and replayed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.generation import GET_STATE
from chainview.actor.hosts.interface import Handler
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleError
from chainview.chain.event import Frame
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import HostCall
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import S64, U32, UNIT, String, Tuple, Value
from tests.actor.guests import SPIN, TRAP, Guest
from tests.actor.running import INIT, Run, running
from tests.reference import reference_file
from tests.waiting import eventually

HOST = "test:x/host"
ASK = encode(String("?"), 3)
TWICE = f"""
    (if (i32.eqz (local.get $id)) (then
      (global.set $status (call $import0
        (i32.const 32768) (i32.const {len(ASK)}) (local.get $out) (local.get $outlen)))
      (global.set $completion (i32.load (local.get $out)))
      (return (i32.const 1))))"""
NUMBER = encode(U32(0), 3)
NUMBERED = f"""
    (i32.store offset={len(NUMBER) - 4} (i32.const {32768 + len(ASK)}) (local.get $id))
    (i32.store (local.get $out) (i32.const {32768 + len(ASK)}))
    (i32.store (local.get $outlen) (i32.const {len(NUMBER)}))
    (i32.const 0)"""


def asking() -> Guest:
    """A guest that asks its host."""
    return Guest().parking("ask", HOST, "ask", ASK)


def answer(input: Value) -> Value:
    """What the host says."""
    return String("!")


def failure(run: Run, name: str = "ask") -> str:
    """Why a call of an export fails."""
    failed = run.actor.call(name, UNIT)
    assert failed.error is not None
    assert run.chain.verify() is None
    return failed.reason


def test_a_host_call_is_completed_once_the_guest_has_parked(tmp_path: Path) -> None:
    """A guest that parks gets its answer by being entered again; the event stands where the call was completed."""
    with running(asking().resumed().written(tmp_path), handlers={(HOST, "ask"): answer}) as run:
        assert run.actor.call("ask", UNIT).response == String("!")
        assert run.types() == ["wasm", f"{HOST}/ask", "wasm"]
        assert run.payloads()[1] == HostCall(HOST, "ask", String("?"), String("!"))


def test_completions_are_numbered_from_zero_in_each_call(tmp_path: Path) -> None:
    """The ids that imports answer count from 0, and again from 0 in the next call, as the reference's driver counts."""
    guest = asking().resumed(TWICE + NUMBERED).constant("number", NUMBER)
    with running(guest.written(tmp_path)) as run:
        assert [run.actor.call("ask", UNIT).response for _ in range(2)] == [U32(1), U32(1)]
        assert run.types().count(f"{HOST}/ask") == 4


def test_each_call_has_a_fresh_instance(tmp_path: Path) -> None:
    """What a guest keeps in its memory is gone with the call, as in the reference's driver."""
    once = "(if (global.get $called) (then unreachable)) (global.set $called (i32.const 1))"
    guest = asking().resumed().returning("once", U32(1))
    guest.bodies["once"] = once + guest.bodies["once"]
    guest.extra += "(global $called (mut i32) (i32.const 0))"
    with running(guest.written(tmp_path)) as run:
        assert all(run.actor.call("once", UNIT).ok for _ in range(3))


def test_an_asynchronous_actor_has_no_state_to_lead_back_to(tmp_path: Path) -> None:
    """After a failed call the next one is made on a fresh instance, as always: no call is made again for it."""
    asked: list[Value] = []

    def counted(input: Value) -> Value:
        asked.append(input)
        return UNIT

    guest = asking().resumed().returning(INIT, UNIT).returning(GET_STATE, UNIT).body("fails", TRAP)
    with running(guest.written(tmp_path), schema=Schema.LIFECYCLE, handlers={(HOST, "ask"): counted}) as run:
        assert run.actor.initialize(None).ok
        assert [run.actor.call(name, UNIT).ok for name in ("ask", "fails", "ask")] == [True, False, True]
        assert len(asked) == 2
        seen = run.seen.take(100)
        assert not any(isinstance(item, Note) or item[1].state for item in seen)


def test_a_host_call_that_nobody_waits_for_is_not_made(tmp_path: Path) -> None:
    """A guest that is done drops what it has in flight: the host never hears of it, and there is no event."""
    guest = asking().resumed().returning("done", U32(1))
    guest.bodies["ask"] = f"(drop (block (result i32) {guest.bodies['ask']})) {guest.bodies['done']}"
    with running(guest.written(tmp_path)) as run:
        assert run.actor.call("ask", UNIT).response == U32(1)
        assert run.types() == ["wasm", "wasm"]


def test_a_second_host_call_in_flight_is_refused(tmp_path: Path) -> None:
    """Asking before the first call is answered fails the call in the reference's words, and names both."""
    guest = asking().parking("both", HOST, "other", ASK).resumed()
    guest.bodies["both"] = f"(drop (block (result i32) {guest.bodies['ask']})) {guest.bodies['both']}"
    with running(guest.written(tmp_path)) as run:
        assert failure(run, "both") == (
            "concurrent host call: actors are sequential (one in-flight host call), "
            "and test:x/host.other was called before test:x/host.ask was answered"
        )
        assert run.types() == ["wasm", "wasm"]
        assert run.actor.call("ask", UNIT).ok


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("(i32.const 1)", "guest parked but no host call is in flight (resume deadlock)"),
        ("(i32.const -1)", "guest returned error tag -1 (an asynchronous export gives no reason)"),
        ("(i32.const 7)", "guest returned error tag 7"),
        (TRAP, "wasm trap: wasm `unreachable` instruction executed"),
        (SPIN, "stopped after 0.3 s without a result"),
    ],
)
def test_a_guest_that_fails_says_how(tmp_path: Path, body: str, says: str) -> None:
    """Each way to fail, at once or once it was entered again, ends one call in a sentence, and the next is made."""
    guest = asking().body("ends", body).returning("fine", U32(1))
    for resumed in ("(i32.const -1)", body):
        with running(guest.resumed(resumed).written(tmp_path), limits=Limits(timeout=0.3)) as run:
            assert failure(run, "ends") == says
            if resumed == body:
                assert failure(run, "ask") == says
                assert run.types() == ["wasm", "wasm", "wasm", f"{HOST}/ask", "wasm"]
            assert run.actor.call("fine", UNIT).ok
        guest.extra = ""


@pytest.mark.parametrize(
    ("body", "recorded"),
    [
        ("(i32.const 1)", "ABI error: guest parked but no host call is in flight (resume deadlock)"),
        ("(i32.const -1)", "WASM execution error: guest returned error tag -1"),
        ("(i32.const 7)", "WASM execution error: guest returned error tag 7"),
    ],
)
def test_what_is_recorded_of_a_failure_is_what_the_reference_says(tmp_path: Path, body: str, recorded: str) -> None:
    """The message of the event has the words of packr-wasmtime 0.24.1 alone; what it lacks is kept beside it."""
    guest = asking().body("ends", body).resumed()
    with running(guest.written(tmp_path)) as run:
        failed = run.actor.call("ends", UNIT)
        assert failed.error == f"Failed to call function 'ends' with input: (): {recorded}"


def test_a_call_is_interrupted_wherever_it_is(tmp_path: Path) -> None:
    """A guest that asks for ever is ended between two of its host calls; its chain is whole."""
    guest = asking().resumed(TWICE.replace("(local.get $id)", "(i32.const 0)") + "(i32.const 0)")
    with running(guest.written(tmp_path), limits=Limits(timeout=600)) as run:
        thread = threading.Thread(target=lambda: eventually(run.actor.interrupt))
        thread.start()
        assert failure(run) == "interrupted by the user"
        thread.join()
        assert run.types().count("wasm") == 2


def test_the_stack_of_a_host_call_is_that_of_the_moment_it_was_asked(tmp_path: Path) -> None:
    """While a host call is completed the guest has no stack: what is shown, if it was traced, is where it asked."""
    stacks: list[tuple[Frame, ...]] = []

    def looked(input: Value) -> Value:
        stacks.append(run.actor.guest_stack())
        return UNIT

    for traces in (True, False):
        with running(asking().resumed().written(tmp_path), handlers={(HOST, "ask"): looked}, traces=traces) as run:
            assert run.actor.call("ask", UNIT).ok
    assert [[frame.function for frame in stack] for stack in stacks] == [["0"], []]


def test_what_can_not_be_read_is_told_from_where_it_was_asked(tmp_path: Path) -> None:
    """A host call with bytes that are no Value ends the call, with the guest's stack as it asked."""
    with running(Guest().parking("ask", HOST, "ask", b"no value").resumed().written(tmp_path), traces=True) as run:
        failed = run.actor.call("ask", UNIT)
        assert failed.error is not None
        assert f"the input of {HOST}.ask can't be decoded" in failed.error
        assert [frame.function for frame in failed.stack] == ["0"]


def test_without_an_allocator_no_call_can_be_completed(tmp_path: Path) -> None:
    """A module that can't be given an answer is refused, with the way to build it."""
    path = tmp_path / "guest.wat"
    path.write_text(asking().resumed().text.replace("__pack_alloc", "allocate"), encoding="utf-8")
    with pytest.raises(ModuleError, match="exports __pack_resume but no `__pack_alloc`"):
        load_module(path)


def test_a_module_of_today_gives_what_the_reference_gives() -> None:
    """A real guest of packr-guest 0.24.1 asks and returns what packr-wasmtime 0.24.1 was asked and told by it."""
    handlers: dict[tuple[str, str], Handler] = {("lab:host/math", "double"): lambda input: S64(10)}
    with running(reference_file("lab/modules/asyncg-0.24.1.wasm"), handlers=handlers) as run:
        for given in (S64(5), String("x"), UNIT):
            assert run.actor.call("process", Tuple((given,))).response == S64(11)
            assert run.payloads()[-2] == HostCall("lab:host/math", "double", given, S64(10))
