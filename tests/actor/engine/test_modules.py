"""Files that are, and are not, modules; imports that are, and are not, provided."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.hosts.provided import NoHost, handlers_for, missing_imports, refuse_missing, theater_warnings
from chainview.actor.manifest import find_target
from chainview.actor.module import ModuleError, ModuleKind
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, List, Record, String, Tuple, Value, Variant, types
from chainview.system.errors import ChainviewError
from tests.actor.guests import PLUMBING, Guest
from tests.actor.running import sample

ANY = types.record_named("")
DESC = types.variant_named("")


def load(path: Path) -> LoadedModule:
    """The compiled module."""
    return compile_module(read_module(path))


def named(kind: str, tag: int, *payload: Value) -> Variant:
    """A declared type as the guest macros write it."""
    return Variant("type-desc", kind, tag, payload)


def function(interface: str, name: str, *results: Value) -> Record:
    """A declared function without parameters."""
    fields = (
        ("interface", String(interface)),
        ("name", String(name)),
        ("params", List(ANY, ())),
        ("results", List(DESC, results)),
    )
    return Record("function-sig", fields)


def metadata(imports: tuple[Value, ...] = (), exports: tuple[Value, ...] = ()) -> Record:
    """Metadata that declares these functions and no hashes."""
    parts = {"imports": imports, "exports": exports, "import-hashes": (), "export-hashes": ()}
    return Record("package-metadata", tuple((name, List(ANY, items)) for name, items in parts.items()))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x02\x01", "is no WebAssembly module"),
        (b"\0asm\x0d\0\x01\0rest", "is a WebAssembly component"),
        (b"\0asm\x02\0\0\0", "unknown version"),
        (b"\0asm\x01\0\0\0\xff\xff", "is no valid WebAssembly module"),
        (b"\0asm\x01\0\0\0", "exports no memory"),
    ],
)
def test_a_file_that_is_no_pack_module_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    """Whatever else a file is, one sentence names it and says what is needed."""
    path = tmp_path / "actor.wasm"
    path.write_bytes(content)
    with pytest.raises(ModuleError, match=says) as refused:
        load(path)
    assert str(path) in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_a_truncated_module_is_refused_at_every_length(tmp_path: Path) -> None:
    """A module that is cut anywhere, as a half-written build is, is refused in one sentence."""
    whole = sample("counter").read_bytes()
    path = tmp_path / "cut.wasm"
    for length in range(1, len(whole), 9973):
        path.write_bytes(whole[:length])
        with pytest.raises(ModuleError):
            load(path)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    """A folder and a file that is not there are said to be that."""
    with pytest.raises(ModuleError, match="is a folder"):
        read_module(tmp_path)
    with pytest.raises(ModuleError, match="there is no file"):
        find_target(str(tmp_path / "none.wasm"))


def test_text_is_assembled(tmp_path: Path) -> None:
    """WebAssembly text runs as a module does, and text that is none is refused with the assembler's reason."""
    assert load(Guest().returning("f", UNIT).written(tmp_path)).exports == ("f",)
    broken = tmp_path / "broken.wat"
    broken.write_text("(module (func")
    with pytest.raises(ModuleError, match="no valid WebAssembly text"):
        load(broken)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('(module (func (export "f")))', "exports no memory"),
        ('(module (memory (export "memory") 1))', "exports no function of the Pack calling convention"),
        ('(module (import "env" "memory" (memory 1)))', "position-independent"),
    ],
)
def test_a_module_without_memory_or_pack_exports_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """A module that the calling convention can't be used on is refused with what it lacks."""
    path = tmp_path / "m.wat"
    path.write_text(text)
    with pytest.raises(ModuleError, match=says):
        load(path)


def test_every_missing_import_is_listed(tmp_path: Path) -> None:
    """Without --stub all functions that nobody provides are named with their interface, and provided ones are not."""
    guest = Guest().calling("a", "test:x/host", "ask", b"").calling("b", "math", "double", b"")
    loaded = load(guest.calling("c", "theater:simple/runtime", "log", b"").written(tmp_path))
    assert missing_imports(loaded) == (("test:x/host", "ask"), ("math", "double"))
    with pytest.raises(ModuleError, match=r"test:x/host\.ask, math\.double") as refused:
        refuse_missing(loaded, stub=False)
    assert "log" not in refused.value.sentence


def test_a_stub_answers_with_the_default_of_the_declared_type(tmp_path: Path) -> None:
    """--stub answers a declared import with its type's default, and refuses one without metadata by name."""
    guest = Guest().calling("f", "math", "double", encode(UNIT))
    with pytest.raises(ModuleError, match=r"declares no type for its import math\.double"):
        refuse_missing(load(guest.written(tmp_path)), stub=True)
    guest.metadata(metadata(imports=(function("math", "double", named("u64", 4)),)))
    loaded = load(guest.written(tmp_path))
    refuse_missing(loaded, stub=True)
    handlers, stubs = handlers_for(loaded, NoHost())
    assert handlers["math", "double"](UNIT) == U64(0)
    assert stubs == {("math", "double")}


def test_an_import_of_another_shape_is_named(tmp_path: Path) -> None:
    """An imported function that does not take four i32 is refused with its shape, even with --stub."""
    path = tmp_path / "m.wat"
    path.write_text(
        '(module (import "pack:alloc" "alloc" (func (param i32 i32) (result i32)))'
        f'{PLUMBING} (func (export "f") (param i32 i32 i32 i32) (result i32) i32.const 0))'
    )
    with pytest.raises(ModuleError, match=r"pack:alloc\.alloc \(i32, i32\) -> \(i32\)"):
        refuse_missing(load(path), stub=True)


def test_what_theater_would_refuse_is_a_warning(tmp_path: Path) -> None:
    """Missing metadata and missing interface hashes are told; the samples have nothing to be told of."""
    plain = load(Guest().returning("f", UNIT).written(tmp_path))
    assert "Theater refuses it" in theater_warnings(plain)[0]
    guest = Guest().calling("f", "theater:simple/runtime", "log", encode(UNIT)).metadata(metadata())
    assert "no interface hash for theater:simple/runtime" in theater_warnings(load(guest.written(tmp_path)))[0]
    for name in ("counter", "pulse", "orders", "chatter", "faulty"):
        assert theater_warnings(load(sample(name))) == []


def test_metadata_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    """A module whose metadata is no metadata is refused with the reason."""
    path = Guest().returning("f", UNIT).metadata(Tuple((UNIT,))).written(tmp_path)
    with pytest.raises(ModuleError, match="metadata that can't be read"):
        load(path)


def test_a_start_function_that_traps_is_refused(tmp_path: Path) -> None:
    """A module that does not even start says so."""
    guest = Guest().returning("f", UNIT).metadata(metadata())
    guest.extra += "(func $start unreachable) (start $start)"
    with pytest.raises(ModuleError, match=r"does not start: .*unreachable"):
        load(guest.written(tmp_path))


def test_the_samples_are_actors_and_others_packages(tmp_path: Path) -> None:
    """A module with init is an actor, one without a package."""
    assert load(sample("pulse")).kind is ModuleKind.ACTOR
    assert load(Guest().returning("f", UNIT).written(tmp_path)).kind is ModuleKind.PACKAGE


def test_the_engine_is_the_pinned_one() -> None:
    """The version that chains are recorded with is the one that is installed."""
    from importlib.metadata import version

    from chainview.actor.engine.loading import ENGINE

    assert f"wasmtime {version('wasmtime')}" == ENGINE
    assert wasmtime.Engine() is not None


MANIFEST = 'name = "pulse"\nversion = "0.1"\npackage = "p.wasm"\n'


def test_a_manifest_points_at_its_module(tmp_path: Path) -> None:
    """Name, package beside the manifest, and initial state are taken; unknown handlers are only told."""
    (tmp_path / "p.wasm").write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(MANIFEST + 'initial_state = "seed-7"\n[[handler]]\ntype = "tcp"\n[[handler]]\ntype = "timer"\n')
    target = find_target(str(manifest))
    assert (target.name, target.module, target.initial_state) == ("pulse", tmp_path / "p.wasm", "seed-7")
    assert len(target.warnings) == 1
    assert "tcp" in target.warnings[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "no valid TOML"),
        ('version = "1"\npackage = "p.wasm"', "has no name"),
        ('name = "a"', "has no package"),
        ('name = "a"\npackage = "missing.wasm"', "build it first"),
        ('name = "a"\npackage = "store://x/hash/y"', "only a file on this machine"),
        ('name = "a"\npackage = "p.wasm"\ninitial_state = 5', "initial_state that is no text"),
    ],
)
def test_a_manifest_that_can_not_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    """Each way a manifest can be wrong is one sentence that names the file."""
    (tmp_path / "p.wasm").write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(text)
    with pytest.raises(ChainviewError, match=says) as refused:
        find_target(str(manifest))
    assert str(manifest) in refused.value.sentence
