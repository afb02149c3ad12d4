"""Files that are, and are not, modules."""

from __future__ import annotations

import os
import platform
import threading
from pathlib import Path

import pytest
import wasmtime

from chainview.actor.engine import inquiry
from chainview.actor.engine.binding import baseline_engine
from chainview.actor.engine.loading import ENGINE, load_module, read_module, with_other_code
from chainview.actor.hosts.provided import theater_warnings
from chainview.actor.limits import Limits
from chainview.actor.manifest import find_target
from chainview.actor.module import ModuleError, ModuleKind
from chainview.chain.failure import OUT_OF_TIME
from chainview.pack.cgrf import encode
from chainview.pack.values import F32, U32, UNIT, Tuple
from tests.actor.guests import ECHO, SPIN, TRAP, Guest, declaring
from tests.actor.running import running, sample


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x02\x01", "is no WebAssembly module"),
        (b"\0asm\x0d\0\x01\0rest", "is a WebAssembly component"),
        (b"version https://git-lfs.github.com/spec/v1\n", "no WebAssembly module but a Git LFS pointer"),
        (b"\x1f\x8b\x08\0", "no WebAssembly module but a gzip file"),
        (b"<!doctype html>", "no WebAssembly module but an HTML page"),
        ("(module)".encode("utf-16"), "no WebAssembly module but text in UTF-16"),
        (b"\x93\xa9chainview\x01", "the module comes first, the chain behind it"),
        (b'{"events": []}', "no WebAssembly module but JSON"),
        (b"(component)", "the text of a WebAssembly component"),
        (b'(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))', "is built for WASI: it imports"),
        (b'(module (import "wbg" "__wbindgen_throw" (func)))', "is built for wasm-bindgen"),
        (b'(module (@custom "reloc.CODE" "") (memory (export "memory") 1))', "an object file that was not linked yet"),
        (b"\0asm\x02\0\0\0", "unknown version"),
        (b"\0asm\x01\0\0\0\xff\xff", "is no valid WebAssembly module"),
        (b"\0asm\x01\0\0\0", "exports no memory"),
        (b"\0asm\x01\0\0\0\x03\x03\xc1\x9a\x0c", "has 200,001 functions, more than the 200,000 of any actor"),
        (b"\0asm\x01\0\0\0\x02\x03\xc1\x9a\x0c", "has 200,001 imports, more than the 200,000 of any actor"),
        (b"\0asm\x01\0\0\0\x03\1\0\x07\x03\xc1\x9a\x0c", "has 200,001 exports, more than the 200,000 of any actor"),
        (b"\0asm\x01\0\0\0\x03\x03\xa0\x8d\x06", "is no valid WebAssembly module"),
    ],
)
def test_a_file_that_is_no_pack_module_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    """Whatever else a file is, one sentence names it and says what is needed."""
    path = tmp_path / "actor.wasm"
    path.write_bytes(content)
    with pytest.raises(ModuleError, match=says) as refused:
        load_module(path)
    assert str(path) in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_a_truncated_module_is_refused_at_every_length(tmp_path: Path) -> None:
    """A module that is cut anywhere, as a half-written build is, is refused in one sentence."""
    whole = sample("counter").read_bytes()
    path = tmp_path / "cut.wasm"
    for length in range(1, len(whole), 9973):
        path.write_bytes(whole[:length])
        with pytest.raises(ModuleError):
            load_module(path)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    """A folder and a file that is not there are said to be that."""
    with pytest.raises(ModuleError, match="is a folder"):
        read_module(tmp_path)
    with pytest.raises(ModuleError, match="there is no file"):
        find_target(str(tmp_path / "none.wasm"))


def test_a_pipe_that_takes_the_place_of_a_module_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it comes behind the look at what the file is."""
    path = tmp_path / "m.wasm"
    os.mkfifo(path)
    with pytest.raises(ModuleError, match="is no regular file"):
        read_module(path)
    monkeypatch.setattr(Path, "is_file", lambda self: True)
    with pytest.raises(ModuleError, match="is no regular file"):
        read_module(path)


def test_text_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As editors on Windows write it, in a file of either suffix."""
    for name in ("m.wat", "m.wasm"):
        path = tmp_path / name
        path.write_text(Guest().returning("f", UNIT).text, encoding="utf-8-sig")
        assert load_module(path).symbols == ("f",)


def test_text_is_assembled(tmp_path: Path) -> None:
    """WebAssembly text runs as a module does, and text that is none is refused with the assembler's reason."""
    assert load_module(Guest().returning("f", UNIT).written(tmp_path)).symbols == ("f",)
    broken = tmp_path / "broken.wat"
    broken.write_text("(module (func")
    with pytest.raises(ModuleError, match="no valid WebAssembly text"):
        load_module(broken)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('(module (func (export "f")))', "exports no memory"),
        ('(module (memory (export "memory") 1))', "exports no function of the Pack calling convention"),
        ('(module (import "env" "memory" (memory 1)))', "exports no function of the Pack calling convention"),
    ],
)
def test_a_module_without_memory_or_pack_exports_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """A module that the calling convention can't be used on is refused with what it lacks."""
    path = tmp_path / "m.wat"
    path.write_text(text)
    with pytest.raises(ModuleError, match=says):
        load_module(path)


def test_metadata_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    """A module whose metadata is no metadata is refused with the reason."""
    path = Guest().returning("f", UNIT).metadata(Tuple((UNIT,))).written(tmp_path)
    with pytest.raises(ModuleError, match="metadata that can't be read"):
        load_module(path)


@pytest.mark.parametrize(
    ("body", "most", "says"),
    [
        (SPIN, 0.1, "does not end"),
        (TRAP, threading.TIMEOUT_MAX, "fails: wasm trap: wasm `unreachable` instruction executed"),
    ],
)
def test_metadata_that_is_never_told_is_refused_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, most: float, says: str
) -> None:
    """Types that a module does not come to tell are not told as a start function that fails."""
    monkeypatch.setattr(inquiry, "_MOST_SECONDS", most)
    guest = Guest().returning("f", UNIT)
    guest.extra += f'(func (export "__pack_types") (param i32 i32) (result i32) {body})'
    with pytest.raises(ModuleError, match=f"does not tell its type metadata: its __pack_types {says}"):
        load_module(guest.written(tmp_path))


def test_a_start_function_that_traps_is_refused(tmp_path: Path) -> None:
    """A module that does not even start says so."""
    guest = Guest().returning("f", UNIT).metadata(declaring())
    guest.extra += "(func $start unreachable) (start $start)"
    with pytest.raises(ModuleError, match=r"does not start: .*unreachable"):
        load_module(guest.written(tmp_path))


def test_the_samples_are_actors_and_others_packages(tmp_path: Path) -> None:
    """A module with init is an actor, one without a package."""
    assert load_module(sample("pulse")).kind is ModuleKind.ACTOR
    assert load_module(Guest().returning("f", UNIT).written(tmp_path)).kind is ModuleKind.PACKAGE


def test_the_engine_is_the_pinned_one() -> None:
    """The version that chains are recorded with is the one that is installed."""
    from importlib.metadata import version

    assert f"wasmtime {version('wasmtime')}" == ENGINE
    assert wasmtime.Engine() is not None


LENGTHS = '(memory (export "memory") 1) (func (export "echo") (param i32 i32 i32 i32) (result i32) (i32.const -1))'


@pytest.mark.parametrize("trace", ["Unsupported version", "composite_abi::decode", "pack_abi::decode"])
def test_a_guest_of_january_is_named(tmp_path: Path, trace: str) -> None:
    """A guest without an allocator that knows CGRF returns lengths, as none has since packr-guest 0.4; others run."""
    path = tmp_path / "guest.wat"
    path.write_text(f'(module {LENGTHS} (data (i32.const 0) "{trace}"))', encoding="utf-8")
    with pytest.raises(ModuleError, match=r"is a guest of January 2026, from before packr-guest 0\.4"):
        load_module(path)
    path.write_text(f"(module {LENGTHS})", encoding="utf-8")
    assert load_module(path).symbols == ("echo",)


@pytest.mark.parametrize(("answer", "knows"), [("InvalidTag(21)", False), ("InvalidTag(255)", True)])
def test_a_guest_from_before_arrays_is_told(tmp_path: Path, answer: str, knows: bool) -> None:
    """A guest that says that it knows no array is told to be so old, and runs; nothing of it ran to find out."""
    guest = Guest().constant("echo", f"decode error: {answer}".encode(), -1).body("trap", TRAP)
    loaded = load_module(guest.written(tmp_path))
    assert loaded.knows_arrays == knows
    assert any("is of January 2026" in each for each in theater_warnings(loaded)) != knows
    assert load_module(Guest().body("echo", ECHO).written(tmp_path)).knows_arrays


@pytest.mark.parametrize("canonical", [False, True])
def test_a_nan_has_the_bits_of_the_processor_unless_told_otherwise(tmp_path: Path, canonical: bool) -> None:
    """A computed NaN is left as it is made, as Theater leaves it; told so, the engine has the same bits everywhere."""
    node = encode(F32(0))
    guest = Guest().constant("f", node)
    infinite = "(f32.div (f32.convert_i32_u (local.get $out)) (f32.const 0))"
    at = int(guest.bodies["f"].partition("(i32.const ")[2].partition(")")[0]) + len(node) - 4
    guest.bodies["f"] = f"(f32.store (i32.const {at}) (f32.sub {infinite} {infinite}))" + guest.bodies["f"]
    with running(guest.written(tmp_path), limits=Limits(canonical_nan=canonical)) as run:
        response = run.actor.call("f", UNIT).response
    assert isinstance(response, F32)
    if canonical or platform.machine() in ("x86_64", "AMD64"):
        assert response.bits == (0x7FC0_0000 if canonical else 0xFFC0_0000)


def test_other_code_that_is_wanted_soon_answers_the_same(tmp_path: Path) -> None:
    """What the fastest compiler makes of a module runs like the rest, and is ended where it loops."""
    loaded = load_module(Guest().body("echo", ECHO).written(tmp_path))
    other = (
        Guest()
        .constant("echo", encode(U32(7)))
        .body("loop", "(loop $on (br $on)) (i32.const 0)")
        .written(tmp_path, "other.wat")
    )
    changed = with_other_code(loaded, read_module(other).data, soon=True)
    assert changed is not None
    assert changed.engine is (baseline_engine() or loaded.engine)
    with running(other, loaded=changed, limits=Limits(timeout=0.3)) as run:
        assert run.actor.call("echo", UNIT).response == U32(7)
        assert run.actor.call("loop", UNIT).reason.startswith(OUT_OF_TIME)


def test_code_that_the_fastest_compiler_does_not_take_is_compiled_by_the_other(tmp_path: Path) -> None:
    """A module with calls in the place of a return is one of the engine that runs the rest."""
    loaded = load_module(Guest().body("echo", ECHO).written(tmp_path))
    other = Guest().body("echo", ECHO)
    other.extra += "(func $a (return_call $b)) (func $b)"
    changed = with_other_code(loaded, read_module(other.written(tmp_path, "other.wat")).data, soon=True)
    assert changed is not None
    assert changed.engine is loaded.engine


def test_no_module_is_made_of_code_that_is_none(tmp_path: Path) -> None:
    """Bytes that are no valid module are told, whatever was to compile them."""
    loaded = load_module(Guest().body("echo", ECHO).written(tmp_path))
    assert with_other_code(loaded, loaded.file.data[:-1]) is None
    assert with_other_code(loaded, loaded.file.data[:-1], soon=True) is None
