"""Modules of every memory model run alone as far as they can; what can't is named by its kind, with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module, read_module
from chainview.actor.hosts.provided import theater_warnings
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleError
from chainview.chain.payload import HostCall
from chainview.pack.values import U32, UNIT, String, Tuple
from tests.actor.models import INTERFACE, MODELS, SAID
from tests.actor.running import running
from tests.reference import reference_file
from tests.replay.recorded import recording_of, replay_of

SMALL = Limits(memory=3 << 20)
BIG = String("x" * 60_000)


def written(folder: Path, text: str) -> Path:
    """The path of a module, written as text."""
    path = folder / "guest.wat"
    path.write_text(text, encoding="utf-8")
    return path


def warnings(folder: Path, text: str) -> list[str]:
    """What is said of a module before it runs."""
    return theater_warnings(load_module(written(folder, text)))


@pytest.mark.parametrize("model", MODELS)
def test_a_module_of_every_model_makes_the_same_chain(tmp_path: Path, model: str) -> None:
    """What a module is given beside its host functions never shows in its chain, and it replays identical."""
    recordings = []
    for name in ("plain", model):
        path = written(tmp_path, MODELS[name])
        calls = (("echo", Tuple((U32(5),))), ("say", UNIT), ("echo", Tuple((String("é"),))))
        recording = recording_of(path, *calls, answers={(INTERFACE, "say"): [UNIT]})
        assert replay_of(recording, read_module(path).path).first_mismatch is None
        recordings.append([recording.table.hash(index) for index in range(len(recording))])
    assert recordings[0] == recordings[1]


@pytest.mark.parametrize("model", MODELS)
def test_only_host_functions_are_imports(tmp_path: Path, model: str) -> None:
    """An allocator is no host function: it is neither listed nor recorded, however large a value is."""
    with running(written(tmp_path, MODELS[model])) as run:
        assert [(each.interface, each.function) for each in run.loaded.imports] == [(INTERFACE, "say")]
        assert run.actor.call("say", UNIT).ok
        if model != "fixed base, bounded":
            assert run.actor.call("echo", Tuple((BIG,))).response == BIG
        assert HostCall(INTERFACE, "say", String(SAID), UNIT) in run.payloads()


@pytest.mark.once
@pytest.mark.parametrize("model", ["imported allocator", "fixed base", "position-independent"])
def test_an_imported_allocator_takes_back_what_it_gave(tmp_path: Path, model: str) -> None:
    """Two hundred calls need no more memory than a few; a guest that wants more than it may hold is told so."""
    with running(written(tmp_path, MODELS[model]), limits=SMALL) as run:
        assert all(run.actor.call("echo", Tuple((BIG,))).ok for _ in range(200))
        failed = run.actor.call("echo", Tuple((String("x" * (5 << 20)),)))
        assert failed.error is not None
        assert "out of memory" in failed.error
        assert run.actor.call("echo", Tuple((U32(1),))).ok


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('(import "env" "memory" (memory 1)) (import "GOT.mem" "other" (global (mut i32)))', "needs GOT.mem.other:"),
        ('(import "env" "memory" (memory 1)) (import "GOT.func" "other" (global (mut i32)))', "needs GOT.func.other:"),
        ('(import "env" "memory" (memory 1)) (import "GOT.mem" "said" (global i32))', "needs GOT.mem.said:"),
        ('(import "env" "memory" (memory 1)) (import "GOT.func" "f" (global (mut i32)))', "needs GOT.func.f:"),
        ('(import "env" "memory" (memory 1)) (import "env" "fd" (global i32))', "needs env.fd:"),
        ('(import "env" "memory" (memory 1)) (import "env" "__memory_base" (global i64))', "needs env.__memory_base:"),
        ('(import "env" "memory" (memory 1)) (import "env" "more" (memory 1))', "needs 2 memories:"),
        ('(import "env" "table" (table 1 funcref)) (memory (export "memory") 1)', "needs env.table:"),
        (
            '(@custom "dylink.0" (before first) "\\02\\08\\01\\06lib.so") '
            '(import "env" "memory" (memory 1)) (import "env" "__memory_base" (global i32))',
            "needs lib.so:",
        ),
    ],
)
def test_a_part_of_a_program_is_named_with_what_it_needs(tmp_path: Path, text: str, needs: str) -> None:
    """What only another module could give is named, and how to build it so that it runs is said."""
    function = '(func (export "f") (param i32 i32 i32 i32) (result i32) (i32.const 0))'
    with pytest.raises(ModuleError, match="is a part of a program that can't run alone") as refused:
        load_module(written(tmp_path, f"(module {text} {function})"))
    assert needs in refused.value.sentence
    assert "build it with packr-guest 0.11 or later" in refused.value.sentence


@pytest.mark.parametrize(
    ("memory", "says"),
    [
        ('(memory (export "memory") i64 1)', "has a 64-bit memory: build it for wasm32-unknown-unknown"),
        ('(import "env" "memory" (memory i64 1))', "has a 64-bit memory"),
        ('(import "env" "memory" (memory 1 2 shared))', "shares its memory between threads"),
    ],
)
def test_a_memory_of_another_kind_is_named(tmp_path: Path, memory: str, says: str) -> None:
    """Memories that the calling convention has no addresses for, or that have several users, are refused by kind."""
    function = '(func (export "f") (param i32 i32 i32 i32) (result i32) (i32.const 0))'
    with pytest.raises(ModuleError, match=says):
        load_module(written(tmp_path, f"(module {memory} {function})"))


def test_a_position_independent_module_has_room_for_its_data(tmp_path: Path) -> None:
    """The section `dylink.0` tells how large its data are: stack and heap lie behind them."""
    text = (
        MODELS["position-independent"]
        .replace("\\20\\00\\01", "\\80\\80\\80\\01\\00\\01")
        .replace("\\01\\04", "\\01\\07")
    )
    with running(written(tmp_path, text), limits=Limits(memory=8 << 20)) as run:
        assert run.actor.call("echo", Tuple((BIG,))).response == BIG
    with pytest.raises(ModuleError, match="more than it may hold"), running(tmp_path / "guest.wat", limits=SMALL):
        pass


def test_a_position_independent_module_without_its_section_gets_room_enough(tmp_path: Path) -> None:
    """Where the section was stripped off, a module gets what packr's loader gives to every one."""
    start, _, rest = MODELS["position-independent"].partition("(@custom")
    with running(written(tmp_path, start + rest.partition('")')[2])) as run:
        assert run.actor.call("echo", Tuple((BIG,))).response == BIG


def test_what_a_guest_sets_up_may_fail(tmp_path: Path) -> None:
    """A module whose constructors trap does not start, and it says so."""
    path = written(tmp_path, MODELS["plain"][:-1] + '(func (export "__wasm_call_ctors") unreachable))')
    with pytest.raises(ModuleError, match=r"does not start: wasm trap: wasm `unreachable` instruction"), running(path):
        pass


def test_what_no_theater_runs_is_a_warning(tmp_path: Path) -> None:
    """A module that has its memory or its allocator from its host runs here, and is told to run in no Theater."""
    for model in MODELS:
        warned = any("no published Theater runs it" in each for each in warnings(tmp_path, MODELS[model]))
        assert warned == (model not in ("plain", "several memories")), model


def test_a_module_of_packr_guest_0_10_runs() -> None:
    """A real module that imports its allocator records what its twins of other releases record."""
    module = reference_file("lab/modules/lab-0.10.6.wasm")
    twin = reference_file("lab/modules/lab-0.11.1.wasm")
    heads = []
    for path in (module, twin):
        with running(path) as run:
            run.actor.initialize(String("5"))
            for _ in range(3):
                assert run.actor.call("lab:actor/main.chat", Tuple((U32(3),))).ok
                assert run.actor.call("lab:actor/main.big", Tuple((U32(70_000),))).ok
            heads.append(run.chain.events[-1].hash)
    assert heads[0] == heads[1]
