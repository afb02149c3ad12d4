"""A module whose code was kept is the module that it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import wasmtime

from chainview.core import compiled as compiled_module
from chainview.core.compiled import LEAST_KEPT, compiled
from chainview.system.files.compiled_code import keep_code
from chainview.system.files.locations import code_folder

LARGE = bytes(
    wasmtime.wat2wasm(
        '(module (memory (export "memory") 1)'
        f' (data (i32.const 0) "{"x" * LEAST_KEPT}")'
        ' (func $deep (export "fail") unreachable))'
    )
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def told(module: wasmtime.Module, engine: wasmtime.Engine) -> tuple[object, ...]:
    """What is seen of a module: its exports, its imports, its name and how it fails."""
    store = wasmtime.Store(engine)
    function = wasmtime.Instance(store, module, []).exports(store)["fail"]
    assert isinstance(function, wasmtime.Func)
    with pytest.raises(wasmtime.Trap) as failed:
        function(store)
    frames = [(each.func_name, each.func_index, each.module_offset) for each in failed.value.frames]
    return [each.name for each in module.exports], len(module.imports), str(failed.value), frames


def fuelled() -> wasmtime.Engine:
    """An engine that takes no code of the plain one's."""
    config = wasmtime.Config()
    config.consume_fuel = True
    return wasmtime.Engine(config)


def test_kept_code_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second engine compiles nothing, and what is seen of the module is the same, also how it fails."""
    first = wasmtime.Engine()
    was = told(compiled(first, LARGE, ""), first)
    monkeypatch.setattr(compiled_module, "keep_code", lambda *_: pytest.fail("it was compiled again"))
    second = wasmtime.Engine()
    assert told(compiled(second, LARGE, ""), second) == was


def test_code_for_other_settings_is_compiled_anew() -> None:
    """Each setting has its code, and code that an engine refuses is replaced by what it takes."""
    compiled(wasmtime.Engine(), LARGE, "plain")
    (name,) = [each.name for each in code_folder().iterdir()]
    compiled(fuelled(), LARGE, "fuel")
    assert len(os.listdir(code_folder())) == 2
    compiled(fuelled(), LARGE, "plain")
    before = (code_folder() / name).read_bytes()
    compiled(wasmtime.Engine(), LARGE, "plain")
    assert (code_folder() / name).read_bytes() != before


def test_code_that_is_none_is_compiled_again() -> None:
    """What somebody kept under the name of a module, and is no code, costs nothing but time."""
    engine = wasmtime.Engine()
    was = told(compiled(engine, LARGE, ""), engine)
    (name,) = [each.name for each in code_folder().iterdir()]
    keep_code(name, b"no code")
    assert told(compiled(engine, LARGE, ""), engine) == was


def test_a_small_module_is_not_kept_and_a_bad_one_refused() -> None:
    """What compiles at once leaves nothing behind, and neither does what is no module."""
    compiled(wasmtime.Engine(), b"\0asm\x01\0\0\0", "")
    with pytest.raises(wasmtime.WasmtimeError):
        compiled(wasmtime.Engine(), LARGE[:-1], "")
    assert not code_folder().exists()
