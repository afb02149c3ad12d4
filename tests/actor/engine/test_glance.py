"""A module at a glance."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.glance import glance
from chainview.actor.engine.loading import load_module
from chainview.actor.exports import exports_of, messages_of
from tests.commands.running import SAMPLES

MODULES = sorted(SAMPLES.glob("*/*.wasm"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_glance_sees_what_the_engine_sees(path: Path) -> None:
    """Exports, messages and imports with their types, without compiling the module."""
    seen, loaded = glance(path), load_module(path)
    assert seen is not None
    assert seen.symbols == loaded.symbols
    assert [(each.interface, each.function) for each in seen.imports] == [
        (each.interface, each.function) for each in loaded.imports
    ]
    assert seen.metadata == loaded.metadata
    assert [each.name for each in exports_of(seen)] == [each.name for each in exports_of(loaded)]
    assert [each.name for each in messages_of(seen)] == [each.name for each in messages_of(loaded)]


def test_what_is_no_module_or_a_broken_one_is_nothing(tmp_path: Path) -> None:
    """Cut off anywhere, overwritten anywhere, empty, a folder or a text that is none."""
    whole = MODULES[0].read_bytes()
    path = tmp_path / "m.wasm"
    for data in (b"", b"\0asm", whole[:9], whole[:4000], b"no module", whole[:8] + b"\x01\xff\xff\xff\xff\x0f"):
        path.write_bytes(data)
        assert glance(path) is None or not data.startswith(b"\0asm\1\0\0\0\xff")
    path.write_bytes(whole[:8] + b"CGRF" * 1000)
    glance(path)
    assert glance(tmp_path) is None
    text = tmp_path / "m.wat"
    text.write_text("(module")
    assert glance(text) is None
    text.write_text('(module (func (export "f") (param i32 i32 i32 i32) (result i32) i32.const 0))')
    seen = glance(text)
    assert seen is not None
    assert seen.symbols == ("f",)
