"""Calls that are ended where the engine itself does not look: between two host calls, and while we work for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.actor.engine import watchdog
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleError
from chainview.chain.failure import INTERRUPTED
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, String, Value
from tests.actor.guests import ECHO, SPIN, Guest
from tests.actor.running import Run, running

HOST, TELL = "test:x/host", ("test:x/host", "tell")


def telling(folder: Path, times: int) -> Path:
    """A guest whose `f` calls an import one time after the other, without a loop and without a function."""
    guest = Guest().calling("f", HOST, "tell", encode(String("told")))
    guest.bodies["f"] = f"(drop {guest.bodies['f']})" * (times - 1) + guest.bodies["f"]
    return guest.body("g", ECHO).written(folder)


def parking(folder: Path) -> Path:
    """An asynchronous guest whose `f` calls an import for ever, each time it is entered again."""
    again = f"""
    (global.set $status (call $import0
      (i32.const 32768) (i32.const {len(encode(String("told"), 3))}) (local.get $out) (local.get $outlen)))
    (global.set $completion (i32.load (local.get $out)))
    (i32.const 1)"""
    return Guest(version=3).parking("f", HOST, "tell", encode(String("told"), 3)).resumed(again).written(folder)


def stopping_at(call: int, stop: Callable[[], object]) -> Callable[[Value], Value]:
    """A handler at whose call of that number someone stops the actor."""
    calls = iter(range(1, 1000))

    def tell(input: Value) -> Value:
        if next(calls) == call:
            stop()
        return UNIT

    return tell


@pytest.mark.parametrize("made", [lambda folder: telling(folder, 9), parking])
def test_a_guest_that_only_calls_its_host_can_be_interrupted(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    """Where neither loop nor function lets the engine look, the next host call ends an interrupted call."""
    ready: list[Run] = []
    tell = stopping_at(3, lambda: ready[0].actor.interrupt())
    with running(made(tmp_path), handlers={TELL: tell}) as run:
        ready.append(run)
        failed = run.actor.call("f", UNIT)
        assert failed.reason == INTERRUPTED
        assert failed.error == f"Failed to call function 'f' with input: (): WASM execution error: {INTERRUPTED}"
        assert failed.stack
        assert run.types() == ["wasm", *["test:x/host/tell"] * 3, "wasm"]
        assert run.chain.verify() is None


def test_a_guest_that_only_calls_its_host_runs_out_of_time(tmp_path: Path) -> None:
    """Each host call looks at the clock; the actor goes on with its next call."""
    with running(telling(tmp_path, 9), limits=Limits(timeout=1e-9)) as run:
        failed = run.actor.call("f", UNIT)
        assert failed.error is not None
        assert failed.error.endswith("WASM execution error: stopped after 1e-09 s without a result")
        assert run.types() == ["wasm", "wasm"]


def test_a_start_function_that_calls_its_host_is_told_so(tmp_path: Path) -> None:
    """No host can answer before a module has a memory: the sentence names the import."""
    path = telling(tmp_path, 1)
    starts = (
        "(func $begin (drop (call $import0 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))) (start $begin)"
    )
    path.write_text(f"{path.read_text(encoding='utf-8')[:-1]}{starts})", encoding="utf-8")
    with pytest.raises(ModuleError, match=r"its start function calls test:x/host\.tell"), running(path):
        pass


def test_an_error_while_looking_at_a_guest_ends_its_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is the reason of that call, and nothing is said beside what a command prints."""

    def fails(text: str) -> None:
        raise ValueError("no frames")

    monkeypatch.setattr(watchdog, "guest_frames", fails)
    with running(Guest().body("spin", SPIN).body("fine", ECHO).written(tmp_path)) as run:
        failed = run.actor.call("spin", UNIT)
        assert failed.reason == "chainview itself failed while it looked at the guest (ValueError: no frames)"
        assert run.actor.call("fine", UNIT).ok
    assert capfd.readouterr().err == ""
